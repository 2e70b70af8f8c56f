import { Failure } from '../domain/failure';

/** What stands in the way of a new run is another run: looked at again after so long. */
const busyPauseMs = 30_000;

/** Makes the refusals of one connection: what stands in the way, and what to do instead, for the person who asked. */
export function createRefusals(where: string) {
  return {
    no: (detail: string, cause?: unknown) => new Failure('rejected', where, { detail, isOurs: true, cause }),
    /** Not now, but perhaps in a while. */
    notYet: (detail: string, retryAfterMs = busyPauseMs) =>
      new Failure('busy', where, { detail, isOurs: true, retryAfterMs }),
    unsure: (detail?: string) => new Failure('unsure', where, { detail }),
  };
}
export type Refusals = ReturnType<typeof createRefusals>;

export function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && error.kind === 'rejected';
}
