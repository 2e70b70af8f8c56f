import type { RunRef } from '../../domain/run';
import { orGone } from '../gone';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import { isRefusal } from '../refusals';
import { isSince } from '../since';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';
import { runIdOf } from './run-id';
import type { Instance } from './schema';
import { isLive } from './status';

/**
 * Leaves a step out: of a run that is going at once, of one that has ended by a new run that begins at that step and skips it. The
 * server takes no request id for it, so a call is known by its caller and by what it did.
 */
export function createSkip({ api, runs, legality, own, aims, refusals, user }: ChangeDeps): ActionAbility & {
  lookUp(call: Call): Promise<Receipt | undefined>;
} {
  function stepIn(target: Call['target']): string {
    const step = aims.step(target);
    if (step === undefined) throw refusals.no('Name the step to skip.');
    return step;
  }

  async function obstacle(newest: Instance, asked: RunRef, name: string): Promise<string | undefined> {
    const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = newest;
    const step = await orGone(api.stepOverAllRuns(workflow, number, name));
    if (!step) return `Step ${name} was not reached in run ${number}; it can be skipped once it is its turn.`;
    const { status } = step.runtime_state;
    if (status === 'SKIPPED') return `Step ${name} of run ${number} is skipped already; there is nothing to skip.`;
    if (asked.attempt !== undefined && run > asked.attempt && !isLive(newest.status) && status === 'SUCCEEDED')
      return `Step ${name} has succeeded meanwhile, in attempt ${run}; there is nothing to skip.`;
    return (await legality.ofStep(status, 'SKIP'))
      ? undefined
      : `Step ${name} is ${status} and cannot be skipped. Wait for it to fail, or stop the run.`;
  }

  return {
    async plan(target) {
      const asked = aims.run(target);
      const step = stepIn(target);
      const newest = await runs.newest(asked);
      const why = await obstacle(newest, asked, step);
      if (why) throw refusals.no(why);
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run, status } = newest;
      const note = isLive(status)
        ? `Ends step ${step} as skipped; the run goes on behind it.`
        : `Begins the run again at step ${step}, leaves it out, and runs what follows.`;
      return [{ run: own.refOf(workflow, number, run), steps: [step], note }];
    },

    async perform(target, call) {
      const asked = aims.run(target);
      const step = stepIn(target);
      const id = runIdOf(asked, api.where);
      const why = await obstacle(await runs.newest(asked), asked, step);
      if (why) {
        const found = await find(call);
        if (found) return found;
        throw refusals.no(why);
      }
      try {
        const answer = await api.onStep('skip', id.workflow, id.instance, step, callerOf(call, user));
        const run = own.refOf(answer.workflow_id, answer.workflow_instance_id, answer.workflow_run_id);
        return { run, note: answer.timeline_event?.message ?? undefined };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (/ongoing action/i.test(error.detail ?? ''))
          throw refusals.notYet('Another action on this step is under way. It is tried again when that is over.');
        const nowWhy = await obstacle(await runs.newest(asked), asked, step);
        throw nowWhy ? refusals.no(nowWhy, error) : error;
      }
    },

    lookUp: find,
  };

  async function find(call: Call): Promise<Receipt | undefined> {
    const asked = aims.run(call.target);
    const name = stepIn(call.target);
    const newest = await runs.newest(asked);
    const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = newest;
    const receipt = { run: own.refOf(workflow, number, run), duplicate: true };
    const step = await orGone(api.stepOverAllRuns(workflow, number, name));
    if (step?.runtime_state.status === 'SKIPPED' && isSince(call, step.runtime_state.end_time)) return receipt;
    // A run that begins at a step, made since by the same person: it is on its way to skip it.
    const isNext = asked.attempt === undefined || run > asked.attempt;
    const isNew = isNext && newest.run_config?.policy === 'RESTART_FROM_SPECIFIC' && isSince(call, newest.create_time);
    const isTheirs = newest.initiator?.user === (call.actor || user);
    if (isNew && isTheirs && isLive(newest.status)) return receipt;
    return undefined;
  }
}
