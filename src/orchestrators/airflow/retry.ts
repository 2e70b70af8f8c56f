import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { ClearWish } from './api';
import type { Ability, ChangeDeps } from './change-deps';
import { isStopped } from './notes';
import type { DagRun } from './schema';
import { isGoing } from './status';
import { stepOf, taskOf } from './steps';

/**
 * Runs a run again: the tasks that failed and all behind them, all of it, or one task and all behind it. Airflow calls that clearing; it
 * always asks first what would be touched.
 */
export function createRetry({ api, runs, aims, refusals, marks }: ChangeDeps): Ability {
  const isFromStart = (target: Target) => target.kind === 'run' && target.from === 'start';

  function obstacle(run: DagRun, target: Target): string | undefined {
    const which = `Run ${run.dag_run_id}`;
    if (isGoing(run.state)) return `${which} is still going (${run.state}); it can be retried when it has ended.`;
    if (target.kind === 'run' && target.parameters && Object.keys(target.parameters).length > 0)
      return `${which} keeps the parameters it was started with. Start a new run with others instead.`;
    if (runs.statusOf(run) === 'succeeded' && aims.step(target) === undefined && !isFromStart(target))
      return `${which} has succeeded; there is nothing to run again.`;
    return undefined;
  }

  /** What is to be cleared. Behind a task that failed all is run again, also what was left out or ran for the failure's sake. */
  async function wishFor(run: DagRun, target: Target): Promise<Omit<ClearWish, 'isDry'>> {
    const { dag_id: dag, dag_run_id: id } = run;
    const step = aims.step(target);
    if (isFromStart(target)) return { run: id, onlyFailed: false };
    if (step !== undefined) {
      const { task, mapIndex } = taskOf(step);
      if (!(await orGone(api.instance(dag, id, task, mapIndex))))
        throw refusals.no(`There is no step ${step} in run ${id}. Retry the run from where it failed instead.`);
      return { run: id, onlyFailed: false, tasks: [{ task, mapIndex }] };
    }
    // Where a person ended the run, the server has left out what had not begun.
    const states = isStopped(run) ? ['failed', 'upstream_failed', 'skipped'] : ['failed'];
    const failed = await runs.instancesOf(dag, id, states);
    if (failed.length === 0) return { run: id, onlyFailed: true };
    const tasks = failed.map((one) => ({ task: one.task_id, mapIndex: one.map_index }));
    return { run: id, onlyFailed: false, tasks: (await api.isNew()) ? tasks : eachOnce(tasks) };
  }

  async function touched(run: DagRun, wish: Omit<ClearWish, 'isDry'>): Promise<string[]> {
    const cleared = await api.clear(run.dag_id, { ...wish, isDry: true });
    if (cleared.some(({ dag_run_id }) => dag_run_id && dag_run_id !== run.dag_run_id))
      throw refusals.no('This Airflow would run other runs again as well. Clear the tasks in Airflow itself.');
    if (cleared.length === 0)
      throw refusals.no(`No task of run ${run.dag_run_id} has failed. Retry it from the start instead.`);
    return [...new Set(cleared.map(stepOf))];
  }

  return {
    async plan(target) {
      const run = await runs.read(aims.run(target));
      const why = obstacle(run, target);
      if (why) throw refusals.no(why);
      const steps = await touched(run, await wishFor(run, target));
      const note = isFromStart(target)
        ? 'Runs all tasks of the run again.'
        : aims.step(target) === undefined
          ? 'Runs again what failed, and all behind it.'
          : 'Runs this task again, and all behind it.';
      return [{ run: runs.refOf(run), steps, note }];
    },

    async perform(target, call) {
      const run = await runs.read(aims.run(target));
      const earlier = marks.madeBegin(run, call);
      if (earlier) return earlier;
      const why = obstacle(run, target);
      if (why) throw refusals.no(why);
      const wish = await wishFor(run, target);
      const steps = await touched(run, wish);
      await marks.write(run, call);
      await api.clear(run.dag_id, { ...wish, isDry: false }, call.signal);
      return { run: runs.refOf(run), note: `${steps.length === 1 ? '1 task' : `${steps.length} tasks`} cleared` };
    },

    async lookUp(call) {
      return marks.madeBegin(await runs.read(aims.run(call.target)), call);
    },
  };
}

function eachOnce(tasks: { task: string }[]): { task: string }[] {
  return [...new Set(tasks.map(({ task }) => task))].map((task) => ({ task }));
}
