import type { EventKind } from '../../domain/pipeline-event';
import type { RunStatus } from '../../domain/run';

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

export type UnknownWord = (word: string) => void;

export function runStatus(word: string, unknownWord: UnknownWord): RunStatus {
  return known(runStatuses, word, unknownWord);
}

export function stepStatus(word: string, unknownWord: UnknownWord): RunStatus {
  return known(stepStatuses, word, unknownWord);
}

function known(statuses: Map<string, RunStatus>, word: string, unknownWord: UnknownWord): RunStatus {
  const status = statuses.get(word);
  if (status === undefined) unknownWord(word);
  return status ?? 'unknown';
}

const eventKinds = new Map<RunStatus, EventKind>([
  ['running', 'started'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
]);

/** What a status is as a fact; undefined for one that is none, such as waiting. */
export function eventKindOf(status: RunStatus): EventKind | undefined {
  return eventKinds.get(status);
}
