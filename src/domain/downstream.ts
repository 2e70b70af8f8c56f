import { z } from 'zod';
import type { Node } from './edge';

/** Something that is fed, directly (`depth` 1) or over others. */
const DownstreamNode = z.object({
  node: z.string(),
  name: z.string(),
  kind: z.enum(['pipeline', 'table', 'dashboard', 'other']),
  depth: z.number().int(),
  owner: z.string().optional(),
  team: z.string().optional(),
  tier: z.number().optional(),
  /** `HH:mm` in its own zone, or as its owner worded it. */
  deadline: z.string().optional(),
});
export type DownstreamNode = z.infer<typeof DownstreamNode>;

/** `nodes` nearest first; `edges` only between those and what they hang on; `total` also those cut off. */
export const Downstream = z.object({
  nodes: z.array(DownstreamNode),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
  total: z.number(),
  /** When the newest of it was last seen; left out = nothing is known of what is downstream. */
  seenAt: z.coerce.date().optional(),
});
export type Downstream = z.infer<typeof Downstream>;

/** Those that wait, nearest first. A table waits for nobody: those who read it do. What people call by one name is one thing. */
export function waitingNodes({ nodes }: Pick<Downstream, 'nodes'>): DownstreamNode[] {
  const byName = new Map<string, DownstreamNode>();
  for (const node of nodes) if (node.kind !== 'table' && !byName.has(node.name)) byName.set(node.name, node);
  return [...byName.values()];
}

/** How many wait, and tables apart; what is cut off counts as waiting. */
export function countDownstream({ nodes, total }: Pick<Downstream, 'nodes' | 'total'>): {
  waiting: number;
  tables: number;
} {
  const tables = nodes.filter(({ kind }) => kind === 'table').length;
  return { waiting: waitingNodes({ nodes }).length + total - nodes.length, tables };
}

/** An edge with the time at which some source told it last. */
export interface SeenEdge {
  from: Node;
  to: Node;
  seenAt: Date;
}

/** So many nodes are kept with a plan or drawn; the others are counted. */
const nodesKept = 200;

/**
 * What hangs on these nodes, breadth first: each node once, at its shortest distance; of one distance by name. Cycles end where
 * they began. Pure.
 *
 * @param describe what is known of a node; `depth` and `node` are added here
 */
export function walkDownstream(
  roots: readonly Node[],
  edges: readonly SeenEdge[],
  describe: (node: Node) => Omit<DownstreamNode, 'node' | 'depth'>,
): Downstream {
  const below = new Map<Node, SeenEdge[]>();
  for (const edge of edges) {
    const known = below.get(edge.from);
    if (known) known.push(edge);
    else below.set(edge.from, [edge]);
  }
  const reached = new Set<Node>(roots);
  const nodes: DownstreamNode[] = [];
  let seenAt: Date | undefined;
  let level: Node[] = [...roots];
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: DownstreamNode[] = [];
    for (const edge of level.flatMap((node) => below.get(node) ?? [])) {
      if (seenAt === undefined || edge.seenAt > seenAt) seenAt = edge.seenAt;
      if (reached.has(edge.to)) continue;
      reached.add(edge.to);
      next.push({ node: edge.to, depth, ...describe(edge.to) });
    }
    next.sort((a, b) => compare(a.name, b.name) || compare(a.node, b.node));
    nodes.push(...next);
    level = next.map(({ node }) => node);
  }
  const kept = nodes.slice(0, nodesKept);
  const shown = new Set<Node>([...roots, ...kept.map(({ node }) => node)]);
  const between = new Map<string, { from: Node; to: Node }>();
  for (const { from, to } of edges) {
    if (shown.has(from) && shown.has(to) && from !== to) between.set(JSON.stringify([from, to]), { from, to });
  }
  return { nodes: kept, edges: [...between.values()], total: nodes.length, seenAt };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
