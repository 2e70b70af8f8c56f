import type { z } from 'zod';
import type { Change } from '../../domain/change';
import { Failure } from '../../domain/failure';
import type { PipelineEvent } from '../../domain/pipeline-event';
import { parseJson } from '../answer';
import type { Delivery, Normalised } from '../orchestrator';
import { tierOf } from '../tier';
import type { Links } from './links';
import { AnyEvent, ChangeEvent, InstanceEvent } from './schema';
import { isSnsAddress, SnsEnvelope } from './sns';
import { eventKindOf, instanceStatus } from './status';

export interface NormaliseDeps {
  connection: string;
  where: string;
  links: Links;
  unknownWord(word: string): void;
}

/** Pushed and polled news of the same change are the same event: the same source and id. */
export function identityOf(connection: string, workflow: string, instance: number, run: number, status: string) {
  return { source: `maestro:${connection}`, id: `${workflow}:${instance}:${run}:${status}` };
}

/** Maestro's own events, one or a list, bare or in an envelope of Amazon SNS, to our facts. */
export function createNormalise({
  connection,
  where,
  links,
  unknownWord,
}: NormaliseDeps): (delivery: Delivery) => Normalised {
  function read<T>(schema: z.ZodType<T>, value: unknown): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const place = issue?.path.length ? `"${issue.path.join('.')}"` : 'the whole';
    throw new Failure('bad-response', where, { detail: `${place}: ${issue?.message}`, cause: parsed.error });
  }

  function json(text: string): unknown {
    const value = parseJson(text);
    if (value === undefined) throw new Failure('bad-response', where, { detail: 'The delivery is not JSON.' });
    return value;
  }

  function instanceEvent(raw: unknown): PipelineEvent[] {
    const event = read(InstanceEvent, raw);
    const { workflow_id: workflow, workflow_instance_id: instance, workflow_run_id: run, new_status: status } = event;
    // Children and loop bodies are told by their root; else one cause is a flood.
    if (event.depth > 0) return [];
    const kind = eventKindOf(status);
    if (!kind) {
      if (instanceStatus(status) === 'unknown') unknownWord(status);
      return [];
    }
    return [
      {
        ...identityOf(connection, workflow, instance, run, status),
        kind,
        occurredAt: event.event_time,
        connection,
        pipeline: workflow,
        run: String(instance),
        attempt: run,
        final: true,
        startedAt: kind === 'started' ? event.event_time : undefined,
        endedAt: kind === 'started' ? undefined : event.event_time,
        url: links.page({ workflow, instance, run }),
        tags: event.tags.length > 0 ? event.tags : undefined,
        tier: tierOf(event.tags),
        needsReading: kind === 'failed' ? true : undefined,
      },
    ];
  }

  function change(raw: unknown, kind: Change['kind'], note?: string): Change {
    const event = read(ChangeEvent, raw);
    const version = event.version_id || event.current_active_version_id || undefined;
    return {
      pipeline: { connection, key: event.workflow_id },
      kind,
      version: version === undefined ? undefined : String(version),
      by: event.author ?? undefined,
      at: event.event_time,
      note,
      active: kind === 'settings' ? undefined : version !== undefined && version === event.current_active_version_id,
    };
  }

  function one(raw: unknown): Normalised {
    switch (read(AnyEvent, raw).type) {
      case 'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT':
        return { events: instanceEvent(raw) };
      case 'WORKFLOW_DEFINITION_CHANGE_EVENT':
      case 'WORKFLOW_VERSION_CHANGE_EVENT':
        return { events: [], changes: [change(raw, 'version')] };
      case 'WORKFLOW_ACTIVATION_CHANGE_EVENT':
        return { events: [], changes: [change(raw, 'activated')] };
      case 'WORKFLOW_DEACTIVATION_CHANGE_EVENT':
        return { events: [], changes: [change(raw, 'settings', 'Switched off: no version is active.')] };
      case 'WORKFLOW_PROPERTIES_CHANGE_EVENT':
        return { events: [], changes: [change(raw, 'settings', 'Properties changed.')] };
      case 'WORKFLOW_DELETION_CHANGE_EVENT':
        return { events: [], changes: [change(raw, 'settings', 'Deleted.')] };
      default:
        return { events: [] }; // steps are told by their run; other words are of no use to us yet
    }
  }

  function messages(value: unknown): Normalised {
    if (!Array.isArray(value)) return one(value);
    const all: Normalised[] = [];
    const faults: { index: number; fault: Failure }[] = [];
    for (const [index, raw] of value.entries()) {
      try {
        all.push(one(raw));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        faults.push({ index, fault: error });
      }
    }
    const [first] = faults;
    if (first && all.length === 0) throw first.fault;
    const changes = all.flatMap((part) => part.changes ?? []);
    const refused = faults.map(({ index, fault }) => ({ index, pointer: '', message: fault.detail ?? 'is malformed' }));
    return {
      events: all.flatMap((part) => part.events),
      ...(changes.length > 0 ? { changes } : {}),
      ...(refused.length > 0 ? { refused } : {}),
    };
  }

  return (delivery) => {
    const value = json(delivery.body);
    const envelope = envelopeOf(value);
    if (!envelope) return messages(value);
    if (envelope.Type === 'UnsubscribeConfirmation') return { events: [] };
    if (envelope.Type === 'Notification') return messages(json(envelope.Message));
    const confirm = envelope.SubscribeURL;
    if (!confirm || !isSnsAddress(confirm)) {
      throw new Failure('bad-response', where, {
        detail: 'The address that confirms the subscription is not one of Amazon SNS.',
      });
    }
    return { events: [], confirm };
  };
}

/** The SNS envelope that a delivery is, if it is one. */
export function envelopeOf(value: unknown): SnsEnvelope | undefined {
  const parsed = SnsEnvelope.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
