import type { EventKind } from '../../domain/pipeline-event';
import type { RunStatus } from '../../domain/run';

/** Words of the API for runs and steps are numbers. */
export const words = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const;

const statuses = new Map<number, RunStatus>([
  [words.queued, 'queued'],
  [words.starting, 'queued'],
  [words.running, 'running'],
  [words.success, 'succeeded'],
  [words.error, 'failed'],
  [words.cancelled, 'cancelled'],
]);

/** What a webhook calls them. */
const named = new Map<string, RunStatus>([
  ['queued', 'queued'],
  ['starting', 'queued'],
  ['running', 'running'],
  ['success', 'succeeded'],
  ['errored', 'failed'],
  ['error', 'failed'],
  ['cancelled', 'cancelled'],
]);

export type UnknownWord = (word: string) => void;

export function statusOf(word: number, unknownWord: UnknownWord): RunStatus {
  const status = statuses.get(word);
  if (status === undefined) unknownWord(String(word));
  return status ?? 'unknown';
}

/** Undefined for a word that is not known. */
export function statusNamed(word: string): RunStatus | undefined {
  return named.get(word.toLowerCase());
}

export function isGoing(word: number): boolean {
  return word === words.queued || word === words.starting || word === words.running;
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
