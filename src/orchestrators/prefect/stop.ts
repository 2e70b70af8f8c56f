import { hasEnded } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';
import type { FlowRun } from './schema';

/** Ends a run: the worker that runs it ends its process; one that nothing runs is cancelled at once. */
export function createStop({ runs, aims, refusals, transitions }: ChangeDeps): Ability {
  async function read(target: Target): Promise<FlowRun> {
    if (aims.step(target) !== undefined) throw refusals.no('Prefect ends whole runs. Stop the run instead.');
    return runs.read(aims.run(target));
  }

  function mustGo(run: FlowRun): void {
    const status = runs.runStatus(run);
    if (hasEnded(status)) throw refusals.no(`Run ${run.id} has ended already (${status}); there is nothing to stop.`);
    if (run.state?.type === 'CANCELLING')
      throw refusals.no(
        `Run ${run.id} is being cancelled already. If that does not end, its worker may be gone. Look there, or set its state in Prefect.`,
      );
  }

  /** Such a run, asked to be cancelling, would be cancelled by the server without a word of who wished it. */
  function isRunByNobody({ state, infrastructure_pid: process }: FlowRun): boolean {
    if (state?.type === 'SCHEDULED') return !process || state.name === 'Resuming';
    return state?.type === 'PAUSED' && state.state_details?.pause_reschedule === true;
  }

  return {
    async plan(target) {
      const run = await read(target);
      mustGo(run);
      const note = isRunByNobody(run)
        ? 'It has not begun, and is cancelled at once.'
        : 'Its worker ends it, as soon as it hears of that; what it has done stays done.';
      return [{ run: await runs.refOf(run), note }];
    },

    async perform(target, call) {
      const run = await read(target);
      const earlier = await transitions.find(run, call);
      if (earlier) return earlier;
      mustGo(run);
      return transitions.make(run, { type: isRunByNobody(run) ? 'CANCELLED' : 'CANCELLING' }, call);
    },

    async lookUp(call) {
      return transitions.find(await read(call.target), call);
    },
  };
}
