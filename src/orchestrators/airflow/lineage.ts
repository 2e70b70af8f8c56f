import { type Edge, pipelineNode } from '../../domain/edge';
import type { Clock } from '../../lib/clock';
import { byOffset } from '../paging';
import type { Api } from './api';
import type { Asset } from './schema';

/**
 * Who waits for whom, by assets (datasets in Airflow 2): who makes one feeds who is started by it or reads it, and both are tied to
 * the table of that name. A task that starts another pipeline does not say which one through the API; such a run tells it by itself.
 */
export async function* readLineage(deps: { api: Api; connection: string; clock: Clock }): AsyncIterable<Edge> {
  const { api, connection, clock } = deps;
  const now = clock.now();
  const told = new Set<string>();
  const node = (key: string) => pipelineNode({ connection, key });
  for await (const asset of byOffset(api.assets)) {
    for (const { from, to, since } of edgesOf(asset, node)) {
      if (from === to || told.has(`${from} ${to}`)) continue;
      told.add(`${from} ${to}`);
      yield { from, to, source: `airflow:${connection}`, knownSince: since ?? now };
    }
  }
}

function edgesOf(asset: Asset, node: (key: string) => string): { from: string; to: string; since?: Date }[] {
  const makers = (asset.producing_tasks ?? []).map(({ dag_id }) => dag_id);
  const readers = [...(asset.scheduled_dags ?? []), ...(asset.consuming_dags ?? []), ...(asset.consuming_tasks ?? [])];
  const table = asset.uri ? `table:${asset.uri}` : undefined;
  return [
    ...makers.flatMap((from) => readers.map((to) => ({ from: node(from), to: node(to.dag_id), since: to.created_at }))),
    ...(table ? makers.map((from) => ({ from: node(from), to: table })) : []),
    ...(table ? readers.map((to) => ({ from: table, to: node(to.dag_id), since: to.created_at })) : []),
  ];
}
