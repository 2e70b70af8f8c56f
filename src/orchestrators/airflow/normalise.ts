import { z } from 'zod';
import { Failure } from '../../domain/failure';
import type { EventKind } from '../../domain/pipeline-event';
import { parseJson } from '../answer';
import type { Delivery, Normalised } from '../orchestrator';
import type { Events } from './events';
import { isStopped } from './notes';

/** What docs/airflow/pitcrew_callback.py sends: a CloudEvent about a run, with what it knows of the run. */
const Delivered = z.object({
  specversion: z.literal('1.0'),
  type: z.string().min(1),
  data: z.unknown(),
});

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const RunData = z.object({
  pipeline: z.string().min(1),
  run: z.string().min(1),
  attempt: z.number().int().min(1).default(1),
  partition: z.string().min(1).nullish(),
  startedAt: instant.nullish(),
  endedAt: instant.nullish(),
  step: z.string().min(1).nullish(),
  error: z.string().nullish(),
  note: z.string().nullish(),
  /** The main number of the Airflow that sent it. */
  airflow: z.number().int().default(3),
});

const kinds = new Map<string, EventKind>([
  ['io.pitcrew.run.started.v1', 'started'],
  ['io.pitcrew.run.succeeded.v1', 'succeeded'],
  ['io.pitcrew.run.failed.v1', 'failed'],
]);

/** One CloudEvent or a list of them. Other kinds of events are no fault, and tell us nothing. */
export function createNormalise({ where, events }: { where: string; events: Events }): (d: Delivery) => Normalised {
  function read<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const place = [prefix, ...(issue?.path ?? [])].filter((part) => part !== '').join('.') || 'the whole';
    throw new Failure('bad-response', where, { detail: `"${place}": ${issue?.message}`, cause: parsed.error });
  }

  function one(value: unknown, receivedAt: Date): Normalised['events'] {
    const { type, data } = read(Delivered, value);
    const told = kinds.get(type);
    if (!told) return [];
    const run = read(RunData, data, 'data');
    const startedAt = run.startedAt ?? undefined;
    const endedAt = told === 'started' ? undefined : (run.endedAt ?? undefined);
    const kind = told === 'failed' && isStopped({ note: run.note, start_date: startedAt }) ? 'cancelled' : told;
    const event = events({
      dag: run.pipeline,
      run: run.run,
      kind,
      attempt: run.attempt,
      partition: run.partition ?? undefined,
      startedAt,
      endedAt,
      occurredAt: endedAt ?? startedAt ?? receivedAt,
      isNew: run.airflow >= 3,
    });
    return [{ ...event, step: run.step ?? undefined, error: run.error ?? undefined }];
  }

  return ({ body, receivedAt }) => {
    const value = parseJson(body);
    if (value === undefined) throw new Failure('bad-response', where, { detail: 'The delivery is not JSON.' });
    const list = Array.isArray(value) ? value : [value];
    return { events: list.flatMap((entry) => one(entry, receivedAt)) };
  };
}
