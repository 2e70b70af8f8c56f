import type { PipelineRef } from './pipeline';

/** One end of an Edge: a pipeline is written `pipeline:<connection>/<key>`, a table `table:<name>`, a dashboard `dashboard:<name>`. */
export type Node = string;

/** This feeds that; from where we know it, and since when. */
export interface Edge {
  from: Node;
  to: Node;
  source: string;
  knownSince: Date;
}

export function pipelineNode(pipeline: { connection: string; key: string }): Node {
  return `pipeline:${pipeline.connection}/${pipeline.key}`;
}

/** The pipeline that a node stands for; `undefined` = it is something else. */
export function refOfNode(node: Node): PipelineRef | undefined {
  const [, connection, key] = /^pipeline:([^/]+)\/(.+)$/.exec(node) ?? [];
  return connection && key ? { connection, key } : undefined;
}
