import pino from 'pino';
import { createStandIn, type StandIn, type StandInOptions } from '../../../src/demo/stand-in';
import type { Run, RunRef } from '../../../src/domain/run';
import type { Target } from '../../../src/domain/target';
import type { Call, Orchestrator } from '../../../src/orchestrators/orchestrator';
import { connectAll, kindOf } from '../../../src/orchestrators/registry';

/** A connection named `prod` to the server at this address. */
export function connectTo(
  url: string,
  keys: Record<string, unknown> = {},
  known?: string[],
): { orchestrator: Orchestrator; close(): Promise<void> } {
  const settings = kindOf('maestro')?.check({ url, ...keys }).data;
  const deps = {
    log: pino({ level: 'silent' }),
    clock: { now: () => new Date() },
    ...(known ? { knownPipelines: async () => known } : {}),
  };
  const connected = connectAll([{ name: 'prod', kind: 'maestro', settings }], deps).get('prod');
  if (!connected) throw new Error('Nothing was connected.');
  return connected;
}

/** The stand-in orchestrator with these workflows, and a connection to it that knows them all. */
export async function openWorks(options: StandInOptions, keys: Record<string, unknown> = {}) {
  const standIn = createStandIn(options);
  const { url } = await standIn.start();
  const { orchestrator, close } = connectTo(url, { poll: { pipelines: standIn.workflows }, ...keys });
  return {
    standIn,
    orchestrator,
    /** Starts a run and waits for its end. */
    async run(workflow: string, params?: Parameters<StandIn['startRun']>[1], by?: string): Promise<RunRef> {
      const { instanceId } = await standIn.startRun(workflow, params, by);
      await standIn.waitFor(workflow, instanceId, (instance) => typeof instance.end_time === 'number');
      return refOf(workflow, instanceId);
    },
    async retry(run: RunRef, changes: Partial<Call> = {}): Promise<Run> {
      const target: Target = { kind: 'run', run };
      const receipt = await orchestrator.actions.retry?.perform(target, callFor(target, changes));
      await standIn.idle();
      return orchestrator.fetchRun(receipt?.run ?? run);
    },
    async close() {
      await close();
      await standIn.stop();
    },
  };
}
export type Works = Awaited<ReturnType<typeof openWorks>>;

export function refOf(workflow: string, instance: number | string, attempt?: number): RunRef {
  return { pipeline: { connection: 'prod', key: workflow }, run: String(instance), attempt };
}

export function callFor(target: Target, changes: Partial<Call> = {}): Call {
  return { kind: 'retry', actor: 'dana', idempotencyKey: crypto.randomUUID(), since: new Date(), target, ...changes };
}
