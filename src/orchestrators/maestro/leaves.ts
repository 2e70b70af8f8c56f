import { orGone } from '../gone';
import type { Api } from './api';
import type { Instance, Leaf, Rollup, StepInstance } from './schema';
import { failedForGood, isFailedForGood } from './status';

/** How deep workflows may be nested; the server's own limit. */
const deepest = 10;
/** Failed leaves that are read to find the one that failed first. */
const leavesCompared = 3;
/** Iterations of a loop that are looked into. */
const iterationsTried = 3;

/** The leaves that failed for good, as far as the overview still names them. */
function failedLeaves(rollup: Rollup): Leaf[] {
  return failedForGood.flatMap((status) => rollup?.overview[status]?.ref ?? []);
}

/**
 * The step in the tree under this run that failed first for good: what it is about.
 * Undefined if no step failed (the run itself did), or the step is no longer kept.
 */
export async function findFailedLeaf(api: Api, instance: Instance, depth = 0): Promise<StepInstance | undefined> {
  const named = failedLeaves(instance.runtime_overview?.rollup_overview).slice(0, leavesCompared);
  const read = await Promise.all(named.map((leaf) => orGone(api.step(leaf))));
  const first = earliest(read.filter((step) => step !== undefined));
  if (first) return first;
  const own = await findFailedStep(api, instance);
  return own && (await followStep(api, own, depth));
}

/** The step of this very workflow that failed first for good, also when an earlier run of the instance holds it. */
export async function findFailedStep(api: Api, instance: Instance): Promise<StepInstance | undefined> {
  const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = instance;
  const own = failedLeaves(instance.runtime_overview?.rollup_overview).filter(
    (leaf) => leaf.workflow === workflow && leaf.instance === number,
  );
  const direct = await Promise.all(own.slice(0, leavesCompared).map((leaf) => orGone(api.step(leaf))));
  const named = earliest(direct.filter((step) => step !== undefined));
  if (named) return named;

  const failed = (steps: StepInstance[] | undefined) =>
    earliest((steps ?? []).filter((step) => isFailedForGood(step.runtime_state.status)));
  return (
    failed(await orGone(api.steps(workflow, number, run))) ??
    failed(await orGone(api.stepsOverAllRuns(workflow, number)))
  );
}

/** Down from a step that runs other workflows to the leaf that failed in them; the step itself if there is none. */
export async function followStep(api: Api, step: StepInstance, depth = 0): Promise<StepInstance> {
  if (depth >= deepest) return step;
  const named = leavesBelow(step);
  for (const leaf of named.slice(0, leavesCompared)) {
    const read = await orGone(api.step(leaf));
    if (read) return read;
  }
  for (const child of childrenOf(step)) {
    const run = await orGone(api.run(child.workflow, child.instance, child.run));
    const leaf = run && (await findFailedLeaf(api, run, depth + 1));
    if (leaf) return leaf;
  }
  return step;
}

function leavesBelow({ artifacts }: StepInstance): Leaf[] {
  const overview = artifacts?.maestro_foreach?.foreach_overview;
  return [overview?.running_rollup, overview?.rollup, artifacts?.maestro_while?.rollup].flatMap(failedLeaves);
}

/** Runs that this step has started: of a loop only those that failed. */
function childrenOf({ artifacts }: StepInstance): { workflow: string; instance: number; run: number }[] {
  const sub = artifacts?.maestro_subworkflow;
  const each = artifacts?.maestro_foreach;
  const loop = artifacts?.maestro_while;
  if (sub) {
    return [{ workflow: sub.subworkflow_id, instance: sub.subworkflow_instance_id, run: sub.subworkflow_run_id }];
  }
  if (each) {
    const details = each.foreach_overview?.details;
    const failed = [...iterations(details?.FAILED), ...iterations(details?.TIMED_OUT)].slice(0, iterationsTried);
    return failed.map((instance) => ({ workflow: each.foreach_workflow_id, instance, run: each.foreach_run_id }));
  }
  if (loop?.last_iteration) {
    return [{ workflow: loop.loop_workflow_id, instance: loop.last_iteration, run: loop.loop_run_id }];
  }
  return [];
}

/** Numbers, and ranges `[from, to]`: the first of a range stands for it. */
function iterations(list: unknown[] | undefined): number[] {
  return (list ?? [])
    .map((entry) => (Array.isArray(entry) ? entry[0] : entry))
    .filter((entry): entry is number => typeof entry === 'number' && Number.isInteger(entry) && entry > 0);
}

function earliest(steps: StepInstance[]): StepInstance | undefined {
  const endOf = (step: StepInstance) => step.runtime_state.end_time?.getTime() ?? Number.POSITIVE_INFINITY;
  return steps.reduce<StepInstance | undefined>(
    (first, step) => (first && endOf(first) <= endOf(step) ? first : step),
    undefined,
  );
}
