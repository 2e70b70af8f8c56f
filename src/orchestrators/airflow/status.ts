import type { RunStatus } from '../../domain/run';
import { statusOfWord, type UnknownWord } from '../status-words';

/** Airflow has no state for a run that somebody ended: that is told by the note (notes.ts). */
const runStatuses = new Map<string, RunStatus>([
  ['queued', 'queued'],
  ['running', 'running'],
  ['success', 'succeeded'],
  ['failed', 'failed'],
]);

const stepStatuses = new Map<string, RunStatus>([
  ['none', 'queued'],
  ['scheduled', 'queued'],
  ['queued', 'queued'],
  ['running', 'running'],
  ['restarting', 'running'],
  ['deferred', 'running'],
  ['awaiting_input', 'running'],
  // The server tries these again by itself.
  ['up_for_retry', 'running'],
  ['up_for_reschedule', 'running'],
  ['success', 'succeeded'],
  ['failed', 'failed'],
  // Not tried at all, since something before it failed.
  ['upstream_failed', 'skipped'],
  ['skipped', 'skipped'],
  ['removed', 'skipped'],
]);

export function runStatus(word: string, unknownWord: UnknownWord): RunStatus {
  return statusOfWord(runStatuses, word, unknownWord);
}

/** @param word `null` = it has not been its turn yet */
export function stepStatus(word: string | null | undefined, unknownWord: UnknownWord): RunStatus {
  return statusOfWord(stepStatuses, word ?? 'none', unknownWord);
}

/** Whether the server still works on a run of that state, or will. */
export function isGoing(word: string): boolean {
  return word === 'running' || word === 'queued';
}
