import { z } from 'zod';
import type { Change } from '../domain/change';
import type { PipelineEvent } from '../domain/pipeline-event';

/** CloudEvents 1.0 attributes that we read; extension attributes are let through. */
const Envelope = z.object({
  specversion: z.literal('1.0', { error: 'must be "1.0"' }),
  id: z.string().min(1).max(500),
  source: z.string().min(1).max(500),
  type: z.string().min(1),
  time: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-25T06:00:00Z' }).optional(),
  datacontenttype: z.string().optional(),
  data: z.unknown().optional(),
  data_base64: z.string().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

const instant = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-25T06:00:00Z' })
  .transform((text) => new Date(text));
const name = z.string().trim().min(1).max(500);
/** Numbers are common as ids of runs; text is what we keep. */
const id = z.union([name, z.number().int()]).transform(String);
const link = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(3_000);
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const RunData = z.object({
  pipeline: name,
  run: id,
  orchestrator: optional(name),
  attempt: optional(z.coerce.number().int().min(1)),
  partition: optional(id),
  step: optional(name),
  error: optional(z.string()),
  url: optional(link),
  logUrl: optional(link),
  final: optional(z.boolean()),
  startedAt: optional(instant),
  endedAt: optional(instant),
  owner: optional(name),
  team: optional(name),
  tags: optional(z.array(name).max(100)),
  tier: optional(z.coerce.number().int().min(0)),
  environment: optional(name),
  inputs: optional(z.array(name).max(1_000)),
  outputs: optional(z.array(name).max(1_000)),
});

const ChangeData = z.object({
  pipeline: name,
  orchestrator: optional(name),
  version: optional(id),
  by: optional(name),
  note: optional(z.string().max(2_000)),
  commit: optional(name),
  branch: optional(name),
  url: optional(link),
});

const UsageData = z.object({
  tool: name,
  person: name,
  action: name,
  count: optional(z.number().int().min(1)),
  team: optional(name),
  repository: optional(name),
});

export type UsageFact = z.infer<typeof UsageData> & { at: Date };

/** What one event comes to, in our words. */
export type Fact =
  | { kind: 'run'; event: PipelineEvent }
  | { kind: 'change'; change: Change }
  | { kind: 'usage'; usage: UsageFact };

/** Why an event was refused: where in it (JSON pointer) and what is wrong. */
export interface Refusal {
  pointer: string;
  message: string;
}

const kinds: Record<string, PipelineEvent['kind']> = {
  started: 'started',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  late: 'late',
  check_failed: 'check-failed',
};

/**
 * Error texts are kept up to this many characters, head and tail: the cause stands at either end. What was left out is said.
 * Whole logs are read from the orchestrator, not from events.
 */
const errorMax = 20_000;

export function shorten(text: string): string {
  if (text.length <= errorMax) return text;
  const half = errorMax / 2;
  return `${text.slice(0, half)}\n… ${text.length - errorMax} characters left out …\n${text.slice(-half)}`;
}

/** JSON in `data_base64` is data as well. */
function dataOf(envelope: Envelope): unknown {
  if (envelope.data_base64 === undefined) return envelope.data;
  try {
    return JSON.parse(Buffer.from(envelope.data_base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * One CloudEvent to a fact. Pure.
 *
 * @param connection name for events that do not say their orchestrator
 */
export function readCloudEvent(
  value: unknown,
  context: { receivedAt: Date; connection: string; redact(text: string): string },
): { envelope: Envelope; fact: Fact } | Refusal {
  const envelope = Envelope.safeParse(value);
  if (!envelope.success) return refusal(envelope.error, '');
  const { type, time } = envelope.data;
  const occurredAt = time ? new Date(time) : context.receivedAt;
  const data = dataOf(envelope.data);
  const match = /^io\.pitcrew\.run\.([a-z_]+)\.v1$/.exec(type);
  const kind = match?.[1] ? kinds[match[1]] : undefined;
  if (kind) {
    const run = RunData.safeParse(data);
    if (!run.success) return refusal(run.error, '/data');
    const { orchestrator, attempt, final, error, ...rest } = run.data;
    const event: PipelineEvent = {
      ...rest,
      source: envelope.data.source,
      id: envelope.data.id,
      kind,
      occurredAt,
      connection: orchestrator ?? context.connection,
      attempt: attempt ?? 1,
      final: final ?? true,
      error: error === undefined ? undefined : context.redact(shorten(error)),
    };
    return { envelope: envelope.data, fact: { kind: 'run', event } };
  }
  if (type === 'io.pitcrew.change.deployed.v1') {
    const change = ChangeData.safeParse(data);
    if (!change.success) return refusal(change.error, '/data');
    const { pipeline, orchestrator, ...rest } = change.data;
    return {
      envelope: envelope.data,
      fact: {
        kind: 'change',
        change: {
          ...rest,
          kind: 'deployed',
          at: occurredAt,
          pipeline: { connection: orchestrator ?? context.connection, key: pipeline },
        },
      },
    };
  }
  if (type === 'io.pitcrew.usage.v1') {
    const usage = UsageData.safeParse(data);
    if (!usage.success) return refusal(usage.error, '/data');
    return { envelope: envelope.data, fact: { kind: 'usage', usage: { ...usage.data, at: occurredAt } } };
  }
  return {
    pointer: '/type',
    message: `is not a type that I take; the run types are io.pitcrew.run.{${Object.keys(kinds).join(',')}}.v1`,
  };
}

function refusal(error: z.ZodError, prefix: string): Refusal {
  const [issue] = error.issues;
  const path = issue?.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') ?? '';
  return { pointer: `${prefix}${path}`, message: issue?.message ?? 'is malformed' };
}
