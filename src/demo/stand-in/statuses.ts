/** Maestro's status words and what may be done in each. */

export type RunStatus = 'CREATED' | 'IN_PROGRESS' | 'PAUSED' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'TIMED_OUT';

export const isRunOver = (status: RunStatus) => status !== 'CREATED' && status !== 'IN_PROGRESS' && status !== 'PAUSED';

export const instanceActions: Record<RunStatus, string[]> = {
  CREATED: ['STOP', 'KILL'],
  IN_PROGRESS: ['STOP', 'KILL'],
  PAUSED: ['STOP', 'KILL'],
  SUCCEEDED: ['RESTART'],
  FAILED: ['RESTART', 'UNBLOCK'],
  STOPPED: ['RESTART'],
  TIMED_OUT: ['RESTART'],
};

export type StepStatus =
  | 'NOT_CREATED'
  | 'CREATED'
  | 'INITIALIZED'
  | 'PAUSED'
  | 'WAITING_FOR_SIGNALS'
  | 'EVALUATING_PARAMS'
  | 'WAITING_FOR_PERMITS'
  | 'STARTING'
  | 'RUNNING'
  | 'FINISHING'
  | 'SUCCEEDED'
  | 'SKIPPED'
  | 'DISABLED'
  | 'UNSATISFIED'
  | 'COMPLETED_WITH_ERROR'
  | 'USER_FAILED'
  | 'PLATFORM_FAILED'
  | 'TIMEOUT_FAILED'
  | 'FATALLY_FAILED'
  | 'INTERNALLY_FAILED'
  | 'TIMED_OUT'
  | 'STOPPED';

const stop = ['STOP', 'KILL'];
const stopOrSkip = ['STOP', 'KILL', 'SKIP'];
const again = ['RESTART', 'SKIP'];
/** NOT_CREATED allows nothing and is left out. */
export const stepActions: Record<Exclude<StepStatus, 'NOT_CREATED'>, string[]> = {
  CREATED: ['PAUSE', ...stop],
  INITIALIZED: ['PAUSE', ...stopOrSkip],
  PAUSED: ['RESUME', ...stopOrSkip],
  WAITING_FOR_SIGNALS: [...stopOrSkip, 'BYPASS_STEP_DEPENDENCIES'],
  EVALUATING_PARAMS: stopOrSkip,
  WAITING_FOR_PERMITS: stopOrSkip,
  STARTING: stopOrSkip,
  RUNNING: stopOrSkip,
  FINISHING: stopOrSkip,
  USER_FAILED: stopOrSkip,
  PLATFORM_FAILED: stopOrSkip,
  TIMEOUT_FAILED: stopOrSkip,
  DISABLED: ['RESTART'],
  UNSATISFIED: ['RESTART'],
  SKIPPED: again,
  SUCCEEDED: again,
  COMPLETED_WITH_ERROR: again,
  FATALLY_FAILED: again,
  INTERNALLY_FAILED: again,
  STOPPED: again,
  TIMED_OUT: again,
};

const complete: StepStatus[] = ['SUCCEEDED', 'SKIPPED', 'DISABLED', 'UNSATISFIED', 'COMPLETED_WITH_ERROR'];
const failedForGood: StepStatus[] = ['FATALLY_FAILED', 'INTERNALLY_FAILED', 'TIMED_OUT', 'STOPPED'];
const retried: StepStatus[] = ['USER_FAILED', 'PLATFORM_FAILED', 'TIMEOUT_FAILED'];

/** The DAG goes on. */
export const isStepComplete = (status: StepStatus) => complete.includes(status);
/** Over, and nothing follows by itself. */
export const isStepFailed = (status: StepStatus) => failedForGood.includes(status);
/** Over, and the system will make a new attempt. */
export const isStepRetried = (status: StepStatus) => retried.includes(status);
export const isAttemptOver = (status: StepStatus) =>
  isStepComplete(status) || isStepFailed(status) || isStepRetried(status);

/** Statuses whose steps are named in `rollup_overview`. */
export const keepsRefs = (status: StepStatus) =>
  [
    'PAUSED',
    'WAITING_FOR_SIGNALS',
    'EVALUATING_PARAMS',
    'WAITING_FOR_PERMITS',
    'RUNNING',
    'USER_FAILED',
    'PLATFORM_FAILED',
    'FATALLY_FAILED',
    'INTERNALLY_FAILED',
    'TIMEOUT_FAILED',
  ].includes(status);

/** How a whole run ends, from how its steps ended: failure first, then timeout, then stop. */
export function runStatusOf(steps: Iterable<StepStatus>): RunStatus {
  const all = [...steps];
  if (all.some((status) => status === 'FATALLY_FAILED' || status === 'INTERNALLY_FAILED' || isStepRetried(status))) {
    return 'FAILED';
  }
  if (all.includes('TIMED_OUT')) return 'TIMED_OUT';
  if (all.includes('STOPPED')) return 'STOPPED';
  return 'SUCCEEDED';
}
