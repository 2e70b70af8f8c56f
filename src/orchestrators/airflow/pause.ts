import { createPausing } from '../pausing';
import type { ChangeDeps } from './change-deps';

/** Holds all runs of a pipeline, and lets them go on. Airflow has no place for the name of who wished it. */
export function createPause({ api, aims, refusals }: ChangeDeps) {
  return createPausing({
    aims,
    refusals,
    async read(key) {
      const { is_paused: isPaused } = await api.dag(key);
      return isPaused
        ? { resume: `Unpauses ${key}: runs that wait begin, and its schedule counts again.` }
        : { pause: `Pauses ${key}: its schedule starts nothing, and no task of it begins. Tasks that run go on.` };
    },
    set: (word, key, call) => api.pause(key, word === 'pause', call.signal),
  });
}
