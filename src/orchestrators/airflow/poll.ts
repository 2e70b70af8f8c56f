import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../domain/failure';
import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Logger } from '../../lib/logger';
import type { Cursor } from '../orchestrator';
import { byOffset, fromTheEnd } from '../paging';
import type { Api, RunsQuery } from './api';
import type { Attempts } from './attempts';
import type { Days } from './days';
import type { Events } from './events';
import type { Runs } from './runs';
import type { DagRun } from './schema';
import { eventKindOf } from './status';

/** Runs that are new at one poll; what is left waits for the next, so that a long absence is caught up with in little memory. */
const runsPerPoll = 1_000;
const perPage = 100;
/** What is younger is looked at again: a change is stamped before it can be seen, by the clock of whichever machine of Airflow made it. */
const overlapMs = 60_000;
/** The shortest stretch of time that is cut off; there may be more runs in it than are wanted at once. */
const shortestMs = 1_000;
/** The server tells its time in whole seconds: what changed in the present one counts as well. */
const secondMs = 1_500;
/** A list that changes while it is read is read again so often. */
const readings = 3;
const runsAtATime = 6;

/** Plain values only: it is kept as jsonb. */
const PollCursor = z.object({
  /** What changed before is told for good, in ms of the epoch by the server's clock. */
  until: z.number(),
  /** States that were told of runs that changed since, or at that very moment. */
  told: z.array(z.string()),
  /** How many of these are looked at again. */
  again: z.number().int().min(0).default(0),
});
type PollCursor = z.output<typeof PollCursor>;

export interface PollDeps {
  api: Api;
  attempts: Attempts;
  days: Days;
  runs: Runs;
  events: Events;
  log: Logger;
  /** Keys of the pipelines to look at; undefined = all. */
  only?: readonly string[];
}

/**
 * Asks for runs by when they last changed. Never skips: a stretch of time is told as a whole or asked for again, and each overlaps the
 * one before. Never repeats what the cursor knows; identities do the rest.
 */
export function createPoll(deps: PollDeps) {
  const { api, attempts, days, runs, events, log } = deps;
  const isWanted = ({ dag_id }: DagRun) => deps.only === undefined || deps.only.includes(dag_id);
  const dag = deps.only?.length === 1 ? deps.only[0] : undefined;

  /** What a run is now, in a few letters. */
  function stateKey(run: DagRun): string {
    const told = [run.dag_id, run.dag_run_id, runs.statusOf(run), run.start_date?.getTime() ?? ''].join('\n');
    return createHash('sha256').update(told).digest('base64url').slice(0, 16);
  }

  async function countOf(query: RunsQuery): Promise<number> {
    const { total, items } = await api.runs(dag, query, 0, 1);
    return total ?? items.length;
  }

  /** From `from` on as long a stretch as holds no more runs than we take at once. */
  async function stretch(
    from: Date,
    now: Date,
    most: number,
  ): Promise<{ query: RunsQuery; until: Date; total: number }> {
    let until = now;
    for (;;) {
      const query = { updatedFrom: from, updatedUntil: until, orderBy: 'updated_at' };
      const total = await countOf(query);
      const lengthMs = until.getTime() - from.getTime();
      if (total <= most || lengthMs <= shortestMs) return { query, until, total };
      until = new Date(from.getTime() + Math.max(shortestMs, Math.floor(lengthMs / 2)));
    }
  }

  async function readAll(query: RunsQuery, expected: number): Promise<DagRun[]> {
    const found = new Map<string, DagRun>();
    let total = expected;
    for (let reading = 0; reading < readings; reading += 1) {
      const read = (offset: number, limit: number) => api.runs(dag, query, offset, limit);
      for await (const run of fromTheEnd(read, total, perPage)) found.set(`${run.dag_id}\n${run.dag_run_id}`, run);
      total = await countOf(query);
      if (found.size >= total) return [...found.values()];
    }
    throw new Failure('unavailable', api.where, { detail: 'Its list of runs changes faster than it can be read.' });
  }

  async function eventsOf(run: DagRun): Promise<PipelineEvent[]> {
    const status = runs.statusOf(run);
    const kind = eventKindOf(status);
    const at = kind === 'started' ? run.start_date : (run.end_date ?? run.start_date ?? run.run_after);
    if (!kind || !at) return [];
    const [attempt, partition, isNew] = await Promise.all([
      attempts.of(run.dag_id, run.dag_run_id),
      days.of(run),
      api.isNew(),
    ]);
    return [
      events({
        dag: run.dag_id,
        run: run.dag_run_id,
        kind,
        attempt,
        partition,
        occurredAt: at,
        startedAt: run.start_date,
        endedAt: kind === 'started' ? undefined : at,
        isNew,
      }),
    ];
  }

  /** A run or a pipeline that was deleted since it was listed is no fault. */
  async function tell(all: DagRun[]): Promise<PipelineEvent[]> {
    const told: PipelineEvent[] = [];
    for (let from = 0; from < all.length; from += runsAtATime) {
      const part = await Promise.all(
        all.slice(from, from + runsAtATime).map((run) =>
          eventsOf(run).catch((error): PipelineEvent[] => {
            if (error instanceof Failure && error.kind === 'not-found') return [];
            throw error;
          }),
        ),
      );
      told.push(...part.flat());
    }
    return told.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
  }

  /** The first look: what runs now. What ended before we came is no news. */
  async function firstLook(): Promise<{ events: PipelineEvent[]; cursor: PollCursor }> {
    const running: DagRun[] = [];
    const all = byOffset((offset, limit) =>
      api.runs(dag, { states: ['running'], orderBy: 'start_date' }, offset, limit),
    );
    for await (const run of all) if (isWanted(run)) running.push(run);
    const now = new Date(api.serverNow().getTime() + secondMs);
    const since = new Date(now.getTime() - overlapMs);
    const query = { updatedFrom: since, updatedUntil: now, orderBy: 'updated_at' };
    const lately = (await readAll(query, await countOf(query))).filter(isWanted);
    // Began since the list of what runs was read: that is going on as well.
    const isRunning = (run: DagRun) => runs.statusOf(run) === 'running';
    const listed = new Set(running.map(stateKey));
    running.push(...lately.filter((run) => isRunning(run) && !listed.has(stateKey(run))));
    const told = [...new Set([...running, ...lately].map(stateKey))];
    return { events: await tell(running), cursor: { until: since.getTime(), told, again: lately.length } };
  }

  return async (cursor: Cursor | undefined): Promise<{ events: PipelineEvent[]; cursor: PollCursor }> => {
    const before = readCursor(cursor, log);
    if (!before) return firstLook();
    await api.health(); // tells the server's clock, if nothing else did lately
    const from = new Date(before.until);
    const now = new Date(Math.max(api.serverNow().getTime() + secondMs, before.until));
    const { query, until, total } = await stretch(from, now, runsPerPoll + before.again);
    const read = total === 0 ? [] : (await readAll(query, total)).filter(isWanted);
    const known = new Set(before.told);
    const settled = Math.max(before.until, Math.min(until.getTime(), now.getTime() - overlapMs));
    const fresh = read.filter((run) => !known.has(stateKey(run)));
    return {
      events: await tell(fresh),
      cursor: { until: settled, told: read.map(stateKey), again: settled < until.getTime() ? read.length : 0 },
    };
  };
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('airflow.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}
