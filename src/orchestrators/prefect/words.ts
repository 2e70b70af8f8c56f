import type { Call } from '../orchestrator';

/** What the engine puts in front of the words of an exception. */
const wrapping = /^(?:Flow|Task) run encountered an exception:? */;

/** Why a run failed, in the words of its state. Undefined where it says nothing. */
export function wordsOf(message: string | null | undefined): string | undefined {
  return message?.replace(wrapping, '').trim() || undefined;
}

/** What the states of a run that we change say of it: Prefect has no other place for the name of who wished it. */
export function sayWho({ kind, actor }: Pick<Call, 'kind' | 'actor'>): string {
  const word = kind.charAt(0).toUpperCase() + kind.slice(1);
  return `${word} by ${actor.replace(/\s+/g, ' ').slice(0, 200) || 'Pitcrew'} (Pitcrew)`;
}
