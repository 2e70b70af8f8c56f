import { z } from 'zod';
import { rowsOf } from '../rows';

// What we read of the answers of Prefect 3. Strict on identity, status and time; the rest may be missing or new.

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const maybeInstant = instant.nullish().transform((at) => at ?? undefined);
const words = z.string().nullish().catch(undefined);
const count = z.number().int().min(0).catch(0).default(0);

export const State = z.object({
  id: z.string(),
  type: z.string(),
  name: words,
  timestamp: instant,
  message: words,
  state_details: z
    .object({
      transition_id: words,
      child_flow_run_id: words,
      pause_reschedule: z.boolean().nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
export type State = z.output<typeof State>;
export const States = z.array(State);

export const FlowRun = z.object({
  id: z.string(),
  flow_id: z.string(),
  deployment_id: z.string().nullish(),
  /** How often it began to run; the server's own retries count as well. */
  run_count: count,
  /** When it began for the first time. */
  start_time: maybeInstant,
  /** When it came to its end; taken back when it is run again. */
  end_time: maybeInstant,
  parent_task_run_id: words,
  /** The process that runs it, for the worker that started it. */
  infrastructure_pid: words,
  parameters: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  tags: z.array(z.string()).nullish().catch(undefined),
  state: State.nullish(),
  /** Prefect Cloud names people; else it is a deployment, a schedule or an automation, or nobody. */
  created_by: z.object({ type: words, display_value: words }).nullish().catch(undefined),
  created: maybeInstant.catch(undefined),
});
export type FlowRun = z.output<typeof FlowRun>;
export const FlowRuns = rowsOf(FlowRun, {
  identity: (n) => ({ id: `unreadable ${n}`, flow_id: 'unreadable' }),
  rest: { state: { id: 'unreadable', type: 'UNREADABLE', timestamp: '1970-01-01T00:00:00Z' } },
});

export const TaskRun = z.object({
  id: z.string(),
  name: z.string(),
  dynamic_key: z.string(),
  /** Tries of this task in this attempt of its flow run. */
  run_count: count,
  /** Which attempt of the flow run made it; 0 = it stands for a flow that the flow called. */
  flow_run_run_count: count,
  start_time: maybeInstant,
  end_time: maybeInstant,
  state: State.nullish(),
});
export type TaskRun = z.output<typeof TaskRun>;
export const TaskRuns = z.array(TaskRun);

const Schedule = z.object({
  active: z.boolean().default(true),
  schedule: z.object({ cron: words, timezone: words }).catch({ cron: undefined, timezone: undefined }),
});

export const Deployment = z.object({
  id: z.string(),
  name: z.string(),
  flow_id: z.string(),
  paused: z.boolean().default(false),
  /** READY = a worker has asked for its runs lately. */
  status: words,
  tags: z.array(z.string()).nullish().catch(undefined),
  schedules: z.array(Schedule).nullish().catch(undefined),
  parameters: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  enforce_parameter_schema: z.boolean().nullish().catch(undefined),
  parameter_openapi_schema: z
    .object({
      properties: z.record(z.string(), z.unknown()).optional().catch(undefined),
      required: z.array(z.string()).optional().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  concurrency_limit: z.number().int().nullish().catch(undefined),
  global_concurrency_limit: z.object({ limit: z.number().int(), active_slots: z.number() }).nullish().catch(undefined),
  concurrency_options: z.object({ collision_strategy: words }).nullish().catch(undefined),
});
export type Deployment = z.output<typeof Deployment>;
export const Deployments = z.array(Deployment);

export const Flow = z.object({ id: z.string(), name: z.string() });

/** What became of a wish for another state. Its status is 200 also where the wish was refused. */
export const Outcome = z.object({
  status: z.string(),
  state: State.nullish(),
  details: z
    .object({ reason: words, delay_seconds: z.number().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});
export type Outcome = z.output<typeof Outcome>;

export const LogLine = z.object({
  id: z.string(),
  name: z.string(),
  level: z.number().int(),
  message: z.string(),
  /** As the server writes it: its microseconds are part of the place in the log. */
  timestamp: z.string(),
});
export type LogLine = z.output<typeof LogLine>;
export const LogLines = z.array(LogLine);

export const Count = z.number().int().min(0);
export const Version = z.string();

/** A change of a run's state, as an automation hands it on. Its id is that of the state. */
export const StateChange = z.object({
  id: z.string().min(1),
  event: z.string().min(1),
  occurred: instant,
  resource: z.record(z.string(), z.string().nullish()),
  related: z.array(z.record(z.string(), z.string().nullish())).default([]),
});
export type StateChange = z.output<typeof StateChange>;

/** The run beside it, where the payload of the automation names it. */
export const ToldRun = z.object({
  start_time: maybeInstant,
  parameters: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
export type ToldRun = z.output<typeof ToldRun>;
