import type { EventKind } from '../../domain/pipeline-event';
import type { RunStatus } from '../../domain/run';

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

export type UnknownWord = (word: string) => void;

export function runStatus(word: string, unknownWord: UnknownWord): RunStatus {
  return known(runStatuses, word, unknownWord);
}

/** @param word `null` = it has not been its turn yet */
export function stepStatus(word: string | null | undefined, unknownWord: UnknownWord): RunStatus {
  return known(stepStatuses, word ?? 'none', unknownWord);
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
  ['skipped', 'skipped'],
]);

/** What a status is as a fact; undefined for one that is none, such as waiting. */
export function eventKindOf(status: RunStatus): EventKind | undefined {
  return eventKinds.get(status);
}

/** Whether the server still works on a run of that state, or will. */
export function isGoing(word: string): boolean {
  return word === 'running' || word === 'queued';
}
