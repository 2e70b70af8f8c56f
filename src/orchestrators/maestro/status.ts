import type { EventKind } from '../../domain/pipeline-event';
import type { RunStatus } from '../../domain/run';

const instanceStatuses = new Map<string, RunStatus>([
  ['CREATED', 'queued'],
  ['IN_PROGRESS', 'running'],
  ['PAUSED', 'running'],
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['TIMED_OUT', 'failed'],
  ['STOPPED', 'cancelled'],
]);

const stepStatuses = new Map<string, RunStatus>([
  ['NOT_CREATED', 'queued'],
  ['CREATED', 'queued'],
  ['INITIALIZED', 'queued'],
  ['PAUSED', 'running'],
  ['WAITING_FOR_SIGNALS', 'running'],
  ['EVALUATING_PARAMS', 'running'],
  ['WAITING_FOR_PERMITS', 'running'],
  ['STARTING', 'running'],
  ['RUNNING', 'running'],
  ['FINISHING', 'running'],
  ['SUCCEEDED', 'succeeded'],
  ['SKIPPED', 'skipped'],
  ['DISABLED', 'skipped'],
  ['UNSATISFIED', 'skipped'],
  ['COMPLETED_WITH_ERROR', 'succeeded'],
  // The server tries these again by itself: a new attempt follows.
  ['USER_FAILED', 'running'],
  ['PLATFORM_FAILED', 'running'],
  ['TIMEOUT_FAILED', 'running'],
  ['FATALLY_FAILED', 'failed'],
  ['INTERNALLY_FAILED', 'failed'],
  ['TIMED_OUT', 'failed'],
  ['STOPPED', 'cancelled'],
]);

/** Step statuses after which the run goes on; a restart from what is incomplete leaves these alone. */
export const completeSteps: ReadonlySet<string> = new Set([
  'SUCCEEDED',
  'SKIPPED',
  'DISABLED',
  'UNSATISFIED',
  'COMPLETED_WITH_ERROR',
]);

/** Step statuses that failed for good, the most telling first. */
export const failedForGood = ['FATALLY_FAILED', 'INTERNALLY_FAILED', 'TIMED_OUT'] as const;

/** Step statuses that the server leaves to people: in a run that is going, only these may be run again. */
export const stepsAskedFor: ReadonlySet<string> = new Set([...failedForGood, 'STOPPED']);

export function isFailedForGood(status: string): boolean {
  return failedForGood.some((failed) => failed === status);
}

/** Steps that are doing or waiting for something, the busiest first. */
export const activeSteps = [
  'RUNNING',
  'STARTING',
  'FINISHING',
  'WAITING_FOR_PERMITS',
  'WAITING_FOR_SIGNALS',
  'EVALUATING_PARAMS',
  'PAUSED',
  'USER_FAILED',
  'PLATFORM_FAILED',
  'TIMEOUT_FAILED',
] as const;

export function instanceStatus(word: string): RunStatus {
  return instanceStatuses.get(word) ?? 'unknown';
}

export function stepStatus(word: string): RunStatus {
  return stepStatuses.get(word) ?? 'unknown';
}

export function isLive(word: string): boolean {
  const status = instanceStatus(word);
  return status === 'queued' || status === 'running';
}

/** The event that an instance's status stands for; queued says nothing yet, and so does a word that we do not know. */
export function eventKindOf(word: string): EventKind | undefined {
  switch (word) {
    case 'IN_PROGRESS':
      return 'started';
    case 'SUCCEEDED':
      return 'succeeded';
    case 'FAILED':
    case 'TIMED_OUT':
      return 'failed';
    case 'STOPPED':
      return 'cancelled';
    default:
      return undefined;
  }
}
