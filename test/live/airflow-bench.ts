import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ActionKind } from '../../src/domain/action';
import type { RunRef } from '../../src/domain/run';
import type { Delivery } from '../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../contracts/orchestrator';
import { until } from '../support/until';
import { createStock, startBetween, startSink } from './between';

/** What scripts/live.ts tells of the Airflow that it has started. */
const About = z.object({
  name: z.string(),
  url: z.string(),
  sinkPort: z.number(),
  release: z.string(),
  major: z.union([z.literal(3), z.literal(2)]),
  username: z.string(),
  password: z.string(),
});
export type About = z.infer<typeof About>;
export const about = About.parse(JSON.parse(process.env.PITCREW_LIVE ?? '{}'));

export const patienceMs = 240_000;
const soon = { withinMs: patienceMs, everyMs: 300 };

type Json = Record<string, unknown>;
interface TaskInstance {
  task_id: string;
  state: string | null;
  max_tries: number;
}

/** Airflow as anybody would drive it, past the adapter. */
export function createDriver({ url, major, username, password, release }: About) {
  const base = `${url}/api/v${major === 3 ? 2 : 1}`;
  let authorization: Promise<string> | undefined;

  async function signIn(): Promise<string> {
    if (major === 2) return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ username, password });
    const answer = await fetch(`${url}/auth/token`, { method: 'POST', headers, body });
    return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
  }

  async function ask<T = Json>(method: string, path: string, body?: object): Promise<T> {
    authorization ??= signIn();
    const headers = { authorization: await authorization, 'content-type': 'application/json' };
    const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  const place = ({ pipeline, run }: RunRef) => `/dags/${pipeline.key}/dagRuns/${encodeURIComponent(run)}`;
  const markOf = (name: string, run: string) => join(release, `${name}-${run.replace(/[^\p{L}\p{N}]/gu, '_')}`);
  let made = 0;

  return {
    async trigger(dag: string): Promise<RunRef> {
      made += 1;
      const run = `live__${Date.now()}_${made}`;
      await ask('POST', `/dags/${dag}/dagRuns`, { dag_run_id: run, ...(major === 3 ? { logical_date: null } : {}) });
      return { pipeline: { connection: 'works', key: dag }, run };
    },
    state: async (run: RunRef) => (await ask<{ state: string }>('GET', place(run))).state,
    async becomes(run: RunRef, state: string): Promise<RunRef> {
      await until(async () => (await this.state(run)) === state, {
        ...soon,
        what: `${run.pipeline.key} to be ${state}`,
      });
      return run;
    },
    tasks: async (run: RunRef) =>
      (await ask<{ task_instances: TaskInstance[] }>('GET', `${place(run)}/taskInstances`)).task_instances,
    count: async (dag: string) =>
      (await ask<{ total_entries: number }>('GET', `/dags/${dag}/dagRuns?limit=1`)).total_entries,
    isPaused: async (dag: string) => (await ask<{ is_paused: boolean }>('GET', `/dags/${dag}`)).is_paused,
    pause: (dag: string, isPaused: boolean) => ask('PATCH', `/dags/${dag}`, { is_paused: isPaused }),
    openBackfills: async (dag: string) =>
      major === 2
        ? 0
        : (
            await ask<{ backfills: { completed_at: string | null }[] }>('GET', `/backfills?dag_id=${dag}`)
          ).backfills.filter(({ completed_at: over }) => over === null).length,
    letGo: (run: string) => writeFileSync(markOf('go', run), ''),
    spoil: (day: string) => writeFileSync(join(release, `bad-${day}`), ''),
    mend: (day: string) => existsSync(join(release, `bad-${day}`)) && rmSync(join(release, `bad-${day}`)),
  };
}
/** The real Airflow that runs beside the tests. */
export async function openBench(): Promise<Bench> {
  const driver = createDriver(about);
  const between = await startBetween(about.url);
  const deliveries: Delivery[] = [];
  const sink = await startSink(about.sinkPort, (body) =>
    deliveries.push({ headers: {}, body, receivedAt: new Date() }),
  );
  const settingsAt = (url: string) => ({
    url,
    username: about.username,
    password: about.password,
    poll: { everySeconds: 30 },
  });
  const ref = (key: string) => ({ connection: 'works', key });
  const failed = async () => driver.becomes(await driver.trigger('bumpy'), 'failed');
  const spare = createStock(failed, 4);
  const running = async () => driver.becomes(await driver.trigger('patient'), 'running');
  const attempts = async (run: RunRef) => 1 + Math.max(...(await driver.tasks(run)).map(({ max_tries: most }) => most));

  async function newRuns(dag: string): Promise<() => Promise<number>> {
    const before = await driver.count(dag);
    return async () => (await driver.count(dag)) - before;
  }
  async function hold(): Promise<void> {
    await driver.pause('held', true);
  }
  let day = 0;

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = await spare();
      return {
        target: { kind: 'run', run, from: 'start' },
        effects: async () => (await attempts(run)) - 1,
        illegal: { target: { kind: 'run', run, parameters: { day: 'x' } }, because: /Start a new run/ },
      };
    },
    stop: async () => {
      const run = await running();
      const over = await driver.becomes(await driver.trigger('smooth'), 'success');
      return {
        target: { kind: 'run', run },
        effects: async () => ((await driver.state(run)) === 'failed' ? 1 : 0),
        illegal: { target: { kind: 'run', run: over }, because: /has ended already/ },
        finish: () => driver.letGo(run.run),
      };
    },
    skip: async () => {
      const run = await spare();
      const isDone = (await driver.tasks(run)).some(
        ({ task_id: task, state }) => task === 'load' && state === 'success',
      );
      if (isDone) throw new Error('it has succeeded');
      return {
        target: { kind: 'steps', run, steps: ['load'] },
        effects: async () =>
          (await driver.tasks(run)).some(({ task_id: task, state }) => task === 'load' && state === 'success') ? 1 : 0,
        illegal: { target: { kind: 'steps', run, steps: ['publish'] }, because: /was not reached/ },
      };
    },
    pause: async () => {
      await hold();
      await driver.pause('spare', false);
      return {
        target: { kind: 'pipeline', pipeline: ref('spare') },
        effects: async () => ((await driver.isPaused('spare')) ? 1 : 0),
        illegal: { target: { kind: 'pipeline', pipeline: ref('held') }, because: /is paused already.* Resume it/ },
        namesNobody: true,
      };
    },
    resume: async () => {
      await hold();
      return {
        target: { kind: 'pipeline', pipeline: ref('held') },
        effects: async () => ((await driver.isPaused('held')) ? 0 : 1),
        illegal: { target: { kind: 'pipeline', pipeline: ref('smooth') }, because: /is not paused/ },
        namesNobody: true,
      };
    },
    start: async () => {
      await hold();
      return {
        target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { note: 'by hand' } },
        effects: await newRuns('smooth'),
        illegal: { target: { kind: 'pipeline', pipeline: ref('held') }, because: /is paused, .* Resume/ },
      };
    },
    backfill: async () => {
      day += 1;
      await until(async () => (await driver.openBackfills('daily')) === 0, { ...soon, what: 'the backfill before' });
      return {
        target: { kind: 'partitions', pipeline: ref('daily'), partitions: [`2026-03-${String(day).padStart(2, '0')}`] },
        effects: await newRuns('daily'),
        illegal: {
          target: { kind: 'partitions', pipeline: ref('daily'), partitions: ['2026-02-30'] },
          because: /is not a day/,
        },
      };
    },
  };

  return {
    aims,
    patienceMs,
    settings: settingsAt(between.url),
    settingsAt,
    succeeded: async () => driver.becomes(await driver.trigger('smooth'), 'success'),
    // Anew each time: what polls must see it end after they began.
    failed: async () => ({ run: await failed(), step: 'load', error: /ValueError: column "total" is missing/ }),
    running: async () => {
      const run = await running();
      return { run, finish: () => driver.letGo(run.run) };
    },
    missing: { pipeline: ref('bumpy'), run: 'live__nowhere' },
    pushed: () => deliveries,
    loseNextAnswer: () =>
      between.loseNext(/"state":"failed"|"dry_run":false|"new_state"|"is_paused"|POST \S+\/(?:dagRuns|backfills) /),
    attempts,
    lastCaller: () =>
      between.heard
        .flatMap((call) => /"note":"(?:[^"\\]|\\.)*Pitcrew: \w+ by (\S+) \([^)]*\)"/.exec(call)?.[1] ?? [])
        .at(-1),
    async close() {
      await sink.close();
      await between.close();
    },
  };
}
