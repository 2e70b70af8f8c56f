import { z } from 'zod';

/** Maestro's words as they come in. Bodies are closed: a key that is not named here is refused, as Maestro does. */

export type JsonObject = { [key: string]: unknown };

/** A copy without undefined and null values: Maestro leaves such fields out. */
export const present = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined && entry !== null));

const anyCase = <T extends readonly [string, ...string[]]>(words: T) =>
  z.preprocess((text) => (typeof text === 'string' ? text.toUpperCase() : text), z.enum(words));

export const ParamDefinition = z
  .looseObject({
    type: anyCase([
      'STRING',
      'LONG',
      'DOUBLE',
      'BOOLEAN',
      'STRING_MAP',
      'STRING_ARRAY',
      'LONG_ARRAY',
      'DOUBLE_ARRAY',
      'BOOLEAN_ARRAY',
      'MAP',
    ]),
    value: z.unknown().optional(),
    expression: z.string().optional(),
    mode: anyCase(['CONSTANT', 'IMMUTABLE', 'MUTABLE', 'MUTABLE_ON_START', 'MUTABLE_ON_START_RESTART']).optional(),
  })
  .refine((param) => (param.value === undefined) !== (param.expression === undefined), {
    error: 'a parameter has exactly one of value or expression',
  });
export type ParamDefinition = z.infer<typeof ParamDefinition>;

export const Params = z.record(
  z.string().regex(/^(?!maestro_)(?!.*__)[_a-zA-Z][.\-_a-zA-Z0-9]{0,127}$/, { error: 'is not a valid parameter name' }),
  ParamDefinition,
);
export type Params = Record<string, ParamDefinition>;

const TagObject = z.looseObject({ name: z.string().min(1).max(256), namespace: z.string().optional() });
/** A plain string on input; always an object on output. */
export const Tag = z
  .union([z.string().min(1).max(256), TagObject])
  .transform((tag): z.infer<typeof TagObject> => (typeof tag === 'string' ? { name: tag } : tag));
export type Tag = z.infer<typeof TagObject>;

const Tags = z.array(Tag).refine((tags) => new Set(tags.map((tag) => tag.name)).size === tags.length, {
  error: 'duplicate tag names are not allowed',
});

/** A string, or an object with `name`. */
const User = z.union([z.string(), z.looseObject({ name: z.string() })]);

export const strategyRules = [
  'SEQUENTIAL',
  'STRICT_SEQUENTIAL',
  'FIRST_ONLY',
  'LAST_ONLY',
  'PARALLEL',
  'SERIAL_LATEST_ONLY',
] as const;

/** An object, or just a rule name, or just a number (parallel). */
export const RunStrategy = z
  .union([
    anyCase(strategyRules),
    z.number().int().min(1).max(1000),
    z.strictObject({
      rule: anyCase(strategyRules),
      workflow_concurrency: z.number().int().min(1).max(1000).optional(),
    }),
  ])
  .transform((given): RunStrategy => {
    if (typeof given === 'number') return { rule: 'PARALLEL', workflow_concurrency: given };
    const { rule, workflow_concurrency } =
      typeof given === 'string' ? { rule: given } : { workflow_concurrency: undefined, ...given };
    return { rule, workflow_concurrency: rule === 'PARALLEL' ? (workflow_concurrency ?? 20) : 1 };
  });
export interface RunStrategy {
  rule: (typeof strategyRules)[number];
  workflow_concurrency: number;
}

const properties = {
  owner: User.optional(),
  access_control: z.unknown().optional(),
  run_strategy: RunStrategy.optional(),
  step_concurrency: z.number().int().min(1).max(1000).optional(),
  alerting: z.record(z.string(), z.unknown()).optional(),
  alerting_disabled: z.boolean().optional(),
  signal_trigger_disabled: z.boolean().optional(),
  time_trigger_disabled: z.boolean().optional(),
  description: z.string().max(16_384).optional(),
};
export const Properties = z.strictObject({ ...properties, tags: z.array(z.unknown()).max(0).optional() });
export type Properties = z.infer<typeof Properties>;

export const PropertiesUpdate = z
  .strictObject({
    ...properties,
    reset_run_strategy_rule: z.boolean().optional(),
    reset_workflow_concurrency: z.boolean().optional(),
    reset_step_concurrency: z.boolean().optional(),
  })
  .refine((update) => !(update.step_concurrency !== undefined && update.reset_step_concurrency), {
    error: 'step_concurrency cannot be set and reset at the same time',
  })
  .refine((update) => !(update.run_strategy && (update.reset_run_strategy_rule || update.reset_workflow_concurrency)), {
    error: 'run_strategy cannot be set and reset at the same time',
  });
export type PropertiesUpdate = z.infer<typeof PropertiesUpdate>;

const Transition = z.strictObject({
  successors: z.record(z.string(), z.string()).optional(),
  predecessors: z.array(z.string()).optional(),
});

const limit = z.union([z.number().int().min(0).max(99), z.string()]);
const seconds = z.number().int().min(0).max(86_400);
const RetryPolicy = z.strictObject({
  error_retry_limit: limit.optional(),
  platform_retry_limit: limit.optional(),
  timeout_retry_limit: limit.optional(),
  backoff: z
    .strictObject({
      type: anyCase(['EXPONENTIAL_BACKOFF', 'FIXED_BACKOFF']),
      error_retry_backoff_in_secs: seconds.optional(),
      platform_retry_backoff_in_secs: seconds.optional(),
      timeout_retry_backoff_in_secs: seconds.optional(),
      error_retry_exponent: z.number().optional(),
      platform_retry_exponent: z.number().optional(),
      timeout_retry_exponent: z.number().optional(),
      error_retry_limit_in_secs: seconds.optional(),
      platform_retry_limit_in_secs: seconds.optional(),
      timeout_retry_limit_in_secs: seconds.optional(),
    })
    .optional(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

const SignalOutput = z.strictObject({
  name: z.string().min(1).max(256),
  params: Params.optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
});
const SignalDependency = z.strictObject({
  name: z.string().min(1).max(256),
  match_params: z
    .record(z.string(), z.strictObject({ param: ParamDefinition, operator: z.enum(['=', '>', '>=', '<', '<=']) }))
    .optional(),
});

const timeout = z.union([z.number().min(0), z.string()]);
const stepFields = {
  id: z.string().regex(/^(?!maestro_)(?!.*__)[_a-zA-Z][.\-_a-zA-Z0-9]{0,127}$/, { error: 'is not a valid step id' }),
  name: z.string().max(256).optional(),
  description: z.string().max(16_384).optional(),
  transition: Transition.optional(),
  failure_mode: anyCase(['FAIL_IMMEDIATELY', 'FAIL_AFTER_RUNNING', 'IGNORE_FAILURE']).optional(),
  tags: Tags.optional(),
  timeout: timeout.optional(),
  signal_dependencies: z.array(SignalDependency).optional(),
  signal_outputs: z.array(SignalOutput).optional(),
  params: Params.optional(),
};
const TypedStep = z.strictObject({
  ...stepFields,
  type: z.enum(['NoOp', 'Sleep', 'Titus', 'Notebook', 'Kubernetes', 'Http', 'Join']),
  sub_type: z.string().optional(),
  sub_type_version: z.string().optional(),
  retry_policy: RetryPolicy.optional(),
});
const SubworkflowStep = z.strictObject({
  ...stepFields,
  sync: z.boolean().optional(),
  explicit_params: z.boolean().optional(),
});
/** Exactly one key, the kind. Loops and templates are not run here, so a push of one is refused. */
export const Step = z.union([z.strictObject({ step: TypedStep }), z.strictObject({ subworkflow: SubworkflowStep })]);
export type Step = z.infer<typeof Step>;
export type StepBody = z.infer<typeof TypedStep> | z.infer<typeof SubworkflowStep>;

const TimeTrigger = z.union([
  z.strictObject({
    type: z.literal('CRON'),
    cron: z.string(),
    timezone: z.string().optional(),
    fuzzy_max_delay: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('PREDEFINED'), expression: z.string(), timezone: z.string().optional() }),
  z.strictObject({
    type: z.literal('INTERVAL'),
    interval: z.unknown(),
    start: z.string().optional(),
    timezone: z.string().optional(),
  }),
]);

const SignalTrigger = z.strictObject({
  definitions: z.record(
    z.string(),
    z.strictObject({
      match_params: z
        .record(z.string(), z.strictObject({ value: z.unknown(), operator: z.enum(['=', '>', '>=', '<', '<=']) }))
        .optional(),
      join_keys: z.array(z.string()).optional(),
    }),
  ),
  params: Params.optional(),
  condition: z.string().optional(),
  dedup_expr: z.string().optional(),
});

function reservedPlace(id: string): string | undefined {
  const rejected = `- rejected value is [${id}]`;
  if (/^maestro_/i.test(id)) return `[maestro id] cannot start with reserved prefix: maestro_ ${rejected}`;
  return /_maestro$/i.test(id) ? `[maestro id] cannot end with reserved suffix: _maestro ${rejected}` : undefined;
}

export const Workflow = z.strictObject({
  id: z
    .string()
    .regex(/^[_a-zA-Z0-9][.\-_a-zA-Z0-9]{0,127}$/, { error: 'is not a valid workflow id' })
    .superRefine((id, context) => {
      const message = reservedPlace(id);
      if (message) context.addIssue({ code: 'custom', message, params: { validation: true } });
    }),
  name: z.string().max(256).optional(),
  description: z.string().max(16_384).optional(),
  tags: Tags.optional(),
  timeout: timeout.optional(),
  time_triggers: z.array(TimeTrigger).optional(),
  signal_triggers: z.array(SignalTrigger).max(8).optional(),
  criticality: anyCase(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']).optional(),
  instance_step_concurrency: z.number().int().min(1).max(999).optional(),
  params: Params.optional(),
  steps: z.array(Step).min(1).max(300),
});
export type Workflow = z.infer<typeof Workflow>;

/** Any other key is kept in the version's metadata. */
export const CreateBody = z.looseObject({
  properties: Properties.optional(),
  workflow: Workflow,
  is_active: z.boolean().optional(),
  git_info: z
    .strictObject({
      origin: z.string().optional(),
      branch: z.string().optional(),
      sha: z.string().optional(),
      path: z.string().optional(),
      author: z.string().optional(),
      timestamp: z.number().optional(),
      uncommitted_changes: z.boolean().optional(),
    })
    .optional(),
});
export type CreateBody = z.infer<typeof CreateBody>;
/** What a caller writes to define a workflow. */
export type WorkflowPush = z.input<typeof CreateBody>;

const RequestId = z.uuid({ error: 'must be a valid UUID' });
export const StartBody = z.strictObject({
  initiator: z.looseObject({
    type: z.preprocess((text) => (typeof text === 'string' ? text.toUpperCase() : text), z.string()),
  }),
  request_id: RequestId.optional(),
  request_time: z.number().int().optional(),
  run_params: Params.refine((given) => Object.keys(given).length <= 128, { error: 'at most 128 params' }).optional(),
  runtime_tags: Tags.optional(),
  artifacts: z.record(z.string(), z.unknown()).optional(),
  persist_failed_run: z.boolean().optional(),
});
export type StartBody = z.infer<typeof StartBody>;

export const RestartPolicy = z.enum(['RESTART_FROM_INCOMPLETE', 'RESTART_FROM_BEGINNING']);
export const RestartBody = z.strictObject({
  restart_policy: RestartPolicy,
  request_id: RequestId.optional(),
  request_time: z.number().int().optional(),
  run_params: Params.refine((given) => Object.keys(given).length <= 128, { error: 'at most 128 params' }).optional(),
});
export type RestartBody = z.infer<typeof RestartBody>;

export const StepRestartBody = z.strictObject({
  restart_policy: RestartPolicy,
  request_id: RequestId.optional(),
  request_time: z.number().int().optional(),
  step_run_params: Params.optional(),
  upstream_restart_mode: z.enum(['RESTART_FROM_STEP', 'RESTART_FROM_INLINE_ROOT']).optional(),
});
export type StepRestartBody = z.infer<typeof StepRestartBody>;

/** What its JSON reader calls the things that a body is made of, by their place in it. */
export const javaClasses = z
  .registry<Record<string, string>>()
  .add(CreateBody, { workflow: 'com.netflix.maestro.models.definition.Workflow$WorkflowBuilder' })
  .add(StartBody, { '': 'com.netflix.maestro.models.api.WorkflowStartRequest' })
  .add(RestartBody, { '': 'com.netflix.maestro.models.api.WorkflowInstanceRestartRequest' })
  .add(StepRestartBody, { '': 'com.netflix.maestro.models.api.StepInstanceRestartRequest' });

/** Any other key becomes payload. */
export const SignalBody = z.looseObject({
  name: z.string().min(1).max(256),
  params: z.record(z.string(), z.union([z.string(), z.number().int()])).optional(),
  request_id: z.string().optional(),
  request_time: z.number().int().optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
});
export type SignalBody = z.infer<typeof SignalBody>;
