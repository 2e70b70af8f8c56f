import type { StepContext, StepResult, StepRunner } from './options';
import type { WorkflowPush } from './wire';

/** What a step does: the same each time, or one entry for each attempt over all runs (the last one stays). */
export type Script = Record<string, ScriptedStep | ScriptedStep[]>;
export type ScriptedStep = StepResult | ((context: StepContext) => StepResult | Promise<StepResult>);

/**
 * A runner without processes. Keys are `workflow/step` or just `step`; a step that is not named succeeds at once.
 * Attempts are counted per workflow instance and step, over all of its runs; so make one for each server.
 */
export function scriptedRunner(script: Script = {}): StepRunner {
  const counts = new Map<string, number>();
  return async (context) => {
    const entry = script[`${context.workflowId}/${context.stepId}`] ?? script[context.stepId];
    if (entry === undefined) return { exitCode: 0 };
    const key = `${context.workflowId}/${context.instanceId}/${context.stepId}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    const step = Array.isArray(entry) ? (entry[count] ?? entry.at(-1)) : entry;
    if (step === undefined) return { exitCode: 0 };
    return typeof step === 'function' ? step(context) : step;
  };
}

export interface SimpleWorkflow {
  id: string;
  /** Step ids, run one after another. @default ['main'] */
  steps?: string[];
  name?: string;
  /** @default 'data-platform' */
  owner?: string;
  tags?: string[];
  /** Errors that are tried again by the server itself, without a wait. @default 0 */
  errorRetries?: number;
  runStrategy?: NonNullable<WorkflowPush['properties']>['run_strategy'];
  alerting?: Record<string, unknown>;
  /** Fields of the workflow that go over the ones made here. */
  workflow?: Partial<WorkflowPush['workflow']>;
}

/** A workflow of Kubernetes steps in a row. */
export function defineWorkflow(given: SimpleWorkflow): WorkflowPush {
  const ids = given.steps ?? ['main'];
  return {
    properties: {
      owner: given.owner ?? 'data-platform',
      ...(given.runStrategy === undefined ? {} : { run_strategy: given.runStrategy }),
      ...(given.alerting ? { alerting: given.alerting } : {}),
    },
    workflow: {
      id: given.id,
      ...(given.name === undefined ? {} : { name: given.name }),
      ...(given.tags ? { tags: given.tags } : {}),
      steps: ids.map((id, index) => {
        const next = ids[index + 1];
        return {
          step: {
            id,
            type: 'Kubernetes',
            transition: next === undefined ? {} : { successors: { [next]: 'true' } },
            retry_policy: {
              error_retry_limit: given.errorRetries ?? 0,
              platform_retry_limit: 0,
              backoff: { type: 'FIXED_BACKOFF', error_retry_backoff_in_secs: 0, platform_retry_backoff_in_secs: 0 },
            },
          },
        };
      }),
      ...given.workflow,
    },
  };
}
