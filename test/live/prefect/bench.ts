import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { until } from '../../support/until';
import { createStock, startBetween, startSink } from '../between';

/** What scripts/live.ts tells of the Prefect that it has started. */
const About = z.object({
  url: z.string(),
  sinkPort: z.number(),
  release: z.string(),
  username: z.string(),
  password: z.string(),
});
export type About = z.infer<typeof About>;
export const about = About.parse(JSON.parse(process.env.PITCREW_LIVE ?? '{}'));

export const patienceMs = 240_000;
const soon = { withinMs: patienceMs, everyMs: 300 };
const overTypes = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];

type Json = Record<string, unknown>;
interface FlowRun {
  id: string;
  run_count: number;
  state: { type: string; name: string; message: string | null };
}

/** Prefect as anybody would drive it, past the adapter. */
export function createDriver({ url, username, password, release }: About) {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function ask<T = Json>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  const idOf = async (flow: string) => (await ask<{ id: string }>('GET', `/deployments/name/${flow}/live`)).id;

  return {
    async start(flow: string, parameters: object = {}): Promise<RunRef> {
      const { id } = await ask<FlowRun>('POST', `/deployments/${await idOf(flow)}/create_flow_run`, { parameters });
      return { pipeline: { connection: 'works', key: `${flow}/live` }, run: id };
    },
    read: ({ run }: RunRef) => ask<FlowRun>('GET', `/flow_runs/${run}`),
    async becomes(run: RunRef, type: string): Promise<RunRef> {
      let last = '';
      const isSo = async () => {
        last = (await this.read(run)).state.type;
        if (last !== type && overTypes.includes(last)) throw new Error(`${run.pipeline.key} is ${last}, not ${type}`);
        return last === type;
      };
      await until(isSo, { ...soon, what: `${run.pipeline.key} to be ${type}` });
      return run;
    },
    /** Prefect 3 records what became of a task from the events of its client, which may be a moment after the end of the flow. */
    async recorded(run: RunRef): Promise<RunRef> {
      const areSo = async () => {
        const filter = { flow_runs: { id: { any_: [run.run] } } };
        const tasks = await ask<{ state: { type: string } | null }[]>('POST', '/task_runs/filter', filter);
        return tasks.every(({ state }) => state && overTypes.includes(state.type));
      };
      await until(areSo, { ...soon, what: `the tasks of ${run.pipeline.key} to be recorded as over` });
      return run;
    },
    states: (run: RunRef) => ask<{ name: string; type: string }[]>('GET', `/flow_run_states/?flow_run_id=${run.run}`),
    async count(flow: string): Promise<number> {
      return ask<number>('POST', '/flow_runs/count', { deployments: { id: { any_: [await idOf(flow)] } } });
    },
    isPaused: async (flow: string) => (await ask<{ paused: boolean }>('GET', `/deployments/name/${flow}/live`)).paused,
    resume: async (flow: string) => void (await ask('POST', `/deployments/${await idOf(flow)}/resume_deployment`)),
    pause: async (flow: string) => void (await ask('POST', `/deployments/${await idOf(flow)}/pause_deployment`)),
    letGo: ({ run }: RunRef) => writeFileSync(join(release, `go-${run}`), ''),
    spoil: (day: string) => writeFileSync(join(release, `bad-${day}`), ''),
    mend: (day: string) => existsSync(join(release, `bad-${day}`)) && rmSync(join(release, `bad-${day}`)),
  };
}

/** The real Prefect that runs beside the tests. */
export async function openBench(): Promise<Bench> {
  const driver = createDriver(about);
  const server = new URL(about.url);
  const between = await startBetween(server.origin);
  const deliveries: Delivery[] = [];
  const sink = await startSink(about.sinkPort, (body) =>
    deliveries.push({ headers: {}, body, receivedAt: new Date() }),
  );
  const settingsAt = (url: string) => ({
    ...{ url, username: about.username, password: about.password, partitionParam: 'day' },
    poll: { everySeconds: 30 },
  });
  const ref = (flow: string) => ({ connection: 'works', key: `${flow}/live` });
  const failed = async () => driver.recorded(await driver.becomes(await driver.start('bumpy'), 'FAILED'));
  const running = async () => driver.becomes(await driver.start('patient'), 'RUNNING');
  const spareFailed = createStock(failed, 4);
  const spareRunning = createStock(running, 2);

  async function newRuns(flow: string): Promise<() => Promise<number>> {
    const before = await driver.count(flow);
    return async () => (await driver.count(flow)) - before;
  }
  let day = 0;
  let over: RunRef | undefined;

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = await spareFailed();
      return {
        target: { kind: 'run', run },
        effects: async () => (await driver.states(run)).filter(({ name }) => name === 'AwaitingRetry').length,
        illegal: { target: { kind: 'steps', run, steps: ['load'] }, because: /whole flows .* Retry the run instead/ },
      };
    },
    stop: async () => {
      const run = await spareRunning();
      over ??= await driver.becomes(await driver.start('smooth'), 'COMPLETED');
      return {
        target: { kind: 'run', run },
        effects: async () => ((await driver.read(run)).state.type === 'CANCELLED' ? 1 : 0),
        illegal: { target: { kind: 'run', run: over }, because: /has ended already/ },
        finish: () => driver.letGo(run),
      };
    },
    pause: async () => {
      await driver.resume('spare');
      await driver.pause('held');
      return {
        target: { kind: 'pipeline', pipeline: ref('spare') },
        effects: async () => ((await driver.isPaused('spare')) ? 1 : 0),
        illegal: { target: { kind: 'pipeline', pipeline: ref('held') }, because: /is paused already.* Resume it/ },
        namesNobody: true,
      };
    },
    resume: async () => {
      await driver.pause('held');
      return {
        target: { kind: 'pipeline', pipeline: ref('held') },
        effects: async () => ((await driver.isPaused('held')) ? 0 : 1),
        illegal: { target: { kind: 'pipeline', pipeline: ref('smooth') }, because: /is not paused/ },
        namesNobody: true,
      };
    },
    start: async () => ({
      target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { note: 'by hand' } },
      effects: await newRuns('smooth'),
      illegal: {
        target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { colour: 'red' } },
        because: /no parameter colour\. .* it has note/,
      },
    }),
    backfill: async () => {
      day += 1;
      return {
        target: {
          ...{ kind: 'partitions', pipeline: ref('daily') },
          partitions: [`2026-03-${String(day).padStart(2, '0')}`],
        },
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
    settings: settingsAt(between.url + server.pathname),
    settingsAt,
    succeeded: async () => driver.becomes(await driver.start('smooth'), 'COMPLETED'),
    // Anew each time: what polls must see it end after they began.
    failed: async () => ({ run: await failed(), step: 'load', error: /ValueError: column "total" is missing/ }),
    running: async () => {
      const run = await running();
      return { run, finish: () => driver.letGo(run) };
    },
    missing: { pipeline: ref('bumpy'), run: '0b9d2f6e-3a1c-4f6e-9a51-2c7d1e8f4a60' },
    pushed: () => deliveries,
    loseNextAnswer: () => between.loseNext(/^POST \S+\/(?:set_state|create_flow_run|(?:pause|resume)_deployment) /),
    async attempts(run) {
      // An attempt is counted when it begins.
      const isBegun = async () => !['SCHEDULED', 'PENDING'].includes((await driver.read(run)).state.type);
      await until(isBegun, { ...soon, what: 'the run to begin' });
      return (await driver.read(run)).run_count;
    },
    lastCaller: () =>
      between.heard.flatMap((call) => /"message":"\w+ by (\S+) \(Pitcrew\)"/.exec(call)?.[1] ?? []).at(-1),
    async close() {
      await sink.close();
      await between.close();
    },
  };
}
