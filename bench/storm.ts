/**
 * A storm: failing runs within 20 s against a strict stand-in for Slack (50 ms latency; posts 1/s per channel, burst 5; edits 50/min
 * for the workspace, burst 12; files 100/min). Then everything recovers. Says who was told of what, when, and at what cost.
 *
 *   npm run bench -- storm --row A [--count 10000] [--seconds 20] [--recover-after 60] [--settle 300]
 *
 * A run is told when a post that was accepted names it, or names its cause with a count that includes it.
 * Rows: A, D 50 causes in one channel · B, B2, B3 the same, everything recovers after 45, 15 and 5 s · C 1,000 causes over 10
 * channels · G one cause over the channels of 50 teams · kill as A, with a kill -9 in the middle.
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type Product, startProduct } from '../test/support/product';
import { compileProduct } from './lib/compiled';
import { quantileOf, withBenchDatabase } from './lib/measure';
import { costOf } from './lib/process-cost';
import { startStrictSink } from './lib/strict-sink';
import { createTally, type StormRun } from './lib/told';

const rows = {
  A: { causes: 50, channels: 1, recoverAfter: 60 },
  B: { causes: 50, channels: 1, recoverAfter: 45 },
  B2: { causes: 50, channels: 1, recoverAfter: 15 },
  B3: { causes: 50, channels: 1, recoverAfter: 5 },
  C: { causes: 1_000, channels: 10, recoverAfter: 60 },
  D: { causes: 50, channels: 1, recoverAfter: 60 },
  G: { causes: 1, channels: 50, recoverAfter: 60 },
  kill: { causes: 50, channels: 1, recoverAfter: 60 },
};
const batchSize = 100;

const { values: options } = parseArgs({
  options: {
    row: { type: 'string', default: 'A' },
    count: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
    'recover-after': { type: 'string' },
    settle: { type: 'string', default: '300' },
  },
});
const rowName = Object.keys(rows).find((name) => name === options.row) as keyof typeof rows | undefined;
if (!rowName) throw new Error(`--row is one of ${Object.keys(rows).join(', ')}`);
const row = rows[rowName];
const count = Number(options.count);
const overMs = Number(options.seconds) * 1_000;
const recoverAfterMs = Number(options['recover-after'] ?? row.recoverAfter) * 1_000;
const settleMs = Number(options.settle) * 1_000;

/** Digits in a cause are taken for what changes from run to run. */
const inLetters = (index: number): string =>
  String(index)
    .padStart(4, '0')
    .replace(/\d/g, (digit) => 'ghjkmnpqrs'[Number(digit)] ?? '');

const runs: StormRun[] = Array.from({ length: count }, (_, index) => {
  const cause = index % row.causes;
  const team = (row.causes === 1 ? index : cause) % row.channels;
  return { pipeline: `p${team}_${String(index).padStart(5, '0')}`, cause: `src_${inLetters(cause)}_raw`, team };
});

function eventOf(run: StormRun, index: number, kind: 'failed' | 'succeeded'): object {
  return {
    specversion: '1.0',
    id: `${kind}-${index}`,
    source: '/storm',
    type: `io.pitcrew.run.${kind}.v1`,
    time: new Date().toISOString(),
    data: {
      pipeline: run.pipeline,
      run: `run-${index}`,
      attempt: kind === 'failed' ? 1 : 2,
      partition: '2026-11-25',
      team: `team-${run.team}`,
      ...(kind === 'failed' ? { error: `psycopg2.errors.UndefinedTable: relation "${run.cause}" does not exist` } : {}),
    },
  };
}

async function main(): Promise<void> {
  const installed = compileProduct();
  await withBenchDatabase(async (databaseUrl) => {
    const channels = Array.from({ length: row.channels }, (_, index) => ({
      id: `C0TEAM${index}`,
      name: `team-${index}`,
    }));
    const platform = { id: 'C0PLATFORM', name: 'platform' };
    const sink = await startStrictSink([...channels, platform]);
    const settings = [
      'platformChannel: "#platform"',
      'teams:',
      ...channels.map(({ name }) => `  - { name: ${name}, channel: "#${name}" }`),
    ].join('\n');
    const start = () => startProduct({ databaseUrl, slack: sink.slack, settings, program: installed.bin });
    let product = await start();
    const costs: NonNullable<ReturnType<typeof costOf>>[] = [];
    const noteCost = () => {
      const cost = costOf(product.process.pid);
      if (cost) costs.push(cost);
    };
    const tally = createTally(runs);
    sink.onAccepted(tally.take);

    const storedAt = new Map<number, number>();
    const began = performance.now();
    const post = async (kind: 'failed' | 'succeeded', from: number): Promise<void> => {
      const batch = runs.slice(from, from + batchSize);
      for (;;) {
        const response = await sendTo(
          product,
          batch.map((run, index) => eventOf(run, from + index, kind)),
        );
        if (response?.status === 202) break;
        if (response && response.status !== 429 && response.status < 500)
          throw new Error(`the door: ${response.status}`);
        await sleep(100);
      }
      if (kind === 'failed')
        for (let index = 0; index < batch.length; index += 1) storedAt.set(from + index, performance.now());
    };
    const stream = async (kind: 'failed' | 'succeeded', afterMs: number): Promise<void> => {
      for (let from = 0; from < count; from += batchSize) {
        await sleep(Math.max(0, began + afterMs + (from / count) * overMs - performance.now()));
        await post(kind, from);
      }
    };

    let kills = 0;
    const killing =
      rowName === 'kill'
        ? sleep(overMs / 2).then(async () => {
            noteCost();
            await product.kill();
            kills += 1;
            product = await start();
          })
        : Promise.resolve();
    const failing = stream('failed', 0);
    const recovering = stream('succeeded', recoverAfterMs);
    await failing;
    const streamedMs = performance.now() - began;
    await killing;
    await recovering;
    const database = new Client({ connectionString: databaseUrl });
    // The server may stop first when we fail.
    database.on('error', () => undefined);
    await database.connect();
    const decided = await untilDecided(database);
    const settled = await untilQuiet(database, settleMs);
    noteCost();
    await product.stop();
    const { rows: last } = await database.query(
      `select state, count(*)::int as count from incidents group by 1 order by 1`,
    );
    const { rows: left } = await database.query(
      `select role, state, count(*)::int as count from posts where state <> 'sent' group by 1, 2 order by 1, 2`,
    );
    await database.end();

    const delays = runs.map(
      (run, index) => (tally.toldAt(run) ?? Number.POSITIVE_INFINITY) - (storedAt.get(index) ?? 0),
    );
    const told = delays.filter(Number.isFinite).map((ms) => Math.max(0, ms));
    const inSeconds = (p: number) => Number((quantileOf(told, p) / 1_000).toFixed(2));
    const parents = tally.parents();
    process.stdout.write(
      `${JSON.stringify({
        bench: 'storm',
        row: rowName,
        runs: count,
        streamedSeconds: Number((streamedMs / 1_000).toFixed(1)),
        told: told.length,
        neverTold: count - told.length,
        toldTwice: tally.toldTwice(),
        listed: tally.listed(100),
        firstNoticeSeconds: { p50: inSeconds(0.5), p95: inSeconds(0.95), max: inSeconds(1) },
        posts: sink.accepted.filter(({ kind }) => kind === 'post').length,
        cards: tally.cards(),
        edits: sink.accepted.filter(({ kind }) => kind === 'edit').length,
        files: sink.accepted.filter(({ kind }) => kind === 'file').length,
        limited: sink.counts.limited,
        limitedBy: Object.fromEntries(sink.limitedBy),
        limitedRatio: Number((sink.counts.limited / Math.max(1, sink.counts.messages)).toFixed(4)),
        refused: sink.counts.refused,
        decided,
        incidents: Object.fromEntries(last.map(({ state, count: n }) => [state, n])),
        parents: parents.all,
        parentsNotRecovered: parents.notRecovered,
        settledSeconds: settled === undefined ? `not within ${settleMs / 1_000}` : Number((settled / 1_000).toFixed(1)),
        waitingPosts: left,
        kills,
        faults: faultsIn(product.log),
        cpuSeconds: Number(costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0).toFixed(1)),
        peakMb: Math.max(...costs.map(({ peakMb }) => peakMb)),
        limits: { neverTold: 0, toldTwice: 0, firstNoticeP95Seconds: 5, limitedRatio: 0.01, peakMb: 250 },
        machine: {
          cores: cpus().length,
          cpu: cpus()[0]?.model,
          node: process.version,
          load: loadavg().map((each) => Number(each.toFixed(2))),
        },
      })}\n`,
    );
    await sink.stop();
  });
  installed.remove();
}

/** What the product logged as a fault of its own, with one of the lines. */
function faultsIn(log: string[]): { count: number; first?: string } {
  const faults = log.filter((line) => /"level":(?:"error"|50)/.test(line));
  return { count: faults.length, ...(faults[0] ? { first: faults[0].slice(0, 600) } : {}) };
}

async function sendTo(product: Pick<Product, 'url' | 'ingestToken'>, events: object[]): Promise<Response | undefined> {
  try {
    return await fetch(`${product.url}/ingest/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json', authorization: `Bearer ${product.ingestToken}` },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return undefined;
  }
}

/** Waits until nothing is undecided. @returns how many were decided, the rate while failures came in, and how far that lagged */
async function untilDecided(database: Client): Promise<{ all: number; perSecond: number; lagP95Ms: number }> {
  for (;;) {
    const { rows: found } = await database.query(
      `select count(*) filter (where decided_at is null)::int as waiting, count(*)::int as all,
              (count(*) filter (where id like 'failed-%') / extract(epoch from max(decided_at) filter (where id like 'failed-%')
                - min(received_at)))::int as "perSecond",
              round(1000 * extract(epoch from percentile_disc(0.95) within group (order by decided_at - received_at)))::int as "lagP95Ms"
       from inbox`,
    );
    const [{ waiting, ...decided }] = found;
    if (waiting === 0) return decided;
    await sleep(200);
  }
}

/** @returns ms until no post waited any more */
async function untilQuiet(database: Client, withinMs: number): Promise<number | undefined> {
  const began = performance.now();
  while (performance.now() - began < withinMs) {
    const { rows: found } = await database.query(
      `select count(*)::int as waiting from posts where state in ('waiting', 'sending', 'doubtful')`,
    );
    if (found[0].waiting === 0) return performance.now() - began;
    await sleep(1_000);
  }
  return undefined;
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
