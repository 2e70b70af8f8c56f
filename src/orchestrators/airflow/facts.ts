import type { Pipeline } from '../../domain/pipeline';
import { byOffset } from '../paging';
import { tierOf } from '../tier';
import type { Api } from './api';
import { cronOf, scheduleOf } from './days';
import type { Links } from './links';
import type { Dag } from './schema';

/** Every pipeline that is in the server's files now, with what the server knows about it. */
export async function* discover(deps: { api: Api; connection: string; links: Links }): AsyncIterable<Pipeline> {
  const { api, connection, links } = deps;
  const isNew = await api.isNew();
  const told = new Set<string>();
  for await (const dag of byOffset(api.dags)) {
    // The list may move while it is read.
    if (told.has(dag.dag_id)) continue;
    told.add(dag.dag_id);
    yield { connection, key: dag.dag_id, facts: factsOf(dag, links, isNew) };
  }
}

function factsOf(dag: Dag, links: Links, isNew: boolean): Pipeline['facts'] {
  const tags = (dag.tags ?? []).map(({ name }) => name);
  const owners = (dag.owners ?? []).filter((owner) => owner !== '' && owner !== 'airflow'); // the server's own default
  const title = dag.dag_display_name ?? undefined;
  return {
    title: title === dag.dag_id ? undefined : title,
    kind: 'job',
    owner: owners[0],
    tags: tags.length > 0 ? tags : undefined,
    tier: tierOf(tags),
    // A paused pipeline does not start by itself: nothing is due then. Of a schedule that is no cron nothing can be worked out.
    schedule: dag.is_paused ? undefined : cronOf(scheduleOf(dag)),
    url: links.page({ dag: dag.dag_id, isNew }),
  };
}
