import type { ActionKind } from '../../domain/action';
import { createAims } from '../aims';
import type { Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import { createBackfill } from './backfill';
import type { ChangeDeps } from './change-deps';
import { createNewRuns } from './new-runs';
import { createRetry } from './retry';
import { createStart } from './start';
import { createStop } from './stop';
import { createTransitions } from './transitions';
import { createUnblock } from './unblock';

/** Everything that can be changed in Prefect, and what became of a call whose answer was lost. */
export function createActions(given: Pick<ChangeDeps, 'api' | 'runs' | 'names' | 'partitions'>) {
  const { api, runs } = given;
  const refusals = createRefusals(api.where);
  const deps: ChangeDeps = {
    ...given,
    refusals,
    aims: createAims(refusals),
    transitions: createTransitions(api, runs, refusals),
    newRuns: createNewRuns({ ...given, refusals }),
  };
  const { lookUp: retried, ...retry } = createRetry(deps);
  const { lookUp: stopped, ...stop } = createStop(deps);
  const { lookUp: unblocked, ...unblock } = createUnblock(deps);
  const { lookUp: started, ...start } = createStart(deps);
  const { lookUp: backfilled, ...backfill } = createBackfill(deps);

  const actions: Orchestrator['actions'] = { retry, stop, unblock, start, backfill };
  const lookUps: Partial<Record<ActionKind, (call: Call) => Promise<Receipt | undefined>>> = {
    retry: retried,
    stop: stopped,
    unblock: unblocked,
    start: started,
    backfill: backfilled,
  };
  return { actions, lookUp: async (call: Call) => lookUps[call.kind]?.(call) };
}
