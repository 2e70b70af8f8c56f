import type { RunRef } from '../../domain/run';
import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import { isRefusal } from '../refusals';
import { isSince } from '../since';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';
import { runIdOf } from './run-id';
import type { Instance, StepInstance } from './schema';
import { instanceStatus, isLive } from './status';

const kinds = {
  stop: { legal: 'STOP', runBecomes: 'STOPPED', stepBecomes: 'STOPPED', say: 'stopped' },
  kill: { legal: 'KILL', runBecomes: 'FAILED', stepBecomes: 'FATALLY_FAILED', say: 'killed' },
} as const;

/** Ends a run, or one step of it, that is going: a stop leaves it cancelled, a kill failed. Asking again does no harm. */
export function createEnding(
  kind: keyof typeof kinds,
  { api, runs, legality, own, aims, refusals, user }: ChangeDeps,
): ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> } {
  const { legal, runBecomes, stepBecomes, say } = kinds[kind];

  function stepOf(newest: Instance, step: string): Promise<StepInstance | undefined> {
    return orGone(api.stepOverAllRuns(newest.workflow_id, newest.workflow_instance_id, step));
  }

  async function obstacle(newest: Instance, asked: RunRef, name: string | undefined): Promise<string | undefined> {
    const { workflow_instance_id: number, workflow_run_id: run, status } = newest;
    if (!isLive(status))
      return `Run ${number} has ended already (${instanceStatus(status)}); there is nothing to ${kind}.`;
    if (asked.attempt !== undefined && run > asked.attempt)
      return `Run ${number} has gone on to attempt ${run}. Look at that one, and ${kind} it if it is still wanted.`;
    if (!(await legality.ofRun(status, legal)))
      return `Run ${number} is ${status} and cannot be ${say}. Look at it again in a minute.`;
    if (name === undefined) return undefined;
    const step = await stepOf(newest, name);
    if (!step) return `Step ${name} has not begun. ${kind === 'stop' ? 'Stop' : 'Kill'} the whole run instead.`;
    const state = step.runtime_state.status;
    return (await legality.ofStep(state, legal))
      ? undefined
      : `Step ${name} is ${state} and cannot be ${say}. ${kind === 'stop' ? 'Stop' : 'Kill'} the whole run instead.`;
  }

  return {
    async plan(target: Target) {
      const asked = aims.run(target);
      const step = aims.step(target);
      const newest = await runs.newest(asked);
      const why = await obstacle(newest, asked, step);
      if (why) throw refusals.no(why);
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run, status } = newest;
      const what =
        step === undefined ? (status === 'CREATED' ? 'It waits in the queue and' : 'The run') : `Step ${step}`;
      const note = `${what} ends as ${kind === 'stop' ? 'cancelled' : 'failed'}.`;
      return [{ run: own.refOf(workflow, number, run), ...(step === undefined ? {} : { steps: [step] }), note }];
    },

    async perform(target: Target, call: Call): Promise<Receipt> {
      const asked = aims.run(target);
      const step = aims.step(target);
      const id = runIdOf(asked, api.where);
      try {
        if (step !== undefined) {
          const answer = await api.onStep(kind, id.workflow, id.instance, step, callerOf(call, user));
          const run = own.refOf(answer.workflow_id, answer.workflow_instance_id, answer.workflow_run_id);
          return { run, note: answer.timeline_event?.message ?? undefined };
        }
        const answer = await api.onRun(kind, id.workflow, id.instance, id.run, callerOf(call, user));
        const run = own.refOf(answer.workflow_id, answer.workflow_instance_id, answer.workflow_run_id);
        return { run, note: answer.info ?? undefined };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const why = await obstacle(await runs.newest(asked), { ...asked, attempt: id.run }, step);
        throw why ? refusals.no(why, error) : error;
      }
    },

    /** Found where it shows. Where it does not, asking again is harmless. */
    async lookUp(call: Call) {
      const asked = aims.run(call.target);
      const step = aims.step(call.target);
      const id = runIdOf(asked, api.where);
      const run = await runs.read({ ...asked, run: String(id.instance), attempt: id.run });
      const receipt = {
        run: own.refOf(run.workflow_id, run.workflow_instance_id, run.workflow_run_id),
        duplicate: true,
      };
      if (step === undefined) return run.status === runBecomes && isSince(call, run.end_time) ? receipt : undefined;
      const state = (await stepOf(run, step))?.runtime_state;
      return state?.status === stepBecomes && isSince(call, state.end_time) ? receipt : undefined;
    },
  };
}
