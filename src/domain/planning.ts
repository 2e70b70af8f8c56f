import type { ActionKind } from './action';
import type { Conflict, Durations, Pace } from './plan';
import { hasEnded, type RunStatus } from './run';
import type { Target } from './target';

/** Which partitions a backfill is for. */
export type Mode = 'missing' | 'failed' | 'missing-or-failed' | 'all';

/** Is a partition whose newest run is so wanted? One that runs now never is. */
export function wantsPartition(mode: Mode, newest: RunStatus | undefined): boolean {
  if (newest === 'running' || newest === 'queued') return false;
  if (mode === 'all') return true;
  const isMissing = newest === undefined;
  const isFailed = newest === 'failed' || newest === 'cancelled';
  return (isMissing && mode !== 'failed') || (isFailed && mode !== 'missing');
}

/** What is known of one target when it is planned. */
export interface Standing {
  status?: RunStatus;
  /** A later run of the same partition that went well. */
  newerSucceeded?: string;
  /** Who is changing it in the same way now. */
  rival?: { by: string; at: Date };
}

/**
 * Why this had better be left out. Of many, also what is needless is; one alone that a person names is theirs to judge, so only
 * what cannot be done is left out.
 */
export function judgeItem(
  kind: ActionKind,
  target: Target,
  { status, newerSucceeded, rival }: Standing,
  isSingle: boolean,
): Pick<Conflict, 'kind' | 'say'> | undefined {
  if (rival) return { kind: 'under-way', say: 'is being changed already' };
  const isGoing = status === 'running' || status === 'queued';
  if (kind === 'stop' || kind === 'kill')
    return status !== undefined && hasEnded(status)
      ? { kind: 'ended', say: `has ended already (${status})` }
      : undefined;
  if (target.kind !== 'run' || kind !== 'retry') return undefined;
  if (isGoing) return { kind: 'running', say: 'is running already' };
  if (isSingle || target.from === 'start') return undefined;
  if (status === 'succeeded') return { kind: 'succeeded', say: 'has succeeded meanwhile' };
  if (newerSucceeded !== undefined) return { kind: 'newer-run', say: 'has been followed by a run that succeeded' };
  return undefined;
}

const namesKept = 20;

/** Puts together what stands in the way of many in the same way. */
export function gatherConflicts(taken: readonly { kind: Conflict['kind']; name: string; say: string }[]): Conflict[] {
  const gathered = new Map<string, Conflict>();
  for (const { kind, name, say } of taken) {
    const key = JSON.stringify([kind, say]);
    const known = gathered.get(key) ?? { kind, say, count: 0, names: [] };
    known.count += 1;
    if (known.names.length < namesKept) known.names.push(name);
    gathered.set(key, known);
  }
  return [...gathered.values()];
}

/** How long all will take at this pace, the first alone; `undefined` = of none is it known. In ms. */
export function estimateBefore(each: readonly (Durations | undefined)[], pace: Pace | undefined): number | undefined {
  const known = each.flatMap((durations) => durations?.medianMs ?? []);
  if (known.length === 0) return undefined;
  // What is not known takes as long as the others on average.
  const totalMs = (known.reduce((sum, ms) => sum + ms, 0) / known.length) * each.length;
  if (!pace || each.length === 1) return Math.round(totalMs);
  const firstMs = pace.canary ? (known[0] ?? 0) : 0;
  return Math.round(firstMs + (totalMs - firstMs) / pace.parallel);
}
