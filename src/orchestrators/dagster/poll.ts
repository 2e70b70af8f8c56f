import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Start } from '../../domain/run';
import type { Logger } from '../../lib/logger';
import { createChangePoll, type Span } from '../changed-runs';
import { byLast } from '../paging';
import { eventKindOf } from '../status-words';
import type { Api, RunsFilter } from './api';
import type { Events } from './events';
import { keyOfRun } from './keys';
import type { Runs } from './runs';
import type { Run } from './schema';
import { runningWords } from './status';
import { isRetryDecided, isToBeRetried, mayBeRetried, partitionIn, starterIn } from './tags';

const perPage = 200;
/** Dagster stores a failure first, and a moment later whether it runs that again. */
const decidedWithinMs = 3_000;

export interface PollDeps {
  api: Api;
  connection: string;
  runs: Runs;
  events: Events;
  log: Logger;
  /** Keys of the pipelines to look at; undefined = all. */
  only?: readonly string[];
}

/** Asks for runs by when they last changed. Dagster lists them by when they were made, which never changes while they are read. */
export function createPoll({ api, connection, runs, events, log, only }: PollDeps) {
  // Dagster leaves both ends out, and we do not.
  const filterOf = ({ from, until }: Span): RunsFilter => ({
    updatedAfter: new Date(from.getTime() - 1),
    updatedBefore: new Date(until.getTime() + 1),
  });

  const all = (filter: RunsFilter) => byLast<Run>((after, limit) => api.runs(filter, limit, after?.runId), perPage);

  let saysSo = false;
  const settling = new WeakMap<Run, boolean>();

  /** A fresh failure of which Dagster has yet to say whether it runs it again: the next poll tells it. Judged once a reading. */
  function isSettling(run: Run): boolean {
    const known = settling.get(run);
    if (known !== undefined) return known;
    const { tags, endTime } = run;
    saysSo ||= isRetryDecided(tags);
    const isFresh = endTime !== undefined && api.serverNow().getTime() - endTime.getTime() < decidedWithinMs;
    const found = runs.statusOf(run) === 'failed' && isFresh && !isRetryDecided(tags) && (saysSo || mayBeRetried(tags));
    settling.set(run, found);
    return found;
  }

  function eventsOf(run: Run): PipelineEvent[] {
    if (isSettling(run)) return [];
    const kind = eventKindOf(runs.statusOf(run));
    const at = kind === 'started' ? run.startTime : (run.endTime ?? run.startTime ?? run.creationTime);
    if (!kind || !at) return [];
    return [
      events({
        key: keyOfRun(run),
        run: run.runId,
        kind,
        partition: partitionIn(run.tags),
        isToBeRetried: isToBeRetried(run.tags),
        occurredAt: at,
        startedAt: run.startTime,
        endedAt: kind === 'started' ? undefined : at,
      }),
    ];
  }

  function startOf(run: Run): Start | undefined {
    const by = starterIn(run.tags);
    const at = run.creationTime ?? run.startTime;
    return by && at ? { pipeline: { connection, key: keyOfRun(run) }, run: run.runId, attempt: 1, by, at } : undefined;
  }

  return createChangePoll<Run>({
    where: api.where,
    log,
    async now() {
      await api.version(); // tells the server's clock, if nothing else did lately
      return api.serverNow();
    },
    count: (span) => api.countRuns(filterOf(span)),
    read: (span) => all(filterOf(span)),
    running: () => all({ statuses: runningWords }),
    isRunning: (run) => runs.statusOf(run) === 'running',
    isWanted: (run) => only === undefined || only.includes(keyOfRun(run)),
    idOf: ({ runId }) => runId,
    stateOf: (run) => (isSettling(run) ? 'settling' : runs.statusOf(run)),
    eventsOf: async (run) => eventsOf(run),
    startOf: async (run) => startOf(run),
  });
}
