import type { ActionKind } from '../../domain/action';
import { createAims } from '../aims';
import type { Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import { createBackfill } from './backfill';
import type { ChangeDeps } from './change-deps';
import { createLaunches } from './launches';
import { createPause } from './pause';
import { createRetry } from './retry';
import { createStart } from './start';
import { createStop } from './stop';

/** Everything that can be changed in Dagster, and what became of a call whose answer was lost. */
export function createActions({ api, runs }: Pick<ChangeDeps, 'api' | 'runs'>) {
  const refusals = createRefusals(api.where);
  const launches = createLaunches({ api, runs, refusals });
  const deps: ChangeDeps = { api, runs, refusals, launches, aims: createAims(refusals) };
  const { lookUp: retried, ...retry } = createRetry(deps);
  const { lookUp: stopped, ...stop } = createStop(deps, false);
  const { lookUp: killed, ...kill } = createStop(deps, true);
  const pausing = createPause(deps);
  const { lookUp: paused, ...pause } = pausing.pause;
  const { lookUp: resumed, ...resume } = pausing.resume;
  const { lookUp: started, ...start } = createStart(deps);
  const { lookUp: backfilled, follow: followBackfill, ...backfill } = createBackfill(deps);

  const actions: Orchestrator['actions'] = { retry, stop, kill, pause, resume, start, backfill };
  const lookUps: Partial<Record<ActionKind, (call: Call) => Promise<Receipt | undefined>>> = {
    retry: retried,
    stop: stopped,
    kill: killed,
    pause: paused,
    resume: resumed,
    start: started,
    backfill: backfilled,
  };
  return { actions, followBackfill, lookUp: async (call: Call) => lookUps[call.kind]?.(call) };
}
