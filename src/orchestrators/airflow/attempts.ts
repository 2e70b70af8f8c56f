import type { Clock } from '../../lib/clock';
import { byOffset } from '../paging';
import type { Api } from './api';
import type { TaskInstance } from './schema';

/** A pipeline's definition is read again after so long. */
const keptMs = 10 * 60_000;
const pipelinesKept = 2_000;
/** Task instances of one run that are looked at: the first page, where the most tried come first (Airflow 3); more in Airflow 2. */
const perPage = 100;
const lookedAt = 500;

/**
 * Airflow counts the tries of each task, not of a run: a task that is cleared is tried again, with as many tries of its own as its
 * definition has. `max_tries` grows at each clear by the tries that were used, and so tells how often.
 *
 * @param retries  of the task's definition, which the server makes by itself
 * @returns how often this task was cleared and run again
 */
export function timesCleared({ max_tries }: Pick<TaskInstance, 'max_tries'>, retries: number): number {
  return Math.max(0, Math.ceil((max_tries - retries) / (retries + 1)));
}

/** Which attempt of its run is going or was the last, counted from 1: one more than its most cleared task was cleared. */
export function createAttempts(api: Api, clock: Clock) {
  const definitions = new Map<string, { retries: Promise<Map<string, number>>; atMs: number }>();

  function retriesIn(dag: string): Promise<Map<string, number>> {
    const held = definitions.get(dag);
    if (held && clock.now().getTime() - held.atMs < keptMs) return held.retries;
    const retries = api.tasks(dag).then((tasks) => new Map(tasks.map((task) => [task.task_id, task.retries])));
    if (definitions.size >= pipelinesKept) definitions.clear();
    definitions.set(dag, { retries, atMs: clock.now().getTime() });
    retries.catch(() => definitions.delete(dag));
    return retries;
  }

  async function among(dag: string, instances: readonly TaskInstance[]): Promise<number> {
    // Without retries of any kind nothing needs to be asked.
    const told = instances.filter(({ max_tries }) => max_tries > 0);
    if (told.length === 0) return 1;
    const retries = await retriesIn(dag);
    return 1 + Math.max(...told.map((one) => timesCleared(one, retries.get(one.task_id) ?? 0)));
  }

  return {
    retriesIn,
    among,
    async of(dag: string, run: string): Promise<number> {
      const instances: TaskInstance[] = [];
      const most = (await api.isNew()) ? perPage : lookedAt;
      const all = byOffset((offset, limit) => api.instances(dag, run, {}, offset, limit), perPage);
      for await (const instance of all) {
        instances.push(instance);
        if (instances.length >= most) break;
      }
      return among(dag, instances);
    },
  };
}
export type Attempts = ReturnType<typeof createAttempts>;
