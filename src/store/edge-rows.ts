import type { Edge } from '../domain/edge';
import type { Queryable, Tx } from './db';

export async function save(tx: Tx, edges: Edge[], at: Date): Promise<void> {
  if (edges.length === 0) return;
  await tx.query(
    `insert into edges (from_node, to_node, source, known_since, seen_at)
     select distinct on (e."from", e."to", e.source) e."from", e."to", e.source, e."knownSince", $2::timestamptz
     from jsonb_to_recordset($1::jsonb) as e("from" text, "to" text, source text, "knownSince" timestamptz)
     order by e."from", e."to", e.source
     on conflict (from_node, to_node, source) do update set seen_at = excluded.seen_at
     where edges.seen_at < excluded.seen_at - interval '1 hour'`,
    [JSON.stringify(edges), at],
  );
}

/** The whole of what this source knows, as of now: what it does not tell any more is forgotten. `known_since` stays as it was. */
export async function replace(tx: Tx, source: string, edges: Edge[], at: Date): Promise<void> {
  await save(tx, edges, at);
  await tx.query(
    `delete from edges e where e.source = $1 and not exists (
       select 1 from jsonb_to_recordset($2::jsonb) as told("from" text, "to" text)
       where told."from" = e.from_node and told."to" = e.to_node)`,
    [source, JSON.stringify(edges.map(({ from, to }) => ({ from, to })))],
  );
}

/** What connections told that are not there any more. @param kinds of orchestrators, by which their sources begin */
export async function dropOfOthers(db: Queryable, kinds: string[], sources: string[]): Promise<number> {
  const rows = await db.query(
    `delete from edges where split_part(source, ':', 1) = any($1::text[]) and source <> all($2::text[]) returning source`,
    [kinds, sources],
  );
  return rows.length;
}

/** Nodes that feed this one; of what is no pipeline, what feeds that. */
export async function directlyAbove(db: Queryable, node: string): Promise<string[]> {
  const rows = await db.query<{ node: string }>(
    `select from_node as node from edges where to_node = $1
     union
     select over.from_node from edges e join edges over on over.to_node = e.from_node
     where e.to_node = $1 and e.from_node not like 'pipeline:%'`,
    [node],
  );
  return rows.map(({ node: each }) => each);
}

/** Pipelines that feed these nodes, over tables and other pipelines, at most `depth` steps away. */
export async function upstreamPipelines(
  db: Queryable,
  nodes: string[],
  depth: number,
): Promise<{ node: string; upstream: string }[]> {
  if (nodes.length === 0) return [];
  // The part of the graph above all of them is read once; who is above whom is found in memory, for they share most of it.
  const edges = await db.query<{ from: string; to: string }>(
    `with recursive up(from_node, to_node, depth) as (
       select e.from_node, e.to_node, 1 from edges e where e.to_node = any(array(select jsonb_array_elements_text($1::jsonb)))
       union
       select e.from_node, e.to_node, up.depth + 1 from up join edges e on e.to_node = up.from_node where up.depth < $2
     )
     select distinct from_node as "from", to_node as "to" from up`,
    [JSON.stringify(nodes), depth],
  );
  const above = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = above.get(to);
    if (known) known.push(from);
    else above.set(to, [from]);
  }
  return [...new Set(nodes)].flatMap((node) =>
    [...walkUp(node, above, depth)]
      .filter((upstream) => upstream !== node && upstream.startsWith('pipeline:'))
      .map((upstream) => ({ node, upstream })),
  );
}

function walkUp(node: string, above: Map<string, string[]>, depth: number): Set<string> {
  const seen = new Set<string>();
  let level = [node];
  for (let step = 0; step < depth && level.length > 0; step += 1) {
    level = level.flatMap((each) => above.get(each) ?? []).filter((each) => !seen.has(each) && seen.add(each));
  }
  return seen;
}
