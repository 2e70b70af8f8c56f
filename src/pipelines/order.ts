import type { RunStatus } from '../domain/run';

/** Enough of a pipeline to say where it stands in a list. */
export interface Standing {
  name: string;
  hasOpenIncident: boolean;
  state: RunStatus;
}

const names = new Intl.Collator('en', { sensitivity: 'base', numeric: true });

/** Troubled ones first, then by name: open incidents, then a failed newest run, then all others. */
export function byTrouble(a: Standing, b: Standing): number {
  return rank(a) - rank(b) || names.compare(a.name, b.name);
}

function rank({ hasOpenIncident, state }: Standing): number {
  if (hasOpenIncident) return 0;
  return state === 'failed' ? 1 : 2;
}
