/**
 * Durable ingest: how many events a second the machines' door stores, in batches of 100 and one by one, how long a caller waits
 * for the 2xx, and how fast a backlog is decided. One process does all (role `all`), with PostgreSQL beside it on the same cores;
 * the compiled program, as production runs it. Exit 0 only if every limit holds.
 *
 *   npm run bench -- ingest [--seconds 10] [--share-failing 0.02]
 *
 * The stream is runs of 2,000 pipelines that start and succeed, and a share that fails of one of 50 causes. Callers wait for an
 * answer before they send again; there are four of them for batches, and eight for single events.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type Product, startProduct } from '../test/support/product';
import { compileProduct } from './lib/compiled';
import { quantileOf, thisMachine, withBenchDatabase } from './lib/measure';
import { costOf } from './lib/process-cost';
import { startStrictSink } from './lib/strict-sink';

const limits = { batchedPerSecond: 3_000, singlePerSecond: 300, p99Ms: 250, decidedPerSecond: 1_000 };
const batchSize = 100;
const callers = { batched: 4, single: 8 };
const pipelines = 2_000;
const causes = ['orders', 'refunds', 'stock', 'prices', 'returns'];

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, 'share-failing': { type: 'string', default: '0.02' } },
});
const seconds = Number(options.seconds);
const everyNthFails = Math.max(1, Math.round(1 / Number(options['share-failing'])));

let made = 0;
function nextEvent(): object {
  made += 1;
  const run = Math.floor(made / 2);
  const pipeline = `ingest_${run % pipelines}`;
  const kind = made % 2 === 0 ? 'started' : run % everyNthFails === 0 ? 'failed' : 'succeeded';
  const cause = causes[run % causes.length];
  return {
    specversion: '1.0',
    id: `ingest-${made}`,
    source: '/ingest-bench',
    type: `io.pitcrew.run.${kind}.v1`,
    time: new Date().toISOString(),
    data: {
      pipeline,
      run: `run-${run}`,
      partition: '2026-11-25',
      ...(kind === 'failed' ? { error: `psycopg2.errors.UndefinedTable: relation "${cause}_raw" does not exist` } : {}),
    },
  };
}

interface Phase {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  notTaken: number;
}

/** So many callers at once, each of them one call after the other, for some seconds. */
async function drive(product: Product, at: number, size: number): Promise<Phase> {
  const waits: number[] = [];
  let stored = 0;
  let notTaken = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(
    Array.from({ length: at }, async () => {
      while (performance.now() < until) {
        const events = Array.from({ length: size }, nextEvent);
        const asked = performance.now();
        const response = await fetch(`${product.url}/ingest/events`, {
          method: 'POST',
          headers: {
            'content-type': size === 1 ? 'application/cloudevents+json' : 'application/cloudevents-batch+json',
            authorization: `Bearer ${product.ingestToken}`,
          },
          body: JSON.stringify(size === 1 ? events[0] : events),
          signal: AbortSignal.timeout(30_000),
        });
        await response.arrayBuffer();
        waits.push(performance.now() - asked);
        if (response.status === 202) stored += size;
        else notTaken += size;
      }
    }),
  );
  const perSecond = Math.round(stored / ((performance.now() - began) / 1_000));
  return { perSecond, p50Ms: quantileOf(waits, 0.5), p99Ms: quantileOf(waits, 0.99), notTaken };
}

/** @returns decisions a second, from the first event of the backlog to the last decision */
async function untilDecided(database: Client): Promise<{ count: number; perSecond: number }> {
  for (;;) {
    const { rows } = await database.query(
      `select count(*) filter (where decided_at is null)::int as waiting, count(*)::int as count,
              (count(*) / extract(epoch from max(decided_at) - min(received_at)))::int as "perSecond" from inbox`,
    );
    const [{ waiting, ...decided }] = rows;
    if (waiting === 0) return decided;
    await sleep(500);
  }
}

async function main(): Promise<boolean> {
  const installed = compileProduct();
  let isWithin = false;
  try {
    await withBenchDatabase(async (databaseUrl) => {
      isWithin = await measure(databaseUrl, installed.bin);
    });
  } finally {
    installed.remove();
  }
  return isWithin;
}

async function measure(databaseUrl: string, program: string): Promise<boolean> {
  const sink = await startStrictSink([{ id: 'C0ALERTS', name: 'alerts' }]);
  const product = await startProduct({
    databaseUrl,
    program,
    slack: sink.slack,
    settings: 'defaultChannel: "#alerts"',
    env: { LOG_LEVEL: 'warn' },
  });
  const database = new Client({ connectionString: databaseUrl });
  // The server may stop first when we fail.
  database.on('error', () => undefined);
  try {
    await database.connect();
    const batched = await drive(product, callers.batched, batchSize);
    const decided = await untilDecided(database);
    const single = await drive(product, callers.single, 1);
    const cost = costOf(product.process.pid);
    const outside = Object.entries({
      batchedPerSecond: batched.perSecond < limits.batchedPerSecond,
      singlePerSecond: single.perSecond < limits.singlePerSecond,
      p99Ms: Math.max(batched.p99Ms, single.p99Ms) > limits.p99Ms,
      decidedPerSecond: decided.perSecond < limits.decidedPerSecond,
    }).flatMap(([name, isOutside]) => (isOutside ? [name] : []));
    process.stdout.write(
      `${JSON.stringify({
        bench: 'ingest',
        seconds,
        callers,
        batched,
        single,
        decided,
        ...cost,
        limits,
        outside,
        machine: thisMachine(),
      })}\n`,
    );
    return outside.length === 0;
  } finally {
    await database.end();
    await product.kill();
    await sink.stop();
  }
}

main().then(
  (isWithin) => process.exit(isWithin ? 0 : 1),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
