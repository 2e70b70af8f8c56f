import { Failure } from '../../domain/failure';
import { createPausing } from '../pausing';
import type { Starter } from './api';
import type { ChangeDeps } from './change-deps';
import { placeOf } from './keys';

/** Stops the schedules and sensors that start one job, and starts them again. Dagster has no place for the name of who wished it. */
export function createPause({ api, aims, refusals }: ChangeDeps) {
  async function startersOf(key: string): Promise<Starter[]> {
    const place = placeOf(key);
    const all = place?.kind === 'job' ? await api.starters(place) : [];
    if (all.length === 0)
      throw refusals.no(`No schedule or sensor starts ${key}, so that there is nothing to pause or to resume.`);
    const own = all.filter(({ isShared }) => !isShared);
    if (own.length > 0) return own;
    throw refusals.no(
      `${sayNames(all)} also ${all.length === 1 ? 'starts' : 'start'} other jobs than ${key}. Stop or start ${all.length === 1 ? 'it' : 'them'} in Dagster itself, where all of them are seen.`,
    );
  }

  const running = (starters: readonly Starter[]) => starters.filter(({ isRunning }) => isRunning);

  /** Those that somebody stopped; those that were never started, only where there is no other. */
  function stopped(starters: readonly Starter[]): Starter[] {
    const still = starters.filter(({ isRunning }) => !isRunning);
    const byHand = still.filter(({ isByHand }) => isByHand);
    return byHand.length > 0 || still.length < starters.length ? byHand : still;
  }

  return createPausing({
    aims,
    refusals,
    async read(key) {
      const starters = await startersOf(key);
      const [on, off] = [running(starters), stopped(starters)];
      return {
        ...(on.length > 0
          ? { pause: `Stops ${sayNames(on)}, so that nothing starts ${key}. Runs that are going go on.` }
          : {}),
        ...(off.length > 0 ? { resume: `Starts ${sayNames(off)} again, so that ${key} runs by itself.` } : {}),
      };
    },
    async set(word, key, call) {
      const starters = await startersOf(key);
      // What is done already is left alone when this is said again.
      const wanted = word === 'pause' ? running(starters) : stopped(starters);
      const barred = wanted.filter(({ mayChange }) => !mayChange);
      if (barred.length > 0)
        throw new Failure('not-allowed', api.where, { detail: `Its user may not change ${sayNames(barred)}.` });
      for (const starter of wanted) await api.setStarter(starter, word === 'resume', call.signal);
    },
  });
}

function sayNames(starters: readonly Starter[]): string {
  return starters.map(({ kind, name }) => `the ${kind} ${name}`).join(', ');
}
