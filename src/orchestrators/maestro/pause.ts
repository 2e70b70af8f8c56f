import { createPausing } from '../pausing';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';

/** Holds the triggers of a pipeline, and lets them count again. Runs by hand, restarts and calls of other pipelines are not held. */
export function createPause({ api, aims, refusals, user }: ChangeDeps) {
  return createPausing({
    aims,
    refusals,
    async read(key) {
      const [{ properties_snapshot: properties }, { workflow }] = await Promise.all([
        api.overview(key),
        api.definition(key, 'default'),
      ]);
      const kinds = [
        { name: 'time', has: workflow.time_triggers?.length, isHeld: properties?.time_trigger_disabled },
        { name: 'signal', has: workflow.signal_triggers?.length, isHeld: properties?.signal_trigger_disabled },
      ].filter(({ has }) => has);
      if (kinds.length === 0)
        throw refusals.no(`${key} has no trigger: nothing starts it by itself, so that there is nothing to pause.`);
      const names = kinds.map(({ name }) => name).join(' and ');
      return {
        ...(kinds.some(({ isHeld }) => !isHeld)
          ? {
              pause: `Turns the ${names} triggers of ${key} off: nothing starts it by itself. Runs that are going go on.`,
            }
          : {}),
        ...(kinds.some(({ isHeld }) => isHeld)
          ? { resume: `Turns the ${names} triggers of ${key} on again: the next run comes by its schedule.` }
          : {}),
      };
    },
    async set(word, key, call) {
      await api.holdTriggers(key, word === 'pause', callerOf(call, user));
    },
  });
}
