import type { EventKind, PipelineEvent } from '../../domain/pipeline-event';

/** What pushed and polled news alike know of a run. */
export interface RunNews {
  job: string;
  run: string;
  kind: EventKind;
  occurredAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  url?: string;
}

/** Pushed and polled news of the same change are the same event. A run of dbt Cloud happens once: a retry is another run. */
export function createEvents(connection: string) {
  return ({ job, run, kind, ...times }: RunNews): PipelineEvent => ({
    source: `dbt:${connection}`,
    id: `${job}/${run}/${kind}`,
    kind,
    connection,
    pipeline: job,
    run,
    attempt: 1,
    final: true,
    ...times,
    // Step and words are in the logs of its steps.
    needsReading: kind === 'failed' ? true : undefined,
  });
}
export type Events = ReturnType<typeof createEvents>;
