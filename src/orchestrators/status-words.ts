import type { EventKind } from '../domain/pipeline-event';
import type { RunStatus } from '../domain/run';

/** Counts a word of a product that we do not know. */
export type UnknownWord = (word: string) => void;

/** What a word of the product means; one that we do not know is `unknown`, and counted. */
export function statusOfWord<Word extends string | number>(
  statuses: ReadonlyMap<Word, RunStatus>,
  word: Word,
  unknownWord: UnknownWord,
): RunStatus {
  const status = statuses.get(word);
  if (status === undefined) unknownWord(String(word));
  return status ?? 'unknown';
}

const eventKinds = new Map<RunStatus, EventKind>([
  ['running', 'started'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['skipped', 'skipped'],
]);

/** What a status of a run is as a fact; undefined for one that is none, such as waiting. */
export function eventKindOf(status: RunStatus): EventKind | undefined {
  return eventKinds.get(status);
}
