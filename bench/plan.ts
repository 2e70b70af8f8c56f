/**
 * How long a person waits for the plan of a backfill: 10,000 days of one pipeline against the stand-in orchestrator, a third of which
 * has run already; and how long it takes to say yes to it and to have its items stored. Wall time and CPU of this process, of the first
 * plan and of the median of those after it. Prints JSON; ends with 1 if the first plan is above the limit.
 * `npm run bench -- plan [--partitions 10000] [--plans 5]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createStandIn, defineWorkflow } from '../src/demo/stand-in';
import { systemClock } from '../src/lib/clock';
import { createLogger } from '../src/lib/logger';
import { openDb } from '../src/store/db';
import { openEmbedded } from '../src/store/embedded';
import { migrate } from '../src/store/migrate';
import { openPlanning } from './lib/planning';

const limitMs = 2_000;
const lastDay = Date.UTC(2026, 10, 15);
const pipeline = { connection: 'prod', key: 'orders_daily' };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { partitions: { type: 'string' }, plans: { type: 'string' } } });
  const partitions = Number(values.partitions ?? 10_000);
  const log = createLogger('warn');
  const dataDir = mkdtempSync(join(tmpdir(), 'pitcrew-bench-plan-'));
  const embedded = await openEmbedded({ dataDir, hold: true, clock: systemClock, log });
  const db = openDb(embedded.url, { log });
  const standIn = createStandIn({
    pipelines: [
      defineWorkflow({ id: pipeline.key, owner: 'team', runStrategy: { rule: 'PARALLEL', workflow_concurrency: 50 } }),
    ],
  });
  try {
    await migrate(db, { clock: systemClock, log });
    await db.query(
      `insert into runs (connection, pipeline, run, attempt, partition, status, occurred_at, started_at, ended_at, recorded_at)
       select 'prod', 'orders_daily', n::text, 1, (date '2026-11-15' - n * 3)::text, 'succeeded',
              timestamptz '2026-11-15' - n * interval '3 days', timestamptz '2026-11-15' - n * interval '3 days',
              timestamptz '2026-11-15' - n * interval '3 days' + interval '7 minutes', timestamptz '2026-11-15'
       from generate_series(0, $1::int - 1) n`,
      [Math.floor(partitions / 3)],
    );
    const { url } = await standIn.start();
    const planning = await openPlanning(db, url);
    const plan = async () => {
      const made = await planning.actions.plan({
        kind: 'backfill',
        actor: planning.actor,
        aim: { kind: 'partitions', pipeline, from: dayBefore(partitions - 1), to: dayBefore(0), mode: 'all' },
        pace: { parallel: 50 },
      });
      if (made.outcome !== 'planned') throw new Error(JSON.stringify(made));
      return made;
    };
    const first = await timed(plan);
    if (first.result.plan.items.length !== partitions)
      throw new Error(`the plan is of ${first.result.plan.items.length}`);
    const later = [];
    for (let turn = 0; turn < Number(values.plans ?? 5); turn += 1) later.push(await timed(plan));
    const { actionId } = first.result;
    const begun = await timed(async () => {
      await db.transaction((tx) => planning.actions.confirm(tx, { actionId, actor: planning.actor }));
      await planning.actions.drive(actionId);
    });
    process.stdout.write(
      `${JSON.stringify({
        bench: 'plan',
        partitions,
        first: times(first),
        median: { wallMs: median(later.map(({ wallMs }) => wallMs)), cpuMs: median(later.map(({ cpuMs }) => cpuMs)) },
        yesAndItemsStored: times(begun),
        limitMs,
      })}\n`,
    );
    process.exitCode = first.wallMs <= limitMs ? 0 : 1;
    await planning.close();
  } finally {
    await standIn.stop();
    await db.close();
    await embedded.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const dayBefore = (days: number): string => new Date(lastDay - days * 86_400_000).toISOString().slice(0, 10);

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; wallMs: number; cpuMs: number }> {
  const began = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, wallMs: Math.round(performance.now() - began), cpuMs: Math.round((user + system) / 1_000) };
}

const times = ({ wallMs, cpuMs }: { wallMs: number; cpuMs: number }) => ({ wallMs, cpuMs });
const median = (of: number[]): number | undefined => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)];

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
