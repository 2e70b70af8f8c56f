import type { PipelineRef } from '../../domain/pipeline';
import type { Run } from '../../domain/run';
import type { Api } from './api';
import type { Partitions } from './partitions';
import { runDateOf } from './run-dates';
import type { Runs } from './runs';
import type { Instance } from './schema';

const perPage = 100;
/** Instances that are looked at, newest first. */
const searched = 2_000;

/**
 * The newest instance of each of these partitions, as far back as the search goes: of two for one day the later one counts, whatever
 * the first was. The partition is named as it was asked for.
 */
export async function readRunsOf(
  deps: { api: Api; runs: Runs; partitions: Partitions },
  { key }: PipelineRef,
  wanted: readonly string[],
): Promise<Run[]> {
  const { api, runs, partitions } = deps;
  // A day may be written in two ways.
  const nameOf = (partition: string) => runDateOf(partition) ?? partition;
  const left = new Map(wanted.map((partition) => [nameOf(partition), partition]));
  const found: Run[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < searched && left.size > 0; seen += perPage) {
    const page = await api.instances(key, perPage, cursor);
    const newestFirst = (a: Instance, b: Instance) => b.workflow_instance_id - a.workflow_instance_id;
    for (const instance of [...page.elements].sort(newestFirst)) {
      const partition = await partitions.of(instance);
      const asked = partition === undefined ? undefined : left.get(nameOf(partition));
      if (partition === undefined || asked === undefined) continue;
      left.delete(nameOf(partition));
      found.push({ ...runs.stateOf(instance), partition: asked });
    }
    cursor = page.page_info.has_next_page ? (page.page_info.end_cursor ?? undefined) : undefined;
    if (!cursor) break;
  }
  return found;
}
