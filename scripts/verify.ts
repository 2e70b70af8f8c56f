/**
 * `npm run verify [-- --seed N] [--row NAME…]`: everything that Pitcrew stands on is broken while runs fail and recover, and then it is
 * looked at whether each failed run was told, none twice, and whether every alert tells what is true. The compiled program in
 * processes of its own, a real PostgreSQL, a real Redis where one is installed, the strict local workspace for Slack.
 *
 * A line for each row, then one of JSON; ends with 1 when a row failed. At most 30 minutes on two cores.
 *
 * `npm run verify:matrix`: every way of running it, one after the other. `npm run verify:soak [-- --minutes N]`: an ordinary day, two
 * hours of it unless said otherwise.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compileProduct } from '../bench/lib/compiled';
import { seeded } from '../test/support/seeded';
import { matrix } from './verify/matrix';
import { type Row, type RowOutcome, Skipped } from './verify/row';
import { faultRows } from './verify/rows';
import { soak } from './verify/soak';

const rowMs = 20 * 60_000;

const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'faults' },
    minutes: { type: 'string', default: '120' },
    seed: { type: 'string' },
    row: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
});
const sets: Record<string, Row[]> = { faults: faultRows, matrix, soak: [soak(Number(values.minutes))] };
const rows = sets[values.set] ?? [];
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const unknown = (values.row ?? []).filter((name) => !rows.some((row) => row.name === name));
const chosen = values.row ? rows.filter(({ name }) => values.row?.includes(name)) : rows;

interface Result extends Partial<RowOutcome> {
  row: string;
  outcome: 'passed' | 'failed' | 'skipped';
  seconds: number;
  why?: string;
}

type Ended = Omit<Result, 'row' | 'seconds'>;

async function main(): Promise<void> {
  const began = performance.now();
  say(`seed ${seed}`);
  const installed = compileProduct();
  const results: Result[] = [];
  const inTurn = async (some: Row[]) => {
    for (const row of some) results.push(await run(row, installed.bin));
  };
  await Promise.all([inTurn(chosen.filter(({ isIdle }) => isIdle)), inTurn(chosen.filter(({ isIdle }) => !isIdle))]);
  installed.remove();
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  say(
    JSON.stringify({
      verify: results,
      seed,
      seconds: Math.round((performance.now() - began) / 1_000),
      passed: count('passed'),
      failed: count('failed'),
      skipped: count('skipped'),
      machine: { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version },
    }),
  );
  process.exit(count('failed') > 0 ? 1 : 0);
}

/** Each row has its own numbers, so that one alone goes as it went among the others. */
async function run(row: Row, program: string): Promise<Result> {
  const began = performance.now();
  const random = seeded(seed + rows.indexOf(row));
  const { withinMs = rowMs } = row;
  const result: Ended = await Promise.race([
    row.run({ program, random }).then(
      (outcome): Ended => ({
        ...outcome,
        outcome: outcome.faults.length === 0 ? 'passed' : 'failed',
      }),
      (error): Ended =>
        error instanceof Skipped
          ? { outcome: 'skipped', why: error.message }
          : { outcome: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ),
    sleep(withinMs, { outcome: 'failed' as const, why: `not over within ${withinMs / 60_000} min` }, { ref: false }),
  ]);
  const seconds = Math.round((performance.now() - began) / 1_000);
  say(`${result.outcome.padEnd(7)} ${row.name} (${seconds} s): ${row.says}. ${JSON.stringify(result.counts ?? {})}`);
  for (const fault of result.faults?.slice(0, 20) ?? []) say(`        ${fault}`);
  if (result.why) say(`        ${result.why}`);
  return { row: row.name, seconds, ...result, ...(result.faults ? { faults: result.faults.slice(0, 20) } : {}) };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (values.help) {
  say(
    `npm run verify [-- --seed N] [--row NAME…]\n\n${rows.map(({ name, says }) => `${name.padEnd(24)} ${says}`).join('\n')}`,
  );
} else if (unknown.length > 0) {
  process.stderr.write(`There is no row ${unknown.join(', ')}. Rows: ${rows.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 2;
} else if (!Number.isInteger(seed) || !(Number.isInteger(Number(values.minutes)) && Number(values.minutes) >= 1)) {
  process.stderr.write('--seed and --minutes are whole numbers\n');
  process.exitCode = 2;
} else {
  main().catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  });
}
