import { z } from 'zod';
import type { EventKind } from '../../domain/pipeline-event';
import type { Delivery, Normalised } from '../orchestrator';
import { toldEvents } from '../told-events';
import type { Events } from './events';
import { isStopped } from './notes';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** What docs/airflow/pitcrew_callback.py sends: a CloudEvent about a run, with what it knows of the run. */
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
  return toldEvents({
    where,
    kinds,
    data: RunData,
    event(told, run, receivedAt) {
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
      return { ...event, step: run.step ?? undefined, error: run.error ?? undefined };
    },
  });
}
