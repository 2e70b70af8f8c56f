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
