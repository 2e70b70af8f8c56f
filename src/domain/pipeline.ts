/** Something an orchestrator runs. `connection` is the name of the orchestrator connection in the configuration; `key` is the orchestrator's own id. */
export interface PipelineRef {
  connection: string;
  key: string;
}

/** What is known about a Pipeline beyond its identity. Everything is optional: unknown is said as "unknown", never invented. */
export interface PipelineFacts {
  title?: string;
  kind?: 'job' | 'app';
  /** Team name of the configuration. */
  team?: string;
  /** As the source words it: a team name, a Slack id or an e-mail address. */
  owner?: string;
  tags?: string[];
  tier?: number;
  environment?: string;
  schedule?: string;
  timeZone?: string;
  deadline?: string;
  runbook?: string;
  repository?: string;
  tests?: boolean | string;
  feeds?: string[];
  url?: string;
}

export interface Pipeline extends PipelineRef {
  facts: PipelineFacts;
}

/** Merges facts so that the first one that knows something wins, field by field: catalogue file, then orchestrator, then event. */
export function mergeFacts(...known: (PipelineFacts | undefined)[]): PipelineFacts {
  const merged: Record<string, unknown> = {};
  for (const facts of known) {
    for (const [name, value] of Object.entries(facts ?? {})) {
      if (value !== undefined && value !== null && merged[name] === undefined) merged[name] = value;
    }
  }
  return merged;
}

/** The name that people read: the title where there is one, else the key. */
export function nameOf(pipeline: { key: string; facts?: PipelineFacts }): string {
  return pipeline.facts?.title ?? pipeline.key;
}

/**
 * The name with the key by which it is searched for: the key, with the title in front where that says more than the key
 * reworded ("Orders daily" for `orders_daily` does not).
 */
export function labelOf(pipeline: { key: string; facts?: PipelineFacts }): string {
  const title = pipeline.facts?.title?.trim();
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return title && bare(title) !== bare(pipeline.key) ? `${title} (${pipeline.key})` : pipeline.key;
}
