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
import type { Requests } from '../requests';
import type { Assigning } from '../requests/assigning';
import type { Daily } from '../requests/daily';
import type { Feedback } from '../requests/feedback';
import type { Pulse } from '../requests/pulse';
import type { Questions } from '../requests/questions';
import type { Runbooks } from '../requests/runbooks';

/** What people do not wait for by the second. */
const seldomMs = 10_000;

interface Part {
  name: string;
  /** @returns how much it did */
  sweep(): Promise<number>;
  /** After it did something. */
  wake(): Promise<void>;
  /** Left out = each time. */
  everyMs?: number;
}

export interface TimerDeps {
  clock: Clock;
  log: Logger;
  maintenance: Pick<Maintenance, 'sweep'>;
  mutes: Pick<Mutes, 'sweep'>;
  quiet: Pick<Quiet, 'sweep'>;
  requests: Pick<Requests, 'sweep'>;
  assigning: Pick<Assigning, 'sweep'>;
  feedback: Pick<Feedback, 'sweep'>;
  pulse: Pick<Pulse, 'sweep'>;
  daily: Pick<Daily, 'sweep'>;
  questions: Pick<Questions, 'sweep'>;
  runbooks: Pick<Runbooks, 'sweep'>;
  homes: { sweep(): Promise<number> };
  late: Pick<LateWatch, 'sweep'>;
  silence: Pick<SilenceWatch, 'sweep'>;
  unshown: Pick<UnshownWatch, 'sweep'>;
  seals: Seals;
  actions: Pick<Actions, 'judgeOutcomes' | 'autoRetry' | 'firstRuns' | 'file'>;
  wakeOutbox(): Promise<void>;
  wakeDecider(): Promise<void>;
}

/** What comes due by the clock alone. Each part finds its own work in the database, and one that breaks holds up no other. */
export function createTimers({
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
    { name: 'maintenance', sweep: maintenance.sweep, wake: wakeOutbox },
    { name: 'mutes', sweep: mutes.sweep, wake: wakeOutbox },
    { name: 'quiet', sweep: quiet.sweep, wake: wakeOutbox },
    { name: 'requests', sweep: requests.sweep, wake: wakeOutbox },
    { name: 'late', sweep: late.sweep, wake: wakeDecider },
    { name: 'auto-retry', sweep: actions.autoRetry.sweep, wake: wakeOutbox },
    { name: 'assigning', sweep: assigning.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'feedback', sweep: feedback.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'pulse', sweep: pulse.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'questions', sweep: questions.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'daily', sweep: daily.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'runbooks', sweep: runbooks.sweep, wake: nothing, everyMs: seldomMs },
    { name: 'homes', sweep: homes.sweep, wake: nothing, everyMs: seldomMs },
    { name: 'silence', sweep: silence.sweep, wake: wakeDecider },
    { name: 'unshown', sweep: unshown.sweep, wake: wakeDecider },
    { name: 'seals', sweep: seals.sweep, wake: nothing, everyMs: seldomMs },
    { name: 'outcomes', sweep: actions.judgeOutcomes, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'first-runs', sweep: actions.firstRuns.sweep, wake: wakeOutbox, everyMs: seldomMs },
    { name: 'action-files', sweep: actions.file, wake: wakeOutbox, everyMs: seldomMs },
  ];
  const dueAt = new Map<string, number>();
  return {
    async runDue(): Promise<void> {
      const now = clock.now().getTime();
      for (const { name, sweep, wake, everyMs = 0 } of parts) {
        if (now < (dueAt.get(name) ?? 0)) continue;
        dueAt.set(name, now + everyMs);
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
