import type { RunStatus } from '../../domain/run';
import { statusOfWord, type UnknownWord } from '../status-words';

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

export function statusOf(word: number, unknownWord: UnknownWord): RunStatus {
  return statusOfWord(statuses, word, unknownWord);
}

/** Undefined for a word that is not known. */
export function statusNamed(word: string): RunStatus | undefined {
  return named.get(word.toLowerCase());
}

export function isGoing(word: number): boolean {
  return word === words.queued || word === words.starting || word === words.running;
}
