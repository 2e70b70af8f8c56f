import { hasEnded, type RunStatus } from './run';

/** So long the first run after a redeploy is waited for. */
const watchedForMs = 24 * 3_600_000;

/** The first run that was started after a redeploy, by its newest attempt. */
export interface FirstRun {
  startedAt: Date;
  status: RunStatus;
}

/** `overtaken`: another version came into force before a run began, so that none will tell of this one. */
export type FirstRunVerdict = 'wait' | 'overtaken' | 'none-came' | 'not-over' | 'ended';

/** What is to be said of the first run after a redeploy. */
export function judgeFirstRun(of: { since: Date; now: Date; run?: FirstRun; overtakenAt?: Date }): FirstRunVerdict {
  const { since, now, run, overtakenAt } = of;
  const isLate = now.getTime() - since.getTime() >= watchedForMs;
  if (run && (!overtakenAt || run.startedAt < overtakenAt)) {
    if (hasEnded(run.status)) return 'ended';
    return isLate ? 'not-over' : 'wait';
  }
  if (overtakenAt) return 'overtaken';
  return isLate ? 'none-came' : 'wait';
}
