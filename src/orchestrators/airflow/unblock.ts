import type { Ability, ChangeDeps } from './change-deps';

/** Lets a paused pipeline run again. Airflow has no place for the name of who wished it; saying it twice does no harm. */
export function createUnblock({ api, aims, refusals }: ChangeDeps): Ability {
  async function mustBePaused(key: string): Promise<void> {
    const { is_paused: isPaused } = await api.dag(key);
    if (!isPaused) throw refusals.no(`${key} is not paused: nothing holds up its runs. Retry what failed instead.`);
  }

  return {
    async plan(target) {
      const { key } = aims.pipeline(target);
      await mustBePaused(key);
      return [{ note: `Unpauses ${key}: runs that wait begin, and its schedule counts again.` }];
    },
    async perform(target, call) {
      const { key } = aims.pipeline(target);
      await mustBePaused(key);
      await api.pause(key, false, call.signal);
      return { note: `${key} is not paused any more` };
    },
    /** Whoever unpaused it, it is what was wished for. */
    async lookUp(call) {
      const { key } = aims.pipeline(call.target);
      const { is_paused: isPaused } = await api.dag(key);
      return isPaused ? undefined : { note: `${key} is not paused any more`, duplicate: true };
    },
  };
}
