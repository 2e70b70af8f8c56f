import { Failure } from '../../domain/failure';
import type { Call, Receipt } from '../orchestrator';
import type { Api } from './api';
import { attemptKey, markOf, withMark } from './notes';
import type { Runs } from './runs';
import type { DagRun } from './schema';
import { isGoing } from './status';

/** Says in a run's note who is about to change it, and finds that again: Airflow takes neither a name nor a key with a change. */
export function createMarks(api: Api, runs: Runs) {
  return {
    /** @throws Failure `unavailable` where it is not known whether the note was written: nothing was changed yet */
    async write(run: DagRun, call: Call): Promise<void> {
      const mark = { kind: call.kind, by: call.actor || 'Pitcrew', key: call.idempotencyKey, attempt: attemptKey(run) };
      try {
        await api.setNote(run.dag_id, run.dag_run_id, withMark(run.note, mark), call.signal);
      } catch (error) {
        if (!(error instanceof Failure) || error.kind !== 'unsure') throw error;
        throw new Failure('unavailable', api.where, { detail: error.detail, cause: error });
      }
    },
    /** Whether this call has made the run begin again: it was marked, and its attempt is another one since, or on its way. */
    madeBegin(run: DagRun, call: Call): Receipt | undefined {
      const mark = markOf(run.note, call.idempotencyKey);
      if (!mark || (attemptKey(run) === mark.attempt && !isGoing(run.state))) return undefined;
      return { run: runs.refOf(run), duplicate: true };
    },
    /** Whether this call has ended this very attempt. */
    madeEnd(run: DagRun, call: Call): Receipt | undefined {
      const mark = markOf(run.note, call.idempotencyKey);
      if (!mark || attemptKey(run) !== mark.attempt || isGoing(run.state)) return undefined;
      return { run: runs.refOf(run), duplicate: true };
    },
  };
}
export type Marks = ReturnType<typeof createMarks>;
