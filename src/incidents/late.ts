/**
 * Owns what does not come: looks at each pipeline when its run falls due, and tells of a late one like any other event.
 * In: deadlines of the catalogue, the history of runs, the clock. Out: `late` events in the inbox, one a pipeline and day.
 */
import { daysForHabit, judgeLateness, type Late } from '../domain/lateness';
import { mergeFacts, type PipelineFacts } from '../domain/pipeline';
import { ownSources, type PipelineEvent } from '../domain/pipeline-event';
import { catalogueFacts, type Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as inboxRows from '../store/inbox-rows';
import * as lateRows from '../store/late-rows';
import * as runRows from '../store/run-rows';

export interface LateDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
}

/** Looked at so often at least: a deadline may have changed, or a history have grown. */
const lookEveryMs = 15 * 60_000;
/** New pipelines are taken up so often. */
const takeUpEveryMs = 5 * 60_000;
const atOnce = 50;
const historyMs = 45 * 86_400_000;
const runsPerPipeline = 60;
/** A run without a sign of life for longer says nothing about today. */
const runningWithinMs = 86_400_000;
/** While decisions lag behind, what seems missing may be waiting there. */
const lagMs = 30_000;
/** After a start, those who could not reach us are given time to send again. */
const settleMs = 60_000;

export function createLateWatch({ db, clock, log, settings }: LateDeps) {
  let tookUpAt = Number.NEGATIVE_INFINITY;
  const startedAt = clock.now().getTime();

  const isToTakeUp = (now: Date): boolean => now.getTime() - tookUpAt >= takeUpEveryMs;

  async function takeUp(): Promise<void> {
    const now = clock.now();
    if (!isToTakeUp(now)) return;
    await lateRows.watch(db, withDeadline(settings()), now);
    tookUpAt = now.getTime();
  }

  async function isBehind(now: Date): Promise<boolean> {
    const { oldest } = await inboxRows.lag(db);
    return oldest !== undefined && now.getTime() - oldest.getTime() > lagMs;
  }

  async function look(tx: Tx, now: Date): Promise<number> {
    const wait = (ms: number) => new Date(now.getTime() + ms);
    await lateRows.putOff(tx, {
      now,
      until: wait(lookEveryMs),
      since: wait(-historyMs),
      leastGood: daysForHabit,
      withDeadline: settings().catalogue.flatMap(({ pipeline, deadline }) => (deadline === undefined ? [] : pipeline)),
    });
    const due = await lateRows.takeDue(tx, now, atOnce);
    if (due.length === 0) return 0;
    if (await isBehind(now)) {
      await lateRows.lookAgain(
        tx,
        due.map((watch) => ({ ...watch, at: wait(lagMs) })),
      );
      return 0;
    }
    const facts = await runRows.factsOf(
      tx,
      due.map(({ connection, pipeline }) => ({ connection, key: pipeline })),
    );
    const runs = await lateRows.newestRuns(tx, due, wait(-historyMs), runsPerPipeline);
    const isOf = (watch: lateRows.WatchKey) => (other: lateRows.WatchKey) =>
      other.connection === watch.connection && other.pipeline === watch.pipeline;
    const events: PipelineEvent[] = [];
    const looks = due.map((watch) => {
      const known = facts.find(({ connection, key }) => isOf(watch)({ connection, pipeline: key }))?.facts;
      const own = runs.filter(isOf(watch));
      const running = runningOf(own, now);
      const { late, nextAt } = judge(watch, known, own, running, now);
      // What is told as failed already is not told as late as well.
      if (late && !watch.isOpen) events.push(eventOf(watch, late, running, now));
      return {
        ...watch,
        at: new Date(Math.min(wait(lookEveryMs).getTime(), nextAt?.getTime() ?? Number.POSITIVE_INFINITY)),
      };
    });
    await lateRows.lookAgain(tx, looks);
    const entries = events.map((event) => ({
      source: event.source,
      id: event.id,
      kind: 'run' as const,
      connection: event.connection,
      payload: event,
      occurredAt: event.occurredAt,
    }));
    const fresh = (await inboxRows.store(tx, entries, now)).filter(Boolean).length;
    if (fresh > 0) log.info({ late: fresh }, 'late.told');
    return fresh;
  }

  function judge(
    watch: lateRows.DueWatch,
    known: PipelineFacts | undefined,
    runs: lateRows.LateRun[],
    running: lateRows.LateRun | undefined,
    now: Date,
  ) {
    const { workspace, orchestrators } = settings();
    const { deadline, schedule, timeZone } = mergeFacts(
      catalogueFacts({ connection: watch.connection, key: watch.pipeline }, settings()),
      known,
    );
    const poll = orchestrators.find(({ name }) => name === watch.connection)?.poll;
    return judgeLateness(
      {
        timeZone: timeZone ?? workspace.timeZone,
        deadline,
        schedule,
        good: runs
          .filter(({ status }) => status === 'succeeded')
          .map((run) => ({ startedAt: run.startedAt ?? run.endedAt, endedAt: run.endedAt, partition: run.partition })),
        running: running?.startedAt ? { startedAt: running.startedAt } : undefined,
        watchedSince: watch.watchedSince ?? now,
        knownUntil: poll ? (watch.polledAt ?? new Date(0)) : now,
      },
      now,
    );
  }

  return {
    isDue(): Condition {
      const now = clock.now();
      return isToTakeUp(now) ? () => 'true' : lateRows.isAnyDue(now);
    },

    /** @returns how many late runs are new */
    async sweep(): Promise<number> {
      const now = clock.now();
      if (now.getTime() - startedAt < settleMs) return 0;
      await takeUp();
      return db.transaction((tx) => look(tx, now));
    },
  };
}

export type LateWatch = ReturnType<typeof createLateWatch>;

/** Entries of the catalogue that have a deadline, where it is clear which connection they are of: seen or not, they are due. */
function withDeadline({ catalogue, orchestrators }: Settings): lateRows.WatchKey[] {
  const only = orchestrators.length === 1 ? orchestrators[0]?.name : undefined;
  return catalogue.flatMap(({ pipeline, orchestrator = only, deadline }) =>
    deadline !== undefined && orchestrator !== undefined ? [{ connection: orchestrator, pipeline }] : [],
  );
}

function runningOf(runs: lateRows.LateRun[], now: Date): lateRows.LateRun | undefined {
  const [newest] = runs;
  const isRunning = newest?.status === 'running' || newest?.status === 'queued';
  const startedAt = newest?.startedAt?.getTime() ?? 0;
  return isRunning && startedAt >= now.getTime() - runningWithinMs ? newest : undefined;
}

/** The run that is under way is the late one; else there is none yet, and the day stands for it. */
function eventOf(
  { connection, pipeline }: lateRows.WatchKey,
  late: Late,
  running: lateRows.LateRun | undefined,
  now: Date,
): PipelineEvent {
  return {
    source: ownSources.late,
    id: `${connection}/${pipeline}:${late.day}`,
    kind: 'late',
    occurredAt: now,
    connection,
    pipeline,
    run: running?.run ?? `late:${late.day}`,
    attempt: running?.attempt ?? 1,
    ...(late.partition === undefined ? {} : { partition: late.partition }),
    error: late.say,
    final: true,
  };
}
