/**
 * Polling after a long absence: a product in a process of its own has so many runs that ended over a day; all of them are told, in which
 * time, and with how much memory. Prints JSON, a line for each kind; ends with 1 where a run is missed or told twice, or 200 MB do not do.
 *
 *   npm run bench -- poll [--runs 100000] [--kind dagster] [--adapter] [--within 1800]
 *
 * Measured is the compiled program as production runs it, of which one connection polls: from its start until each run is in its
 * database and each fact decided; its peak is that of its whole process. A kind takes one to four
 * minutes; how far it is, is said on stderr. With `--adapter` it is the adapter alone, in how many polls, and nothing is said meanwhile.
 */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { connectAll, kindOf } from '../src/orchestrators/registry';
import { thisMachine } from './lib/measure';
import { pollWithProduct } from './lib/polling-product';
import { startProgress } from './lib/progress';
import { runLists, serveRuns } from './lib/run-lists';

const mostMb = 200;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    kind: { type: 'string' },
    role: { type: 'string' },
    adapter: { type: 'boolean', default: false },
    within: { type: 'string', default: '1800' },
  },
});
const count = Number(values.runs);
const newest = Number(process.env.PITCREW_BENCH_NEWEST ?? Date.now() - 600_000);

function run(kind: string, role: 'serve' | 'measure') {
  const how = values.adapter ? ['--adapter'] : [];
  return fork(
    __filename,
    ['--kind', kind, '--role', role, '--runs', String(count), '--within', values.within, ...how],
    {
      execArgv: process.execArgv.length > 0 ? process.execArgv : ['-r', 'tsx/cjs'],
      env: { ...process.env, PITCREW_BENCH_NEWEST: String(newest) },
    },
  );
}

const mb = (bytes: number) => Math.round(bytes / 1_048_576);

async function measureProduct(kind: string): Promise<void> {
  const progress = startProgress(Number(values.within));
  const list = listOf(kind);
  const { child, port } = await serve(kind);
  const { known, twice, seconds, atRestMb, cost } = await pollWithProduct({
    ...{ kind, count, withinSeconds: Number(values.within) },
    settings: list.settings(`http://127.0.0.1:${port}`),
    cursor: list.cursor(newest - 86_400_000 - 1_000),
    progress,
  }).finally(() => child.kill());
  progress.stop();
  const result = {
    ...{ bench: 'poll', kind, runs: count, missed: count - known, toldTwice: twice, seconds },
    cpuSeconds: cost.cpuSeconds,
    memoryMb: { atRest: Math.round(atRestMb), most: Math.round(cost.peakMb), limit: mostMb },
    machine: thisMachine(),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(known === count && twice === 0 && cost.peakMb <= mostMb ? 0 : 1);
}

function listOf(kind: string) {
  const list = runLists.find((one) => one.kind === kind);
  if (list) return list;
  throw new Error(`There is no list of ${kind}. There are: ${runLists.map((one) => one.kind).join(', ')}.`);
}

/** The product that is polled, in a process of its own. */
async function serve(kind: string) {
  const child = run(kind, 'serve');
  const port = await new Promise<number>((resolve) => child.once('message', (told) => resolve(Number(told))));
  return { child, port };
}

async function measureAdapter(kind: string): Promise<void> {
  const list = listOf(kind);
  const { child, port } = await serve(kind);
  const checked = kindOf(kind)?.check(list.settings(`http://127.0.0.1:${port}`));
  if (!checked?.success) throw new Error(`The settings are not taken: ${checked?.error}`);
  const log = pino({ level: 'silent' });
  const entries = [{ name: 'bench', kind, settings: checked.data }];
  const connected = connectAll(entries, { log, clock: { now: () => new Date() } }).get('bench');
  const before = process.memoryUsage().rss;
  let most = before;
  const told = new Uint8Array(count);
  let cursor: unknown = list.cursor(newest - 86_400_000 - 1_000);
  const began = performance.now();
  let polls = 0;
  let twice = 0;
  let largestCursor = 0;
  for (let quiet = 0; quiet < 2; polls += 1) {
    const news = await connected?.orchestrator.poll?.(cursor);
    // A product that tells the begin as well tells it once more than is counted here.
    for (const one of (news?.events ?? []).filter((event) => event.kind !== 'started')) {
      const nth = list.numberOf?.(one) ?? Number(one.run.replace('run_', ''));
      twice += told[nth] ?? 0;
      told[nth] = 1;
    }
    quiet = (news?.events.length ?? 0) === 0 ? quiet + 1 : 0;
    const stored = JSON.stringify(news?.cursor);
    largestCursor = Math.max(largestCursor, stored.length);
    cursor = JSON.parse(stored);
    most = Math.max(most, process.memoryUsage().rss);
  }
  child.kill();
  await connected?.close();
  const missed = told.reduce((sum, one) => sum + (one === 0 ? 1 : 0), 0);
  const result = {
    ...{ bench: 'poll', of: 'the adapter', kind, runs: count, missed, toldTwice: twice, polls },
    seconds: Math.round((performance.now() - began) / 1_000),
    memoryMb: { before: mb(before), most: mb(most), limit: mostMb },
    cursorKb: Math.round(largestCursor / 1_024),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(missed === 0 && twice === 0 && mb(most) <= mostMb ? 0 : 1);
}

async function measureAll(kinds: readonly string[]): Promise<void> {
  let isGood = true;
  for (const kind of kinds) {
    const child = run(kind, 'measure');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    isGood &&= code === 0;
  }
  process.exit(isGood ? 0 : 1);
}

const { role, kind } = values;
const work =
  role === 'serve' && kind
    ? Promise.resolve(serveRuns(kind, { newest, count }, (port) => process.send?.(port)))
    : role === 'measure' && kind
      ? values.adapter
        ? measureAdapter(kind)
        : measureProduct(kind)
      : measureAll(kind ? [kind] : runLists.map((list) => list.kind));
work.catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
