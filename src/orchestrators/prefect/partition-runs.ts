import type { PipelineRef } from '../../domain/pipeline';
import type { Run } from '../../domain/run';
import { byOffset } from '../paging';
import { type Api, perPage } from './api';
import type { Names } from './names';
import type { Partitions } from './partitions';
import type { Runs } from './runs';

/** Runs that are looked at, newest first. */
const searched = 5_000;

/** The newest run of each of these partitions, as far back as the search goes: Prefect does not look for runs by their parameters. */
export async function readRunsOf(
  deps: { api: Api; names: Names; runs: Runs; partitions: Partitions },
  { key }: PipelineRef,
  wanted: readonly string[],
): Promise<Run[]> {
  const { api, names, runs, partitions } = deps;
  if (partitions.params.length === 0) return [];
  const { id } = await names.find(key);
  const left = new Set(wanted);
  const found: Promise<Run>[] = [];
  let seen = 0;
  const page = async (offset: number, limit: number) => ({
    items: await api.runs({ deployments: [id], sort: 'EXPECTED_START_TIME_DESC' }, offset, limit),
  });
  for await (const run of byOffset(page, perPage)) {
    const partition = partitions.of(run);
    if (partition !== undefined && left.delete(partition)) found.push(runs.stateOf(run));
    seen += 1;
    if (left.size === 0 || seen >= searched) break;
  }
  return Promise.all(found);
}
