import type { Actions } from '../actions';
import type { Seals } from '../actions/seals';
import type { LateWatch } from '../incidents/late';
import type { Maintenance } from '../incidents/maintenance';
import type { Mutes } from '../incidents/mutes';
import type { Quiet } from '../incidents/quiet';
import type { UnshownWatch } from '../incidents/unshown';
import type { SilenceWatch } from '../ingest/silence';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Homes } from '../outbox/home';
import type { Requests } from '../requests';
import type { Assigning } from '../requests/assigning';
import type { Daily } from '../requests/daily';
import type { Feedback } from '../requests/feedback';
import type { Pulse } from '../requests/pulse';
import type { Questions } from '../requests/questions';
import type { Runbooks } from '../requests/runbooks';
import type { Db } from '../store/db';
import { anyOf, type Condition, whichHold } from '../store/due';

/** What people do not wait for by the second. */
const seldomMs = 10_000;
/** What only keeps the house in order. */
const upkeepMs = 60_000;

interface Part {
  name: string;
  /** Is there anything for it? Left out = it finds that out by itself. */
  isDue?(): Condition;
  /** @returns how much it did */
  sweep(): Promise<number>;
  /** After it did something. */
  wake(): Promise<void>;
  /** Left out = each time. */
  everyMs?: number;
}

export interface TimerDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  maintenance: Pick<Maintenance, 'isDue' | 'sweep'>;
  mutes: Pick<Mutes, 'isDue' | 'sweep'>;
  quiet: Pick<Quiet, 'isDue' | 'sweep'>;
  requests: Pick<Requests, 'isDue' | 'sweep' | 'upkeep'>;
  assigning: Pick<Assigning, 'sweep'>;
  feedback: Pick<Feedback, 'sweep'>;
  pulse: Pick<Pulse, 'sweep'>;
  daily: Pick<Daily, 'sweep'>;
  questions: Pick<Questions, 'sweep'>;
  runbooks: Pick<Runbooks, 'sweep'>;
  homes: Pick<Homes, 'isDue' | 'sweep'>;
  late: Pick<LateWatch, 'isDue' | 'sweep'>;
  silence: Pick<SilenceWatch, 'isDue' | 'sweep'>;
  unshown: Pick<UnshownWatch, 'isDue' | 'sweep'>;
  seals: Seals;
  actions: Pick<Actions, 'outcomes' | 'autoRetry' | 'firstRuns' | 'isFileDue' | 'file'>;
  wakeOutbox(): Promise<void>;
  wakeDecider(): Promise<void>;
}

/** What comes due by the clock alone. Each part finds its own work in the database, and one that breaks holds up no other. */
export function createTimers({
  db,
  clock,
  log,
  maintenance,
  mutes,
  quiet,
  requests,
  assigning,
  feedback,
  pulse,
  daily,
  questions,
  runbooks,
  homes,
  late,
  silence,
  unshown,
  seals,
  actions,
  wakeOutbox,
  wakeDecider,
}: TimerDeps) {
  const nothing = async () => undefined;
  const parts: Part[] = [
    // Before the mutes of single alerts, which end at the same moment: it looks at what these hide.
    { name: 'maintenance', isDue: maintenance.isDue, sweep: maintenance.sweep, wake: wakeOutbox },
    { name: 'mutes', isDue: mutes.isDue, sweep: mutes.sweep, wake: wakeOutbox },
    { name: 'quiet', isDue: quiet.isDue, sweep: quiet.sweep, wake: wakeOutbox },
    { name: 'upkeep', sweep: requests.upkeep, wake: nothing, everyMs: upkeepMs },
    { name: 'requests', isDue: requests.isDue, sweep: requests.sweep, wake: wakeOutbox },
    { name: 'late', isDue: late.isDue, sweep: late.sweep, wake: wakeDecider },
    { name: 'auto-retry', isDue: actions.autoRetry.isDue, sweep: actions.autoRetry.sweep, wake: wakeOutbox },
    { name: 'assigning', sweep: assigning.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'feedback', sweep: feedback.sweep, wake: wakeOutbox, everyMs: upkeepMs },
    { name: 'pulse', sweep: pulse.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'questions', sweep: questions.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'daily', sweep: daily.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'runbooks', sweep: runbooks.sweep, wake: nothing, everyMs: seldomMs },
    { name: 'homes', isDue: homes.isDue, sweep: homes.sweep, wake: nothing, everyMs: seldomMs },
    { name: 'silence', isDue: silence.isDue, sweep: silence.sweep, wake: wakeDecider },
    { name: 'unshown', isDue: unshown.isDue, sweep: unshown.sweep, wake: wakeDecider },
    { name: 'seals', isDue: seals.isDue, sweep: seals.sweep, wake: nothing, everyMs: seldomMs },
    { name: 'outcomes', ...actions.outcomes, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'first-runs', ...actions.firstRuns, wake: wakeOutbox, everyMs: seldomMs },
    {
      name: 'action-files',
      isDue: actions.isFileDue,
      sweep: actions.file,
      wake: wakeOutbox,
      everyMs: seldomMs,
    },
  ];
  const dueAt = new Map<string, number>();
  const turnAt = (now: number): Part[] => parts.filter(({ name }) => now >= (dueAt.get(name) ?? 0));
  return {
    /** Whether any part has something to do, or finds that out by itself. */
    isDue: (): Condition => anyOf(turnAt(clock.now().getTime()).map(({ isDue }) => isDue?.() ?? (() => 'true'))),

    async runDue(): Promise<void> {
      const now = clock.now().getTime();
      const turn = turnAt(now);
      // Mostly there is nothing: that is one question, not as many as there are parts.
      const asked = turn.flatMap(({ name, isDue }) => (isDue ? [{ name, holds: isDue() }] : []));
      const due = await whichHold(db, asked).catch((error) => {
        log.error({ err: error }, 'timer.not-asked');
        return new Set(asked.map(({ name }) => name));
      });
      for (const { name, isDue, sweep, wake, everyMs = 0 } of turn) {
        dueAt.set(name, now + everyMs);
        if (isDue && !due.has(name)) continue;
        try {
          if ((await sweep()) > 0) await wake();
        } catch (error) {
          log.error({ err: error, timer: name }, 'timer.fault');
        }
      }
    },
  };
}

export type Timers = ReturnType<typeof createTimers>;
