import { orGone } from '../gone';
import { byOffset } from '../paging';
import type { Api } from './api';

/** Operators whose tasks name another pipeline: in which of their fields, and whether they start that one or wait for it. */
const naming = new Map<string, { field: 'trigger_dag_id' | 'external_dag_id'; starts: boolean }>([
  ['TriggerDagRunOperator', { field: 'trigger_dag_id', starts: true }],
  ['ExternalTaskSensor', { field: 'external_dag_id', starts: false }],
]);
/** Of runs that have begun: only these have filled anything in. */
const begun = ['running', 'success', 'failed'];
const pipelinesAtATime = 6;

/** One pipeline that another waits for. `since`: when that was last seen to be so. */
export interface Feeding {
  from: string;
  to: string;
  since?: Date;
}

/**
 * Who starts whom, and who waits for whom, by tasks of their own. Which pipeline a task names is not in its definition as the API
 * tells it, but among the fields that were filled in when it last ran: one that has not run yet tells nothing.
 */
export async function* readCallers(api: Api): AsyncIterable<Feeding> {
  const keys = new Set<string>();
  for await (const { dag_id } of byOffset(api.dags)) keys.add(dag_id);
  const all = [...keys];
  for (let from = 0; from < all.length; from += pipelinesAtATime) {
    const told = await Promise.all(all.slice(from, from + pipelinesAtATime).map((dag) => feedingsOf(api, dag)));
    yield* told.flat();
  }
}

async function feedingsOf(api: Api, dag: string): Promise<Feeding[]> {
  const tasks = ((await orGone(api.tasks(dag))) ?? []).flatMap(({ task_id: task, class_ref }) => {
    const how = naming.get(class_ref?.class_name ?? '');
    return how ? [{ task, ...how }] : [];
  });
  if (tasks.length === 0) return [];
  const [newest] = (await api.runs(dag, { states: begun, orderBy: '-start_date' }, 0, 1)).items;
  if (!newest) return [];
  const told = await Promise.all(
    tasks.map(async ({ task, field, starts }): Promise<Feeding[]> => {
      const ran = await orGone(api.instance(dag, newest.dag_run_id, task, -1));
      const named = ran?.rendered_fields?.[field];
      if (!named) return [];
      const ends = starts ? { from: dag, to: named } : { from: named, to: dag };
      return [{ ...ends, since: ran?.start_date }];
    }),
  );
  return told.flat();
}
