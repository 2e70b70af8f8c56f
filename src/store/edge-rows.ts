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

/** Pipelines that feed these nodes, over tables and other pipelines, at most `depth` steps away. */
export async function upstreamPipelines(
  db: Queryable,
  nodes: string[],
  depth: number,
): Promise<{ node: string; upstream: string }[]> {
  if (nodes.length === 0) return [];
  return db.query(
    `with recursive up(node, upstream, depth) as (
       select e.to_node, e.from_node, 1 from edges e where e.to_node = any($1::text[])
       union
       select up.node, e.from_node, up.depth + 1 from up join edges e on e.to_node = up.upstream where up.depth < $2
     )
     select distinct node, upstream from up where upstream like 'pipeline:%' and upstream <> node`,
    [nodes, depth],
  );
}
