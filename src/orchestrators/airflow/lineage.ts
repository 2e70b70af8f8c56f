import { type Edge, pipelineNode } from '../../domain/edge';
import type { Clock } from '../../lib/clock';
import { byOffset } from '../paging';
import type { Api } from './api';
import { type Feeding, readCallers } from './callers';
import type { Asset } from './schema';

/**
 * Who waits for whom, by assets (datasets in Airflow 2): who makes one feeds who is started by it or reads it, and both are tied to
 * the table of that name. And by tasks that start another pipeline or wait for one.
 */
export async function* readLineage(deps: { api: Api; connection: string; clock: Clock }): AsyncIterable<Edge> {
  const { api, connection, clock } = deps;
  const now = clock.now();
  const told = new Set<string>();
  const node = (key: string) => pipelineNode({ connection, key });
  function* edges(found: Feeding[]): Iterable<Edge> {
    for (const { from, to, since } of found) {
      if (from === to || told.has(`${from} ${to}`)) continue;
      told.add(`${from} ${to}`);
      yield { from, to, source: `airflow:${connection}`, knownSince: since ?? now };
    }
  }
  for await (const asset of byOffset(api.assets)) yield* edges(edgesOf(asset, node));
  for await (const { from, to, since } of readCallers(api)) yield* edges([{ from: node(from), to: node(to), since }]);
}

function edgesOf(asset: Asset, node: (key: string) => string): Feeding[] {
  const makers = (asset.producing_tasks ?? []).map(({ dag_id }) => dag_id);
  const readers = [...(asset.scheduled_dags ?? []), ...(asset.consuming_dags ?? []), ...(asset.consuming_tasks ?? [])];
  const table = asset.uri ? `table:${asset.uri}` : undefined;
  return [
    ...makers.flatMap((from) => readers.map((to) => ({ from: node(from), to: node(to.dag_id), since: to.created_at }))),
    ...(table ? makers.map((from) => ({ from: node(from), to: table })) : []),
    ...(table ? readers.map((to) => ({ from: table, to: node(to.dag_id), since: to.created_at })) : []),
  ];
}
