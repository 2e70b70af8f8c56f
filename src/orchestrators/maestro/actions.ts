import type { ActionKind } from '../../domain/action';
import { createAims } from '../aims';
import type { Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import type { ActionsDeps, ChangeDeps } from './change-deps';
import { createEnding } from './ending';
import { createOwnRuns } from './own-runs';
import { createPause } from './pause';
import { createRedeploy } from './redeploy';
import { createRetry } from './retry';
import { createSkip } from './skip';
import { createStarts } from './start';
import { createUnblock } from './unblock';

/** Everything that can be changed in Maestro, and what became of a call whose answer was lost, each kind as it can be told. */
export function createActions(given: ActionsDeps) {
  const refusals = createRefusals(given.api.where);
  const deps: ChangeDeps = {
    ...given,
    refusals,
    aims: createAims(refusals),
    own: createOwnRuns({ api: given.api, connection: given.connection, refusals }),
  };
  const { lookUp: retried, ...retry } = createRetry(deps);
  const { lookUp: stopped, ...stop } = createEnding('stop', deps);
  const { lookUp: killed, ...kill } = createEnding('kill', deps);
  const { lookUp: skipped, ...skip } = createSkip(deps);
  const { lookUp: redeployed, ...redeploy } = createRedeploy(deps);
  const { lookUp: unblocked, ...unblock } = createUnblock(deps);
  const pausing = createPause(deps);
  const { lookUp: paused, ...pause } = pausing.pause;
  const { lookUp: resumed, ...resume } = pausing.resume;
  const starts = createStarts(deps);
  const { lookUp: started, ...start } = starts.start;
  const { lookUp: backfilled, ...backfill } = starts.backfill;

  const actions: Orchestrator['actions'] = {
    retry,
    stop,
    kill,
    skip,
    unblock,
    pause,
    resume,
    start,
    backfill,
    redeploy,
  };
  const lookUps: Record<ActionKind, (call: Call) => Promise<Receipt | undefined>> = {
    retry: retried,
    stop: stopped,
    kill: killed,
    skip: skipped,
    unblock: unblocked,
    pause: paused,
    resume: resumed,
    start: started,
    backfill: backfilled,
    redeploy: redeployed,
  };
  return { actions, lookUp: (call: Call) => lookUps[call.kind](call) };
}
