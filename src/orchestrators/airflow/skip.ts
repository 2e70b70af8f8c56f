import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { Receipt } from '../orchestrator';
import type { Ability, ChangeDeps } from './change-deps';
import { markOf } from './notes';
import type { DagRun, TaskInstance } from './schema';
import { isGoing } from './status';
import { type TaskRef, taskOf } from './steps';

/** Leaves a task out that failed: marked as succeeded, so that what waits behind it runs. */
export function createSkip({ api, runs, aims, refusals, marks }: ChangeDeps): Ability {
  async function read(target: Target): Promise<{ run: DagRun; step: string; task: TaskRef; instance: TaskInstance }> {
    const step = aims.step(target);
    if (step === undefined) throw refusals.no('Name the step to skip.');
    const run = await runs.read(aims.run(target));
    const task = taskOf(step);
    const instance = await orGone(api.instance(run.dag_id, run.dag_run_id, task.task, task.mapIndex));
    if (!instance) throw refusals.no(`There is no step ${step} in run ${run.dag_run_id}. Name one of its steps.`);
    return { run, step, task, instance };
  }

  function mustHaveFailed({ run, step, instance }: { run: DagRun; step: string; instance: TaskInstance }): void {
    const { state } = instance;
    if (state === 'success' || state === 'skipped')
      throw refusals.no(`Step ${step} of run ${run.dag_run_id} is done or skipped already; there is nothing to skip.`);
    if (state === 'upstream_failed' || state === 'removed')
      throw refusals.no(`Step ${step} was not reached, since one before it failed. Skip or retry that one.`);
    if (state !== 'failed')
      throw refusals.no(`Step ${step} has not failed (${state ?? 'not begun'}). Wait for it, or stop the run.`);
  }

  /** A run in which nothing waited behind the task would stay failed: it is looked at again by the server. */
  async function letGoOn(dag: string, id: string, signal?: AbortSignal): Promise<void> {
    const run = await api.run(dag, id);
    if (!isGoing(run.state) && run.state === 'failed') await api.setRunState(dag, id, 'queued', signal);
  }

  async function done(target: Target, key: string): Promise<Receipt | undefined> {
    const { run, instance } = await read(target);
    const isMarked = markOf(run.note, key) !== undefined;
    return isMarked && instance.state === 'success' ? { run: runs.refOf(run), duplicate: true } : undefined;
  }

  return {
    async plan(target) {
      const found = await read(target);
      mustHaveFailed(found);
      const note = `Marks task ${found.step} as succeeded without running it; what waits behind it runs.`;
      return [{ run: runs.refOf(found.run), steps: [found.step], note }];
    },

    async perform(target, call) {
      const earlier = await done(target, call.idempotencyKey);
      if (earlier) return earlier;
      const found = await read(target);
      mustHaveFailed(found);
      const { run, task } = found;
      await marks.write(run, call);
      await api.markSucceeded(run.dag_id, run.dag_run_id, task.task, task.mapIndex, call.signal);
      await letGoOn(run.dag_id, run.dag_run_id, call.signal);
      return { run: runs.refOf(run) };
    },

    async lookUp(call) {
      const receipt = await done(call.target, call.idempotencyKey);
      const { key } = aims.pipeline(call.target);
      if (receipt?.run) await letGoOn(key, receipt.run.run, call.signal);
      return receipt;
    },
  };
}
