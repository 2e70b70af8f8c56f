import { z } from 'zod';
import { rowsOf } from '../rows';

/** What we read of Maestro's answers (API v3). Strict on identity, status and time; lenient on decoration. */

/** Milliseconds since 1970. */
const instant = z
  .number()
  .int()
  .min(0)
  .transform((ms) => new Date(ms));
const time = instant.nullish().transform((at) => at ?? undefined);
const id = z.number().int().min(1);
/** 0 = none. */
const idOrNone = z.number().int().min(0);
const word = z.string().min(1);
const decoration = z.string().nullish().catch(undefined);
/** What it says of something that was done, but for who asked: people here know them by another name than the address it has. */
const deed = decoration.transform((said) =>
  said?.replace(/^User \[[^\]]*\] take (?:an )?/, 'It was taken: ').replace(/ by a user \[[^\]]*\]$/, ''),
);

/** A count, however it is written. */
const count = z.coerce.number().int().min(0).catch(0);

/** A person or team: a text, or an object that has a name. */
const user = z
  .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
  .nullish()
  .catch(undefined);

const tags = z
  .array(
    z
      .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
      .nullable()
      .catch(null),
  )
  .nullish()
  .catch(undefined)
  .transform((all) => (all ?? []).filter((tag) => tag !== null));

/** One entry of a timeline: only what it says. */
const TimelineEntry = z
  .object({
    timestamp: instant,
    type: z.string(),
    level: decoration,
    message: decoration,
    status: decoration,
    errors: z.array(z.string()).nullish().catch(undefined),
    action: decoration,
    author: user,
    reason: decoration,
  })
  .nullable()
  .catch(null);
export type TimelineEntry = NonNullable<z.output<typeof TimelineEntry>>;

const timeline = z
  .array(TimelineEntry)
  .nullish()
  .catch(undefined)
  .transform((all) => (all ?? []).filter((entry) => entry !== null));

/** Where a step is, in whichever workflow of the tree. */
export interface Leaf {
  workflow: string;
  instance: number;
  run: number;
  step: string;
  attempt: number;
}

/** `{"<workflow>:<run>": ["<instance>:<step>:<attempt>"]}` to places. A reference in another form is left out. */
const refs = z
  .record(z.string(), z.array(z.string()))
  .nullish()
  .catch(undefined)
  .transform((all): Leaf[] =>
    Object.entries(all ?? {}).flatMap(([key, places]) => {
      const [, workflow, run] = /^(.+):(\d+)$/.exec(key) ?? [];
      return places.flatMap((place) => {
        const [, instance, step, attempt] = /^(\d+):(.+):(\d+)$/.exec(place) ?? [];
        if (!workflow || !step) return [];
        return [{ workflow, run: Number(run), instance: Number(instance), step, attempt: Number(attempt) }];
      });
    }),
  );

const bareCount = z.number().transform((cnt) => ({ cnt, steps: undefined, ref: undefined }));

const Rollup = z
  .object({
    total_leaf_count: count,
    overview: z
      .record(z.string(), z.union([bareCount, z.object({ cnt: count, ref: refs })]))
      .nullish()
      .transform((all) => all ?? {}),
  })
  .nullish()
  .catch(undefined);
export type Rollup = z.output<typeof Rollup>;

const RuntimeOverview = z
  .object({
    total_step_count: count,
    step_overview: z
      .record(
        z.string(),
        // `steps`: [place in runtime_dag counted from 1, start, end]
        z.union([
          bareCount,
          z.object({ cnt: count, steps: z.array(z.array(z.number().nullable())).nullish().catch(undefined) }),
        ]),
      )
      .nullish()
      .catch(undefined)
      .transform((all) => all ?? {}),
    rollup_overview: Rollup,
    run_status: decoration,
  })
  .nullish()
  .catch(undefined);

/** Type and mode in capitals, as the server answers them. */
const Parameter = z.object({
  type: z.string().catch(''),
  mode: decoration,
  evaluated_result: z.unknown().optional(),
  value: z.unknown().optional(),
});
export type Parameter = z.output<typeof Parameter>;
const params = z.record(z.string(), Parameter.nullable().catch(null)).nullish().catch(undefined);

/** A step of a definition: one key, its kind. */
const step: z.ZodType<DefinedStep> = z.lazy(() =>
  z
    .record(
      z.string(),
      z.object({
        id: z.string().catch(''),
        steps: z.array(step).nullish().catch(undefined),
        signal_outputs: z
          .array(z.object({ name: z.string() }))
          .nullish()
          .catch(undefined),
        signal_dependencies: z
          .array(z.object({ name: z.string() }))
          .nullish()
          .catch(undefined),
        transition: z
          .object({ successors: z.record(z.string(), z.unknown()).nullish() })
          .nullish()
          .catch(undefined),
        failure_mode: decoration,
        params,
      }),
    )
    .transform((wrapped): DefinedStep => {
      const [kind = '', body] = Object.entries(wrapped)[0] ?? [];
      return {
        kind,
        id: body?.id ?? '',
        steps: body?.steps ?? [],
        announces: (body?.signal_outputs ?? []).map(({ name }) => name),
        waitsFor: (body?.signal_dependencies ?? []).map(({ name }) => name),
        calls: kind === 'subworkflow' ? textOf(body?.params?.subworkflow_id?.value) : undefined,
        next: Object.keys(body?.transition?.successors ?? {}),
        failureMode: body?.failure_mode?.toUpperCase(),
      };
    }),
);
export interface DefinedStep {
  kind: string;
  id: string;
  steps: DefinedStep[];
  /** Names of signals. */
  announces: string[];
  waitsFor: string[];
  /** Ids of the steps that follow. */
  next: string[];
  /** Left out = FAIL_AFTER_RUNNING. */
  failureMode?: string;
  /** The workflow that a subworkflow step starts, where it is written out. */
  calls?: string;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !value.includes('${') ? value : undefined;
}

export const Instance = z.object({
  workflow_id: word,
  workflow_instance_id: id,
  workflow_run_id: id,
  status: word,
  workflow_uuid: decoration,
  workflow_version_id: idOrNone.nullish().catch(undefined),
  run_config: z.object({ policy: decoration }).nullish().catch(undefined),
  create_time: time,
  start_time: time,
  end_time: time,
  modify_time: time,
  timeout_in_millis: z.coerce.number().positive().nullish().catch(undefined),
  run_params: params,
  params,
  run_properties: z.object({ owner: user, tags }).nullish().catch(undefined),
  runtime_workflow: z
    .object({ name: decoration, tags, steps: z.array(step).nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  runtime_dag: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  initiator: z
    .object({
      type: z.string().catch(''),
      user,
      ancestors: z
        .array(z.object({ workflow_id: word, instance_id: id, run_id: id, step_id: decoration }))
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
  runtime_overview: RuntimeOverview,
  timeline,
  aggregated_info: z
    .object({
      workflow_instance_status: decoration,
      step_aggregated_views: z
        .record(z.string(), z.object({ workflow_run_id: z.number().nullish(), status: z.string() }))
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
export type Instance = z.output<typeof Instance>;

const page = <Element extends z.ZodType>(elements: z.ZodType<z.output<Element>[]>) =>
  z.object({
    page_info: z.object({ end_cursor: z.string().nullish(), has_next_page: z.boolean().catch(false) }),
    elements: elements.nullish().transform((all) => all ?? []),
  });

const unreadable = 'unreadable';
/** An instance of which not even its number can be read is left out. */
const Instances = rowsOf(Instance, {
  identity: (n) => ({ workflow_id: unreadable, workflow_instance_id: n, workflow_run_id: 1 }),
  rest: { status: 'UNREADABLE' },
});
export const InstancePage = page<typeof Instance>(
  Instances.transform((all) => all.filter(({ workflow_id: id }) => id !== unreadable)),
);

/** The artifacts that lead on to a child, and those that hold text. Keys of other kinds are people's own. */
const Artifacts = z
  .object({
    maestro_subworkflow: z
      .object({ subworkflow_id: word, subworkflow_instance_id: id, subworkflow_run_id: id })
      .nullish()
      .catch(undefined),
    maestro_foreach: z
      .object({
        foreach_workflow_id: word,
        foreach_run_id: id,
        foreach_overview: z
          .object({
            rollup: Rollup,
            running_rollup: Rollup,
            details: z.record(z.string(), z.array(z.unknown())).nullish().catch(undefined),
          })
          .nullish()
          .catch(undefined),
      })
      .nullish()
      .catch(undefined),
    maestro_while: z
      .object({ loop_workflow_id: word, loop_run_id: id, last_iteration: id.nullish(), rollup: Rollup })
      .nullish()
      .catch(undefined),
    maestro_kubernetes: z.object({ job_id: decoration, execution_output: decoration }).nullish().catch(undefined),
    maestro_http: z
      .object({
        // Its headers may hold secrets and are not read.
        request: z.object({ url: decoration, method: decoration }).nullish().catch(undefined),
        status: decoration,
        status_code: z.number().nullish().catch(undefined),
        body: decoration,
      })
      .nullish()
      .catch(undefined),
    maestro_notebook: z.object({ output_path: decoration }).nullish().catch(undefined),
    maestro_titus: z
      .object({
        titus_job_id: decoration,
        titus_task_id: decoration,
        titus_log_ui_link: decoration,
        cmb_ui_link: decoration,
        titus_execution_output: decoration,
        titus_execution_error_output: decoration,
      })
      .nullish()
      .catch(undefined),
  })
  .nullish()
  .catch(undefined);

export const StepInstance = z.object({
  workflow_id: word,
  workflow_instance_id: id,
  workflow_run_id: id,
  step_id: word,
  step_attempt_id: id,
  step_uuid: decoration,
  runtime_state: z
    .object({ status: word, create_time: time, start_time: time, end_time: time })
    .nullish()
    .transform(
      (state) => state ?? { status: 'NOT_CREATED', create_time: undefined, start_time: undefined, end_time: undefined },
    ),
  step_retry: z.object({ retryable: z.boolean().nullish() }).nullish().catch(undefined),
  definition: step.nullish().catch(undefined),
  artifacts: Artifacts,
  timeline,
});
export type StepInstance = z.output<typeof StepInstance>;
export const StepInstances = z.array(StepInstance);

/** An object, or just the rule's name, or just a number (parallel). */
const strategy = z
  .union([
    z.object({ rule: z.string(), workflow_concurrency: z.number().nullish().catch(undefined) }),
    z.string().transform((rule) => ({ rule, workflow_concurrency: undefined })),
    z.number().transform((many) => ({ rule: 'PARALLEL', workflow_concurrency: many })),
  ])
  .nullish()
  .catch(undefined);

const Properties = z
  .object({
    owner: user,
    tags,
    run_strategy: strategy,
    time_trigger_disabled: z.boolean().nullish().catch(undefined),
    signal_trigger_disabled: z.boolean().nullish().catch(undefined),
    alerting: z
      .object({
        tct: z
          .object({ completed_by_hour: z.number().int().min(0).max(23).nullish(), tz: decoration })
          .nullish()
          .catch(undefined),
      })
      .nullish()
      .catch(undefined),
  })
  .nullish()
  .catch(undefined);
export type Properties = z.output<typeof Properties>;

export const Definition = z.object({
  properties_snapshot: Properties,
  metadata: z.object({
    workflow_id: word,
    workflow_version_id: id,
    create_time: time,
    version_author: user,
    git_info: z.object({ origin: decoration, branch: decoration, sha: decoration }).nullish().catch(undefined),
  }),
  workflow: z.object({
    name: decoration,
    tags,
    params,
    criticality: decoration,
    time_triggers: z
      .array(
        z.object({
          type: z.string().catch(''),
          cron: decoration,
          expression: decoration,
          interval: decoration,
          timezone: decoration,
        }),
      )
      .nullish()
      .catch(undefined),
    signal_triggers: z
      .array(z.object({ definitions: z.record(z.string(), z.unknown()) }))
      .nullish()
      .catch(undefined),
    steps: z
      .array(step)
      .nullish()
      .catch(undefined)
      .transform((all) => all ?? []),
  }),
  is_active: z.boolean().catch(false),
  activate_time: time,
  activated_by: user,
});
export type Definition = z.output<typeof Definition>;
export const DefinitionPage = page<typeof Definition>(z.array(Definition));

export const Overview = z.object({
  workflow_id: word,
  active_version_id: idOrNone.nullish().transform((version) => version || undefined),
  latest_version_id: idOrNone.nullish().transform((version) => version || undefined),
  properties_snapshot: Properties,
  /** Queued, running and held ones: status to count. */
  nonterminal_instances: z.record(z.string(), count).nullish().catch(undefined),
  /** FAILED ones that were neither restarted nor unblocked. */
  failed_instances: count,
});
export type Overview = z.output<typeof Overview>;

export const History = z.object({
  timeline_events: z
    .array(z.object({ author: user, log: z.string(), timestamp: instant }).nullable().catch(null))
    .nullish()
    .transform((all) => (all ?? []).filter((entry) => entry !== null)),
});

/** Status of an instance to the actions that are legal then. */
export const ActionMap = z.record(z.string(), z.array(z.string()));

/** Of start, restart and step restart. */
export const Started = z.object({
  workflow_id: word,
  workflow_instance_id: idOrNone.nullish().transform((number) => number ?? 0),
  workflow_run_id: idOrNone.nullish().transform((number) => number ?? 0),
  step_attempt_id: idOrNone.nullish(),
  status: word,
  timeline_event: z.object({ message: deed }).nullish().catch(undefined),
});
export type Started = z.output<typeof Started>;

/** The answer to a stop, a kill or an unblock of a run. */
export const Acted = z.object({
  workflow_id: word,
  workflow_instance_id: id,
  workflow_run_id: id,
  info: deed,
});

/** The answer to a stop, a kill or a skip of a step. */
export const StepActed = z.object({
  workflow_id: word,
  workflow_instance_id: id,
  workflow_run_id: id,
  timeline_event: z.object({ message: deed }).nullish().catch(undefined),
});

/** The answer to what is done to a workflow as a whole. */
export const WorkflowActed = z.object({ message: deed }).nullish().catch(undefined);

export const Activated = z.object({
  workflow_id: word,
  workflow_version_id: idOrNone,
});

// Events

export const InstanceEvent = z.object({
  workflow_id: word,
  workflow_instance_id: id,
  workflow_run_id: id,
  depth: z.number().int().min(0).catch(0),
  tags,
  old_status: decoration,
  new_status: word,
  event_time: instant,
});

/** Of a push, an activation, a deactivation or new properties. */
export const ChangeEvent = z.object({
  workflow_id: word,
  author: user,
  version_id: idOrNone.nullish(),
  current_active_version_id: idOrNone.nullish(),
  previous_active_version_id: idOrNone.nullish(),
  event_time: instant,
});

export const AnyEvent = z.looseObject({ type: word, workflow_id: word });
