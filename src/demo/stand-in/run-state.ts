import type { Snapshot, Version, WorkflowRecord } from './catalogue';
import type { Dag } from './dag';
import type { RunStatus, StepStatus } from './statuses';
import { isRunOver, isStepComplete } from './statuses';
import type { JsonObject, Params, RetryPolicy, Step, StepBody, Tag } from './wire';

/** What the server remembers of instances, their runs, and the attempts of their steps. */

export type StepRequest = 'STOP' | 'KILL' | 'SKIP';

export interface Attempt {
  /** Within the run, from 1. */
  id: number;
  uuid: string;
  status: StepStatus;
  /** `create_time`, `start_time` … as answered. */
  times: Record<string, number>;
  statusLog: { status: StepStatus; at: number }[];
  timeline: JsonObject[];
  artifacts: JsonObject;
  params: Record<string, JsonObject>;
  retries: { error: number; platform: number; timeout: number; manual: number };
  retryable: boolean;
  dependencies: JsonObject[];
  outputs: JsonObject[];
  /** Status changes not yet published. */
  unpublished: { old_status: StepStatus; new_status: StepStatus; event_time: number }[];
  requested?: StepRequest;
  bypass?: boolean;
  timedOut?: boolean;
  /** Looks again at what the attempt waits for. */
  wake?: (() => void) | undefined;
  /** The run that a subworkflow step started. */
  child?: Run;
  abort: AbortController;
}

export interface StepRun {
  step: Step;
  body: StepBody;
  /** 1-based place in the runtime DAG. */
  ordinal: number;
  attempts: Attempt[];
  /** An attempt is live, or the next one is awaited. */
  active: boolean;
  /** An action on this step that is not yet confirmed. */
  pendingAction?: string;
}

export interface RetryLimits {
  error: number;
  platform: number;
  timeout: number;
}

export interface Initiator {
  type: 'MANUAL' | 'TIME' | 'SIGNAL' | 'SUBWORKFLOW';
  depth: number;
  /** As answered, without `type` and `depth`. */
  fields: JsonObject;
}

/** The step attempt that started an instance. */
export interface Parent {
  run: Run;
  stepId: string;
  attemptId: number;
  sync: boolean;
}

export interface Run {
  instance: Instance;
  id: number;
  uuid: string;
  policy: 'START_FRESH_NEW_RUN' | 'RESTART_FROM_INCOMPLETE' | 'RESTART_FROM_BEGINNING' | 'RESTART_FROM_SPECIFIC';
  status: RunStatus;
  /** The run's own result, where the status of the whole differs. */
  ownStatus?: RunStatus;
  initiator: Initiator;
  requestedAt: number;
  createdAt: number;
  startedAt?: number;
  endedAt?: number;
  modifiedAt: number;
  dag: Dag;
  steps: Map<string, StepRun>;
  skipFirst: Set<string>;
  runParams: Params;
  stepRunParams: Record<string, Params>;
  /** Definitions after all overrides; a restart goes on from them. */
  definitions: Params;
  params: Record<string, JsonObject>;
  values: Record<string, unknown>;
  artifacts: JsonObject;
  timeline: JsonObject[];
  statusLog: { status: RunStatus; at: number }[];
  properties: Snapshot;
  runtimeTags: Tag[];
  /** A later run took over from this failed one. */
  restarted: boolean;
  unblocked: boolean;
  /** How a stop, kill or timeout wants it to end. */
  ending?: RunStatus;
  executionId?: string;
  baseline: Map<string, StepView>;
  abort: AbortController;
  subworkflowPolicy: 'RESTART_FROM_INCOMPLETE' | 'RESTART_FROM_BEGINNING';
}

export interface Instance {
  record: WorkflowRecord;
  version: Version;
  id: number;
  correlationId: string;
  parent?: Parent;
  runs: Run[];
}

/** Newest state of a step over all runs that count. */
export interface StepView {
  status: StepStatus;
  runId?: number;
  startedAt?: number;
  endedAt?: number;
}

export function latestRun(instance: Instance): Run {
  const run = instance.runs.at(-1);
  if (!run) throw new Error(`instance ${instance.record.id} ${instance.id} has no run`);
  return run;
}

export const latestAttempt = (step: StepRun | undefined): Attempt | undefined => step?.attempts.at(-1);

export const identityOf = (run: Run) => `[${run.instance.record.id}][${run.instance.id}][${run.id}]`;

/** Every step of the definition in its newest state, this run on top of those it goes on from. */
export function aggregatedSteps(run: Run): Map<string, StepView> {
  const views = new Map(run.baseline);
  for (const [stepId, step] of run.steps) {
    const attempt = latestAttempt(step);
    if (attempt) {
      views.set(stepId, {
        status: attempt.status,
        runId: run.id,
        startedAt: attempt.times.start_time,
        endedAt: attempt.times.end_time,
      });
    } else views.set(stepId, { status: 'NOT_CREATED' });
  }
  for (const step of run.instance.version.workflow.steps) {
    const { id } = 'step' in step ? step.step : step.subworkflow;
    if (!views.has(id)) views.set(id, { status: 'NOT_CREATED' });
  }
  return views;
}

/** Where a restart from what is not complete begins. */
export const incompleteSteps = (views: Map<string, StepView>) =>
  [...views].filter(([, view]) => !isStepComplete(view.status)).map(([stepId]) => stepId);

export const isLive = (run: Run) => !isRunOver(run.status);

const limitDefaults: RetryLimits = { error: 2, platform: 10, timeout: 0 };

/** Limits as numbers; one given as text names a parameter, or is a number in quotes. */
export function retryLimitsOf(run: Run, { step }: StepRun): RetryLimits {
  const policy = 'step' in step ? step.step.retry_policy : undefined;
  const limit = (given: number | string | undefined, otherwise: number) => {
    if (given === undefined) return otherwise;
    return typeof given === 'number' ? given : Number(run.values[given.replace(/^\$\{|\}$/g, '')] ?? given);
  };
  return {
    error: limit(policy?.error_retry_limit, limitDefaults.error),
    platform: limit(policy?.platform_retry_limit, limitDefaults.platform),
    timeout: limit(policy?.timeout_retry_limit, limitDefaults.timeout),
  };
}

const backoffDefaults = {
  error: { first: 60, exponent: 2, limit: 600 },
  platform: { first: 60, exponent: 2, limit: 3600 },
  timeout: { first: 60, exponent: 2, limit: 3600 },
};

/** @returns milliseconds before the next attempt; `retries` counts those already made for this kind of failure. */
export function backoffMs(policy: RetryPolicy | undefined, kind: keyof RetryLimits, retries: number): number {
  const { first, exponent, limit } = backoffDefaults[kind];
  const backoff = policy?.backoff;
  const base = backoff?.[`${kind}_retry_backoff_in_secs`] ?? first;
  if (backoff?.type === 'FIXED_BACKOFF') return base * 1000;
  const factor = (backoff?.[`${kind}_retry_exponent`] ?? exponent) ** retries;
  return Math.min(base * factor, backoff?.[`${kind}_retry_limit_in_secs`] ?? limit) * 1000;
}
