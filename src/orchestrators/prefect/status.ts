import type { EventKind } from '../../domain/pipeline-event';
import type { RunStatus } from '../../domain/run';
import { statusOfWord, type UnknownWord } from '../status-words';
import type { State } from './schema';

/** By the type of a state; its name may be anything that a flow gives it. */
const statuses = new Map<string, RunStatus>([
  ['SCHEDULED', 'queued'],
  ['PENDING', 'queued'],
  ['RUNNING', 'running'],
  // It waits for a person or for time, and holds what it has.
  ['PAUSED', 'running'],
  ['CANCELLING', 'running'],
  ['COMPLETED', 'succeeded'],
  ['FAILED', 'failed'],
  // What it ran on broke down.
  ['CRASHED', 'failed'],
  ['CANCELLED', 'cancelled'],
]);

const eventKinds = new Map<string, EventKind>([
  ['RUNNING', 'started'],
  ['COMPLETED', 'succeeded'],
  ['FAILED', 'failed'],
  ['CRASHED', 'failed'],
  ['CANCELLED', 'cancelled'],
]);

export function statusOf(state: Pick<State, 'type'> | null | undefined, unknownWord: UnknownWord): RunStatus {
  if (!state) return 'unknown';
  return statusOfWord(statuses, state.type, unknownWord);
}

/** A task that waits for one that failed stays pending under this name: it will not be tried. */
export function stepStatusOf(state: State | null | undefined, unknownWord: UnknownWord): RunStatus {
  return state?.type === 'PENDING' && state.name === 'NotReady' ? 'skipped' : statusOf(state, unknownWord);
}

/** What a type of state is as a fact; undefined for one that is none, such as waiting. */
export function eventKindOf(type: string): EventKind | undefined {
  return eventKinds.get(type);
}
