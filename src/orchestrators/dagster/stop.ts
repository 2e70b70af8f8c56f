import { Failure } from '../../domain/failure';
import { hasEnded } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';
import type { Run } from './schema';
import { stoppableWords } from './status';

/**
 * `stop` asks the worker of a run to end it. `kill` crosses the run out at once, also where no worker answers. Dagster has no place for the
 * name of who wished either; saying it twice does no harm.
 */
export function createStop({ api, runs, aims, refusals }: ChangeDeps, isAtOnce: boolean): Ability {
  async function read(target: Target): Promise<Run> {
    if (aims.step(target) !== undefined) throw refusals.no('Dagster ends whole runs. Stop the run instead.');
    const run = await runs.read(aims.run(target));
    const status = runs.statusOf(run);
    if (hasEnded(status))
      throw refusals.no(`Run ${run.runId} has ended already (${status}); there is nothing to stop.`);
    if (!isAtOnce && !stoppableWords.includes(run.status))
      throw refusals.no(
        run.status === 'CANCELING'
          ? `Run ${run.runId} is being stopped already. Kill it where that does not end.`
          : `Run ${run.runId} has no worker yet that could be asked (${run.status}). Wait for it, or kill the run.`,
      );
    const { isStop } = await api.mayChange(run.runId);
    if (!isStop) throw new Failure('not-allowed', api.where, { detail: 'Its user may not end this run.' });
    return run;
  }

  return {
    async plan(target) {
      const run = await read(target);
      const note = isAtOnce
        ? 'The run ends as cancelled at once; what its worker had begun elsewhere may go on.'
        : 'Its worker is asked to end; the run is then cancelled.';
      return [{ run: runs.refOf(run), note }];
    },
    async perform(target, call) {
      const run = await read(target);
      await api.terminate(run.runId, isAtOnce, call.signal);
      return { run: runs.refOf(run) };
    },
    /** Whoever ended it, it is what was wished for. */
    async lookUp({ target }) {
      const run = await runs.read(aims.run(target));
      const isDone = run.status === 'CANCELED' || (!isAtOnce && run.status === 'CANCELING');
      return isDone ? { run: runs.refOf(run), duplicate: true } : undefined;
    },
  };
}
