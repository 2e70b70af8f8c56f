import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../domain/failure';
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Start } from '../domain/run';
import type { Logger } from '../lib/logger';
import type { Cursor } from './orchestrator';
import { endless } from './paging';

/** Runs that are new at one poll; what is left waits for the next, so that a long absence is caught up with in little memory. */
const runsPerPoll = 500;
/** What is younger is looked at again: a change is stamped before it can be seen, by the clock of whichever of their machines made it. */
const overlapMs = 60_000;
/** The shortest stretch of time that is cut off; there may be more runs in it than are wanted at once. */
const shortestMs = 1_000;
/** A server tells its time in whole seconds: what changed in the present one counts as well. */
const secondMs = 1_500;
/** A list that changes while it is read is read again so often. */
const readings = 3;
/** So many more than were counted may have come while they were read. */
const surplusMost = 1_000;
const runsAtATime = 6;
/** Runs that go on at one time; a list of more does not end. */
const runningMost = 10_000;
/** Runs that are watched beyond the list, the newest of them. */
const watchedMost = 200;

/** Plain values only: it is kept as jsonb. */
const PollCursor = z.object({
  /** What changed before is told for good, in ms of the epoch by the server's clock. */
  until: z.number(),
  /** States that were told of runs that changed since, or at that very moment. */
  told: z.array(z.string()),
  /** How many of these are looked at again. */
  again: z.number().int().min(0).default(0),
  /** Ids of what is watched, the newest last. */
  watched: z.array(z.string()).default([]),
});
type PollCursor = z.output<typeof PollCursor>;

/** A stretch of time; both ends belong to it. */
export interface Span {
  from: Date;
  until: Date;
}

/** A product that lists its runs by when they last changed. */
export interface ChangedRuns<Row> {
  /** The other side's name, as people read it. */
  where: string;
  log: Logger;
  /** What the other side's clock shows; asks for something where it was not heard of lately. */
  now(): Promise<Date>;
  count(span: Span): Promise<number>;
  /** Runs that changed within the span, in any order, perhaps one twice. `expected`: how many there were when they were counted. */
  read(span: Span, expected: number): AsyncIterable<Row>;
  /** Every run that is going on now. */
  running(): AsyncIterable<Row>;
  isRunning(row: Row): boolean;
  isWanted(row: Row): boolean;
  idOf(row: Row): string;
  /** A word for what the run is now: another one whenever there is something to tell. */
  stateOf(row: Row): string;
  /** @throws Failure `not-found` where the run has gone since it was listed, which is no fault */
  eventsOf(row: Row): Promise<PipelineEvent[]>;
  /** Who started it by hand. Left out where the product does not tell. */
  startOf?(row: Row): Promise<Start | undefined>;
  /** Runs that may change without the list showing it are looked at by their ids, 200 at most; who is not there any more is left out. */
  watch?: { isWatched(row: Row): boolean; read(ids: string[]): Promise<Row[]> };
}

/**
 * Polls by when runs last changed. Never skips: a stretch of time is told as a whole or asked for again, and each overlaps the one
 * before. Never repeats what the cursor knows; identities do the rest.
 */
export function createChangePoll<Row>(list: ChangedRuns<Row>) {
  /** What a run is now, in a few letters. */
  function stateKey(row: Row): string {
    return createHash('sha256')
      .update(`${list.idOf(row)}\n${list.stateOf(row)}`)
      .digest('base64url')
      .slice(0, 16);
  }

  /** From `from` on as long a stretch as holds no more runs than we take at once. */
  async function stretch(from: Date, now: Date, most: number): Promise<{ span: Span; total: number }> {
    let until = now;
    for (;;) {
      const span = { from, until };
      const total = await list.count(span);
      const lengthMs = until.getTime() - from.getTime();
      if (total <= most || lengthMs <= shortestMs) return { span, total };
      until = new Date(from.getTime() + Math.max(shortestMs, Math.floor(lengthMs / 2)));
    }
  }

  async function readAll(span: Span, expected: number): Promise<Row[]> {
    const found = new Map<string, Row>();
    let total = expected;
    for (let reading = 0; reading < readings; reading += 1) {
      for await (const row of list.read(span, total)) {
        found.set(list.idOf(row), row);
        if (found.size > total + surplusMost) throw endless(`of ${total} runs that it counts it shows ${found.size}`);
      }
      total = await list.count(span);
      if (found.size >= total) return [...found.values()].filter(list.isWanted);
    }
    throw new Failure('unavailable', list.where, { detail: 'Its list of runs changes faster than it can be read.' });
  }

  async function tell(rows: Row[]): Promise<PipelineEvent[]> {
    const told: PipelineEvent[] = [];
    for (let from = 0; from < rows.length; from += runsAtATime) {
      const part = await Promise.all(
        rows.slice(from, from + runsAtATime).map((row) =>
          list.eventsOf(row).catch((error): PipelineEvent[] => {
            if (error instanceof Failure && error.kind === 'not-found') return [];
            throw error;
          }),
        ),
      );
      told.push(...part.flat());
    }
    return told.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
  }

  const startsOf = async (rows: Row[]): Promise<Start[]> =>
    (await Promise.all(rows.map((row) => list.startOf?.(row)))).flatMap((start) => start ?? []);

  /** Of what was watched and of what was read now, what is to be watched on. */
  function watchedAfter(before: readonly string[], read: readonly Row[]): string[] {
    const { watch } = list;
    if (!watch) return [];
    const now = new Map(read.map((row) => [list.idOf(row), watch.isWatched(row)]));
    const on = [...before.filter((id) => now.get(id)), ...[...now.keys()].filter((id) => now.get(id))];
    return [...new Set(on)].slice(-watchedMost);
  }

  /** The first look: what runs now. What ended before we came is no news. */
  async function firstLook(): Promise<{ events: PipelineEvent[]; starts: Start[]; cursor: PollCursor }> {
    const running: Row[] = [];
    for await (const row of list.running()) {
      if (list.isWanted(row)) running.push(row);
      if (running.length > runningMost) throw endless(`more than ${runningMost} runs are said to go on`);
    }
    const now = new Date((await list.now()).getTime() + secondMs);
    const span = { from: new Date(now.getTime() - overlapMs), until: now };
    const lately = await readAll(span, await list.count(span));
    // Began since the list of what runs was read: that is going on as well.
    const listed = new Set(running.map(stateKey));
    running.push(...lately.filter((row) => list.isRunning(row) && !listed.has(stateKey(row))));
    const told = [...new Set([...running, ...lately].map(stateKey))];
    return {
      events: await tell(running),
      starts: await startsOf(running),
      cursor: { until: span.from.getTime(), told, again: lately.length, watched: watchedAfter([], lately) },
    };
  }

  return async (
    cursor: Cursor | undefined,
  ): Promise<{ events: PipelineEvent[]; starts: Start[]; cursor: PollCursor; isBehind?: boolean }> => {
    const before = readCursor(cursor, list.log);
    if (!before) return firstLook();
    const from = new Date(before.until);
    const now = new Date(Math.max((await list.now()).getTime() + secondMs, before.until));
    const { span, total } = await stretch(from, now, runsPerPoll + before.again);
    const listed = total === 0 ? [] : await readAll(span, total);
    const inList = new Set(listed.map(list.idOf));
    const others = list.watch ? before.watched.filter((id) => !inList.has(id)) : [];
    const watched = others.length > 0 ? ((await list.watch?.read(others)) ?? []) : [];
    const read = [...listed, ...watched];
    const known = new Set(before.told);
    const settled = Math.max(before.until, Math.min(span.until.getTime(), now.getTime() - overlapMs));
    const fresh = read.filter((row) => !known.has(stateKey(row)));
    return {
      events: await tell(fresh),
      starts: await startsOf(fresh),
      cursor: {
        until: settled,
        told: read.map(stateKey),
        again: settled < span.until.getTime() ? listed.length : 0,
        watched: watchedAfter(before.watched, read),
      },
      isBehind: span.until < now,
    };
  };
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('orchestrator.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}
