import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure, type FailureKind } from '../../domain/failure';
import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Run, Start } from '../../domain/run';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { Http } from '../http';
import type { Cursor } from '../orchestrator';
import type { UnknownWord } from '../status-words';
import { eventOf } from './events';
import type { Data } from './expression';
import { createReader, readRun, type Statuses } from './fields';
import { readPage } from './pages';
import type { GenericHttpSettings } from './settings';

/** What changed less long ago is looked at again: a change is stamped before it can be seen. */
const overlapMs = 120_000;
/** How far back the first look goes for what still runs. */
const firstLookMs = 24 * 3_600_000;
/** Of one poll; the rest of the list waits for the next. */
const runsPerPoll = 1_000;
const pagesPerPoll = 50;
/** Of one pass through the list. One that goes on for longer never ends, nor one of so many pages with hardly anything on them. */
const mostPages = 2_000;
const mostThinPages = 200;
const thinPage = 5;
/** A pass that comes to no end is begun anew. */
const passLastsMs = 6 * 3_600_000;
/** What a server says of a place in its list that it does not know any more. */
const lostPlace: readonly FailureKind[] = ['rejected', 'not-found', 'bad-response'];

/** Where a pass through the list stands. Plain values only: it is kept as jsonb. */
const Pass = z.object({
  since: z.number(),
  /** When it began, by the server's clock. */
  begun: z.number(),
  /** Before it nothing was told: only what runs is news. */
  isFirst: z.boolean(),
  /** Of which of the pipelines the list is, where it is one of a pipeline. */
  nth: z.number().int().min(0),
  /** What asks for the next page. */
  at: z.union([z.string(), z.number()]).optional(),
  pages: z.number().int().min(0),
  count: z.number().int().min(0),
  /** States that were read in it and will be read again by the next. */
  read: z.array(z.string()),
  /** Those of the page before. */
  last: z.array(z.string()),
});
type Pass = z.output<typeof Pass>;

const PollCursor = z.object({
  /** What changed before is told for good, in ms of the epoch by the server's clock. Left out until the first pass is over. */
  since: z.number().optional(),
  /** States that were told of runs that changed since. */
  told: z.array(z.string()),
  /** Left out between two passes. */
  pass: Pass.optional(),
});
type PollCursor = z.output<typeof PollCursor>;

export interface PollDeps {
  http: Http;
  connection: string;
  settings: GenericHttpSettings;
  statusOf: Statuses;
  unknownWord: UnknownWord;
  log: Logger;
  clock: Clock;
}

class Endless extends Failure {}

interface News {
  events: PipelineEvent[];
  starts: Start[];
  cursor: PollCursor;
  isBehind: boolean;
}

/**
 * Asks for runs that changed since the last time; a list without `{since}` is read as a whole each time. A long list is read in parts, poll by
 * poll, and what is asked for next begins before the first of them: nothing that changed meanwhile is missed.
 */
export function createPoll(deps: PollDeps) {
  const { http, connection, settings, statusOf, log, clock } = deps;
  const wish = settings.runs;
  if (!wish) return undefined;
  const only = settings.poll?.pipelines;
  const { where } = http;
  const list = { key: 'runs', ...wish };
  const fields = { ...settings.run.fields, ...wish.fields };
  const isSince = wish.path.includes('{since}');
  // A list is asked for once, or for each pipeline where it is one of a pipeline.
  const lists = wish.path.includes('{pipeline}') ? (only ?? []) : [undefined];

  const written = (ms: number): string | number => {
    if (settings.times === 'iso') return new Date(ms).toISOString();
    return settings.times === 'seconds' ? Math.floor(ms / 1_000) : ms;
  };

  const stateKey = ({ pipeline, run, attempt, status }: Run) =>
    createHash('sha256').update([pipeline.key, run, attempt, status].join('\n')).digest('base64url').slice(0, 16);

  /** What changed so lately is read again by the next pass. */
  function isReadAgain({ status, startedAt, endedAt }: Run, begun: number): boolean {
    const at = endedAt ?? (status === 'running' || status === 'queued' ? undefined : startedAt);
    return !isSince || at === undefined || at.getTime() >= begun - 2 * overlapMs;
  }

  function passFrom(before: PollCursor | undefined): Pass {
    const now = http.serverNow().getTime();
    const { since, pass } = before ?? {};
    if (pass && now - pass.begun < passLastsMs) return pass;
    return {
      since: since ?? now - firstLookMs,
      begun: now,
      isFirst: since === undefined,
      nth: 0,
      pages: 0,
      count: 0,
      read: [],
      last: [],
    };
  }

  /** One faulty entry keeps nobody from the others. @throws Failure `bad-response` where none is as it should be */
  function readAll(items: readonly Data[]): Run[] {
    const faults: Failure[] = [];
    const runs = items.flatMap((item) => {
      try {
        return readRun(createReader(where, 'runs.fields', item), fields, statusOf, connection);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        faults.push(error);
        return [];
      }
    });
    const [fault] = faults;
    if (fault && runs.length === 0) throw fault;
    for (const _ of faults) deps.unknownWord('unreadable');
    if (fault) log.warn({ entries: faults.length, detail: fault.detail }, 'generic-http.not-read');
    return runs;
  }

  /** One page of the pass, and where it stands then; at its end `nth` is beyond the lists. */
  async function step(pass: Pass): Promise<{ runs: Run[]; pass: Pass }> {
    const values = { since: written(pass.since), pipeline: lists[pass.nth] };
    const { items, next } = await readPage(http, list, values, pass.at);
    const read = readAll(items);
    const keys = read.map(stateKey);
    const again = keys.filter((_, nth) => read[nth] && isReadAgain(read[nth], pass.begun));
    const pages = pass.pages + 1;
    const count = pass.count + read.length;
    const isTooLong = pages > mostPages || (pages >= mostThinPages && count < pages * thinPage);
    const isSamePage = keys.length > 0 && keys.join() === pass.last.join();
    if (next !== undefined && (isSamePage || isTooLong))
      throw new Endless('bad-response', where, {
        detail: `The list of \`runs\` does not end: after ${pages} pages ${isSamePage ? 'the same entries came again' : `there were ${count} entries, and more`}.`,
      });
    return {
      runs: read.filter(({ pipeline }) => only === undefined || only.includes(pipeline.key)),
      pass: {
        ...pass,
        pages,
        count,
        read: [...pass.read, ...again],
        ...(next === undefined ? { nth: pass.nth + 1, at: undefined, last: [] } : { at: next, last: keys }),
      },
    };
  }

  /** The first page of this poll; where the server has lost the place, from the start again. */
  async function resume(pass: Pass): Promise<Awaited<ReturnType<typeof step>>> {
    try {
      return await step(pass);
    } catch (error) {
      const isLost = error instanceof Failure && !(error instanceof Endless) && lostPlace.includes(error.kind);
      if (!isLost || pass.at === undefined) throw error;
      log.info({ failure: error.kind }, 'generic-http.pass-begun-anew');
      return step({ ...pass, nth: 0, at: undefined, pages: 0, count: 0, last: [] });
    }
  }

  return async (cursor: Cursor | undefined): Promise<News> => {
    const before = readCursor(cursor, log);
    let pass = passFrom(before);
    const known = new Set([...(before?.told ?? []), ...pass.read, ...pass.last]);
    const events: PipelineEvent[] = [];
    const starts: Start[] = [];
    let count = 0;
    for (let pages = 0; pass.nth < lists.length && count < runsPerPoll && pages < pagesPerPoll; pages += 1) {
      const { runs, pass: after } = pages === 0 ? await resume(pass) : await step(pass);
      pass = after;
      count += runs.length;
      for (const run of runs) {
        const key = stateKey(run);
        const event = known.has(key) ? undefined : eventOf(run, connection, clock.now());
        known.add(key);
        if (!event || (pass.isFirst && run.status !== 'running')) continue;
        events.push(event);
        const { pipeline, run: id, attempt, startedBy: by, startedAt: at = event.occurredAt } = run;
        if (by) starts.push({ pipeline, run: id, attempt, by, at });
      }
    }
    const isOver = pass.nth >= lists.length;
    const read = [...new Set(pass.read)];
    return {
      events: events.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
      starts,
      cursor: isOver
        ? { since: Math.max(before?.since ?? 0, pass.begun - overlapMs), told: read }
        : { since: before?.since, told: before?.told ?? [], pass: { ...pass, read } },
      isBehind: !isOver,
    };
  };
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('generic-http.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}
