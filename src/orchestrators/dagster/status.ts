import type { RunStatus } from '../../domain/run';
import { statusOfWord, type UnknownWord } from '../status-words';

const runStatuses = new Map<string, RunStatus>([
  ['QUEUED', 'queued'],
  ['NOT_STARTED', 'queued'],
  // A worker for it is being made.
  ['STARTING', 'queued'],
  // Run by something outside of Dagster that only tells it.
  ['MANAGED', 'running'],
  ['STARTED', 'running'],
  ['CANCELING', 'running'],
  ['SUCCESS', 'succeeded'],
  ['FAILURE', 'failed'],
  ['CANCELED', 'cancelled'],
]);

const stepStatuses = new Map<string, RunStatus>([
  ['IN_PROGRESS', 'running'],
  ['SUCCESS', 'succeeded'],
  ['FAILURE', 'failed'],
  ['SKIPPED', 'skipped'],
]);

/** Statuses of a run that has a worker. */
export const runningWords = ['STARTED', 'CANCELING', 'MANAGED'] as const;
/** Statuses of a run that ends by being asked to; before it has a worker it can only be crossed out. */
export const stoppableWords: readonly string[] = ['QUEUED', 'STARTED'];

export function runStatus(word: string, unknownWord: UnknownWord): RunStatus {
  return statusOfWord(runStatuses, word, unknownWord);
}

export function stepStatus(word: string, unknownWord: UnknownWord): RunStatus {
  return statusOfWord(stepStatuses, word, unknownWord);
}
