import type { ActionKind } from '../../domain/action';
import { createAims } from '../aims';
import type { Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import { createBackfill } from './backfill';
import type { ChangeDeps } from './change-deps';
import { createNewRuns } from './new-runs';
import { createPause } from './pause';
import { createRetry } from './retry';
import { createStart } from './start';
import { createStop } from './stop';
import { createTransitions } from './transitions';

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
  const pausing = createPause(deps);
  const { lookUp: paused, ...pause } = pausing.pause;
  const { lookUp: resumed, ...resume } = pausing.resume;
  const { lookUp: started, ...start } = createStart(deps);
  const { lookUp: backfilled, ...backfill } = createBackfill(deps);

  const actions: Orchestrator['actions'] = { retry, stop, pause, resume, start, backfill };
  const lookUps: Partial<Record<ActionKind, (call: Call) => Promise<Receipt | undefined>>> = {
    retry: retried,
    stop: stopped,
    pause: paused,
    resume: resumed,
    start: started,
    backfill: backfilled,
  };
  return { actions, lookUp: async (call: Call) => lookUps[call.kind]?.(call) };
}
