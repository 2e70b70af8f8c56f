/**
 * The machines' door: authenticated calls in, inbox rows out. A 2xx means that the rows are committed.
 */
import type { Change } from '../domain/change';
import { Failure } from '../domain/failure';
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Start } from '../domain/run';
import type { Source } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { Problem } from '../lib/problem';
import type { Delivery, Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import type { InboxEntry } from '../store/inbox-rows';
import * as inboxRows from '../store/inbox-rows';
import { type Envelope, type Fact, readCloudEvent } from './cloud-events';
import { factsOf } from './dbt-events';
import { readDbtFiles } from './dbt-files';
import { changeEntry, identityOfChange, lineageEntry, runEntry, startEntry, usageEntry } from './entries';
import {
  cloudEventsIn,
  lineageEventsIn,
  type MachineAnswer,
  type MachineCall,
  type StreamedCall,
} from './machine-call';
import { readLineageEvent } from './open-lineage';
import type { Refusal } from './refusal';
import { findSource, searchSource } from './sources';

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

/** Of one statement. */
const entriesAtOnce = 1_000;
/** Whose the nodes of dbt Core are, where the call does not say: nobody can press Retry for them, for nobody would run it. */
const dbtConnection = 'dbt-core';

export function createDoor(deps: DoorDeps) {
  const { db, clock, log } = deps;

  function configuredSources(): Source[] {
    const sources = deps.sources();
    if (sources.length > 0) return sources;
    throw new Problem(
      401,
      'No source is configured',
      'Set PITCREW_INGEST_TOKEN, or name a source under ingest.sources.',
    );
  }

  function unknownSource(): Problem {
    const headers = { 'www-authenticate': 'Bearer' };
    return new Problem(
      401,
      'Unknown source',
      'Send the token of a source as "Authorization: Bearer …", or sign the body as configured.',
      { headers },
    );
  }

  function sourceOf(call: MachineCall): Source {
    const source = findSource(configuredSources(), call.headers, call.rawBody);
    if (!source) throw unknownSource();
    return source;
  }

  /** The only one, else `default`. */
  function defaultConnection(): string {
    const names = deps.connections();
    return names.length === 1 && names[0] ? names[0] : 'default';
  }

  /** The queue is told once for all calls that came meanwhile, and nobody's answer waits for it: a sweep finds the rows as well. */
  let waking: Promise<void> | undefined;
  let wakeAgain = false;
  function wake(): void {
    if (waking) {
      wakeAgain = true;
      return;
    }
    waking = deps
      .wakeDecider()
      .catch((error) => log.warn({ err: error }, 'ingest.not-woken'))
      .finally(() => {
        waking = undefined;
        if (wakeAgain) {
          wakeAgain = false;
          wake();
        }
      });
  }

  async function keep(
    source: string,
    entries: InboxEntry[],
    refused: (Refusal & { index: number })[],
  ): Promise<MachineAnswer> {
    const fresh = await storeAll(entries).catch((error) => {
      log.error({ err: error, source }, 'ingest.not-stored');
      const headers = { 'retry-after': '5' };
      throw new Problem(503, 'Not stored', 'The database did not take it. Send the same again.', { headers });
    });
    const stored = fresh.filter(Boolean).length;
    const duplicates = entries.length - stored;
    if (stored > 0) wake();
    deps.stored(source, stored);
    log.info({ source, stored, duplicates, refused: refused.length }, 'ingest.stored');
    return { status: 202, body: { stored, duplicates, refused } };
  }

  /** All of it or nothing, in statements of a size that the database likes. */
  async function storeAll(entries: InboxEntry[]): Promise<boolean[]> {
    if (entries.length <= entriesAtOnce) return inboxRows.store(db, entries, clock.now());
    return db.transaction(async (tx) => {
      const fresh: boolean[] = [];
      for (let from = 0; from < entries.length; from += entriesAtOnce)
        fresh.push(...(await inboxRows.store(tx, entries.slice(from, from + entriesAtOnce), clock.now())));
      return fresh;
    });
  }

  /** A call that brought nothing is refused as a whole. */
  function someOf(entries: InboxEntry[], refused: (Refusal & { index: number })[]): void {
    if (entries.length > 0) return;
    const [first] = refused;
    const detail = first ? `${first.pointer || 'The event'} ${first.message}.` : 'There is no event in this call.';
    throw new Problem(400, 'No event was taken', detail, { members: { stored: 0, duplicates: 0, refused } });
  }

  return {
    /** `POST /ingest/events`: CloudEvents, structured, batch or binary. @throws Problem */
    async takeCloudEvents(call: MachineCall): Promise<MachineAnswer> {
      const { name, hmac } = sourceOf(call);
      const context = { receivedAt: clock.now(), connection: defaultConnection() };
      const entries: InboxEntry[] = [];
      const refused: (Refusal & { index: number })[] = [];
      for (const [index, value] of cloudEventsIn(call, hmac !== undefined).entries()) {
        const read = readCloudEvent(value, context);
        if ('fact' in read) entries.push(entryOf(name, read));
        else refused.push({ index, ...read });
      }
      someOf(entries, refused);
      return keep(name, entries, refused);
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
      const signed = orchestrator.authenticate
        ? await orchestrator
            .authenticate(delivery)
            .catch((error) => later(error, 'The signature could not be checked.'))
        : 'not-signed';
      if (signed === 'refused')
        throw new Problem(401, 'Wrong signature', 'The signature of this delivery does not fit its content.');
      const source = signed === 'verified' ? connection : sourceOf(call).name;
      const normalised = await normalise(orchestrator, delivery);
      if (normalised.confirm) {
        await deps.confirm(normalised.confirm).catch((error) => later(error, 'The subscription was not confirmed.'));
        log.info({ connection }, 'ingest.subscription-confirmed');
      }
      // A kind that we do not follow brings nothing, and is no fault of who sends it.
      return keep(source, orchestratorEntries(connection, normalised), normalised.refused ?? []);
    },

    /** `POST /api/v1/lineage`: one OpenLineage event, or a list of them. @throws Problem */
    async takeLineage(call: MachineCall): Promise<MachineAnswer> {
      const source = sourceOf(call);
      const names = deps.connections();
      const context = {
        connectionOf: (namespace: string) => (names.includes(namespace) ? namespace : defaultConnection()),
      };
      const from = `${source.name}:openlineage`;
      const entries: InboxEntry[] = [];
      const refused: (Refusal & { index: number })[] = [];
      for (const [index, value] of lineageEventsIn(call).entries()) {
        const read = readLineageEvent(value, context);
        if ('pointer' in read) refused.push({ index, ...read });
        else if (read.kind === 'run') entries.push(runEntry({ ...read.event, source: from }, deps.redact));
        else entries.push(lineageEntry({ source: from, id: read.id }, read, deps.redact));
      }
      someOf(entries, refused);
      return keep(source.name, entries, refused);
    },

    /** `POST /api/v1/dbt`: what a run of dbt left, `manifest.json` and `run_results.json` one after the other. @throws Problem */
    async takeDbt(call: StreamedCall): Promise<MachineAnswer> {
      const search = searchSource(configuredSources(), call.headers);
      if (search.isHopeless) throw unknownSource();
      const connection = call.query.get('connection')?.trim() || dbtConnection;
      if (!/^[A-Za-z0-9._-]{1,63}$/.test(connection))
        throw new Problem(400, 'No such name', 'The connection may have letters, digits, dots, - and _, at most 63.');
      const files = await readDbtFiles(call.read(search.update));
      const source = search.found();
      if (!source) throw unknownSource();
      const { events, graph, refused } = factsOf(files, connection, clock.now());
      const from = `${source.name}:dbt:${connection}`;
      const entries = events.map((event) => runEntry({ ...event, source: from }, deps.redact));
      if (graph) {
        const { invocation, edges, at, source: whole } = graph;
        const identity = { source: from, id: `manifest/${invocation}` };
        entries.push(lineageEntry(identity, { edges, occurredAt: at, whole }, deps.redact));
      }
      if (refused.length > 0) someOf(entries, refused);
      return keep(source.name, entries, refused);
    },

    /** What a poller found goes the same way. Part of its transaction. */
    entries: orchestratorEntries,
  };

  /** Identity is (source, id) as CloudEvents has it, within what the token's owner may say: nobody can speak in another's name. */
  function entryOf(name: string, { envelope, fact }: { envelope: Envelope; fact: Fact }): InboxEntry {
    const identity = { source: `${name}:${envelope.source}`, id: envelope.id };
    switch (fact.kind) {
      case 'run':
        return runEntry({ ...fact.event, ...identity }, deps.redact);
      case 'change':
        return changeEntry(identity, fact.change, deps.redact);
      case 'usage':
        return usageEntry(identity, fact.usage, deps.redact);
    }
  }

  function orchestratorEntries(
    connection: string,
    { events, changes = [], starts = [] }: { events: PipelineEvent[]; changes?: Change[]; starts?: Start[] },
  ): InboxEntry[] {
    return [
      ...events.map((event) => runEntry(event, deps.redact)),
      ...changes.map((change) => changeEntry(identityOfChange(connection, change), change, deps.redact)),
      ...starts.map((start) => startEntry(start, deps.redact)),
    ];
  }

  /** The other side did not answer us; the same delivery may fare better in a while. @throws Problem */
  function later(error: unknown, detail: string): never {
    log.warn({ err: error }, 'ingest.not-taken');
    throw new Problem(503, 'Not taken', `${detail} Send the same again.`, { headers: { 'retry-after': '30' } });
  }

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
