import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { createStock, startBetween } from '../between';
import { about, createDriver, patienceMs } from './driver';
import { startNotices } from './notices';
import { startWorks } from './works';

const daily = {
  time_triggers: [{ type: 'CRON', cron: '30 2 * * *', timezone: 'Europe/Berlin' }],
  params: { region: { type: 'STRING', value: 'eu', mode: 'CONSTANT' } },
};
const calling = {
  subworkflow: { id: 'call', params: { subworkflow_id: { type: 'STRING', value: 'smooth' } } },
};

/** The real Maestro that runs beside the tests. */
export async function openBench(): Promise<Bench> {
  const driver = createDriver(about);
  const { nothing, job } = driver;
  const between = await startBetween(about.url);
  const works = await startWorks(about.worksPort);
  const deliveries: Delivery[] = [];
  const notices = await startNotices(about.sinkPort, (body) =>
    deliveries.push({ headers: {}, body, receivedAt: new Date() }),
  );
  await driver.pushAll();
  await driver.push({ id: 'strict', steps: [job('main')], runStrategy: 'STRICT_SEQUENTIAL' });
  await driver.push({ id: 'daily', steps: [nothing('load')], more: daily });
  await driver.push({ id: 'changing', steps: [nothing('main')] });
  await driver.push({ id: 'calling', steps: [calling] });

  const settingsAt = (url: string) => ({
    url,
    poll: { everySeconds: 30, pipelines: ['smooth', 'bumpy', 'patient', 'strict', 'daily', 'changing', 'calling'] },
  });
  const ref = (workflow: string) => ({ connection: 'works', key: workflow });
  const start = async (workflow: string, status: string) => driver.becomes(await driver.start(workflow), status);
  const failed = () => start('bumpy', 'FAILED');
  const running = async () => {
    const run = await start('patient', 'IN_PROGRESS');
    return run;
  };
  const spareFailed = createStock(failed, 4);
  const spareRunning = createStock(running, 2);
  let over: RunRef | undefined;
  let bumpy: RunRef | undefined;
  let days = 0;

  async function newInstances(workflow: string): Promise<() => Promise<number>> {
    const newest = async () => (await driver.overview(workflow)).latest_instance_id ?? 0;
    const before = await newest();
    return async () => (await newest()) - before;
  }
  const restarts = (run: RunRef) => async () => (await driver.read(run)).workflow_run_id - 1;

  async function ending(becomes: string): Promise<Aim> {
    const run = await spareRunning();
    over ??= await start('smooth', 'SUCCEEDED');
    return {
      target: { kind: 'run', run },
      effects: async () => ((await driver.read(run)).status === becomes ? 1 : 0),
      illegal: { target: { kind: 'run', run: over }, because: /has ended already/ },
      finish: () => works.letGo(run.run),
    };
  }

  /** The triggers of `daily` stand the other way round first. */
  async function pausing(isHeld: boolean): Promise<Aim> {
    const wish = { time_trigger_disabled: !isHeld, signal_trigger_disabled: !isHeld };
    await driver.ask('POST', '/daily/properties', wish);
    return {
      target: { kind: 'pipeline', pipeline: ref('daily') },
      effects: async () => {
        const told = await driver.ask('GET', '/daily/properties-snapshot/latest');
        return told.time_trigger_disabled === isHeld ? 1 : 0;
      },
      illegal: { target: { kind: 'pipeline', pipeline: ref('smooth') }, because: /smooth has no trigger/ },
    };
  }

  const aims: Record<ActionKind, () => Promise<Aim>> = {
    retry: async () => {
      const run = await spareFailed();
      return {
        target: { kind: 'run', run, from: 'start' },
        effects: restarts(run),
        illegal: {
          target: { kind: 'run', run, parameters: { TARGET_RUN_DATE: '20260101' } },
          because: /TARGET_RUN_DATE .* Start a new run instead/,
        },
      };
    },
    stop: () => ending('STOPPED'),
    kill: () => ending('FAILED'),
    skip: async () => {
      const run = await spareFailed();
      return {
        target: { kind: 'steps', run, steps: ['load'] },
        effects: restarts(run),
        illegal: { target: { kind: 'steps', run, steps: ['publish'] }, because: /was not reached/ },
      };
    },
    unblock: async () => {
      if ((await driver.overview('strict')).failed_instances > 0) await driver.ask('PUT', '/strict/actions/unblock');
      const run = await start('strict', 'FAILED');
      bumpy ??= await spareFailed();
      return {
        target: { kind: 'run', run },
        effects: async () => 1 - (await driver.overview('strict')).failed_instances,
        illegal: { target: { kind: 'run', run: bumpy }, because: /strictly one after another/ },
      };
    },
    pause: () => pausing(true),
    resume: () => pausing(false),
    start: async () => ({
      target: { kind: 'pipeline', pipeline: ref('daily'), parameters: { note: 'by hand' } },
      effects: await newInstances('daily'),
      illegal: {
        target: { kind: 'pipeline', pipeline: ref('daily'), parameters: { region: 'us' } },
        because: /region is fixed \(CONSTANT\)/,
      },
    }),
    backfill: async () => {
      days += 1;
      return {
        target: {
          ...{ kind: 'partitions', pipeline: ref('daily') },
          partitions: [`2026-03-${String(days).padStart(2, '0')}`],
        },
        effects: await newInstances('daily'),
        illegal: {
          target: { kind: 'partitions', pipeline: ref('daily'), partitions: ['2026-02-30'] },
          because: /is not a day, such as/,
        },
      };
    },
    redeploy: async () => {
      const version = await driver.push({ id: 'changing', steps: [nothing('main')] }, false);
      const activated = async () => {
        const told = JSON.stringify(await driver.ask('GET', '/changing/timeline'));
        return told.split(`activates workflow version [changing][${version}]`).length - 1;
      };
      return {
        target: { kind: 'version', pipeline: ref('changing'), version: String(version) },
        effects: activated,
        illegal: {
          target: { kind: 'version', pipeline: ref('changing'), version: '999' },
          because: /no version 999 of changing. Choose another; the newest is/,
        },
      };
    },
  };

  return {
    aims,
    patienceMs,
    settings: settingsAt(between.url),
    settingsAt,
    succeeded: () => start('smooth', 'SUCCEEDED'),
    // Anew each time: what polls must see it end after they began.
    failed: async () => ({ run: await failed(), step: 'load', error: /ValueError: column "total" is missing/ }),
    running: async () => {
      const run = await running();
      return { run, finish: () => works.letGo(run.run) };
    },
    missing: { pipeline: ref('bumpy'), run: '999999' },
    pushed: () => deliveries,
    loseNextAnswer: () => between.loseNext(/^\w+ \S+\/actions\/|^POST \S+\/properties/),
    attempts: async (run) => (await driver.read(run)).workflow_run_id,
    lastCaller: () => between.callers.at(-1),
    async close() {
      await notices.close();
      await works.close();
      await between.close();
    },
  };
}
