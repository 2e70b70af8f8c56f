import { addTimeline } from './attempts';
import type { Version, WorkflowRecord } from './catalogue';
import { bodyOf, dagOf } from './dag';
import { builtInParams, evaluateParams, overrideParams, ParamFault } from './params';
import { badRequest, Refusal } from './refusal';
import type { RunBook } from './run-book';
import {
  aggregatedSteps,
  type Initiator,
  type Instance,
  identityOf,
  incompleteSteps,
  isLive,
  latestAttempt,
  latestRun,
  type Parent,
  type Run,
  type StepRun,
} from './run-state';
import { isStepFailed, isStepRetried } from './statuses';
import type { JsonObject, Params, Tag } from './wire';

export interface StartRequest {
  initiator: Initiator;
  uuid?: string | undefined;
  requestedAt?: number | undefined;
  runParams?: Params | undefined;
  runtimeTags?: Tag[] | undefined;
  artifacts?: JsonObject | undefined;
  persistFailedRun?: boolean | undefined;
  parent?: Parent | undefined;
  correlationId?: string | undefined;
}

export interface RestartRequest {
  policy: 'RESTART_FROM_INCOMPLETE' | 'RESTART_FROM_BEGINNING';
  uuid?: string | undefined;
  requestedAt?: number | undefined;
  runParams?: Params | undefined;
  /** Begin at this step; `policy` then applies to what lies below it. */
  step?: { id: string; params?: Params | undefined; skip?: boolean };
  initiator: Initiator;
}

/** `run` is absent for a duplicate; `attempt` is there when only a step of a live run was restarted. */
export interface StartOutcome {
  status: 'CREATED' | 'DUPLICATED' | 'STOPPED';
  workflowId: string;
  versionId: number;
  uuid: string;
  run?: Run;
  attempt?: { stepId: string; id: number };
  message: string;
}

export interface StartDeps {
  book: RunBook;
  newUuid(): string;
  refusalToStart(workflowId: string): string | undefined;
  /** Lets a new run in as the run strategy wants. */
  admit(run: Run): 'CREATED' | 'STOPPED';
  /** Begins a new attempt of a step. */
  follow(run: Run, step: StepRun, because: 'manual'): void;
}

type NewRun = Pick<
  Run,
  | 'id'
  | 'uuid'
  | 'policy'
  | 'initiator'
  | 'requestedAt'
  | 'createdAt'
  | 'runParams'
  | 'definitions'
  | 'params'
  | 'values'
  | 'artifacts'
  | 'runtimeTags'
  | 'dag'
> &
  Partial<Pick<Run, 'baseline' | 'skipFirst' | 'stepRunParams' | 'subworkflowPolicy'>>;

/** New instances, and new runs of old ones. */
export function createStarts({ book, newUuid, refusalToStart, admit, follow }: StartDeps) {
  function start(record: WorkflowRecord, version: Version, request: StartRequest): StartOutcome {
    const refusal = refusalToStart(record.id);
    if (refusal) throw badRequest(refusal);
    const at = book.now();
    const runTs = request.runParams?.RUN_TS?.value ?? request.requestedAt ?? at;
    if (typeof runTs !== 'number') throw badRequest(`Param [RUN_TS] is expected to be LONG but is [${String(runTs)}]`);
    const defined = { ...builtInParams(runTs, timeZoneOf(version)), ...version.workflow.params };
    const definitions = overrideParams(defined, request.runParams, 'start');
    const uuid = request.uuid ?? newUuid();
    const message = messageOf(request.initiator);
    const answer = { workflowId: record.id, versionId: version.id, uuid, message };
    const evaluation = tryEvaluate(definitions, at);
    if (evaluation.fault && !request.persistFailedRun) throw badRequest(evaluation.fault);
    if (!book.takeUuid(record.id, uuid)) return { ...answer, status: 'DUPLICATED' };

    const all = book.instancesOf(record.id);
    const id = (all.at(-1)?.id ?? 0) + 1;
    const instance: Instance = {
      record,
      version,
      id,
      correlationId: request.correlationId ?? `${record.id}:${id}:1`,
      ...(request.parent ? { parent: request.parent } : {}),
      runs: [],
    };
    book.add(instance);
    const run = addRun(instance, {
      id: 1,
      uuid,
      policy: 'START_FRESH_NEW_RUN',
      initiator: request.initiator,
      requestedAt: request.requestedAt ?? at,
      createdAt: at,
      runParams: request.runParams ?? {},
      definitions,
      params: evaluation.params,
      values: evaluation.values,
      artifacts: request.artifacts ?? {},
      runtimeTags: request.runtimeTags ?? [],
      dag: dagOf(version.workflow),
    });
    if (evaluation.fault) {
      addTimeline(run, {
        timestamp: at,
        type: 'DETAILS',
        status: 'BAD_REQUEST',
        message: 'Failed to evaluate the run parameters',
        errors: [evaluation.fault],
        retryable: false,
      });
      book.setRunStatus(run, 'FAILED');
      return { ...answer, status: 'CREATED', run };
    }
    return { ...answer, status: admit(run), run };
  }

  function addRun(instance: Instance, given: NewRun): Run {
    const steps = new Map<string, StepRun>();
    let ordinal = 0;
    for (const id of given.dag.keys()) {
      const step = instance.version.workflow.steps.find((candidate) => bodyOf(candidate).id === id);
      if (step) steps.set(id, { step, body: bodyOf(step), ordinal: ++ordinal, attempts: [], active: false });
    }
    const run: Run = {
      instance,
      status: 'CREATED',
      modifiedAt: given.createdAt,
      steps,
      skipFirst: new Set(),
      stepRunParams: {},
      timeline: [],
      statusLog: [],
      properties: instance.record.snapshot,
      restarted: false,
      unblocked: false,
      baseline: new Map(),
      abort: new AbortController(),
      subworkflowPolicy: 'RESTART_FROM_INCOMPLETE',
      ...given,
    };
    book.addRun(run);
    return run;
  }

  function restart(instance: Instance, request: RestartRequest): StartOutcome {
    const run = latestRun(instance);
    if (request.step) {
      const view = aggregatedSteps(run).get(request.step.id);
      if (!view) {
        // Its own words, such as they are.
        throw badRequest(
          'Cannot invoke "com.netflix.maestro.models.instance.StepAggregatedView.getStatus()" because "<local3>" is null',
        );
      }
      if (view.status === 'NOT_CREATED') {
        throw badRequest(`Invalid restart request: step [${request.step.id}] is not created in the DAG.`);
      }
    }
    if (isLive(run)) {
      if (request.step) return restartLiveStep(run, request.step.id, request);
      throw badRequest(
        `workflow instance ${identityOf(run)} does not support restart action as it is in a non-terminal status [${run.status}]`,
      );
    }
    const { parent } = instance;
    if (!parent) return restartDirectly(instance, request);
    return restart(parent.run.instance, {
      policy: request.policy,
      initiator: parent.run.initiator,
      ...(request.uuid ? { uuid: request.uuid } : {}),
      step: { id: parent.stepId },
    });
  }

  function restartDirectly(instance: Instance, request: RestartRequest): StartOutcome {
    const { record, version } = instance;
    const refusal = refusalToStart(record.id);
    if (refusal) throw badRequest(refusal);
    const before = latestRun(instance);
    const at = book.now();
    const definitions = overrideParams(before.definitions, request.runParams, 'restart');
    const evaluation = tryEvaluate(definitions, at);
    if (evaluation.fault) throw badRequest(evaluation.fault);
    const uuid = request.uuid ?? newUuid();
    const answer = { workflowId: record.id, versionId: version.id, uuid, message: messageOf(request.initiator) };
    if (!book.takeUuid(record.id, uuid)) return { ...answer, status: 'DUPLICATED' };
    for (const run of instance.runs) if (run.status === 'FAILED') run.restarted = true;

    const views = aggregatedSteps(before);
    const fromBeginning = request.policy === 'RESTART_FROM_BEGINNING' && !request.step;
    const from = [...new Set([...incompleteSteps(views), ...(request.step ? [request.step.id] : [])])];
    const run = addRun(instance, {
      id: before.id + 1,
      uuid,
      policy: request.step ? 'RESTART_FROM_SPECIFIC' : request.policy,
      initiator: request.initiator,
      requestedAt: request.requestedAt ?? at,
      createdAt: at,
      runParams: request.runParams ?? {},
      definitions,
      params: evaluation.params,
      values: evaluation.values,
      artifacts: {},
      runtimeTags: before.runtimeTags,
      dag: fromBeginning ? dagOf(version.workflow) : dagOf(version.workflow, from),
      baseline: fromBeginning ? new Map() : views,
      skipFirst: new Set(request.step?.skip ? [request.step.id] : []),
      stepRunParams: request.step?.params ? { [request.step.id]: request.step.params } : {},
      subworkflowPolicy: request.policy,
    });
    return { ...answer, status: admit(run), run };
  }

  /** A new attempt of a failed step while other steps of the run still go on. */
  function restartLiveStep(run: Run, stepId: string, request: RestartRequest): StartOutcome {
    const step = run.steps.get(stepId);
    const attempt = latestAttempt(step);
    const view = aggregatedSteps(run).get(stepId);
    const where = `${identityOf(run)}[${stepId}]`;
    if (!step || !attempt || !isStepFailed(attempt.status)) {
      const status = attempt?.status ?? view?.status ?? 'NOT_CREATED';
      throw badRequest(
        isStepRetried(status)
          ? `Cannot manually RESTART the step ${where} as the system is still retrying.`
          : `Cannot manually RESTART the step ${where} as its status [${status}] is either non-terminal or complete while the workflow instance or its ancestor workflow instances is still non-terminal.`,
      );
    }
    const mode = step.body.failure_mode ?? 'FAIL_AFTER_RUNNING';
    if (mode !== 'FAIL_AFTER_RUNNING') {
      throw badRequest(
        `Cannot manually RESTART the step ${where} as step failure mode [${mode}] is not FAIL_AFTER_RUNNING`,
      );
    }
    if (step.active || run.ending)
      throw new Refusal('CONFLICT', `There is an ongoing action for this step ${where} and please try it again later.`);
    if (request.step?.params) run.stepRunParams[stepId] = request.step.params;
    run.subworkflowPolicy = request.policy;
    follow(run, step, 'manual');
    return {
      status: 'CREATED',
      workflowId: run.instance.record.id,
      versionId: run.instance.version.id,
      uuid: run.uuid,
      run,
      attempt: { stepId, id: attempt.id + 1 },
      message: `User [${String(request.initiator.fields.user)}] take action [RESTART] on the step`,
    };
  }

  return { start, restart, restartDirectly };
}

export type Starts = ReturnType<typeof createStarts>;

function timeZoneOf(version: Version): string {
  const trigger = version.workflow.time_triggers?.[0];
  return trigger?.timezone ?? 'UTC';
}

function tryEvaluate(definitions: Params, at: number) {
  try {
    return { ...evaluateParams(definitions, {}, at), fault: undefined };
  } catch (error) {
    if (!(error instanceof ParamFault)) throw error;
    return { params: {}, values: {}, fault: error.message };
  }
}

function messageOf(initiator: Initiator): string {
  switch (initiator.type) {
    case 'MANUAL':
      return `Manually run a new workflow instance by a user [${String(initiator.fields.user ?? 'unknown')}]`;
    case 'TIME':
      return `Triggered by a time trigger [${String(initiator.fields.trigger_uuid)}]`;
    case 'SIGNAL':
      return `Triggered by a signal trigger [${String(initiator.fields.trigger_uuid)}]`;
    case 'SUBWORKFLOW':
      return 'Started by a subworkflow step';
  }
}
