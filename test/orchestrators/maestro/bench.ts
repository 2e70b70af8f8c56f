import {
  createStandIn,
  defineWorkflow,
  type SimpleWorkflow,
  type StandIn,
  type StandInOptions,
  type StepResult,
} from '../../../src/demo/stand-in';
import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { deliveryOf } from './deliveries';

const daily: SimpleWorkflow['workflow'] = {
  time_triggers: [{ type: 'CRON', cron: '30 2 * * *', timezone: 'Europe/Berlin' }],
  params: { region: { type: 'STRING', value: 'eu', mode: 'CONSTANT' } },
};

const failure: StepResult = { exitCode: 1, output: 'reading 7 files\nValueError: column "total" is missing' };

/** Lets steps end when the test says so. */
function createHolds() {
  const held = new Map<string, () => void>();
  const released = new Set<string>();
  return {
    wait(key: string, signal: AbortSignal): Promise<void> {
      if (released.has(key)) return Promise.resolve();
      return new Promise((resolve) => {
        held.set(key, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    release(key: string): void {
      released.add(key);
      held.get(key)?.();
    },
  };
}

/** The stand-in orchestrator with three pipelines: one that succeeds, one that fails once in its second step, one that waits. */
export async function openBench(options: StandInOptions = {}): Promise<Bench & { standIn: StandIn }> {
  const holds = createHolds();
  const standIn = createStandIn({
    pipelines: [
      defineWorkflow({ id: 'smooth', steps: ['extract', 'load'], tags: ['tier2'], runStrategy: 'PARALLEL' }),
      defineWorkflow({ id: 'bumpy', steps: ['extract', 'load', 'publish'], runStrategy: 'PARALLEL' }),
      defineWorkflow({ id: 'patient', steps: ['wait'], runStrategy: 'PARALLEL' }),
      defineWorkflow({ id: 'strict', steps: ['main'], runStrategy: 'STRICT_SEQUENTIAL' }),
      defineWorkflow({ id: 'daily', steps: ['load'], runStrategy: 'PARALLEL', workflow: daily }),
      defineWorkflow({ id: 'changing' }),
      // Runs another, so that there is an edge between two.
      defineWorkflow({
        id: 'calling',
        workflow: {
          steps: [{ subworkflow: { id: 'call', params: { subworkflow_id: { type: 'STRING', value: 'smooth' } } } }],
        },
      }),
    ],
    runner: async ({ workflowId, instanceId, runId, stepId, signal }) => {
      if (workflowId === 'bumpy' && stepId === 'load' && runId === 1) return failure;
      if (workflowId === 'strict') return failure;
      if (workflowId === 'patient') await holds.wait(`${instanceId}`, signal);
      return { exitCode: 0 };
    },
    ...options,
  });
  const { url } = await standIn.start();
  const settingsAt = (address: string) => ({
    url: address,
    poll: { everySeconds: 30, pipelines: ['smooth', 'bumpy', 'patient', 'strict', 'daily', 'changing', 'calling'] },
  });

  async function start(workflow: string, status: string): Promise<RunRef> {
    const { instanceId } = await standIn.startRun(workflow);
    await standIn.waitFor(workflow, instanceId, (instance) => instance.status === status);
    return { pipeline: { connection: 'works', key: workflow }, run: String(instanceId) };
  }

  const at = (workflow: string) => `${url}/api/v3/workflows/${workflow}`;
  const read = async (address: string) => (await (await fetch(address)).json()) as Record<string, unknown>;
  const ref = (workflow: string) => ({ connection: 'works', key: workflow });
  const patientRun = async (): Promise<RunRef> => start('patient', 'IN_PROGRESS');
  const statusOf = async ({ pipeline, run }: RunRef) =>
    (await read(`${at(pipeline.key)}/instances/${run}/runs/latest`)).status;
  let days = 0;

  /** How many instances a workflow has got since now. */
  async function newInstances(workflow: string): Promise<() => Promise<number>> {
    const newest = async () => Number((await read(`${at(workflow)}/overview`)).latest_instance_id ?? 0);
    const before = await newest();
    return async () => (await newest()) - before;
  }

  async function ending(becomes: string): Promise<Aim> {
    const run = await patientRun();
    return {
      target: { kind: 'run', run },
      effects: async () => ((await statusOf(run)) === becomes ? 1 : 0),
      illegal: { target: { kind: 'run', run: await start('smooth', 'SUCCEEDED') }, because: /has ended already/ },
      finish: () => holds.release(run.run),
    };
  }

  /** The triggers of `daily` stand the other way round first. */
  async function pausing(isHeld: boolean): Promise<Aim> {
    const setTo = (held: boolean) =>
      fetch(`${at('daily')}/properties`, {
        ...{ method: 'POST', headers: { user: 'bench', 'content-type': 'application/json' } },
        body: JSON.stringify({ time_trigger_disabled: held, signal_trigger_disabled: held }),
      });
    await setTo(!isHeld);
    const isSo = async () => (await read(`${at('daily')}/properties-snapshot/latest`)).time_trigger_disabled === isHeld;
    return {
      target: { kind: 'pipeline', pipeline: ref('daily') },
      effects: async () => ((await isSo()) ? 1 : 0),
      illegal: { target: { kind: 'pipeline', pipeline: ref('smooth') }, because: /smooth has no trigger/ },
    };
  }

  const aims: Record<ActionKind, () => Promise<Aim>> = {
    retry: async () => {
      const run = await start('bumpy', 'FAILED');
      return {
        target: { kind: 'run', run, from: 'start' },
        effects: async () =>
          Number((await read(`${at('bumpy')}/instances/${run.run}/runs/latest`)).workflow_run_id) - 1,
        illegal: {
          target: { kind: 'run', run, parameters: { TARGET_RUN_DATE: '20260101' } },
          because: /TARGET_RUN_DATE .* Start a new run instead/,
        },
      };
    },
    stop: () => ending('STOPPED'),
    kill: () => ending('FAILED'),
    skip: async () => {
      const run = await start('bumpy', 'FAILED');
      return {
        target: { kind: 'steps', run, steps: ['load'] },
        effects: async () =>
          Number((await read(`${at('bumpy')}/instances/${run.run}/runs/latest`)).workflow_run_id) - 1,
        illegal: { target: { kind: 'steps', run, steps: ['publish'] }, because: /was not reached/ },
      };
    },
    unblock: async () => {
      await fetch(`${at('strict')}/actions/unblock`, { method: 'PUT', headers: { user: 'bench' } });
      const run = await start('strict', 'FAILED');
      const failed = async () => Number((await read(`${at('strict')}/overview`)).failed_instances);
      return {
        target: { kind: 'run', run },
        effects: async () => 1 - (await failed()),
        illegal: {
          target: { kind: 'run', run: await start('bumpy', 'FAILED') },
          because: /strictly one after another/,
        },
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
      const day = `2026-03-${String(days).padStart(2, '0')}`;
      return {
        target: { kind: 'partitions', pipeline: ref('daily'), partitions: [day] },
        effects: await newInstances('daily'),
        illegal: {
          target: { kind: 'partitions', pipeline: ref('daily'), partitions: ['2026-02-30'] },
          because: /is not a day, such as/,
        },
      };
    },
    redeploy: async () => {
      const version = standIn.push({ ...defineWorkflow({ id: 'changing' }), is_active: false });
      const activated = async () => {
        const { timeline_events: told } = await read(`${at('changing')}/timeline`);
        return JSON.stringify(told).split(`activates workflow version [changing][${version}]`).length - 1;
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
    standIn,
    aims,
    settings: settingsAt(url),
    settingsAt,
    succeeded: () => start('smooth', 'SUCCEEDED'),
    failed: async () => ({
      run: await start('bumpy', 'FAILED'),
      step: 'load',
      error: /ValueError: column "total" is missing/,
    }),
    running: async () => {
      const run = await start('patient', 'IN_PROGRESS');
      return { run, finish: () => holds.release(run.run) };
    },
    missing: { pipeline: { connection: 'works', key: 'bumpy' }, run: '9999' },
    pushed: (): Delivery[] => standIn.published.map((event) => deliveryOf(event)),
    loseNextAnswer: () => standIn.faults.next({ path: /\/actions\/|\/properties$/ }, 'drop-answer'),
    attempts: async (run) => {
      const instance = await standIn.waitFor(run.pipeline.key, Number(run.run), () => true);
      return Number(instance.workflow_run_id);
    },
    lastCaller: () => standIn.requests.findLast((request) => request.method !== 'GET')?.user,
    close: () => standIn.stop(),
  };
}
