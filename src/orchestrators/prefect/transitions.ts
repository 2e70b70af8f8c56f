import { Failure } from '../../domain/failure';
import type { Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import type { Api, WishedState } from './api';
import type { Runs } from './runs';
import type { FlowRun } from './schema';
import { sayWho } from './words';

/** Wishes for another state of a run, under the key of the call, which the state keeps: by that it is found again. */
export function createTransitions(api: Api, runs: Runs, refusals: Refusals) {
  async function find(run: FlowRun, { idempotencyKey: key }: Call): Promise<Receipt | undefined> {
    const states = await api.states(run.id);
    const isMade = states.some(
      ({ state_details: details }) => details?.transition_id?.toLowerCase() === key.toLowerCase(),
    );
    return isMade ? { run: await runs.refOf(run), duplicate: true } : undefined;
  }

  return {
    find,

    /**
     * @throws Failure `rejected` with the reason where Prefect refuses, also in an answer that says 200; `busy` where it asks to wait;
     * `unsure` where it answers with a word that is not known
     */
    async make(run: FlowRun, wish: Pick<WishedState, 'type' | 'name'>, call: Call): Promise<Receipt> {
      const state = { ...wish, message: sayWho(call), transitionId: call.idempotencyKey };
      const { status, details, state: now } = await api.setState(run.id, state, call.signal);
      const ref = await runs.refOf(run);
      if (status === 'ACCEPT') return { run: ref };
      // Refused, since it was made already.
      if (now?.state_details?.transition_id?.toLowerCase() === call.idempotencyKey.toLowerCase())
        return { run: ref, duplicate: true };
      const reason = details?.reason ?? 'It gave no reason.';
      if (status === 'WAIT') {
        const retryAfterMs = (details?.delay_seconds ?? 30) * 1_000;
        throw new Failure('busy', api.where, { detail: reason, retryAfterMs });
      }
      if (status === 'REJECT' || status === 'ABORT') throw refusals.no(reason);
      throw refusals.unsure(`It answered ${status}: ${reason}`);
    },
  };
}
export type Transitions = ReturnType<typeof createTransitions>;
