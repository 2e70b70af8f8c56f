import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';
import type { DagRun } from './schema';
import { isGoing } from './status';

/** Ends a run that is going or waits: Airflow marks it as failed, and the note tells that a person wished it. */
export function createStop({ api, runs, aims, refusals, marks }: ChangeDeps): Ability {
  async function read(target: Target): Promise<DagRun> {
    if (aims.step(target) !== undefined) throw refusals.no('Airflow ends whole runs. Stop the run instead.');
    return runs.read(aims.run(target));
  }

  function mustGo(run: DagRun): void {
    if (!isGoing(run.state))
      throw refusals.no(`Run ${run.dag_run_id} has ended already (${runs.statusOf(run)}); there is nothing to stop.`);
  }

  return {
    async plan(target) {
      const run = await read(target);
      mustGo(run);
      const waits = run.state === 'queued' ? 'It waits in the queue and' : 'The run';
      return [{ run: runs.refOf(run), note: `${waits} ends as cancelled; Airflow itself shows it as failed.` }];
    },

    async perform(target, call) {
      const run = await read(target);
      const earlier = marks.madeEnd(run, call);
      if (earlier) return earlier;
      mustGo(run);
      await marks.write(run, call);
      return { run: runs.refOf(await api.setRunState(run.dag_id, run.dag_run_id, 'failed', call.signal)) };
    },

    async lookUp(call) {
      return marks.madeEnd(await read(call.target), call);
    },
  };
}
