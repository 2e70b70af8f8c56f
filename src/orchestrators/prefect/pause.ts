import { createPausing } from '../pausing';
import type { ChangeDeps } from './change-deps';

/** Holds the schedules of a deployment, and lets them count again. Prefect has no place for the name of who wished it. */
export function createPause({ api, aims, refusals, newRuns }: ChangeDeps) {
  return createPausing({
    aims,
    refusals,
    async read(key) {
      const { paused: isPaused } = await newRuns.deployment(key);
      return isPaused
        ? { resume: `Resumes ${key}: its schedules count again.` }
        : { pause: `Pauses ${key}: runs that its schedules have planned are taken away. What has begun goes on.` };
    },
    async set(word, key, call) {
      const { id } = await newRuns.deployment(key);
      await (word === 'pause' ? api.pause(id, call.signal) : api.resume(id, call.signal));
    },
  });
}
