import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../domain/failure';
import { parseJson } from '../answer';
import type { Delivery, Normalised, Orchestrator } from '../orchestrator';
import { eventKindOf, type UnknownWord } from '../status-words';
import type { Events } from './events';
import { statusNamed, statusOf } from './status';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const maybeInstant = instant.nullish().catch(undefined);
const id = z.union([z.string().regex(/^\d+$/, 'is no number'), z.number().int()]).transform(String);

/** What a webhook of dbt Cloud sends. */
const Delivered = z.object({ eventType: z.string().min(1), timestamp: instant, accountId: id, data: z.unknown() });
const RunData = z.object({
  jobId: id,
  runId: id,
  runStatus: z.string(),
  runStatusCode: z.number().int().nullish().catch(undefined),
  runStartedAt: maybeInstant,
  runFinishedAt: maybeInstant,
  runErroredAt: maybeInstant,
});

const followed = new Set(['job.run.started', 'job.run.completed', 'job.run.errored']);

/** Deliveries of another account, and events of other kinds, are no fault, and tell us nothing. A failure is told twice: once as completed. */
export function createNormalise(deps: {
  where: string;
  account: string;
  events: Events;
  unknownWord: UnknownWord;
}): (delivery: Delivery) => Normalised {
  const { where, account, events, unknownWord } = deps;

  function read<T>(schema: z.ZodType<T>, value: unknown, prefix: string[] = []): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const place = [...prefix, ...(issue?.path ?? [])].join('.') || 'the whole';
    throw new Failure('bad-response', where, { detail: `"${place}": ${issue?.message}`, cause: parsed.error });
  }

  return ({ body }) => {
    const { eventType, timestamp, accountId, data } = read(Delivered, parseJson(body));
    if (!followed.has(eventType) || accountId !== account) return { events: [] };
    const run = read(RunData, data, ['data']);
    const named = statusNamed(run.runStatus);
    const status = run.runStatusCode == null ? named : statusOf(run.runStatusCode, unknownWord);
    if (status === undefined) unknownWord(run.runStatus);
    const kind = eventType === 'job.run.started' ? 'started' : eventKindOf(status ?? 'unknown');
    if (!kind || (kind === 'started' && eventType !== 'job.run.started')) return { events: [] };
    const startedAt = run.runStartedAt ?? undefined;
    const endedAt = kind === 'started' ? undefined : (run.runFinishedAt ?? run.runErroredAt ?? timestamp);
    const occurredAt = endedAt ?? startedAt ?? timestamp;
    return { events: [events({ job: run.jobId, run: run.runId, kind, occurredAt, startedAt, endedAt })] };
  };
}

/** dbt Cloud signs with HMAC-SHA256 of the body, in hexadecimal, as the whole of `Authorization`. */
export function createAuthenticate(secret: string | undefined): NonNullable<Orchestrator['authenticate']> {
  return async ({ headers, body }) => {
    const given = (headers.authorization ?? '').trim().toLowerCase();
    if (secret === undefined || !/^[0-9a-f]{64}$/.test(given)) return 'not-signed';
    const expected = createHmac('sha256', secret).update(body).digest('hex');
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(given), digest(expected)) ? 'verified' : 'refused';
  };
}
