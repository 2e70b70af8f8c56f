import type { Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import { isSince } from '../since';
import type { Api } from './api';
import { Crashed } from './graphql';
import type { Runs } from './runs';
import type { Run } from './schema';
import { keyTags } from './tags';

/** Runs that carry the key of one call: ours, and those that Dagster or people made of it. */
const runsSearched = 50;

/**
 * Starts runs once, although Dagster takes no id of our choice and lets two runs carry the same tag: one call at a time for each key, and
 * a search for what an earlier try left behind before anything is asked for.
 */
export function createLaunches({ api, runs, refusals }: { api: Api; runs: Runs; refusals: Refusals }) {
  const underWay = new Map<string, Promise<Receipt>>();

  /** The oldest of them: what Dagster runs again by itself takes our tags over. */
  async function find(call: Call): Promise<Receipt | undefined> {
    const found = await api.runs({ tags: keyTags(call) }, runsSearched);
    const run = found.filter(({ creationTime }) => isSince(call, creationTime)).at(-1);
    return run && { run: runs.refOf(run), duplicate: true };
  }

  async function make(call: Call, launch: () => Promise<Receipt>, search: typeof find): Promise<Receipt> {
    const earlier = await search(call);
    if (earlier) return earlier;
    try {
      return await launch();
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
      // The server broke off and said so: nothing more of it will happen, so what is not there now was not done.
      const left = await search(call);
      if (left) return { ...left, duplicate: false };
      throw refusals.no(
        error.detail ?? 'It failed while it took the request. Look into its log, and try again.',
        error,
      );
    }
  }

  async function once(call: Call, launch: () => Promise<Receipt>, search = find): Promise<Receipt> {
    const held = underWay.get(call.idempotencyKey);
    if (held) return { ...(await held), duplicate: true };
    const made = make(call, launch, search);
    underWay.set(call.idempotencyKey, made);
    try {
      return await made;
    } finally {
      underWay.delete(call.idempotencyKey);
    }
  }

  return {
    find,
    once,
    run: (call: Call, launch: () => Promise<Run>): Promise<Receipt> =>
      once(call, async () => ({ run: runs.refOf(await launch()) })),
  };
}
export type Launches = ReturnType<typeof createLaunches>;
