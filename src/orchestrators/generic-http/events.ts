import { Failure } from '../../domain/failure';
import type { EventKind, PipelineEvent } from '../../domain/pipeline-event';
import type { Run, RunStatus } from '../../domain/run';
import { parseJson } from '../answer';
import type { Delivery, Normalised } from '../orchestrator';
import { Data, valueAt } from './expression';
import { createReader, readRun, type Statuses } from './fields';
import type { GenericHttpSettings } from './settings';

const kinds = new Map<RunStatus, EventKind>([
  ['running', 'started'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['skipped', 'skipped'],
]);

/** Pushed and polled news of the same change are the same event. Undefined for a state that is no news, such as waiting. */
export function eventOf(run: Run, connection: string, heardAt: Date): PipelineEvent | undefined {
  const kind = kinds.get(run.status);
  if (!kind) return undefined;
  const { pipeline, run: id, attempt, startedAt, endedAt } = run;
  return {
    source: `generic-http:${connection}`,
    id: `${pipeline.key}/${id}/${attempt}/${kind}`,
    kind,
    occurredAt: (kind === 'started' ? startedAt : (endedAt ?? startedAt)) ?? heardAt,
    connection,
    pipeline: pipeline.key,
    run: id,
    attempt,
    final: true,
    startedAt,
    endedAt: kind === 'started' ? undefined : endedAt,
    partition: run.partition,
    step: run.step,
    error: kind === 'failed' ? run.error : undefined,
    url: run.url,
    owner: run.owner,
    tags: run.tags,
    needsReading: kind === 'failed' && run.error === undefined ? true : undefined,
  };
}

/** What is posted to /ingest/<connection>: the entries that `events.items` finds, each told as a run is. */
export function createNormalise(deps: {
  where: string;
  connection: string;
  settings: GenericHttpSettings;
  statusOf: Statuses;
}): (delivery: Delivery) => Normalised {
  const { where, connection, settings, statusOf } = deps;
  const items = settings.events?.items ?? '@';
  const fields = { ...settings.run.fields, ...settings.events?.fields };

  return ({ body, receivedAt }) => {
    const value = parseJson(body);
    if (value === undefined || value === null)
      throw new Failure('bad-response', where, { detail: 'The delivery is not JSON.' });
    const found = valueAt(where, 'events.items', items, Data.parse(value));
    const entries: unknown[] = Array.isArray(found) ? found : found === undefined ? [] : [found];
    return {
      events: entries.flatMap((entry) => {
        const reader = createReader(where, 'events.fields', Data.parse(entry));
        return eventOf(readRun(reader, fields, statusOf, connection), connection, receivedAt) ?? [];
      }),
    };
  };
}
