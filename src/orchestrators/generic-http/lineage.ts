import { type Edge, pipelineNode } from '../../domain/edge';
import type { Clock } from '../../lib/clock';
import type { Http } from '../http';
import { createReader } from './fields';
import { readList } from './pages';
import type { GenericHttpSettings } from './settings';

/** Every edge that the list of the configuration holds, each once; a name that is no table, dashboard or pipeline elsewhere is a pipeline of this connection. */
export async function* readLineage(deps: {
  http: Http;
  connection: string;
  clock: Clock;
  wish: NonNullable<GenericHttpSettings['lineage']>;
}): AsyncIterable<Edge> {
  const { http, connection, clock, wish } = deps;
  const nodeOf = (name: string) =>
    /^(?:table|dashboard|pipeline):./.test(name) ? name : pipelineNode({ connection, key: name });
  const knownSince = clock.now();
  const told = new Set<string>();
  for await (const item of readList(http, { key: 'lineage', ...wish }, {})) {
    const reader = createReader(http.where, 'lineage.fields', item);
    for (const from of reader.ids('from', wish.fields.from).map(nodeOf))
      for (const to of reader.ids('to', wish.fields.to).map(nodeOf)) {
        if (from === to || told.has(`${from}\n${to}`)) continue;
        told.add(`${from}\n${to}`);
        yield { from, to, source: `generic-http:${connection}`, knownSince };
      }
  }
}
