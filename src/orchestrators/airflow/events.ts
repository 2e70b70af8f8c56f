import type { EventKind, PipelineEvent } from '../../domain/pipeline-event';
import type { Links } from './links';

/** What pushed and polled news alike know of a run. */
export interface RunNews {
  dag: string;
  run: string;
  kind: EventKind;
  attempt: number;
  occurredAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  partition?: string;
  isNew: boolean;
}

/**
 * Pushed and polled news of the same change are the same event. Attempts of a run are told apart by their start, which both know to
 * the millisecond; the number of the attempt is worked out, and is not part of it.
 */
export function createEvents(connection: string, links: Links) {
  return (news: RunNews): PipelineEvent => {
    const { dag, run, kind, attempt, occurredAt, startedAt, endedAt, partition, isNew } = news;
    return {
      source: `airflow:${connection}`,
      id: `${dag}/${run}/${startedAt?.getTime() ?? 'none'}/${kind}`,
      kind,
      occurredAt,
      connection,
      pipeline: dag,
      run,
      attempt,
      partition,
      url: links.page({ dag, run, isNew }),
      final: true,
      startedAt,
      endedAt,
      // Step and words are in the task instances and their logs.
      needsReading: kind === 'failed' ? true : undefined,
    };
  };
}
export type Events = ReturnType<typeof createEvents>;
