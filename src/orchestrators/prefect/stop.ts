import { hasEnded } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';
import type { FlowRun } from './schema';

/** A worker lists the process of a run within moments of taking it. */
const listedWithinMs = 10_000;
const lookAgainMs = 2_000;

/** Ends a run: the worker that runs it ends its process; one that nothing runs is cancelled at once. */
export function createStop({ api, runs, aims, refusals, transitions }: ChangeDeps): Ability {
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

  /**
   * Taken by a worker a moment ago. A worker hears only what is said of processes that it has listed: the word to one that it has not is
   * lost on it, and the run stays CANCELLING, run by nobody, until the server gives it up after 300 s (seen in Prefect 3.9.1).
   */
  function isBeginning({ state, infrastructure_pid: process }: FlowRun): boolean {
    if (state?.type !== 'PENDING' || process) return false;
    return api.serverNow().getTime() - state.timestamp.getTime() < listedWithinMs;
  }

  function noteOf(run: FlowRun): string {
    if (isRunByNobody(run)) return 'It has not begun, and is cancelled at once.';
    if (isBeginning(run)) return 'It is just beginning. Its worker ends it as soon as it has begun.';
    return 'Its worker ends it, as soon as it hears of that; what it has done stays done.';
  }

  return {
    async plan(target) {
      const run = await read(target);
      mustGo(run);
      return [{ run: await runs.refOf(run), note: noteOf(run) }];
    },

    async perform(target, call) {
      const run = await read(target);
      const earlier = await transitions.find(run, call);
      if (earlier) return earlier;
      mustGo(run);
      if (isBeginning(run))
        throw refusals.notYet(
          `Run ${run.id} is just beginning. It is stopped as soon as it has begun; there is nothing to do until then.`,
          lookAgainMs,
        );
      return transitions.make(run, { type: isRunByNobody(run) ? 'CANCELLED' : 'CANCELLING' }, call);
    },

    async lookUp(call) {
      return transitions.find(await read(call.target), call);
    },
  };
}
