import type { Run, RunRef, RunStatus, Step } from '../../domain/run';
import type { Progress } from '../orchestrator';
import type { UnknownWord } from '../status-words';
import type { Api } from './api';
import { findFailedLeaf, findFailedStep } from './leaves';
import type { Links } from './links';
import type { Partitions } from './partitions';
import { runIdOf } from './run-id';
import type { Instance, StepInstance } from './schema';
import { activeSteps, completeSteps, instanceStatus, stepStatus } from './status';
import { errorOf, errorOfRun } from './words';

export interface RunsDeps {
  api: Api;
  connection: string;
  links: Links;
  partitions: Partitions;
  unknownWord: UnknownWord;
}

/** Reads runs and their steps. */
export function createRuns({ api, connection, links, partitions, unknownWord }: RunsDeps) {
  function counted(status: RunStatus, word: string): RunStatus {
    if (status === 'unknown') unknownWord(word);
    return status;
  }

  async function read(ref: RunRef): Promise<Instance> {
    const { workflow, instance, run } = runIdOf(ref, api.where);
    return api.run(workflow, instance, run ?? 'latest');
  }

  /** Why it failed: the step of this workflow, and the words of the leaf below it. */
  async function whyFailed(instance: Instance) {
    if (instanceStatus(instance.status) !== 'failed') return undefined;
    const [step, leaf] = await Promise.all([findFailedStep(api, instance), findFailedLeaf(api, instance)]);
    const error = (leaf && errorOf(leaf)) ?? (step && errorOf(step)) ?? errorOfRun(instance);
    return { step, leaf, error };
  }

  /** What the instance itself tells; why it failed is another question. */
  function stateOf(instance: Instance): Run {
    const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = instance;
    return {
      pipeline: { connection, key: workflow },
      run: String(number),
      attempt: run,
      status: counted(instanceStatus(instance.status), instance.status),
      startedAt: instance.start_time,
      endedAt: instance.end_time,
      url: links.page({ workflow, instance: number, run }),
    };
  }

  return {
    /** The newest run of that instance, whichever was named. */
    newest(ref: RunRef): Promise<Instance> {
      const { workflow, instance } = runIdOf(ref, api.where);
      return api.run(workflow, instance, 'latest');
    },
    read,
    stateOf,

    async fetch(ref: RunRef): Promise<Run> {
      const instance = await read(ref);
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = instance;
      const [why, partition] = await Promise.all([whyFailed(instance), partitions.of(instance)]);
      const status = instanceStatus(instance.status);
      const step = why?.step?.step_id ?? (status === 'running' ? activeStepOf(instance) : undefined);
      const logged = why?.leaf ?? why?.step;
      return {
        ...stateOf(instance),
        partition,
        step,
        error: why?.error,
        url: links.page({ workflow, instance: number, run, step, attempt: why?.step?.step_attempt_id }),
        logUrl: logged && links.log(placeOf(logged)),
        owner: instance.run_properties?.owner ?? undefined,
        tags: tagsOf(instance),
      };
    },

    async steps(ref: RunRef): Promise<Step[]> {
      const instance = await read(ref);
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = instance;
      const steps = await api.stepsOverAllRuns(workflow, number);
      const order = Object.keys(instance.runtime_dag ?? {});
      const place = (step: StepInstance) => (order.indexOf(step.step_id) + order.length + 1) % (order.length + 1);
      return steps
        .filter((step) => step.workflow_run_id <= run)
        .sort((a, b) => place(a) - place(b))
        .map((step) => ({
          pipeline: { connection, key: workflow },
          run: String(number),
          attempt: step.workflow_run_id,
          step: step.step_id,
          stepAttempt: step.step_attempt_id,
          status: counted(stepStatus(step.runtime_state.status), step.runtime_state.status),
          startedAt: step.runtime_state.start_time,
          endedAt: step.runtime_state.end_time,
          error: stepStatus(step.runtime_state.status) === 'failed' ? errorOf(step) : undefined,
        }));
    },

    async progress(ref: RunRef): Promise<Progress> {
      const instance = await read(ref);
      const status = instanceStatus(instance.status);
      const why = await whyFailed(instance);
      return {
        status,
        run: {
          pipeline: { connection, key: instance.workflow_id },
          run: String(instance.workflow_instance_id),
          attempt: instance.workflow_run_id,
        },
        ...stepsOf(instance),
        step: why?.step?.step_id ?? (status === 'running' ? activeStepOf(instance) : undefined),
        startedAt: instance.start_time,
        endedAt: instance.end_time,
        error: why?.error ?? (status === 'cancelled' ? errorOfRun(instance) : undefined),
      };
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;

function placeOf(step: StepInstance) {
  const { artifacts } = step;
  return {
    workflow: step.workflow_id,
    instance: step.workflow_instance_id,
    run: step.workflow_run_id,
    step: step.step_id,
    attempt: step.step_attempt_id,
    job: artifacts?.maestro_kubernetes?.job_id ?? artifacts?.maestro_titus?.titus_job_id ?? undefined,
    stepUuid: step.step_uuid ?? undefined,
  };
}

/** Tags of the run and of the workflow it ran, each once. */
export function tagsOf(instance: Instance): string[] | undefined {
  const tags = new Set([...(instance.runtime_workflow?.tags ?? []), ...(instance.run_properties?.tags ?? [])]);
  return tags.size > 0 ? [...tags] : undefined;
}

/** Steps done and in all; where steps run other workflows, the leaves of the whole tree, which tell more. */
function stepsOf(instance: Instance): { stepsDone?: number; stepsTotal?: number } {
  const overview = instance.runtime_overview;
  if (!overview) return {};
  const rollup = overview.rollup_overview;
  const [total, counts] =
    rollup && rollup.total_leaf_count > overview.total_step_count
      ? [rollup.total_leaf_count, rollup.overview]
      : [overview.total_step_count, overview.step_overview];
  if (total === 0) return {};
  const done = Object.entries(counts).reduce(
    (sum, [status, { cnt }]) => sum + (completeSteps.has(status) ? cnt : 0),
    0,
  );
  return { stepsDone: Math.min(done, total), stepsTotal: total };
}

/** The step that is busiest now. The overview names steps by their place in the order of `runtime_dag`, counted from 1. */
function activeStepOf(instance: Instance): string | undefined {
  const names = Object.keys(instance.runtime_dag ?? {});
  for (const status of activeSteps) {
    const place = instance.runtime_overview?.step_overview[status]?.steps?.[0]?.[0];
    const name = typeof place === 'number' ? names[place - 1] : undefined;
    if (name) return name;
  }
  return undefined;
}
