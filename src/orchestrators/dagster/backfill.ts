import type { RunStatus } from '../../domain/run';
import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { Call, PlannedRun, Progress, Receipt } from '../orchestrator';
import { clockSlackMs } from '../since';
import type { Ability, ChangeDeps } from './change-deps';
import { type Place, placeOf } from './keys';
import { matchPartitions } from './partitions';
import type { Backfill } from './schema';
import { hasKey, tagsOf } from './tags';

/** Backfills since a call was first made that are searched for it. */
const backfillsSearched = 200;

const over = new Set(['COMPLETED', 'COMPLETED_SUCCESS', 'COMPLETED_FAILED', 'FAILED', 'CANCELED']);
const going = ['STARTED', 'STARTING', 'CANCELING', 'MANAGED'];

/** Runs for partitions: one is launched as a run of its own, many by Dagster's backfill, which paces them. */
export function createBackfill(deps: ChangeDeps): Ability & { follow(batch: string): Promise<Progress> } {
  const { api, aims, refusals, launches } = deps;

  async function read(target: Target): Promise<{ place: Place; key: string; partitions: string[] }> {
    const { pipeline, partitions } = aims.partitions(target);
    const { key } = pipeline;
    if (target.kind === 'partitions' && target.parameters && Object.keys(target.parameters).length > 0)
      throw refusals.no('A run for a partition has the configuration of that partition. Leave the parameters out.');
    const place = placeOf(key);
    if (place?.kind === 'assets')
      throw refusals.no('Several assets were run together here, without a job. Backfill their job, or each asset.');
    const known = place && (await orGone(api.partitions(place)));
    if (!place || !known) throw refusals.no(`There is no pipeline ${key}. Look whether it was renamed or removed.`);
    if (known.length === 0) throw refusals.no(`${key} has no partitions. Start a run of it instead.`);
    const names = matchPartitions(known, partitions);
    const strange = partitions.filter((name) => names.get(name) === undefined);
    if (strange.length > 0)
      throw refusals.no(
        `${strange.slice(0, 3).join(', ')} is not a partition of ${key}. They go from ${known[0]} to ${known.at(-1)}. Choose some of those.`,
      );
    return { place, key, partitions: [...new Set([...names.values()].flatMap((name) => name ?? []))] };
  }

  async function launchOne(place: Place, name: string, call: Call): Promise<Receipt> {
    return launches.run(call, async () => {
      const { runConfigOrError, tagsOrError } = await api.partition(place, name);
      const tags = [...tagsOrError.results, ...tagsOf(call)];
      return api.launch(place, { config: runConfigOrError.yaml, tags }, call.signal);
    });
  }

  async function launchMany(place: Place, key: string, partitions: string[], call: Call): Promise<Receipt> {
    return launches.once(
      call,
      async () => {
        await mustBegin();
        const tags = tagsOf(call);
        const title = `Pitcrew: ${partitions.length} partitions for ${call.actor || 'Pitcrew'}`.slice(0, 100);
        const batch = await api.launchBackfill(await aimOf(place, key), { partitions, tags, title }, call.signal);
        return { batch };
      },
      findMany,
    );
  }

  async function aimOf(place: Place, key: string): Promise<Parameters<typeof api.launchBackfill>[0]> {
    if (place.kind === 'asset') return { asset: place.path };
    const set = place.kind === 'job' ? await api.partitionSet(place, place.job) : undefined;
    if (set === undefined) throw refusals.no(`${key} has no partitions. Start a run of it instead.`);
    return { set, at: place };
  }

  /** Without its daemon a backfill is taken, and then waits without end. */
  async function mustBegin(): Promise<void> {
    const ill = (await api.daemons()).some(({ daemonType, healthy }) => daemonType === 'BACKFILL' && !healthy);
    if (ill)
      throw refusals.no(
        'Dagster’s backfill daemon is not running, so that a backfill would wait without end. Ask whoever runs Dagster to start it.',
      );
  }

  async function findMany(call: Call): Promise<Receipt | undefined> {
    const since = new Date(call.since.getTime() - clockSlackMs);
    const found = (await api.backfillsSince(since, backfillsSearched)).findLast(({ tags }) => hasKey(tags, call));
    return found && { batch: found.id, duplicate: true };
  }

  return {
    async plan(target): Promise<PlannedRun[]> {
      const { partitions } = await read(target);
      const note =
        partitions.length === 1
          ? 'A new run for this partition, also where it has one.'
          : 'By Dagster’s own backfill: a new run for each, also where there is one.';
      return partitions.map((partition) => ({ partition, note }));
    },

    async perform(target, call) {
      const { place, key, partitions } = await read(target);
      const [name] = partitions;
      return partitions.length === 1 && name !== undefined
        ? launchOne(place, name, call)
        : launchMany(place, key, partitions, call);
    },

    batch: {
      async cancel({ batch }, call) {
        if (batch === undefined) return;
        // One that is over would be opened again by the word.
        const { status } = await api.backfill(batch);
        if (!over.has(status) && status !== 'CANCELING') await api.cancelBackfill(batch, call.signal);
      },
    },

    follow: async (batch) => progressOf(await api.backfill(batch)),

    lookUp: (call) => (aims.partitions(call.target).partitions.length === 1 ? launches.find(call) : findMany(call)),
  };
}

/** How far it is, by partitions; of an asset by its own, of which there is one in each. */
function progressOf(backfill: Backfill): Progress {
  const { status: word, timestamp, endTimestamp, numPartitions } = backfill;
  const { total, done, failed, running } = countsOf(backfill);
  const isOver = over.has(word) && running === 0;
  const status: RunStatus = !isOver
    ? 'running'
    : word === 'CANCELED'
      ? 'cancelled'
      : failed > 0 || word === 'FAILED' || word === 'COMPLETED_FAILED'
        ? 'failed'
        : 'succeeded';
  const words = backfill.error?.message.trim().split('\n')[0];
  const all = Math.max(total, numPartitions ?? 0);
  return {
    status,
    startedAt: timestamp,
    endedAt: isOver ? endTimestamp : undefined,
    error: status === 'failed' ? (words ?? `${failed} of ${all} partitions failed.`) : undefined,
    partitions: { total: all, done, failed, running },
  };
}

function countsOf({ isAssetBackfill, assetBackfillData, partitionStatusCounts }: Backfill) {
  if (isAssetBackfill) {
    const [asset] = assetBackfillData?.assetBackfillStatuses ?? [];
    return {
      total: asset?.numPartitionsTargeted ?? 0,
      done: asset?.numPartitionsMaterialized ?? 0,
      failed: asset?.numPartitionsFailed ?? 0,
      running: asset?.numPartitionsInProgress ?? 0,
    };
  }
  const count = (...words: string[]) =>
    partitionStatusCounts.filter(({ runStatus }) => words.includes(runStatus)).reduce((sum, one) => sum + one.count, 0);
  return {
    total: partitionStatusCounts.reduce((sum, one) => sum + one.count, 0),
    done: count('SUCCESS'),
    failed: count('FAILURE', 'CANCELED'),
    running: count(...going),
  };
}
