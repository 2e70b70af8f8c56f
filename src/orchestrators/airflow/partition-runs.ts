import type { PipelineRef } from '../../domain/pipeline';
import type { Run } from '../../domain/run';
import { byOffset } from '../paging';
import type { Api } from './api';
import type { Days } from './days';
import type { Runs } from './runs';
import type { DagRun } from './schema';

/** Runs that are looked at between the first and the last of the partitions. */
const searched = 5_000;

/** The newest run of each of these partitions that there is one for, under the name that was asked for. */
export async function readRunsOf(
  { api, days, runs }: { api: Api; days: Days; runs: Runs },
  { key }: PipelineRef,
  wanted: readonly string[],
): Promise<Run[]> {
  const spans = wanted.flatMap((partition) => days.spanOf(partition) ?? []);
  if (spans.length === 0) return [];
  const logicalFrom = new Date(Math.min(...spans.map(({ from }) => from.getTime())));
  const logicalUntil = new Date(Math.max(...spans.map(({ until }) => until.getTime())));
  const newest = new Map<string, DagRun>();
  let seen = 0;
  for await (const run of byOffset((offset, limit) => api.runs(key, { logicalFrom, logicalUntil }, offset, limit))) {
    const partition = await days.of(run);
    const known = partition === undefined ? undefined : newest.get(partition);
    const startOf = (one: DagRun) => one.start_date?.getTime() ?? Number.POSITIVE_INFINITY;
    if (partition !== undefined && (!known || startOf(run) >= startOf(known))) newest.set(partition, run);
    seen += 1;
    if (seen >= searched) break;
  }
  const found = wanted.flatMap((partition) => {
    const run = newest.get(days.canonical(partition));
    return run ? [{ partition, run }] : [];
  });
  return Promise.all(found.map(async ({ partition, run }) => ({ ...(await runs.stateOf(run)), partition })));
}
