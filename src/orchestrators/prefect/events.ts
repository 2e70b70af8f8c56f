import type { EventKind, PipelineEvent } from '../../domain/pipeline-event';
import type { Links } from './links';
import { wordsOf } from './words';

/** What pushed and polled news alike know of a run. */
export interface RunNews {
  /** Each change of a run's state has an id of its own. */
  stateId: string;
  key: string;
  run: string;
  kind: EventKind;
  attempt: number;
  occurredAt: Date;
  startedAt?: Date;
  partition?: string;
  message?: string | null;
}

/** Pushed and polled news of the same change are the same event: both name the state. */
export function createEvents(connection: string, links: Links) {
  return (news: RunNews): PipelineEvent => {
    const { stateId, key, run, kind, attempt, occurredAt, startedAt, partition, message } = news;
    const isFailure = kind === 'failed';
    return {
      source: `prefect:${connection}`,
      id: stateId.toLowerCase(),
      kind,
      occurredAt,
      connection,
      pipeline: key,
      run,
      attempt: Math.max(1, attempt),
      partition,
      error: isFailure ? wordsOf(message) : undefined,
      url: links.run(run),
      // Its own retries come before a run is said to have failed.
      final: true,
      startedAt,
      endedAt: kind === 'started' ? undefined : occurredAt,
      // The step is in its task runs.
      needsReading: isFailure ? true : undefined,
    };
  };
}
export type Events = ReturnType<typeof createEvents>;
