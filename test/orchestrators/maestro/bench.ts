import {
  createStandIn,
  defineWorkflow,
  type StandIn,
  type StandInOptions,
  type StepResult,
} from '../../../src/demo/stand-in';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Bench } from '../../contracts/orchestrator';
import { deliveryOf } from './deliveries';

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
    ],
    runner: async ({ workflowId, instanceId, runId, stepId, signal }) => {
      if (workflowId === 'bumpy' && stepId === 'load' && runId === 1) return failure;
      if (workflowId === 'patient') await holds.wait(`${instanceId}`, signal);
      return { exitCode: 0 };
    },
    ...options,
  });
  const { url } = await standIn.start();
  const settingsAt = (address: string) => ({
    url: address,
    poll: { everySeconds: 30, pipelines: ['smooth', 'bumpy', 'patient'] },
  });

  async function start(workflow: string, status: string): Promise<RunRef> {
    const { instanceId } = await standIn.startRun(workflow);
    await standIn.waitFor(workflow, instanceId, (instance) => instance.status === status);
    return { pipeline: { connection: 'works', key: workflow }, run: String(instanceId) };
  }

  return {
    standIn,
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
    loseNextAnswer: () => standIn.faults.next({ method: 'POST' }, 'drop-answer'),
    attempts: async (run) => {
      const instance = await standIn.waitFor(run.pipeline.key, Number(run.run), () => true);
      return Number(instance.workflow_run_id);
    },
    lastCaller: () => standIn.requests.findLast((request) => request.method !== 'GET')?.user,
    close: () => standIn.stop(),
  };
}
