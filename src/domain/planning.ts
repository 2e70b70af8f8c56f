import type { ActionKind } from './action';
import { type Conflict, type Durations, type Pace, parallelIn } from './plan';
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

/** One that was wished for and is not done, and why: a part of a sentence. */
export interface Taken {
  kind: Conflict['kind'];
  name: string;
  say: string;
}

/** Puts together what stands in the way of many in the same way. */
export function gatherConflicts(taken: readonly Taken[]): Conflict[] {
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

/**
 * Takes out those that need one which is not there: items name what they need by its subject, and find it by its place. Pure.
 *
 * @param wished the subjects of all that was wished for; what an item needs beside them counts as done
 */
export function withNeedsMet<T extends { subject: string; needs?: string[] }>(
  items: readonly T[],
  wished: ReadonlySet<string>,
): { kept: { item: T; needs: number[] }[]; taken: T[] } {
  const places = new Map<string, number>();
  const kept: { item: T; needs: number[] }[] = [];
  const taken: T[] = [];
  for (const item of items) {
    const needs = (item.needs ?? []).filter((need) => wished.has(need));
    if (needs.some((need) => !places.has(need))) {
      taken.push(item);
      continue;
    }
    places.set(item.subject, kept.length);
    kept.push({ item, needs: needs.flatMap((need) => places.get(need) ?? []) });
  }
  return { kept, taken };
}

/**
 * How long all will take at this pace, the first alone and the waves one after another; `undefined` = of none is it known. In ms.
 *
 * @param each of every item, in their order
 */
export function estimateBefore(
  each: readonly { durations?: Durations; wave?: number }[],
  pace: Pace | undefined,
): number | undefined {
  const known = each.flatMap(({ durations }) => durations?.medianMs ?? []);
  if (known.length === 0) return undefined;
  // What is not known takes as long as the others on average.
  const averageMs = known.reduce((sum, ms) => sum + ms, 0) / known.length;
  if (!pace || each.length === 1) return Math.round(averageMs * each.length);
  const firstMs = pace.canary ? (each[0]?.durations?.medianMs ?? averageMs) : 0;
  const byWave = new Map<number, number>();
  for (const { durations, wave = 0 } of pace.canary ? each.slice(1) : each)
    byWave.set(wave, (byWave.get(wave) ?? 0) + (durations?.medianMs ?? averageMs));
  const restMs = [...byWave].reduce((sum, [wave, ms]) => sum + ms / parallelIn(pace, wave), 0);
  return Math.round(firstMs + restMs);
}
