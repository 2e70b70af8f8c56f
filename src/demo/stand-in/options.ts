import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { JsonObject, ParamDefinition, WorkflowPush } from './wire';

/** How one attempt of a step ended. */
export interface StepResult {
  /** 0 is success; anything else a user error, which Maestro retries by the step's policy. */
  exitCode: number;
  /** What the job wrote. The last 128 lines, at most 10 KB of them, become `execution_output`. */
  output?: string;
  /** The job said: do not try again. */
  retryable?: boolean;
  timedOut?: boolean;
  /** Maestro itself hit an error: a DETAILS entry in the timeline. `platform`: retried as a platform error. */
  details?: { message: string; errors?: string[]; status?: string; retryable?: boolean };
  platform?: boolean;
  /** More artifacts of this attempt, by key, such as `maestro_http`. */
  artifacts?: JsonObject;
}

export interface StepContext {
  workflowId: string;
  instanceId: number;
  runId: number;
  stepId: string;
  /** Within the run, from 1. */
  attempt: number;
  /** `Kubernetes`, `Http` … */
  type: string;
  /** Evaluated values of the run's and the step's parameters. */
  params: Record<string, unknown>;
  /** The pod's name. */
  jobId: string;
  /** Fires when the step is stopped, killed, skipped, timed out, or the server stops. */
  signal: AbortSignal;
}

/** Does the work of one attempt. Throwing is a platform error. */
export type StepRunner = (context: StepContext) => Promise<StepResult>;

export interface EventSink {
  url: string;
  /** Sent as `Authorization: Bearer …`. */
  token?: string;
  form: 'raw' | 'sns';
}

/** A version as somebody pushed it, some time ago. */
export interface Pushed {
  push: WorkflowPush;
  /** @default 'demo' */
  author?: string;
  /** @default 0 */
  agoMs?: number;
}

/** Pipelines with what they need in order to run. */
export interface PipelineSet {
  /** In the order in which they were pushed; several of one workflow are its versions. */
  workflows: Pushed[];
  runner: StepRunner;
  /** Says why this workflow cannot run here, or nothing. */
  refusalToStart?(workflowId: string): string | undefined;
  /** Starts what stands outside the orchestrator: source systems, folders, tables. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
  /** Who runs when in the demo. */
  schedule?: { workflowId: string; firstAfterMs: number; everyMs: number }[];
}

export interface StandInOptions {
  /** @default 0, a free port. Always bound to 127.0.0.1. */
  port?: number;
  /** A PostgreSQL address for the pipelines that query. Without it those refuse to start. */
  databaseUrl?: string;
  /** Times in answers and events. Waits are real time, see `sleep`. */
  clock?: Clock;
  /** @default 'off' */
  schedule?: 'demo' | 'off';
  events?: EventSink[];
  /** Workflows to begin with. Left out: the demo's own pipelines. */
  pipelines?: WorkflowPush[] | PipelineSet;
  /** Runs the steps of `pipelines` given as a list. @default every step succeeds at once */
  runner?: StepRunner;
  /** Waits between attempts. @default real time */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds that a blocking step action waits to be confirmed. @default 5000 */
  actionTimeoutMs?: number;
  /** Named in every event. @default 'demo' */
  clusterName?: string;
  log?: Logger;
}

export interface RecordedCall {
  method: string;
  /** With the query. */
  path: string;
  /** The `user` header. */
  user: string | undefined;
  headers: Record<string, string>;
  /** Parsed JSON, or the text where it is not JSON; undefined when empty. */
  body: unknown;
  at: Date;
}

export type FaultKind = 'drop-answer' | 'close' | 'delay' | '500' | '429' | 'html';
export interface FaultOptions {
  /** How many calls it hits. @default 1 */
  times?: number;
  /** For `delay`, real milliseconds. @default 1000 */
  delayMs?: number;
  /** For `429`. @default 1 */
  retryAfterSeconds?: number;
  /** For `html`. @default 502 */
  status?: number;
}
export interface CallMatch {
  method?: string;
  /** A part of the path, or a pattern. */
  path?: string | RegExp;
}

export type RunParams = Record<string, string | number | boolean | ParamDefinition>;

export interface StandIn {
  start(): Promise<{ url: string }>;
  /** Stops everything that it started, child processes included. */
  stop(): Promise<void>;
  readonly url: string;
  /** Starts a run as Maestro's own time trigger does when `by` is left out; else as that person. */
  startRun(workflowId: string, params?: RunParams, by?: string): Promise<{ instanceId: number; runId: number }>;
  /** Pushes a version as a person would, now or so long ago; the answer is the version number. */
  push(definition: WorkflowPush, author?: string, agoMs?: number): number;
  readonly workflows: string[];
  readonly requests: RecordedCall[];
  faults: {
    /**
     * The next matching calls meet this. `drop-answer`: the call takes effect, then the connection is cut. `close`: cut before it
     * takes effect. `delay`: takes effect at once, answered late. `500`, `429`, `html` (a proxy's page): no effect.
     */
    next(match: CallMatch, fault: FaultKind, options?: FaultOptions): void;
    clear(): void;
  };
  /**
   * The instance as its GET answers, once the predicate holds for it.
   *
   * @param options.timeoutMs real time. @default 30_000
   * @throws when the time is over, with the last state seen
   */
  waitFor(
    workflowId: string,
    instanceId: number,
    predicate: (instance: JsonObject) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<JsonObject>;
  /** Settles when no run is live and every event has been delivered. */
  idle(): Promise<void>;
  /** Every status change event so far, oldest first, as published. */
  readonly published: JsonObject[];
}
