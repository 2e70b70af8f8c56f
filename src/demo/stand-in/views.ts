import { type Snapshot, strategyOf, type Version, type WorkflowRecord } from './catalogue';
import { bodyOf } from './dag';
import {
  type Attempt,
  aggregatedSteps,
  type Initiator,
  type Instance,
  latestAttempt,
  latestRun,
  type Run,
  retryLimitsOf,
  type StepRun,
} from './run-state';
import { keepsRefs, type StepStatus } from './statuses';
import { type JsonObject, present, type Step } from './wire';

/** What the server remembers, as its answers say it. */

export function renderSnapshot(record: WorkflowRecord): JsonObject {
  const { createTime, author, tags, ...properties } = record.snapshot;
  return present({
    ...properties,
    workflow_id: record.id,
    create_time: createTime,
    author,
    run_strategy: strategyOf(record),
    tags: tags.length > 0 ? tags : undefined,
  });
}

export function renderDefinition(record: WorkflowRecord, version: Version, enriched = false): JsonObject {
  const latest = record.versions.at(-1);
  const isActive = record.activeVersionId === version.id;
  return present({
    properties_snapshot: renderSnapshot(record),
    metadata: version.metadata,
    workflow: { ...version.workflow, steps: version.workflow.steps.map((step) => renderStepDefinition(step)) },
    is_active: isActive,
    activate_time: version.activatedAt,
    activated_by: version.activatedBy,
    is_latest: latest === version,
    is_default: record.activeVersionId === 0 ? latest === version : isActive,
    internal_id: record.internalId,
    modify_time: record.modifiedAt,
    enriched_extras: enriched
      ? {
          workflow_params: version.workflow.params ?? {},
          step_params: Object.fromEntries(
            version.workflow.steps.map(bodyOf).map((body): [string, unknown] => [body.id, body.params ?? {}]),
          ),
        }
      : undefined,
  });
}

/** The step as defined, with `transition` always there. */
function renderStepDefinition(step: Step): JsonObject {
  const complete = (body: { transition?: unknown }) => ({ ...body, transition: body.transition ?? {} });
  return 'step' in step
    ? { step: complete(step.step) }
    : { subworkflow: { sync: true, ...complete(step.subworkflow) } };
}

export function renderOverview(record: WorkflowRecord, instances: Instance[]): JsonObject {
  const runs = instances.flatMap((instance) => instance.runs);
  const count = (status: string) => runs.filter((run) => run.status === status).length;
  const latest = record.versions.at(-1)?.id ?? 0;
  return present({
    workflow_id: record.id,
    active_version_id: record.activeVersionId || undefined,
    latest_version_id: latest,
    default_version_id: record.activeVersionId || latest,
    properties_snapshot: renderSnapshot(record),
    step_concurrency: record.snapshot.step_concurrency,
    nonterminal_instances: { CREATED: count('CREATED'), IN_PROGRESS: count('IN_PROGRESS'), PAUSED: count('PAUSED') },
    failed_instances: runs.filter((run) => run.status === 'FAILED' && !run.restarted && !run.unblocked).length,
    latest_instance_id: instances.at(-1)?.id,
  });
}

const renderInitiator = (initiator: Initiator): JsonObject => ({
  ...initiator.fields,
  depth: initiator.depth,
  type: initiator.type,
});

const tagsOf = (run: Run) => [...(run.instance.version.workflow.tags ?? []), ...run.runtimeTags];

const renderRunProperties = (
  { createTime, owner, alerting, step_concurrency }: Snapshot,
  tags: unknown[],
): JsonObject =>
  present({ create_time: createTime, owner, alerting, step_concurrency, tags: tags.length > 0 ? tags : undefined });

/** `enriched` puts the status changes into the timeline. */
export function renderRun(run: Run, { enriched = false, aggregated = true } = {}): JsonObject {
  const { instance } = run;
  const statuses = run.statusLog.map(({ status, at }) => ({ timestamp: at, type: 'STATUS', status }));
  return present({
    workflow_id: instance.record.id,
    workflow_instance_id: instance.id,
    workflow_run_id: run.id,
    workflow_uuid: run.uuid,
    correlation_id: instance.correlationId,
    workflow_version_id: instance.version.id,
    group_info: 1,
    internal_id: instance.record.internalId,
    execution_id: run.executionId,
    run_config: present({
      policy: run.policy,
      runtime_tags: run.runtimeTags.length > 0 ? run.runtimeTags : undefined,
    }),
    run_params: run.runParams,
    step_run_params: Object.keys(run.stepRunParams).length > 0 ? run.stepRunParams : undefined,
    run_properties: renderRunProperties(run.properties, tagsOf(run)),
    runtime_workflow: {
      ...instance.version.workflow,
      steps: instance.version.workflow.steps.map((step) => renderStepDefinition(step)),
    },
    runtime_dag: Object.fromEntries([...run.dag].map(([id, transition]) => [id, renderTransition(transition)])),
    timeout_in_millis: millisOf(instance.version.workflow.timeout),
    params: run.params,
    initiator: renderInitiator(run.initiator),
    status: run.status,
    request_time: run.requestedAt,
    create_time: run.createdAt,
    start_time: run.startedAt,
    end_time: run.endedAt,
    modify_time: run.modifiedAt,
    runtime_overview: run.startedAt === undefined ? undefined : renderRuntimeOverview(run),
    artifacts: run.artifacts,
    timeline: enriched ? byTime([...run.timeline, ...statuses]) : run.timeline,
    aggregated_info: aggregated ? renderAggregated(run) : undefined,
  });
}

export const renderInstance = (instance: Instance, options: { enriched?: boolean; aggregated?: boolean } = {}) =>
  renderRun(latestRun(instance), options);

const byTime = (entries: JsonObject[]) => entries.sort((a, b) => Number(a.timestamp) - Number(b.timestamp));

const millisOf = (timeout: number | string | undefined) => (Number(timeout) > 0 ? Number(timeout) * 1000 : undefined);

const renderTransition = ({
  predecessors,
  successors,
}: {
  predecessors: string[];
  successors: Record<string, string>;
}) =>
  present({
    predecessors: predecessors.length > 0 ? predecessors : undefined,
    successors: Object.keys(successors).length > 0 ? successors : undefined,
  });

function renderAggregated(run: Run): JsonObject {
  return {
    workflow_instance_status: run.status,
    step_aggregated_views: Object.fromEntries(
      [...aggregatedSteps(run)].map(([id, view]) => [
        id,
        present({
          workflow_run_id: view.runId,
          status: view.status,
          start_time: view.startedAt,
          end_time: view.endedAt,
        }),
      ]),
    ),
  };
}

function renderRuntimeOverview(run: Run): JsonObject {
  const overview: Partial<Record<StepStatus, { cnt: number; steps?: (number | null)[][] }>> = {};
  for (const step of run.steps.values()) {
    const attempt = latestAttempt(step);
    const status = attempt?.status ?? 'NOT_CREATED';
    const entry = overview[status] ?? { cnt: 0 };
    overview[status] = entry;
    entry.cnt += 1;
    if (attempt) {
      entry.steps = [
        ...(entry.steps ?? []),
        [step.ordinal, attempt.times.start_time ?? null, attempt.times.end_time ?? null],
      ];
    }
  }
  return present({
    total_step_count: run.dag.size,
    step_overview: overview,
    rollup_overview: renderRollup(run),
    run_status: run.ownStatus,
  });
}

interface Rollup {
  total_leaf_count: number;
  overview: Partial<Record<StepStatus, { cnt: number; ref?: Record<string, string[]> }>>;
}

/** Leaf steps of this run and of the child runs that its subworkflow steps started. */
function renderRollup(run: Run): Rollup {
  const rollup: Rollup = { total_leaf_count: 0, overview: {} };
  const add = (status: StepStatus, count: number, ref?: Record<string, string[]>) => {
    const entry = rollup.overview[status] ?? { cnt: 0 };
    rollup.overview[status] = entry;
    entry.cnt += count;
    rollup.total_leaf_count += count;
    for (const [key, places] of Object.entries(ref ?? {})) {
      entry.ref = { ...entry.ref, [key]: [...(entry.ref?.[key] ?? []), ...places] };
    }
  };
  for (const step of run.steps.values()) {
    const attempt = latestAttempt(step);
    const child = attempt?.child;
    if (child) {
      for (const [status, entry] of Object.entries(renderRollup(child).overview)) {
        if (isStepStatus(status)) add(status, entry.cnt, entry.ref);
      }
      continue;
    }
    const status = attempt?.status ?? 'NOT_CREATED';
    const place = attempt && keepsRefs(status) ? `${run.instance.id}:${step.body.id}:${attempt.id}` : undefined;
    add(status, 1, place ? { [`${run.instance.record.id}:${run.id}`]: [place] } : undefined);
  }
  return rollup;
}

const isStepStatus = (text: string): text is StepStatus => /^[A-Z_]+$/.test(text);

export function renderStep(run: Run, step: StepRun, attempt: Attempt, enriched = false): JsonObject {
  const { instance } = run;
  const transition = run.dag.get(step.body.id) ?? { predecessors: [], successors: {} };
  const statuses = attempt.statusLog.map(({ status, at }) => ({ timestamp: at, type: 'STATUS', status }));
  return present({
    workflow_id: instance.record.id,
    workflow_instance_id: instance.id,
    workflow_run_id: run.id,
    step_id: step.body.id,
    step_attempt_id: attempt.id,
    workflow_uuid: run.uuid,
    step_uuid: attempt.uuid,
    correlation_id: instance.correlationId,
    step_instance_id: step.ordinal,
    workflow_version_id: instance.version.id,
    group_info: 1,
    owner: run.properties.owner,
    definition: renderStepDefinition(step.step),
    tags: step.body.tags,
    params: Object.keys(attempt.params).length > 0 ? attempt.params : undefined,
    transition: present({
      predecessors: transition.predecessors.length > 0 ? transition.predecessors : undefined,
      successors: Object.fromEntries(
        Object.entries(transition.successors).map(([id, condition]) => [id, renderCondition(run, condition)]),
      ),
    }),
    step_retry: renderRetry(run, step, attempt),
    timeout_in_millis: millisOf(step.body.timeout),
    runtime_state: { status: attempt.status, ...attempt.times },
    signal_dependencies: attempt.dependencies.length > 0 ? { dependencies: attempt.dependencies } : undefined,
    signal_outputs: attempt.outputs.length > 0 ? { outputs: attempt.outputs } : undefined,
    artifacts: attempt.artifacts,
    timeline: enriched ? byTime([...attempt.timeline, ...statuses]) : attempt.timeline,
    step_run_params: run.stepRunParams[step.body.id],
  });
}

function renderCondition(run: Run, condition: string): JsonObject {
  const result = condition === 'true' || run.values[condition] === true;
  return { type: 'BOOLEAN', expression: condition, evaluated_result: result };
}

function renderRetry(run: Run, step: StepRun, attempt: Attempt): JsonObject {
  const policy = 'step' in step.step ? step.step.step.retry_policy : undefined;
  const limits = retryLimitsOf(run, step);
  return present({
    error_retries: attempt.retries.error,
    error_retry_limit: limits.error,
    platform_retries: attempt.retries.platform,
    platform_retry_limit: limits.platform,
    timeout_retries: attempt.retries.timeout,
    timeout_retry_limit: limits.timeout,
    manual_retries: attempt.retries.manual,
    retryable: attempt.retryable,
    backoff: policy?.backoff,
  });
}
