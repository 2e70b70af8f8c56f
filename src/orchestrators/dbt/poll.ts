import { z } from 'zod';
import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Logger } from '../../lib/logger';
import type { Cursor } from '../orchestrator';
import { byOffset, endless } from '../paging';
import { eventKindOf, type UnknownWord } from '../status-words';
import type { Api } from './api';
import type { Events } from './events';
import type { Run } from './schema';
import { statusOf, words } from './status';

/** Runs that are told as ended at one poll; what is left waits for the next. */
const runsPerPoll = 1_000;
/** Runs that go on at one time; a list of more does not end. */
const runningMost = 10_000;
/** What ended less long ago is looked at again: an end is stamped before it can be seen. */
const overlapMs = 60_000;
/** The server tells its time in whole seconds: what ended in the present one counts as well. */
const secondMs = 1_500;

/** Plain values only: it is kept as jsonb. */
const PollCursor = z.object({
  /** What ended before is told for good, in ms of the epoch by the server's clock. */
  until: z.number(),
  /** Runs that ended since, and are told. */
  ended: z.array(z.string()),
  /** Runs that go, and are told. */
  going: z.array(z.string()),
});
type PollCursor = z.output<typeof PollCursor>;

export interface PollDeps {
  api: Api;
  events: Events;
  log: Logger;
  unknownWord: UnknownWord;
  /** Jobs to look at; undefined = all. */
  only?: readonly string[];
}

/** Asks for what runs, then for what ended since the last time. A run that has ended never changes again. */
export function createPoll({ api, events, log, unknownWord, only }: PollDeps) {
  const isWanted = ({ job_definition_id: job }: Run) => only === undefined || only.includes(job);
  const job = only?.length === 1 ? only[0] : undefined;

  async function going(): Promise<Run[]> {
    const found: Run[] = [];
    const query = { job, statuses: [words.running], orderBy: '-id' } as const;
    for await (const run of byOffset((offset, limit) => api.runs(query, offset, limit))) {
      found.push(run);
      if (found.length > runningMost) throw endless(`more than ${runningMost} runs are said to go on`);
    }
    return found.filter(isWanted);
  }

  /** Oldest end first, at most as many as are told at once. */
  async function endedBetween(from: Date, until: Date, most: number): Promise<{ runs: Run[]; isWhole: boolean }> {
    const runs: Run[] = [];
    const query = { job, finishedFrom: from, finishedUntil: until, orderBy: 'finished_at' } as const;
    for await (const run of byOffset((offset, limit) => api.runs(query, offset, limit))) {
      if (runs.length >= most && run.finished_at?.getTime() !== runs.at(-1)?.finished_at?.getTime())
        return { runs, isWhole: false };
      runs.push(run);
    }
    return { runs, isWhole: true };
  }

  function eventsOf(run: Run): PipelineEvent[] {
    const kind = eventKindOf(statusOf(run.status, unknownWord));
    const at = kind === 'started' ? run.started_at : run.finished_at;
    if (!kind || !at) return [];
    const endedAt = kind === 'started' ? undefined : at;
    const url = run.href ?? undefined;
    return [
      events({
        job: run.job_definition_id,
        run: run.id,
        kind,
        occurredAt: at,
        startedAt: run.started_at,
        endedAt,
        url,
      }),
    ];
  }

  return async (
    cursor: Cursor | undefined,
  ): Promise<{ events: PipelineEvent[]; cursor: PollCursor; isBehind: boolean }> => {
    const before = readCursor(cursor, log);
    const running = await going();
    const now = new Date(api.serverNow().getTime() + secondMs);
    const recent = new Date(now.getTime() - overlapMs);
    const from = before ? new Date(Math.min(before.until, now.getTime())) : recent;
    const { runs, isWhole } = await endedBetween(from, now, runsPerPoll + (before?.ended.length ?? 0));
    const last = runs.findLast(({ finished_at: at }) => at)?.finished_at ?? from;
    const until = Math.max(from.getTime(), Math.min(recent.getTime(), isWhole ? recent.getTime() : last.getTime()));
    const told = new Set(before?.ended);
    const fresh = before ? runs.filter((run) => isWanted(run) && !told.has(run.id)) : [];
    const begun = running.filter(({ id }) => !before?.going.includes(id));
    const news = [...begun, ...fresh].flatMap(eventsOf);
    return {
      events: news.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
      cursor: {
        until,
        ended: runs.filter(({ finished_at: at }) => at && at.getTime() >= until).map(({ id }) => id),
        going: running.map(({ id }) => id),
      },
      isBehind: !isWhole,
    };
  };
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('dbt.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}
