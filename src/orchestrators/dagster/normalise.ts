import { z } from 'zod';
import { Failure } from '../../domain/failure';
import type { EventKind } from '../../domain/pipeline-event';
import { parseJson } from '../answer';
import type { Delivery, Normalised } from '../orchestrator';
import type { Events } from './events';
import { keyOfRun } from './keys';
import type { Tags } from './schema';
import { isToBeRetried, partitionIn } from './tags';

/** What docs/dagster/pitcrew_sensor.py sends: a CloudEvent about a run, with what the sensor knows of it. */
const Delivered = z.object({ specversion: z.literal('1.0'), type: z.string().min(1), data: z.unknown() });

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
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
  function read<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const place = [prefix, ...(issue?.path ?? [])].filter((part) => part !== '').join('.') || 'the whole';
    throw new Failure('bad-response', where, { detail: `"${place}": ${issue?.message}`, cause: parsed.error });
  }

  function one(value: unknown, receivedAt: Date): Normalised['events'] {
    const { type, data } = read(Delivered, value);
    const kind = kinds.get(type);
    if (!kind) return [];
    const run = read(RunData, data, 'data');
    const tags: z.output<typeof Tags> = Object.entries(run.tags).map(([key, tag]) => ({ key, value: tag }));
    const startedAt = run.startedAt ?? undefined;
    const endedAt = kind === 'started' ? undefined : (run.endedAt ?? undefined);
    return [
      events({
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
      }),
    ];
  }

  return ({ body, receivedAt }) => {
    const value = parseJson(body);
    if (value === undefined) throw new Failure('bad-response', where, { detail: 'The delivery is not JSON.' });
    const list = Array.isArray(value) ? value : [value];
    return { events: list.flatMap((entry) => one(entry, receivedAt)) };
  };
}
