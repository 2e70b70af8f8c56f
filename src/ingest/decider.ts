import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Diagnosis } from '../domain/diagnosis';
import type { Reason } from '../domain/incident';
import { isOwnWord, isProblem, PipelineEvent } from '../domain/pipeline-event';
import type { Run } from '../domain/run';
import type { Clock } from '../lib/clock';
import { isDatabaseAway } from '../lib/error-code';
import type { Logger } from '../lib/logger';
import { storable } from '../lib/storable';
import { traced } from '../lib/tracing';
import type { Orchestrator } from '../orchestrators/orchestrator';
import * as changeRows from '../store/change-rows';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as edgeRows from '../store/edge-rows';
import type { InboxRow } from '../store/inbox-rows';
import * as inboxRows from '../store/inbox-rows';
import * as runRows from '../store/run-rows';
import { runWithoutSecrets } from './without-secrets';

export interface DeciderDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  orchestrator(connection: string): Orchestrator | undefined;
  /** Pure, on the event's own error text. */
  diagnose(error: string): Diagnosis;
  redact(text: string): string;
  receive(tx: Tx, batch: { event: PipelineEvent; cause?: Diagnosis }[]): Promise<Outcome[]>;
}

interface Outcome {
  reason: Reason;
  incidentId?: string;
  opened: boolean;
}

export type Decider = ReturnType<typeof createDecider>;

/** What the decisions leave to be done. */
export interface Decided {
  count: number;
  /** Incidents whose state has changed. */
  touched: string[];
  /** New ones, whose log is worth reading. */
  opened: string[];
}

/** Facts that are decided together, at most. */
export const batchSize = 500;
/** A form that lacks error, owner or links is completed by reading the orchestrator; an alert waits for that no longer. */
const readWithinMs = 1_000;
const maxAttempts = 5;
/** Wait before a fact that broke us is tried again: 2 s, doubling. Its five tries span half a minute. */
const restMs = 2_000;

/** What the orchestrator says of an event's run; `undefined` = it does not say in time. */
type Reader = (event: PipelineEvent) => Promise<Run | undefined>;

const StoredChange = z.object({
  pipeline: z.object({ connection: z.string(), key: z.string() }),
  kind: z.enum(['deployed', 'version', 'activated', 'settings']),
  version: z.string().optional(),
  by: z.string().optional(),
  at: z.coerce.date(),
  note: z.string().optional(),
  commit: z.string().optional(),
  branch: z.string().optional(),
  url: z.string().optional(),
});

const StoredLineage = z.object({
  whole: z.string().optional(),
  edges: z.array(z.object({ from: z.string(), to: z.string(), source: z.string(), knownSince: z.coerce.date() })),
});

const StoredUsage = z.object({
  tool: z.string(),
  person: z.string(),
  action: z.string(),
  count: z.number().optional(),
  team: z.string().optional(),
  repository: z.string().optional(),
  at: z.coerce.date(),
});

/** Whoever pushes a version or puts one in force uses that orchestrator. */
function useOf({ pipeline, kind, by, at }: z.infer<typeof StoredChange>): changeRows.Usage[] {
  return by ? [{ tool: pipeline.connection, person: by, action: kind === 'version' ? 'publish' : 'deploy', at }] : [];
}

/** So many incidents of a batch are named in its span. */
const incidentsNamed = 50;

export function createDecider(deps: DeciderDeps) {
  const { db, clock, log } = deps;

  /** Facts that broke us just now, and until when they are left alone; in this process only. */
  const resting = new Map<number, Date>();

  /** Decides the oldest waiting facts, one batch. @returns what was decided; count 0 = nothing waits */
  async function decideBatch(limit = batchSize): Promise<Decided> {
    const now = clock.now();
    for (const [seq, until] of resting) if (until <= now) resting.delete(seq);
    const read = reader();
    try {
      const [next] = await inboxRows.waiting(db, 1, [...resting.keys()]);
      if (!next) return { count: 0, touched: [], opened: [] };
      return await traced('decide', {}, async (span) => {
        const decided = await db.transaction(async (tx) =>
          decideRows(tx, await inboxRows.takeWaiting(tx, limit, [...resting.keys()]), read),
        );
        const { count, touched, opened } = decided;
        span.setAttributes({ 'pitcrew.facts': count, 'pitcrew.incidents': touched.slice(0, incidentsNamed) });
        span.setAttribute('pitcrew.opened', opened.length);
        return decided;
      });
    } catch (error) {
      // Nothing is wrong with the facts: the sweep comes back to them.
      if (isDatabaseAway(error)) throw error;
      log.error({ err: error }, 'decider.fault');
      return decideOneByOne(limit, read);
    }
  }

  /** One fact of the batch breaks us: each in a transaction of its own, so that the others are decided. */
  async function decideOneByOne(limit: number, read: Reader): Promise<Decided> {
    const sum: Decided = { count: 0, touched: [], opened: [] };
    for (const { seq, attempts } of await inboxRows.waiting(db, limit, [...resting.keys()])) {
      try {
        const one = await db.transaction(async (tx) => decideRows(tx, await inboxRows.takeOne(tx, seq), read));
        sum.count += one.count;
        sum.touched.push(...one.touched);
        sum.opened.push(...one.opened);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        log.error({ err: error, seq }, 'decider.event-fault');
        const fault = deps.redact(storable(error instanceof Error ? error.message : String(error)));
        await inboxRows.markFault(db, seq, fault, clock.now(), maxAttempts);
        resting.set(seq, new Date(clock.now().getTime() + restMs * 2 ** attempts));
      }
    }
    return sum;
  }

  async function decideRows(tx: Tx, rows: InboxRow[], read: Reader): Promise<Decided> {
    const now = clock.now();
    const runs = rows.filter((row) => row.kind === 'run');
    const said = await withPartitions(
      tx,
      runs.map((row) => PipelineEvent.parse(row.payload)),
    );
    const events = await Promise.all(said.map((event) => completed(event, read)));
    const taken = events.map((event) => ({
      event,
      cause: causeOf(event),
    }));
    const outcomes = taken.length > 0 ? await deps.receive(tx, taken) : [];
    const changes = rows.filter((row) => row.kind === 'change').map((row) => StoredChange.parse(row.payload));
    await changeRows.saveChanges(tx, changes, now);
    await changeRows.saveUsage(tx, [
      ...rows.filter((row) => row.kind === 'usage').map((row) => StoredUsage.parse(row.payload)),
      ...changes.flatMap(useOf),
    ]);
    const lineage = rows.filter((row) => row.kind === 'lineage').map((row) => StoredLineage.parse(row.payload));
    await edgeRows.save(
      tx,
      lineage.filter(({ whole }) => whole === undefined).flatMap(({ edges }) => edges),
      now,
    );
    for (const { whole, edges } of lineage) if (whole !== undefined) await edgeRows.replace(tx, whole, edges, now);
    const reasonOf = new Map(runs.map((row, index) => [row.seq, outcomes[index]]));
    await inboxRows.markDecided(
      tx,
      rows.map((row) => {
        const outcome = reasonOf.get(row.seq);
        return { seq: row.seq, reason: outcome?.reason ?? row.kind, incidentId: outcome?.incidentId };
      }),
      now,
    );
    const ids = (some: Outcome[]) => [...new Set(some.flatMap(({ incidentId }) => (incidentId ? [incidentId] : [])))];
    return { count: rows.length, touched: ids(outcomes), opened: ids(outcomes.filter(({ opened }) => opened)) };
  }

  function causeOf(event: PipelineEvent): Diagnosis | undefined {
    const tellsWhy = (isProblem(event) || event.kind === 'failed') && !isOwnWord(event);
    return event.error && tellsWhy ? deps.diagnose(event.error) : undefined;
  }

  /** Recovery is judged on the partition, so an event that does not name its own is given it, or marked to be asked about. */
  async function withPartitions(tx: Tx, events: PipelineEvent[]): Promise<PipelineEvent[]> {
    const without = events.filter((event) => event.partition === undefined);
    const known = await runRows.partitionsKnown(
      tx,
      without.map(({ connection, pipeline, run }) => ({ connection, pipeline, run })),
    );
    const answers = new Map(without.map((event, index) => [event, known[index]]));
    return events.map((event) => {
      const answer = answers.get(event);
      if (answer?.partition) return { ...event, partition: answer.partition };
      return answer?.matters ? { ...event, needsReading: true } : event;
    });
  }

  /** An event that lacks what people need is read up on; where that takes too long it stays as it is. */
  async function completed(event: PipelineEvent, read: Reader): Promise<PipelineEvent> {
    if (!event.needsReading) return event;
    const run = await read(event);
    return run ? withRun(event, run, deps.redact) : event;
  }

  /** Reads each run once, all at once, and within one second in all, however often a batch is taken up. */
  function reader(): Reader {
    const reads = new Map<string, Promise<Run | undefined>>();
    let late: Promise<undefined> | undefined;
    return (event) => {
      const identity = `${event.source}\n${event.id}`;
      const orchestrator = deps.orchestrator(event.connection);
      if (!orchestrator) return Promise.resolve(undefined);
      late ??= sleep(readWithinMs, undefined, { ref: false });
      const reading =
        reads.get(identity) ??
        orchestrator
          .fetchRun({
            pipeline: { connection: event.connection, key: event.pipeline },
            run: event.run,
            attempt: event.attempt,
          })
          .catch((error) => {
            log.info({ err: error, pipeline: event.pipeline, run: event.run }, 'ingest.not-read');
            return undefined;
          });
      reads.set(identity, reading);
      return Promise.race([reading, late]);
    };
  }

  return {
    decideBatch,
    isDue: (): Condition => inboxRows.isAnyWaiting([...resting.keys()]),
  };
}

/** What the event says itself wins; the run fills the rest. A status in which the run no longer is is left alone. */
export function withRun(event: PipelineEvent, found: Run, redact: (text: string) => string): PipelineEvent {
  const run = runWithoutSecrets(found, redact);
  return {
    ...event,
    error: event.error ?? (event.kind === 'failed' ? run.error : undefined),
    needsReading: false,
    // As the orchestrator writes it: a backfill may have asked for the same day in other words.
    partition: run.partition ?? event.partition,
    step: event.step ?? run.step,
    url: event.url ?? run.url,
    logUrl: event.logUrl ?? run.logUrl,
    owner: event.owner ?? run.owner,
    tags: event.tags ?? run.tags,
    startedAt: event.startedAt ?? run.startedAt,
    endedAt: event.endedAt ?? run.endedAt,
  };
}
