import { z } from 'zod';
import type { EventKind } from '../../domain/pipeline-event';
import type { Delivery, Normalised } from '../orchestrator';
import { toldEvents } from '../told-events';
import type { Events } from './events';
import { keyOfRun } from './keys';
import type { Tags } from './schema';
import { isToBeRetried, partitionIn } from './tags';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** What docs/dagster/pitcrew_sensor.py sends: a CloudEvent about a run, with what the sensor knows of it. */
const RunData = z.object({
  run: z.string().min(1),
  job: z.string().min(1),
  location: z.string().min(1),
  repository: z.string().min(1),
  assets: z.array(z.array(z.string()).min(1)).nullish(),
  tags: z.record(z.string(), z.string()).default({}),
  startedAt: instant.nullish(),
  endedAt: instant.nullish(),
});

const kinds = new Map<string, EventKind>([
  ['io.pitcrew.run.started.v1', 'started'],
  ['io.pitcrew.run.succeeded.v1', 'succeeded'],
  ['io.pitcrew.run.failed.v1', 'failed'],
  ['io.pitcrew.run.cancelled.v1', 'cancelled'],
]);

/** One CloudEvent or a list of them. Other kinds of events are no fault, and tell us nothing. */
export function createNormalise({ where, events }: { where: string; events: Events }): (d: Delivery) => Normalised {
  return toldEvents({
    where,
    kinds,
    data: RunData,
    event(kind, run, receivedAt) {
      const tags: z.output<typeof Tags> = Object.entries(run.tags).map(([key, tag]) => ({ key, value: tag }));
      const startedAt = run.startedAt ?? undefined;
      const endedAt = kind === 'started' ? undefined : (run.endedAt ?? undefined);
      return events({
        key: keyOfRun({
          jobName: run.job,
          repositoryOrigin: { repositoryLocationName: run.location, repositoryName: run.repository },
          assetSelection: run.assets?.map((path) => ({ path })),
        }),
        run: run.run,
        kind,
        partition: partitionIn(tags),
        isToBeRetried: isToBeRetried(tags),
        startedAt,
        endedAt,
        occurredAt: endedAt ?? startedAt ?? receivedAt,
      });
    },
  });
}
