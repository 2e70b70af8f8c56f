import type { Ability, ChangeDeps } from './change-deps';

/** Lets the schedules of a paused deployment count again. Prefect has no place for the name of who wished it; saying it twice does no harm. */
export function createUnblock({ api, aims, refusals, newRuns }: ChangeDeps): Ability {
  async function pausedOne(key: string) {
    const deployment = await newRuns.deployment(key);
    if (!deployment.paused)
      throw refusals.no(`${key} is not paused: nothing holds up its schedules. Retry what failed instead.`);
    return deployment;
  }

  return {
    async plan(target) {
      const { key } = aims.pipeline(target);
      await pausedOne(key);
      return [{ note: `Resumes ${key}: its schedules count again.` }];
    },
    async perform(target, call) {
      const { key } = aims.pipeline(target);
      await api.resume((await pausedOne(key)).id, call.signal);
      return { note: `${key} is not paused any more` };
    },
    /** Whoever resumed it, it is what was wished for. */
    async lookUp(call) {
      const { key } = aims.pipeline(call.target);
      const { paused: isPaused } = await newRuns.deployment(key);
      return isPaused ? undefined : { note: `${key} is not paused any more`, duplicate: true };
    },
  };
}
