import type { Downstream } from './downstream';
import type { PipelineRef } from './pipeline';

/** What waits for a pipeline, asked for by name. */
export type ImpactAnswer =
  | {
      kind: 'impact';
      pipeline: PipelineRef;
      /** As people read it. */
      name: string;
      downstream: Downstream;
      /** Whose pipelines wait, most first. `who` is a team, else the owner as its source words it. */
      owners: { who: string; count: number }[];
      now: Date;
    }
  /** The name fits these. */
  | { kind: 'several'; asked: string; names: string[] }
  | { kind: 'none'; asked: string; didYouMean: string[] };

/** What came of the wish to tell those who wait. */
export type OwnersTold =
  | { kind: 'told'; channels: string[]; count: number }
  /** Somebody has told them lately. */
  | { kind: 'told-already'; by: string; at: Date }
  | { kind: 'nobody-waits' };

/** Whose pipelines these are, those with the most first, then by name. */
export function ownersOf({ nodes }: Downstream): { who: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { kind, team, owner } of nodes) {
    const who = team ?? owner;
    if (kind === 'pipeline' && who !== undefined) counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  return [...counts]
    .map(([who, count]) => ({ who, count }))
    .sort((a, b) => b.count - a.count || (a.who < b.who ? -1 : 1));
}

/** A node with what hangs on it: every node stands once, below the nearest of those that feed it. */
export interface Branch {
  node: string;
  branches: Branch[];
}

/** The graph as a tree below its roots, so that it can be written in lines. */
export function treeOf(roots: readonly string[], { nodes, edges }: Downstream): Branch[] {
  const branches = new Map<string, Branch>(roots.map((node) => [node, { node, branches: [] }]));
  const feeders = new Map<string, string[]>();
  for (const { from, to } of edges) feeders.set(to, [...(feeders.get(to) ?? []), from]);
  const depths = new Map(nodes.map(({ node, depth }) => [node, depth]));
  for (const { node, depth } of nodes) {
    const parent = (feeders.get(node) ?? []).find((from) => (depths.get(from) ?? 0) === depth - 1);
    const branch = { node, branches: [] };
    branches.set(node, branch);
    if (parent !== undefined) branches.get(parent)?.branches.push(branch);
  }
  return roots.flatMap((root) => branches.get(root) ?? []);
}
