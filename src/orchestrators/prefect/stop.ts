import { hasEnded } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Call, Receipt } from '../orchestrator';
import type { Ability, ChangeDeps } from './change-deps';
import type { FlowRun } from './schema';

/** From being taken by a worker to its first word, on a busy machine; it lists the process of the run long before. */
const beginsWithinMs = 30_000;
const lookAgainMs = 2_000;

/** Where a run stands for who would end it. */
type Standing = 'idle' | 'beginning' | 'running' | 'ending' | 'over';

/**
 * Ends a run: the worker that runs it ends its process; one that nothing runs is cancelled at once.
 *
 * One that a worker has only just taken can be ended in neither way (seen in Prefect 3.9.1). A worker hears only what is said of processes
 * that it has listed, so that one asked to end before stays CANCELLING, run by nobody, until the server gives it up after 300 s; and one that
 * is cancelled runs all the same, since the server lets it begin. So it is waited for.
 */
export function createStop({ api, runs, aims, refusals, transitions }: ChangeDeps): Ability {
  async function read(target: Target): Promise<FlowRun> {
    if (aims.step(target) !== undefined) throw refusals.no('Prefect ends whole runs. Stop the run instead.');
    return runs.read(aims.run(target));
  }

  async function standingOf(run: FlowRun): Promise<Standing> {
    const type = run.state?.type;
    if (type === 'CANCELLING') return 'ending';
    if (type === 'PENDING' && !run.infrastructure_pid && isFresh(run.state)) return 'beginning';
    if (type === 'CANCELLED' && isFresh(run.state) && (await hasEscaped(run))) return 'beginning';
    if (hasEnded(runs.runStatus(run))) return 'over';
    return isRunByNobody(run) ? 'idle' : 'running';
  }

  function isFresh(state: FlowRun['state']): boolean {
    return state ? api.serverNow().getTime() - state.timestamp.getTime() < beginsWithinMs : false;
  }

  /** Cancelled when a worker had just taken it, so that it runs all the same, or is about to. */
  async function hasEscaped(run: FlowRun): Promise<boolean> {
    const all = await api.states(run.id);
    const states = all.slice(all.findLastIndex(({ type }) => type === 'SCHEDULED') + 1);
    const wished = states.findLast(({ type }) => type === 'CANCELLED' || type === 'CANCELLING');
    const began = states.find(({ type }) => type === 'RUNNING');
    if (!wished || !states.some(({ type }) => type === 'PENDING')) return false;
    return began ? began.timestamp > wished.timestamp : wished.type === 'CANCELLED' && isFresh(wished);
  }

  /** Such a run, asked to be cancelling, would be cancelled by the server without a word of who wished it. */
  function isRunByNobody({ state, infrastructure_pid: process }: FlowRun): boolean {
    if (state?.type === 'SCHEDULED') return !process || state.name === 'Resuming';
    return state?.type === 'PAUSED' && state.state_details?.pause_reschedule === true;
  }

  function mustGo(run: FlowRun, standing: Standing): void {
    if (standing === 'over')
      throw refusals.no(`Run ${run.id} has ended already (${runs.runStatus(run)}); there is nothing to stop.`);
    if (standing === 'ending')
      throw refusals.no(
        `Run ${run.id} is being cancelled already. If that does not end, its worker may be gone. Look there, or set its state in Prefect.`,
      );
  }

  function mustHaveBegun(run: FlowRun, standing: Standing): void {
    if (standing !== 'beginning') return;
    const why = `Run ${run.id} is just beginning. It is stopped as soon as it has begun; there is nothing to do until then.`;
    throw refusals.notYet(why, lookAgainMs);
  }

  /** What this call has done before, unless the run escaped it. */
  async function find(run: FlowRun, call: Call): Promise<Receipt | undefined> {
    const earlier = await transitions.find(run, call);
    return earlier && !(await hasEscaped(run)) ? earlier : undefined;
  }

  const notes: Partial<Record<Standing, string>> = {
    idle: 'It has not begun, and is cancelled at once.',
    beginning: 'It is just beginning. Its worker ends it as soon as it has begun.',
    running: 'Its worker ends it, as soon as it hears of that; what it has done stays done.',
  };

  return {
    async plan(target) {
      const run = await read(target);
      const standing = await standingOf(run);
      mustGo(run, standing);
      return [{ run: await runs.refOf(run), note: notes[standing] }];
    },

    async perform(target, call) {
      const run = await read(target);
      const earlier = await find(run, call);
      if (earlier) return earlier;
      const standing = await standingOf(run);
      mustGo(run, standing);
      mustHaveBegun(run, standing);
      if (standing === 'running') return transitions.make(run, { type: 'CANCELLING' }, call);
      const receipt = await transitions.make(run, { type: 'CANCELLED' }, call);
      const now = await read(target);
      mustHaveBegun(now, await standingOf(now));
      return receipt;
    },

    async lookUp(call) {
      return find(await read(call.target), call);
    },
  };
}
