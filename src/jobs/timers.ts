import type { Actions } from '../actions';
import type { Seals } from '../actions/seals';
import type { LateWatch } from '../incidents/late';
import type { Maintenance } from '../incidents/maintenance';
import type { Mutes } from '../incidents/mutes';
import type { Quiet } from '../incidents/quiet';
import type { UnshownWatch } from '../incidents/unshown';
import type { SilenceWatch } from '../ingest/silence';
import type { Logger } from '../lib/logger';
import type { Requests } from '../requests';
import type { Assigning } from '../requests/assigning';
import type { Feedback } from '../requests/feedback';
import type { Runbooks } from '../requests/runbooks';

export interface TimerDeps {
  log: Logger;
  maintenance: Pick<Maintenance, 'sweep'>;
  mutes: Pick<Mutes, 'sweep'>;
  quiet: Pick<Quiet, 'sweep'>;
  requests: Pick<Requests, 'sweep'>;
  assigning: Pick<Assigning, 'sweep'>;
  feedback: Pick<Feedback, 'sweep'>;
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
  log,
  maintenance,
  mutes,
  quiet,
  requests,
  assigning,
  feedback,
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
  const parts: [name: string, sweep: () => Promise<number>, wake: () => Promise<void>][] = [
    // Before the mutes of single alerts, which end at the same moment: it looks at what these hide.
    ['maintenance', maintenance.sweep, wakeOutbox],
    ['mutes', mutes.sweep, wakeOutbox],
    ['quiet', quiet.sweep, wakeOutbox],
    ['requests', requests.sweep, wakeOutbox],
    ['assigning', assigning.sweep, wakeOutbox],
    ['feedback', feedback.sweep, wakeOutbox],
    ['runbooks', runbooks.sweep, async () => undefined],
    ['homes', homes.sweep, async () => undefined],
    ['late', late.sweep, wakeDecider],
    ['silence', silence.sweep, wakeDecider],
    ['unshown', unshown.sweep, wakeDecider],
    ['seals', seals.sweep, async () => undefined],
    ['outcomes', actions.judgeOutcomes, wakeOutbox],
    ['first-runs', actions.firstRuns.sweep, wakeOutbox],
    ['auto-retry', actions.autoRetry.sweep, wakeOutbox],
    ['action-files', actions.file, wakeOutbox],
  ];
  return {
    async runDue(): Promise<void> {
      for (const [name, sweep, wake] of parts) {
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
