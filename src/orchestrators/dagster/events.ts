import type { EventKind, PipelineEvent } from '../../domain/pipeline-event';
import type { Links } from './links';

/** What pushed and polled news alike know of a run. */
export interface RunNews {
  key: string;
  run: string;
  kind: EventKind;
  occurredAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  partition?: string;
  /** Dagster will run it again by itself, as another run. */
  isToBeRetried?: boolean;
}

/** Pushed and polled news of the same change are the same event. A run that is run again is another run, so each has one attempt. */
export function createEvents(connection: string, links: Links) {
  return (news: RunNews): PipelineEvent => {
    const { key, run, kind, occurredAt, startedAt, endedAt, partition } = news;
    const isReplaced = kind === 'failed' && news.isToBeRetried === true;
    return {
      source: `dagster:${connection}`,
      id: `${run}/${kind}`,
      kind,
      occurredAt,
      connection,
      pipeline: key,
      run,
      attempt: 1,
      partition,
      url: links.run(run),
      final: !isReplaced,
      isReplaced: isReplaced || undefined,
      startedAt,
      endedAt,
      // Step and words are in the log of the run.
      needsReading: kind === 'failed' ? true : undefined,
    };
  };
}
export type Events = ReturnType<typeof createEvents>;
