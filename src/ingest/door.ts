/**
 * The machines' door: authenticated calls in, inbox rows out. A 2xx means that the rows are committed.
 */
import type { Change } from '../domain/change';
import { Failure } from '../domain/failure';
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Source } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { Problem } from '../lib/problem';
import type { Delivery, Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import type { InboxEntry } from '../store/inbox-rows';
import * as inboxRows from '../store/inbox-rows';
import { type Fact, type Refusal, readCloudEvent, shorten } from './cloud-events';
import { readLineageEvent } from './open-lineage';
import { findSource } from './sources';

/** One call as the HTTP server read it. Header names in lower case; the body is unpacked already. */
export interface MachineCall {
  headers: Record<string, string | undefined>;
  rawBody: Buffer;
  body: Buffer;
}

export interface MachineAnswer {
  status: number;
  body: unknown;
}

export interface DoorDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  sources(): Source[];
  /** Names of the configured connections. */
  connections(): string[];
  orchestrator(connection: string): Orchestrator | undefined;
  redact(text: string): string;
  /** The inbox has something new. */
  wakeDecider(): Promise<void>;
  /** Reads the address once, to confirm a subscription. */
  confirm(url: string): Promise<void>;
  stored(source: string, count: number): void;
}

const maxEvents = 1_000;

export function createDoor(deps: DoorDeps) {
  const { db, clock, log } = deps;

  function sourceOf(call: MachineCall): Source {
    const sources = deps.sources();
    if (sources.length === 0) {
      throw new Problem(
        401,
        'No source is configured',
        'Set PITCREW_INGEST_TOKEN, or name a source under ingest.sources.',
      );
    }
    const source = findSource(sources, call.headers, call.rawBody);
    if (!source) {
      const headers = { 'www-authenticate': 'Bearer' };
      throw new Problem(
        401,
        'Unknown source',
        'Send the token of a source as "Authorization: Bearer …", or sign the body as configured.',
        { headers },
      );
    }
    return source;
  }

  /** The only one, else `default`. */
  function defaultConnection(): string {
    const names = deps.connections();
    return names.length === 1 && names[0] ? names[0] : 'default';
  }

  async function keep(
    source: string,
    entries: InboxEntry[],
    refused: (Refusal & { index: number })[],
  ): Promise<MachineAnswer> {
    const fresh = await inboxRows.store(db, entries, clock.now());
    const stored = fresh.filter(Boolean).length;
    if (stored > 0) await deps.wakeDecider();
    deps.stored(source, stored);
    log.info({ source, stored, duplicates: entries.length - stored, refused: refused.length }, 'ingest.stored');
    if (entries.length === 0 && refused.length > 0) {
      throw new Problem(
        400,
        'No event was taken',
        refused[0] && `${refused[0].pointer || 'The event'} ${refused[0].message}.`,
        {
          members: { stored: 0, duplicates: 0, refused },
        },
      );
    }
    return { status: 202, body: { stored, duplicates: entries.length - stored, refused } };
  }

  return {
    /** `POST /ingest/events`: CloudEvents, structured, batch or binary. @throws Problem */
    async takeCloudEvents(call: MachineCall): Promise<MachineAnswer> {
      const source = sourceOf(call);
      const receivedAt = clock.now();
      const context = { receivedAt, connection: defaultConnection(), redact: deps.redact };
      const entries: InboxEntry[] = [];
      const refused: (Refusal & { index: number })[] = [];
      for (const [index, value] of cloudEventsIn(call).entries()) {
        const read = readCloudEvent(value, context);
        if ('fact' in read)
          entries.push(entryOf(`${source.name}:${read.envelope.source}`, read.envelope.id, read.fact));
        else refused.push({ index, ...read });
      }
      return keep(source.name, entries, refused);
    },

    /** `POST /ingest/<connection>`: the orchestrator's own form. @throws Problem */
    async takeNative(connection: string, call: MachineCall): Promise<MachineAnswer> {
      const orchestrator = deps.orchestrator(connection);
      if (!orchestrator)
        throw new Problem(
          404,
          'Unknown connection',
          `There is no orchestrator named ${connection} in the configuration.`,
        );
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(call.headers)) if (value !== undefined) headers[name] = value;
      const delivery: Delivery = { headers, body: call.body.toString('utf8'), receivedAt: clock.now() };
      const signed = orchestrator.authenticate ? await orchestrator.authenticate(delivery) : 'not-signed';
      if (signed === 'refused')
        throw new Problem(401, 'Wrong signature', 'The signature of this delivery does not fit its content.');
      const source = signed === 'verified' ? connection : sourceOf(call).name;
      const normalised = await normalise(orchestrator, delivery);
      if (normalised.confirm) {
        await deps.confirm(normalised.confirm);
        log.info({ connection }, 'ingest.subscription-confirmed');
      }
      const entries = [
        ...normalised.events.map((event) => runEntry(event, deps.redact)),
        ...(normalised.changes ?? []).map((change) => changeEntry(connection, change)),
      ];
      return keep(source, entries, []);
    },

    /** `POST /api/v1/lineage`: one OpenLineage event, or a list of them. @throws Problem */
    async takeLineage(call: MachineCall): Promise<MachineAnswer> {
      const source = sourceOf(call);
      const names = deps.connections();
      const context = {
        redact: deps.redact,
        connectionOf: (namespace: string) => (names.includes(namespace) ? namespace : defaultConnection()),
      };
      const body = json(call.body);
      const values: unknown[] = Array.isArray(body) ? body : [body];
      if (values.length > maxEvents) {
        throw new Problem(413, 'Too many events', `At most ${maxEvents} events a call; this one has ${values.length}.`);
      }
      const entries: InboxEntry[] = [];
      const refused: (Refusal & { index: number })[] = [];
      for (const [index, value] of values.entries()) {
        const read = readLineageEvent(value, context);
        if ('pointer' in read) refused.push({ index, ...read });
        else if (read.kind === 'run')
          entries.push(runEntry({ ...read.event, source: `${source.name}:openlineage` }, deps.redact));
        else
          entries.push({
            source: `${source.name}:openlineage`,
            id: read.id,
            kind: 'lineage',
            payload: { edges: read.edges },
            occurredAt: read.occurredAt,
          });
      }
      return keep(source.name, entries, refused);
    },

    /** What a poller found goes the same way. Part of its transaction. */
    entries: (connection: string, events: PipelineEvent[], changes: Change[]): InboxEntry[] => [
      ...events.map((event) => runEntry(event, deps.redact)),
      ...changes.map((change) => changeEntry(connection, change)),
    ],
  };

  async function normalise(orchestrator: Orchestrator, delivery: Delivery) {
    try {
      return orchestrator.normalise(delivery);
    } catch (error) {
      if (error instanceof Failure)
        throw new Problem(
          400,
          'Not understood',
          error.detail ?? 'The delivery is not in the form of this orchestrator.',
        );
      throw error;
    }
  }
}

export type Door = ReturnType<typeof createDoor>;

/** Identity is (source, id) as CloudEvents has it, within what the token's owner may say: nobody can speak in another's name. */
function entryOf(source: string, id: string, fact: Fact): InboxEntry {
  switch (fact.kind) {
    case 'run':
      return {
        source,
        id,
        kind: 'run',
        connection: fact.event.connection,
        payload: { ...fact.event, source },
        occurredAt: fact.event.occurredAt,
      };
    case 'change':
      return {
        source,
        id,
        kind: 'change',
        connection: fact.change.pipeline.connection,
        payload: fact.change,
        occurredAt: fact.change.at,
      };
    case 'usage':
      return { source, id, kind: 'usage', payload: fact.usage, occurredAt: fact.usage.at };
  }
}

function runEntry(event: PipelineEvent, redact: (text: string) => string): InboxEntry {
  const payload = { ...event, error: event.error === undefined ? undefined : redact(shorten(event.error)) };
  return {
    source: event.source,
    id: event.id,
    kind: 'run',
    connection: event.connection,
    payload,
    occurredAt: event.occurredAt,
  };
}

function changeEntry(connection: string, change: Change): InboxEntry {
  const id = `change:${change.pipeline.key}:${change.kind}:${change.version ?? ''}:${change.at.getTime()}`;
  return { source: `changes:${connection}`, id, kind: 'change', connection, payload: change, occurredAt: change.at };
}

/** The events of a call, not yet checked. @throws Problem */
function cloudEventsIn(call: MachineCall): unknown[] {
  const type = (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/cloudevents-batch+json') {
    const batch = json(call.body);
    if (!Array.isArray(batch)) throw new Problem(400, 'Not a batch', 'A batch is a JSON list of CloudEvents.');
    if (batch.length > maxEvents)
      throw new Problem(413, 'Too many events', `At most ${maxEvents} events a call; this one has ${batch.length}.`);
    return batch;
  }
  if (type === 'application/cloudevents+json') return [json(call.body)];
  const binary: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(call.headers)) {
    if (name.startsWith('ce-') && value !== undefined) binary[name.slice(3)] = percentDecoded(value);
  }
  if (Object.keys(binary).length > 0) return [{ ...binary, data: call.body.length > 0 ? json(call.body) : undefined }];
  throw new Problem(
    415,
    'Not CloudEvents',
    'Send application/cloudevents+json, application/cloudevents-batch+json, or the binary form with ce- headers.',
  );
}

/** Header values of the binary form are percent-encoded where they hold more than plain ASCII. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Problem(400, 'Malformed JSON', 'The body is not JSON.');
  }
}
