import { z } from 'zod';
import type { Change } from '../domain/change';
import type { EventKind, PipelineEvent } from '../domain/pipeline-event';
import type { EveryKey } from '../lib/every-key';
import { count, flag, id, instant, link, list, name, objectWith, type Refusal, refusalOf, text, time } from './refusal';

/** CloudEvents 1.0 attributes that we read; extension attributes are let through. */
const Envelope = objectWith(
  {
    specversion: z.literal('1.0', { error: 'must be "1.0"' }),
    id: name,
    source: name,
    type: text.min(1, 'is empty'),
    data: z.unknown().optional(),
  },
  { time: time(), data_base64: text },
);
export type Envelope = z.infer<typeof Envelope>;

const RunData = objectWith(
  {
    pipeline: name,
    run: id,
  },
  {
    orchestrator: name,
    attempt: count(1),
    partition: id,
    step: name,
    error: text,
    url: link,
    logUrl: link,
    final: flag,
    startedAt: instant,
    endedAt: instant,
    owner: name,
    team: name,
    tags: list(name, 100),
    tier: count(0),
    environment: name,
    inputs: list(name, 1_000),
    outputs: list(name, 1_000),
  },
);

const ChangeData = objectWith(
  {
    pipeline: name,
  },
  {
    orchestrator: name,
    version: id,
    by: name,
    note: text.max(2_000, 'is longer than 2000 characters'),
    commit: name,
    branch: name,
    url: link,
  },
);

const UsageData = objectWith(
  {
    tool: name,
    person: name,
    action: name,
  },
  {
    count: count(1),
    team: name,
    repository: name,
  },
);

export type UsageFact = z.infer<typeof UsageData> & { at: Date };

/** What one event comes to, in our words. */
export type Fact =
  | { kind: 'run'; event: PipelineEvent }
  | { kind: 'change'; change: Change }
  | { kind: 'usage'; usage: UsageFact };

const runKinds = new Map<string, EventKind>([
  ['started', 'started'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['skipped', 'skipped'],
  ['late', 'late'],
  ['check_failed', 'check-failed'],
]);
const changeType = 'io.pitcrew.change.deployed.v1';
const usageType = 'io.pitcrew.usage.v1';

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
 * One CloudEvent to a fact, as it was said: secrets are still in it. Pure.
 *
 * @param context.connection name for events that do not say their orchestrator
 */
export function readCloudEvent(
  value: unknown,
  context: { receivedAt: Date; connection: string },
): { envelope: Envelope; fact: Fact } | Refusal {
  const read = Envelope.safeParse(value);
  if (!read.success) return refusalOf(read.error);
  const envelope = read.data;
  const occurredAt = envelope.time ? new Date(envelope.time) : context.receivedAt;
  const data = dataOf(envelope);
  const where = envelope.data_base64 === undefined ? '/data' : '/data_base64';
  const kind = runKinds.get(/^io\.pitcrew\.run\.([a-z_]+)\.v1$/.exec(envelope.type)?.[1] ?? '');
  if (kind) {
    const run = RunData.safeParse(data);
    if (!run.success) return refusalOf(run.error, where);
    const said = run.data;
    // Key by key, but for what adapters alone find out: thousands a second come by here, and a copy of what is left over costs several times as much.
    const event: EveryKey<Omit<PipelineEvent, 'isReplaced' | 'needsReading'>> = {
      source: envelope.source,
      id: envelope.id,
      kind,
      occurredAt,
      connection: said.orchestrator ?? context.connection,
      pipeline: said.pipeline,
      run: said.run,
      attempt: said.attempt ?? 1,
      partition: said.partition,
      step: said.step,
      error: said.error,
      url: said.url,
      logUrl: said.logUrl,
      final: said.final ?? true,
      startedAt: said.startedAt,
      endedAt: said.endedAt,
      owner: said.owner,
      team: said.team,
      tags: said.tags,
      tier: said.tier,
      environment: said.environment,
      inputs: said.inputs,
      outputs: said.outputs,
    };
    return { envelope, fact: { kind: 'run', event } };
  }
  if (envelope.type === changeType) {
    const change = ChangeData.safeParse(data);
    if (!change.success) return refusalOf(change.error, where);
    const { pipeline, orchestrator, ...rest } = change.data;
    const ref = { connection: orchestrator ?? context.connection, key: pipeline };
    return { envelope, fact: { kind: 'change', change: { ...rest, kind: 'deployed', at: occurredAt, pipeline: ref } } };
  }
  if (envelope.type === usageType) {
    const usage = UsageData.safeParse(data);
    if (!usage.success) return refusalOf(usage.error, where);
    return { envelope, fact: { kind: 'usage', usage: { ...usage.data, at: occurredAt } } };
  }
  const types = `io.pitcrew.run.{${[...runKinds.keys()].join(',')}}.v1, ${changeType} and ${usageType}`;
  return { pointer: '/type', message: `is not a type that I take; these are ${types}` };
}
