import type { Downstream } from './downstream';
import { type Node, pipelineNode, refOfNode } from './edge';
import type { PipelineRef } from './pipeline';

/** A pipeline that is done again after those that feed it. */
export interface Dependent {
  pipeline: PipelineRef;
  /** In which place, from 1: after all that feed it, one pipeline after another. */
  wave: number;
  /** Those that feed it, directly or over tables, and stand before it; the root among them. */
  fedBy: PipelineRef[];
}

/**
 * The pipelines that hang on the root, each after all that feed it. In a circle the nearest to the root comes first. Pure.
 *
 * @param downstream of the root alone
 */
export function dependentsOf(root: PipelineRef, { nodes, edges }: Pick<Downstream, 'nodes' | 'edges'>): Dependent[] {
  const above = new Map<Node, Node[]>();
  for (const { from, to } of edges) above.set(to, [...(above.get(to) ?? []), from]);
  const waiting = nodes.flatMap(({ node }) => {
    const pipeline = refOfNode(node);
    return pipeline ? [{ node, pipeline, feeders: pipelinesAbove(node, above) }] : [];
  });
  const rootNode = pipelineNode(root);
  const placed = new Map<Node, PipelineRef>([[rootNode, root]]);
  const known = new Set<Node>([rootNode, ...waiting.map(({ node }) => node)]);
  const found: Dependent[] = [];
  while (waiting.length > 0) {
    const isFree = ({ feeders }: (typeof waiting)[number]) =>
      feeders.every((feeder) => placed.has(feeder) || !known.has(feeder));
    const at = Math.max(0, waiting.findIndex(isFree));
    const [next] = waiting.splice(at, 1);
    if (!next) break;
    const fedBy = next.feeders.flatMap((feeder) => placed.get(feeder) ?? []);
    found.push({ pipeline: next.pipeline, wave: found.length + 1, fedBy: fedBy.length > 0 ? fedBy : [root] });
    placed.set(next.node, next.pipeline);
  }
  return found;
}

/** The nearest pipelines above a node, looking through what is none. */
function pipelinesAbove(node: Node, above: ReadonlyMap<Node, Node[]>): Node[] {
  const found = new Set<Node>();
  const looked = new Set<Node>([node]);
  const toLook = [...(above.get(node) ?? [])];
  for (let next = toLook.pop(); next !== undefined; next = toLook.pop()) {
    if (looked.has(next)) continue;
    looked.add(next);
    if (refOfNode(next)) found.add(next);
    else toLook.push(...(above.get(next) ?? []));
  }
  return [...found];
}
