import type { ActionKind } from '../../domain/action';
import { createAims } from '../aims';
import type { Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import { createBackfill } from './backfill';
import type { ChangeDeps } from './change-deps';
import { createMarks } from './marks';
import { createPause } from './pause';
import { createRetry } from './retry';
import { createSkip } from './skip';
import { createStart } from './start';
import { createStop } from './stop';

/** Everything that can be changed in Airflow, and what became of a call whose answer was lost. */
export function createActions(given: Pick<ChangeDeps, 'api' | 'connection' | 'runs' | 'days'>) {
  const refusals = createRefusals(given.api.where);
  const deps: ChangeDeps = {
    ...given,
    refusals,
    aims: createAims(refusals),
    marks: createMarks(given.api, given.runs),
  };
  const { lookUp: retried, ...retry } = createRetry(deps);
  const { lookUp: stopped, ...stop } = createStop(deps);
  const { lookUp: skipped, ...skip } = createSkip(deps);
  const pausing = createPause(deps);
  const { lookUp: paused, ...pause } = pausing.pause;
  const { lookUp: resumed, ...resume } = pausing.resume;
  const { lookUp: started, ...start } = createStart(deps);
  const { lookUp: backfilled, follow: followBackfill, ...backfill } = createBackfill(deps);

  const actions: Orchestrator['actions'] = { retry, stop, skip, pause, resume, start, backfill };
  const lookUps: Partial<Record<ActionKind, (call: Call) => Promise<Receipt | undefined>>> = {
    retry: retried,
    stop: stopped,
    skip: skipped,
    pause: paused,
    resume: resumed,
    start: started,
    backfill: backfilled,
  };
  return { actions, followBackfill, lookUp: async (call: Call) => lookUps[call.kind]?.(call) };
}
