/**
 * Polling after a long absence: an Airflow in a process of its own has so many runs that ended over a day; all of them are told, in how
 * many polls, in which time, and with how much memory. Prints JSON; ends with 1 where a run is missed or told twice, or 200 MB do not do.
 * `npm run bench -- poll [--runs 100000]`
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { connectAll, kindOf } from '../src/orchestrators/registry';

const mostMb = 200;
const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, serve: { type: 'boolean' } } });
const count = Number(values.runs);
const day = 86_400_000;
/** When the newest of them ended. */
const newest = Number(process.env.PITCREW_BENCH_NEWEST ?? Date.now() - 600_000);
const endOf = (nth: number) => newest - day + Math.floor((nth * day) / count);

/** Answers what a poll asks, without holding any run. */
function serve(): void {
  const runAt = (nth: number) => {
    const end = new Date(endOf(nth)).toISOString();
    const state = nth % 50 === 0 ? 'failed' : 'success';
    return {
      dag_id: `pipeline_${nth % 200}`,
      dag_run_id: `run_${nth}`,
      state,
      run_type: 'manual',
      start_date: end,
      end_date: end,
    };
  };
  /** The first run that changed at or after this time. */
  const firstFrom = (at: number) => Math.min(count, Math.max(0, Math.ceil(((at - newest + day) * count) / day)));
  createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://airflow');
    const say = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (url.pathname.endsWith('/version')) return say({ version: '3.3.2' });
    if (url.pathname.endsWith('/taskInstances')) {
      return say({
        task_instances: [{ task_id: 'main', dag_run_id: 'r', state: 'success', try_number: 1 }],
        total_entries: 1,
      });
    }
    if (!url.pathname.endsWith('/dagRuns')) return say({});
    const limit = Number(url.searchParams.get('limit'));
    const offset = Number(url.searchParams.get('offset'));
    const from = firstFrom(Date.parse(url.searchParams.get('updated_at_gte') ?? ''));
    const until = firstFrom(Date.parse(url.searchParams.get('updated_at_lte') ?? '') + 1);
    const size = Math.max(0, Math.min(limit, until - from - offset));
    const runs = Array.from({ length: size }, (_, nth) => runAt(from + offset + nth));
    return say({ dag_runs: runs, total_entries: Math.max(0, until - from) });
  }).listen(0, '127.0.0.1', function (this: { address(): unknown }) {
    process.send?.((this.address() as AddressInfo).port);
  });
}

async function measure(): Promise<void> {
  const child = fork(__filename, ['--serve', '--runs', String(count)], {
    execArgv: process.execArgv.length > 0 ? process.execArgv : ['-r', 'tsx/cjs'],
    env: { ...process.env, PITCREW_BENCH_NEWEST: String(newest) },
  });
  const port = await new Promise<number>((resolve) => child.once('message', (told) => resolve(Number(told))));
  const settings = kindOf('airflow')?.check({ url: `http://127.0.0.1:${port}`, token: 'bench' }).data;
  const log = pino({ level: 'silent' });
  const entries = [{ name: 'bench', kind: 'airflow', settings }];
  const connected = connectAll(entries, { log, clock: { now: () => new Date() } }).get('bench');
  const before = process.memoryUsage().rss;
  let most = before;
  const told = new Uint8Array(count);
  let cursor: unknown = { until: newest - day - 1_000, told: [] };
  const began = performance.now();
  let polls = 0;
  let twice = 0;
  for (let quiet = 0; quiet < 2; polls += 1) {
    const news = await connected?.orchestrator.poll?.(cursor);
    for (const { run } of news?.events ?? []) {
      const nth = Number(run.slice(4));
      twice += told[nth] ?? 0;
      told[nth] = 1;
    }
    quiet = (news?.events.length ?? 0) === 0 ? quiet + 1 : 0;
    cursor = JSON.parse(JSON.stringify(news?.cursor));
    most = Math.max(most, process.memoryUsage().rss);
  }
  child.kill();
  await connected?.close();
  const missed = told.reduce((sum, one) => sum + (one === 0 ? 1 : 0), 0);
  const mb = (bytes: number) => Math.round(bytes / 1_048_576);
  const result = {
    bench: 'poll',
    runs: count,
    missed,
    toldTwice: twice,
    polls,
    seconds: Math.round((performance.now() - began) / 1_000),
    memoryMb: { before: mb(before), most: mb(most), limit: mostMb },
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(missed === 0 && twice === 0 && mb(most) <= mostMb ? 0 : 1);
}

if (values.serve) serve();
else
  measure().catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  });
