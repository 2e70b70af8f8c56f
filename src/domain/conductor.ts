import { z } from 'zod';
import type { ActionState } from './action';
import { type Pace, parallelIn } from './plan';
import { quantile } from './quantile';

/** Items of a large action, by how they are. */
export interface Counts {
  waiting: number;
  /** Asked for and not settled. */
  running: number;
  succeeded: number;
  /** Failed, and those of which nobody knows. */
  failed: number;
  /** Not done: taken out by people, by policy, or because they were needless by then. */
  left: number;
}

const count = z.number();

/** How a large action stands, as it is shown. Stored as its `progress`. */
export const BulkProgress = z.object({
  total: count,
  waiting: count,
  running: count,
  succeeded: count,
  failed: count,
  left: count,
  /** Left out = nothing is known to estimate it from, or it does not go on by itself. */
  endsAt: z.coerce.date().optional(),
  /** Bulk work is switched off for all: what is under way ends, nothing begins. */
  isBulkOff: z.boolean().optional(),
  /** Since when it is paused, and whether people were reminded of it. */
  pausedAt: z.coerce.date().optional(),
  isReminded: z.boolean().optional(),
  /** Why it has stopped by itself. */
  stopped: z.enum(['canary-failed', 'too-many-failed']).optional(),
});
export type BulkProgress = z.infer<typeof BulkProgress>;

export type ConductorState = Extract<ActionState, 'releasing' | 'paused' | 'cancelling'>;

export interface Conducted {
  state: ConductorState;
  /** Of the whole action. */
  counts: Counts;
  /** Of the wave that is under way: the items of the next one wait for its end. */
  waitingInWave: number;
  pace: Pace;
  /** The wave that is under way. Default 0. */
  wave?: number;
  /** The switch for all bulk work is off. */
  isBulkOff: boolean;
}

export type NextMove =
  | { move: 'settle'; state: Extract<ActionState, 'succeeded' | 'failed' | 'cancelled'> }
  /** Stops by itself, until a person says how to go on. */
  | { move: 'pause'; why: 'canary-failed' | 'too-many-failed' }
  | { move: 'release'; count: number }
  /** Nothing to do until an item ends, or a person says something. */
  | { move: 'wait' };

/** What is to be done next with a large action. Pure; whoever asks twice is told the same. */
export function nextMove({ state, counts, waitingInWave, pace, wave = 0, isBulkOff }: Conducted): NextMove {
  const { waiting, running, succeeded, failed } = counts;
  if (state === 'cancelling') return running === 0 ? { move: 'settle', state: 'cancelled' } : { move: 'wait' };
  if (waiting === 0 && running === 0)
    return { move: 'settle', state: failed > 0 ? 'failed' : endWithoutFailure(counts) };
  if (state === 'paused') return { move: 'wait' };
  const unexcused = failed - pace.excused;
  const isProven = !pace.canary || succeeded > 0;
  if (waiting > 0 && !isProven && unexcused > 0) return { move: 'pause', why: 'canary-failed' };
  if (waiting > 0 && unexcused >= pace.stopAfter) return { move: 'pause', why: 'too-many-failed' };
  if (isBulkOff) return { move: 'wait' };
  const room = (isProven ? parallelIn(pace, wave) : 1) - running;
  const count = Math.min(room, waitingInWave);
  return count > 0 ? { move: 'release', count } : { move: 'wait' };
}

/** Where nothing was done at all, nothing has succeeded. */
function endWithoutFailure({ succeeded, left }: Counts): 'succeeded' | 'cancelled' {
  return succeeded === 0 && left > 0 ? 'cancelled' : 'succeeded';
}

/**
 * How long all of it will take, in ms; `undefined` = no item has ended yet and nothing is known of earlier runs.
 * @param tookMs of items that have ended, or of earlier runs
 */
export function estimateMs(
  counts: Pick<Counts, 'waiting' | 'running'>,
  { parallel }: Pick<Pace, 'parallel'>,
  tookMs: number[],
): number | undefined {
  const median = quantile(tookMs, 0.5);
  if (median === undefined) return undefined;
  // What runs now is half done on average.
  return Math.round((median * (counts.waiting + counts.running / 2)) / parallel);
}
