import { orGone } from '../gone';
import type { Api } from './api';
import type { Instance } from './schema';

/** Instances whose partition is remembered; a restart cannot change it. */
const remembered = 5_000;

/**
 * Which part of the data a run is for. The parameter counts only where it means something: set by a time trigger or passed at the start.
 * Every workflow has a run date; a run that someone starts by hand without one is for no part in particular.
 */
export function createPartitions(api: Api, param: string) {
  const known = new Map<string, string | undefined>();

  return {
    async of(instance: Instance): Promise<string | undefined> {
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = instance;
      const key = `${workflow}:${number}`;
      if (known.has(key)) return known.get(key);
      // A restart names its own starter and parameters: what the first run was started with is in the first run.
      const first = run === 1 ? instance : await orGone(api.run(workflow, number, 1));
      const partition = first && isMeant(first, param) ? partitionIn(first, param) : undefined;
      // Parameters are evaluated at the start: before it, there is nothing to remember.
      if (first?.start_time) {
        known.set(key, partition);
        const oldest = known.size > remembered ? known.keys().next().value : undefined;
        if (oldest !== undefined) known.delete(oldest);
      }
      return partition;
    },
  };
}
export type Partitions = ReturnType<typeof createPartitions>;

function isMeant(first: Instance, param: string): boolean {
  return first.initiator?.type === 'TIME' || first.run_params?.[param] !== undefined;
}

function partitionIn(first: Instance, param: string): string | undefined {
  const evaluated =
    first.params?.[param]?.evaluated_result ?? first.params?.[param]?.value ?? first.run_params?.[param]?.value;
  if (typeof evaluated === 'string') return evaluated || undefined;
  return typeof evaluated === 'number' ? String(evaluated) : undefined;
}
