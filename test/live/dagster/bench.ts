import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { until } from '../../support/until';
import { createStock, startBetween, startSink } from '../between';

/** What scripts/live.ts tells of the Dagster that it has started. */
const About = z.object({ url: z.string(), sinkPort: z.number(), release: z.string() });
export const about = About.parse(JSON.parse(process.env.PITCREW_LIVE ?? '{}'));

export const patienceMs = 240_000;
const soon = { withinMs: patienceMs, everyMs: 500 };
const location = 'live';

const Launched = z.object({ launchRun: z.object({ run: z.object({ runId: z.string() }) }) });
const Status = z.object({ runOrError: z.object({ status: z.string() }) });
const Scheduled = z.object({
  scheduleOrError: z.object({ scheduleState: z.object({ status: z.string() }) }),
});
const Count = z.object({ runsOrError: z.object({ count: z.number() }) });

/** Dagster as anybody would drive it, past the adapter. */
export function createDriver({ url, release }: z.infer<typeof About>) {
  async function ask<T>(query: string, variables: object, schema: z.ZodType<T>): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const text = await answer.text();
    const { data } = JSON.parse(text) as { data?: unknown };
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw new Error(`${query}: ${answer.status} ${text}`);
    return parsed.data;
  }
  const count = async (filter: object) =>
    (await ask('query C($f: RunsFilter) { runsOrError(filter: $f) { ... on Runs { count } } }', { f: filter }, Count))
      .runsOrError.count;
  const markOf = (name: string, of: string) => join(release, `${name}-${of}`);

  return {
    async launch(jobName: string): Promise<RunRef> {
      const query = `mutation L($p: ExecutionParams!) {
        launchRun(executionParams: $p) { ... on LaunchRunSuccess { run { runId } } ... on Error { message } }
      }`;
      const selector = { jobName, repositoryName: '__repository__', repositoryLocationName: location };
      const { launchRun } = await ask(query, { p: { selector, runConfigData: {} } }, Launched);
      return { pipeline: { connection: 'works', key: `${jobName}@${location}` }, run: launchRun.run.runId };
    },
    status: async ({ run }: RunRef) =>
      (await ask('query S($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }', { id: run }, Status))
        .runOrError.status,
    async becomes(run: RunRef, status: string): Promise<RunRef> {
      await until(async () => (await this.status(run)) === status, {
        ...soon,
        what: `${run.pipeline.key} to be ${status}`,
      });
      return run;
    },
    /** Runs that were made of this one, and it. */
    attempts: async ({ run }: RunRef) => 1 + (await count({ tags: [{ key: 'dagster/root_run_id', value: run }] })),
    async isScheduled(scheduleName: string): Promise<boolean> {
      const selector = { scheduleName, repositoryName: '__repository__', repositoryLocationName: location };
      const query = `query S($at: ScheduleSelector!) {
        scheduleOrError(scheduleSelector: $at) { ... on Schedule { scheduleState { id status } } }
      }`;
      return (await ask(query, { at: selector }, Scheduled)).scheduleOrError.scheduleState.status === 'RUNNING';
    },
    async schedule(scheduleName: string, isOn: boolean): Promise<void> {
      const at = { scheduleName, repositoryName: '__repository__', repositoryLocationName: location };
      const query = isOn
        ? 'mutation S($at: ScheduleSelector!) { startSchedule(scheduleSelector: $at) { __typename } }'
        : 'mutation S($at: ScheduleSelector!) { resetSchedule(scheduleSelector: $at) { __typename } }';
      await ask(query, { at }, z.unknown());
    },
    count: (job: string) => count({ pipelineName: job }),
    letGo: (run: string) => writeFileSync(markOf('go', run), ''),
    spoil: (day: string) => writeFileSync(markOf('bad', day), ''),
    mend: (day: string) => existsSync(markOf('bad', day)) && rmSync(markOf('bad', day)),
  };
}

/** The real Dagster that runs beside the tests. */
export async function openBench(): Promise<Bench> {
  const driver = createDriver(about);
  const between = await startBetween(about.url);
  const deliveries: Delivery[] = [];
  const sink = await startSink(about.sinkPort, (body) =>
    deliveries.push({ headers: {}, body, receivedAt: new Date() }),
  );
  const settingsAt = (url: string) => ({ url, poll: { everySeconds: 30 } });
  const ref = (job: string) => ({ connection: 'works', key: `${job}@${location}` });
  const failed = async () => driver.becomes(await driver.launch('bumpy'), 'FAILURE');
  const spare = createStock(failed, 3);
  const running = async () => driver.becomes(await driver.launch('patient'), 'STARTED');
  const succeeded = async () => driver.becomes(await driver.launch('smooth'), 'SUCCESS');
  let over: Promise<RunRef> | undefined;
  /** How the schedule of that job stands is what is changed; nothing starts another one. */
  async function pausing(isRunning: boolean): Promise<Aim> {
    await driver.schedule('nightly', !isRunning);
    return {
      target: { kind: 'pipeline', pipeline: ref('smooth') },
      effects: async () => ((await driver.isScheduled('nightly')) === isRunning ? 1 : 0),
      illegal: { target: { kind: 'pipeline', pipeline: ref('bumpy') }, because: /No schedule or sensor starts bumpy/ },
      namesNobody: true,
    };
  }
  let day = 0;

  async function newRuns(job: string): Promise<() => Promise<number>> {
    const before = await driver.count(job);
    return async () => (await driver.count(job)) - before;
  }
  const ending = async (): Promise<Aim> => {
    over ??= succeeded();
    const run = await running();
    return {
      target: { kind: 'run', run },
      effects: async () => (['CANCELING', 'CANCELED'].includes(await driver.status(run)) ? 1 : 0),
      illegal: { target: { kind: 'run', run: await over }, because: /has ended already/ },
      finish: () => driver.letGo(run.run),
      namesNobody: true,
    };
  };

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = await spare();
      return {
        target: { kind: 'run', run, from: 'start' },
        effects: async () => (await driver.attempts(run)) - 1,
        illegal: { target: { kind: 'run', run, parameters: { day: 'x' } }, because: /Start a new run/ },
      };
    },
    stop: ending,
    kill: ending,
    pause: () => pausing(false),
    resume: () => pausing(true),
    start: async () => ({
      target: { kind: 'pipeline', pipeline: ref('named'), parameters: { 'ops.load_named.config.day': '2026-03-02' } },
      effects: await newRuns('named'),
      illegal: { target: { kind: 'pipeline', pipeline: ref('daily') }, because: /Backfill the partitions/ },
    }),
    backfill: async () => {
      day += 1;
      return {
        target: { kind: 'partitions', pipeline: ref('daily'), partitions: [`2026-03-${String(day).padStart(2, '0')}`] },
        effects: await newRuns('daily'),
        illegal: {
          target: { kind: 'partitions', pipeline: ref('daily'), partitions: ['2026-02-30'] },
          because: /is not a partition/,
        },
      };
    },
  };

  return {
    aims,
    patienceMs,
    settings: settingsAt(between.url),
    settingsAt,
    succeeded,
    // Anew each time: what polls must see it end after they began.
    failed: async () => ({ run: await failed(), step: 'load', error: /ValueError: column "total" is missing/ }),
    running: async () => {
      const run = await running();
      return { run, finish: () => driver.letGo(run.run) };
    },
    missing: { pipeline: ref('bumpy'), run: 'nowhere' },
    pushed: () => deliveries,
    loseNextAnswer: () => between.loseNext(/"query":"mutation /),
    attempts: driver.attempts,
    lastCaller: () =>
      between.heard.flatMap((call) => /"key":"pitcrew\/by","value":"([^"]+)"/.exec(call)?.[1] ?? []).at(-1),
    async close() {
      await sink.close();
      await between.close();
    },
  };
}
