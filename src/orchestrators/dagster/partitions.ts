import type { PipelineRef } from '../../domain/pipeline';
import type { Run as RunState } from '../../domain/run';
import { orGone } from '../gone';
import { type Api, assetJob } from './api';
import { keyOfRun, type Place, placeOf } from './keys';
import type { Runs } from './runs';
import { partitionTag } from './tags';

const partitionsAtATime = 20;
/** Runs of one partition that are looked at: other locations and assets may have some under the same name. */
const runsOfOne = 10;

/** Signs between the parts of a name are a matter of taste: `20261125` is `2026-11-25`. */
const bare = (name: string) => name.replace(/[^\p{L}\p{N}]/gu, '');

/** Partitions as Dagster names them, by the names that people gave. */
export function matchPartitions(known: readonly string[], wanted: readonly string[]): Map<string, string | undefined> {
  const exact = new Set(known);
  const byBare = new Map<string, string[]>();
  for (const name of known) byBare.set(bare(name), [...(byBare.get(bare(name)) ?? []), name]);
  return new Map(
    wanted.map((name) => {
      const alike = byBare.get(bare(name)) ?? [];
      return [name, exact.has(name) ? name : alike.length === 1 ? alike[0] : undefined];
    }),
  );
}

/** The newest run of each of these partitions that there is one for, under the name that was asked for. */
export async function readRunsOf(
  { api, runs }: { api: Api; runs: Runs },
  { key }: PipelineRef,
  wanted: readonly string[],
): Promise<RunState[]> {
  const place = placeOf(key);
  if (!place || place.kind === 'assets') return [];
  const known = (await orGone(api.partitions(place))) ?? [];
  const named = [...matchPartitions(known, wanted)].flatMap(([asked, name]) => (name ? [{ asked, name }] : []));
  const found: RunState[] = [];
  for (let from = 0; from < named.length; from += partitionsAtATime) {
    const part = named.slice(from, from + partitionsAtATime);
    const tags = part.map(({ name }) => [{ key: partitionTag, value: name }]);
    const runsOfEach = await api.runsOfEach(jobOf(place), tags, runsOfOne);
    for (const [nth, { asked }] of part.entries()) {
      const run = runsOfEach[nth]?.find((one) => keyOfRun(one) === key);
      if (run) found.push({ ...runs.stateOf(run), partition: asked });
    }
  }
  return found;
}

function jobOf(place: Place): string {
  return place.kind === 'job' ? place.job : assetJob;
}
