import { Failure } from '../../domain/failure';
import type { RunRef } from '../../domain/run';

/** Where a run of ours is in Maestro: our `run` is the number of its instance, our `attempt` the run of that instance. */
export interface RunId {
  workflow: string;
  instance: number;
  /** Left out = the newest. */
  run?: number;
}

/**
 * Reads `118`, `118:2` and `orders.daily:118:2`; an `attempt` beside it is used when the text names none.
 *
 * @throws Failure `not-found` for anything else: no such run can exist
 */
export function runIdOf(ref: RunRef, where: string): RunId {
  const [, instance, run] = /^(?:[^:]+:(?=\d+:))?(\d{1,15})(?::(\d{1,15}))?$/.exec(ref.run.trim()) ?? [];
  if (!instance || Number(instance) < 1) {
    throw new Failure('not-found', where, { detail: `"${ref.run}" is not the number of a run.` });
  }
  return { workflow: ref.pipeline.key, instance: Number(instance), run: run ? Number(run) : ref.attempt };
}
