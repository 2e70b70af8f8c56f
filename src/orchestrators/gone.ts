import { Failure } from '../domain/failure';

/** What is not there any more is no fault here: history is deleted, and a run may have no steps yet. */
export async function orGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return undefined;
    throw error;
  }
}
