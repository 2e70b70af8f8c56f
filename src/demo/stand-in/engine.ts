import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import { addTimeline, createAttempts, type Outcome } from './attempts';
import { type Catalogue, strategyOf, type Version, type WorkflowRecord } from './catalogue';
import { bodyOf, dagOf } from './dag';
import type { StepRunner } from './options';
import { builtInParams, evaluateParams, overrideParams, ParamFault } from './params';
import { badRequest, notFound, Refusal } from './refusal';
import {
  type Attempt,
  aggregatedSteps,
  backoffMs,
  type Initiator,
  type Instance,
  identityOf,
  incompleteSteps,
  isLive,
  latestAttempt,
  latestRun,
  type Parent,
  type Run,
  retryLimitsOf,
  type StepRequest,
  type StepRun,
} from './run-state';
import type { Signal, Signals } from './signals';
import { matches } from './signals';
import {
  isAttemptOver,
  isRunOver,
  isStepComplete,
  isStepFailed,
  isStepRetried,
  type RunStatus,
  runStatusOf,
  type StepStatus,
} from './statuses';
import type { JsonObject, Params, Tag } from './wire';

export interface EngineDeps {
  clock: Clock;
  catalogue: Catalogue;
  signals: Signals;
  runner: StepRunner;
  refusalToStart(workflowId: string): string | undefined;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  newUuid(): string;
  /** Milliseconds that a blocking step action waits to be confirmed. */
  actionTimeoutMs: number;
  publish(event: JsonObject): void;
  log: Logger;
}

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

export function createEngine(deps: EngineDeps) {
  const { clock, catalogue, signals, refusalToStart, sleep, newUuid, actionTimeoutMs, publish, log } = deps;
  const byWorkflow = new Map<string, Instance[]>();
  const usedUuids = new Map<string, Set<string>>();
  const watchers = new Set<() => void>();
  const inFlight = new Set<Promise<void>>();
  let closing = false;
  const now = () => clock.now().getTime();

  const instancesOf = (workflowId: string): Instance[] => byWorkflow.get(workflowId) ?? [];
  const runsOf = (workflowId: string): Run[] => instancesOf(workflowId).flatMap((instance) => instance.runs);
  const changed = (run: Run) => {
    run.modifiedAt = now();
    for (const watcher of [...watchers]) watcher();
  };

  const attempts = createAttempts({
    clock,
    signals,
    runner: deps.runner,
    sleep,
    runChild,
    publish: publishStep,
    changed,
  });

  // Publishing

  function publishRun(run: Run, from: RunStatus, to: RunStatus, at: number): void {
    publish({
      workflow_id: run.instance.record.id,
      workflow_name: run.instance.version.workflow.name,
      workflow_instance_id: run.instance.id,
      workflow_run_id: run.id,
      workflow_uuid: run.uuid,
      correlation_id: run.instance.correlationId,
      depth: run.initiator.depth,
      tags: [...(run.instance.version.workflow.tags ?? []), ...run.runtimeTags],
      old_status: from,
      new_status: to,
      event_time: at,
      type: 'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT',
    });
  }

  function publishStep(run: Run, step: StepRun, attempt: Attempt): void {
    publish({
      workflow_id: run.instance.record.id,
      workflow_instance_id: run.instance.id,
      workflow_run_id: run.id,
      step_id: step.body.id,
      step_attempt_id: attempt.id,
      workflow_uuid: run.uuid,
      step_uuid: attempt.uuid,
      correlation_id: run.instance.correlationId,
      step_instance_id: step.ordinal,
      status_change_records: attempt.unpublished.splice(0),
      type: 'STEP_INSTANCE_STATUS_CHANGE_EVENT',
    });
  }

  function setRunStatus(run: Run, status: RunStatus): void {
    const from = run.status;
    const at = now();
    run.status = status;
    run.statusLog.push({ status, at });
    if (status === 'IN_PROGRESS') run.startedAt = at;
    if (isRunOver(status)) run.endedAt = at;
    publishRun(run, from, status, at);
    changed(run);
  }

  // Starting

  function takeUuid(workflowId: string, uuid: string): boolean {
    const used = usedUuids.get(workflowId) ?? new Set();
    if (used.has(uuid)) return false;
    usedUuids.set(workflowId, used.add(uuid));
    return true;
  }

  function timeZoneOf(version: Version): string {
    const trigger = version.workflow.time_triggers?.[0];
    return trigger?.timezone ?? 'UTC';
  }

  function start(record: WorkflowRecord, version: Version, request: StartRequest): StartOutcome {
    const refusal = refusalToStart(record.id);
    if (refusal) throw badRequest(refusal);
    const at = now();
    const runTs = request.runParams?.RUN_TS?.value ?? request.requestedAt ?? at;
    if (typeof runTs !== 'number') throw badRequest(`Param [RUN_TS] is expected to be LONG but is [${String(runTs)}]`);
    const defined = { ...builtInParams(runTs, timeZoneOf(version)), ...version.workflow.params };
    const definitions = overrideParams(defined, request.runParams, 'start');
    const uuid = request.uuid ?? newUuid();
    const message = messageOf(request.initiator);
    const answer = { workflowId: record.id, versionId: version.id, uuid, message };
    const evaluation = tryEvaluate(definitions, at);
    if (evaluation.fault && !request.persistFailedRun) throw badRequest(evaluation.fault);
    if (!takeUuid(record.id, uuid)) return { ...answer, status: 'DUPLICATED' };

    const all = instancesOf(record.id);
    const id = (all.at(-1)?.id ?? 0) + 1;
    const instance: Instance = {
      record,
      version,
      id,
      correlationId: request.correlationId ?? `${record.id}:${id}:1`,
      ...(request.parent ? { parent: request.parent } : {}),
      runs: [],
    };
    byWorkflow.set(record.id, [...all, instance]);
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
      setRunStatus(run, 'FAILED');
      return { ...answer, status: 'CREATED', run };
    }
    return { ...answer, status: admit(run), run };
  }

  function tryEvaluate(definitions: Params, at: number) {
    try {
      return { ...evaluateParams(definitions, {}, at), fault: undefined };
    } catch (error) {
      if (!(error instanceof ParamFault)) throw error;
      return { params: {}, values: {}, fault: error.message };
    }
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
    instance.runs.push(run);
    return run;
  }

  // Run strategies

  /** Lets a new run in as the workflow's run strategy wants. */
  function admit(run: Run): 'CREATED' | 'STOPPED' {
    const { record } = run.instance;
    const others = runsOf(record.id).filter((other) => other !== run && isLive(other));
    const { rule } = strategyOf(record);
    if (rule === 'FIRST_ONLY' && others[0]) {
      const message = `With FIRST_ONLY run strategy, this run is stopped due to a running one ${identityOf(others[0])}.`;
      endQueued(run, 'STOPPED', message);
      return 'STOPPED';
    }
    if (rule === 'LAST_ONLY') {
      const message = 'With LAST_ONLY run strategy, this run is stopped due to starting a new run.';
      for (const other of others) {
        if (other.executionId) terminate(other, 'STOPPED');
        else endQueued(other, 'STOPPED', message);
      }
    }
    if (rule === 'SERIAL_LATEST_ONLY') {
      const message = `With SERIAL_LATEST_ONLY run strategy, this run is stopped because new instance ${run.instance.id} with run ${run.id} arrived.`;
      for (const other of others) if (!other.executionId) endQueued(other, 'STOPPED', message);
    }
    changed(run);
    dispatch(record);
    return 'CREATED';
  }

  /** Launches queued runs, oldest first, as many as the strategy has room for. */
  function dispatch(record: WorkflowRecord): void {
    if (closing) return;
    const { rule, workflow_concurrency } = strategyOf(record);
    const runs = runsOf(record.id);
    const running = runs.filter((run) => isLive(run) && run.executionId).length;
    if (rule === 'STRICT_SEQUENTIAL' && runs.some((run) => run.status === 'FAILED' && !run.restarted && !run.unblocked))
      return;
    const queued = runs
      .filter((run) => isLive(run) && !run.executionId)
      .sort((a, b) => a.instance.id - b.instance.id || a.id - b.id);
    const room = (rule === 'PARALLEL' ? workflow_concurrency : 1) - running;
    for (const run of queued.slice(0, Math.max(0, room))) {
      run.executionId = newUuid();
      // The answer to the start comes first; the flow begins after it.
      setImmediate(() => launch(run));
    }
  }

  function launch(run: Run): void {
    if (closing) return;
    addTimeline(run, { timestamp: now(), type: 'LOG', level: 'INFO', message: 'Workflow instance is dequeued.' });
    setRunStatus(run, 'IN_PROGRESS');
    const timeoutMs = Number(run.instance.version.workflow.timeout ?? 0) * 1000;
    if (timeoutMs > 0) {
      const timer = setTimeout(() => terminate(run, 'TIMED_OUT'), timeoutMs);
      run.abort.signal.addEventListener('abort', () => clearTimeout(timer));
    }
    advance(run);
  }

  function endQueued(run: Run, status: RunStatus, message: string): void {
    addTimeline(run, { timestamp: now(), type: 'LOG', level: 'INFO', message });
    setRunStatus(run, status);
  }

  // Running

  /** Starts every step whose turn it is; ends the run when nothing is left to wait for. */
  function advance(run: Run): void {
    if (isRunOver(run.status) || closing) return;
    const most = run.instance.version.workflow.instance_step_concurrency ?? Number.POSITIVE_INFINITY;
    if (!run.ending) {
      for (const [id, step] of run.steps) {
        if (step.attempts.length > 0 || step.active) continue;
        const turn = turnOf(run, id);
        if (turn === 'unsatisfied') {
          const attempt = newAttempt(step, 'manual');
          attempts.setStatus(run, step, attempt, 'UNSATISFIED');
          advance(run);
          return;
        }
        if (turn === 'now' && [...run.steps.values()].filter((other) => other.active).length < most) follow(run, step);
      }
    }
    if (![...run.steps.values()].some((step) => step.active)) endRun(run);
  }

  function turnOf(run: Run, stepId: string): 'now' | 'later' | 'unsatisfied' {
    const predecessors = run.dag.get(stepId)?.predecessors ?? [];
    const states = predecessors.map((id) => ({
      id,
      status: latestAttempt(run.steps.get(id))?.status ?? 'NOT_CREATED',
    }));
    if (!states.every(({ status }) => isStepComplete(status))) return 'later';
    const led = states.filter(
      ({ id, status }) =>
        status !== 'UNSATISFIED' && status !== 'DISABLED' && holds(run, run.dag.get(id)?.successors[stepId] ?? 'true'),
    );
    return predecessors.length === 0 || led.length > 0 ? 'now' : 'unsatisfied';
  }

  /** A condition is `true`, `false`, or the name of a BOOLEAN parameter. */
  const holds = (run: Run, condition: string) => {
    const text = condition.trim();
    return text === 'true' || (text !== 'false' && run.values[text] === true);
  };

  function newAttempt(step: StepRun, because: 'error' | 'platform' | 'timeout' | 'manual'): Attempt {
    const before = step.attempts.at(-1);
    const retries = before
      ? { ...before.retries, [because]: before.retries[because] + 1 }
      : { error: 0, platform: 0, timeout: 0, manual: 0 };
    const attempt: Attempt = {
      id: (before?.id ?? 0) + 1,
      uuid: newUuid(),
      status: 'NOT_CREATED',
      times: {},
      statusLog: [],
      timeline: [],
      artifacts: {},
      params: {},
      retries,
      retryable: true,
      dependencies: [],
      outputs: [],
      unpublished: [],
      abort: new AbortController(),
    };
    step.attempts.push(attempt);
    return attempt;
  }

  function follow(run: Run, step: StepRun, because: 'manual' | undefined = undefined): void {
    step.active = true;
    const work = runStep(run, step, because)
      .catch((error: unknown) => log.error({ err: error, workflow: run.instance.record.id }, 'stand-in.step-broke'))
      .finally(() => {
        step.active = false;
        inFlight.delete(work);
        changed(run);
        advance(run);
      });
    inFlight.add(work);
  }

  /** Attempt after attempt, until one is final. */
  async function runStep(run: Run, step: StepRun, first: 'manual' | undefined): Promise<void> {
    const policy = 'step' in step.step ? step.step.step.retry_policy : undefined;
    const limits = retryLimitsOf(run, step);
    let because: 'error' | 'platform' | 'timeout' | 'manual' = first ?? 'manual';
    for (;;) {
      const attempt = newAttempt(step, because);
      attempts.setStatus(run, step, attempt, 'CREATED');
      if (run.ending) requestOf(attempt, run.ending === 'FAILED' ? 'KILL' : 'STOP');
      const outcome = await attempts.execute(run, step, attempt);
      if (outcome.kind === 'done') return conclude(run, step, attempt, outcome.status);
      const { by } = outcome;
      if (attempt.retries[by] >= limits[by]) {
        return conclude(run, step, attempt, by === 'timeout' ? 'TIMED_OUT' : 'FATALLY_FAILED');
      }
      attempts.setStatus(
        run,
        step,
        attempt,
        by === 'error' ? 'USER_FAILED' : by === 'platform' ? 'PLATFORM_FAILED' : 'TIMEOUT_FAILED',
      );
      if (attempt.timedOut) attempt.abort = new AbortController();
      await sleep(backoffMs(policy, by, attempt.retries[by]), attempt.abort.signal);
      if (closing) return;
      if (attempt.requested) {
        const status =
          attempt.requested === 'STOP' ? 'STOPPED' : attempt.requested === 'KILL' ? 'FATALLY_FAILED' : 'SKIPPED';
        return conclude(run, step, attempt, status);
      }
      because = by;
    }
  }

  function conclude(run: Run, step: StepRun, attempt: Attempt, status: StepStatus): void {
    attempt.retryable = false;
    step.pendingAction = undefined;
    const mode = step.body.failure_mode ?? 'FAIL_AFTER_RUNNING';
    const ignored =
      mode === 'IGNORE_FAILURE' && (status === 'FATALLY_FAILED' || status === 'TIMED_OUT') && !attempt.requested;
    attempts.setStatus(run, step, attempt, ignored ? 'COMPLETED_WITH_ERROR' : status);
    if (mode === 'FAIL_IMMEDIATELY' && isStepFailed(attempt.status)) {
      for (const other of run.steps.values()) if (other !== step) requestOf(latestAttempt(other), 'STOP');
    }
  }

  function requestOf(attempt: Attempt | undefined, request: StepRequest): void {
    if (!attempt || (isAttemptOver(attempt.status) && !isStepRetried(attempt.status))) return;
    attempt.requested ??= request;
    attempt.abort.abort();
  }

  function endRun(run: Run): void {
    const made = [...run.steps.values()].flatMap((step) => latestAttempt(step)?.status ?? []);
    // A run in which no step came to be is a failure: Maestro marks it so.
    const own = run.ending ?? (made.length === 0 ? 'FAILED' : runStatusOf(made));
    const whole =
      own === 'SUCCEEDED' && run.id > 1
        ? runStatusOf([...aggregatedSteps(run).values()].map((view) => view.status))
        : own;
    if (whole !== own) run.ownStatus = own;
    run.abort.abort();
    setRunStatus(run, whole);
    dispatch(run.instance.record);
  }

  // Child workflows

  async function runChild(
    run: Run,
    step: StepRun,
    attempt: Attempt,
    values: Record<string, unknown>,
  ): Promise<Outcome> {
    if (!('subworkflow' in step.step)) throw new Error(`step ${step.body.id} is not a subworkflow`);
    const { sync = true, explicit_params = false, params = {} } = step.step.subworkflow;
    const childId = String(values.subworkflow_id);
    const parent: Parent = { run, stepId: step.body.id, attemptId: attempt.id, sync };
    const ancestor = {
      workflow_id: run.instance.record.id,
      instance_id: run.instance.id,
      run_id: run.id,
      step_id: step.body.id,
      step_attempt_id: attempt.id,
      ...(sync ? {} : { sync: false }),
    };
    const above = Array.isArray(run.initiator.fields.ancestors) ? run.initiator.fields.ancestors : [];
    const initiator: Initiator = {
      type: 'SUBWORKFLOW',
      depth: run.initiator.depth + 1,
      fields: { ancestors: [...above, ancestor] },
    };
    const earlier = earlierChild(run.instance, step.body.id, childId);
    const child = earlier ? startChildAgain(earlier, run, parent, initiator) : startChild();
    attempt.artifacts.maestro_subworkflow = {
      subworkflow_id: childId,
      subworkflow_version_id: child.instance.version.id,
      subworkflow_instance_id: child.instance.id,
      subworkflow_run_id: child.id,
      subworkflow_uuid: child.uuid,
      type: 'SUBWORKFLOW',
    };
    attempt.child = child;
    changed(run);
    if (!sync) return { kind: 'done', status: 'SUCCEEDED' };
    const onAbort = () => terminate(child, attempt.requested === 'KILL' ? 'FAILED' : 'STOPPED');
    attempt.abort.signal.addEventListener('abort', onAbort);
    if (attempt.abort.signal.aborted) onAbort();
    await until(() => closing || !isLive(child));
    attempt.abort.signal.removeEventListener('abort', onAbort);
    if (child.status === 'SUCCEEDED') return { kind: 'done', status: 'SUCCEEDED' };
    attempts.say(attempt, `Subworkflow instance ${identityOf(child)} ended with status [${child.status}]`);
    if (child.status === 'STOPPED') return { kind: 'done', status: 'STOPPED' };
    return { kind: 'done', status: child.status === 'TIMED_OUT' ? 'TIMED_OUT' : 'FATALLY_FAILED' };

    function startChild(): Run {
      const record = catalogue.get(childId);
      const version = catalogue.versionOf(record, String(values.subworkflow_version ?? 'active'));
      const own = Object.keys(params).filter((name) => !name.startsWith('subworkflow_'));
      const inherited = explicit_params ? [] : ['RUN_TS', 'TARGET_RUN_DATE'];
      const runParams: Params = Object.fromEntries(
        [...inherited, ...own].map((name) => [
          name,
          { type: params[name]?.type ?? (name === 'RUN_TS' ? 'LONG' : 'STRING'), value: values[name] },
        ]),
      );
      const outcome = start(record, version, {
        initiator,
        parent,
        runParams,
        correlationId: run.instance.correlationId,
      });
      if (!outcome.run) throw new Error(`subworkflow ${childId} did not start`);
      return outcome.run;
    }
  }

  function earlierChild(instance: Instance, stepId: string, childId: string): Instance | undefined {
    return instancesOf(childId).findLast(
      (child) => child.parent?.stepId === stepId && child.parent.run.instance === instance && !isLive(latestRun(child)),
    );
  }

  function startChildAgain(child: Instance, run: Run, parent: Parent, initiator: Initiator): Run {
    child.parent = parent;
    const whole = run.subworkflowPolicy === 'RESTART_FROM_BEGINNING' || latestRun(child).status === 'SUCCEEDED';
    const outcome = restartDirectly(child, {
      policy: whole ? 'RESTART_FROM_BEGINNING' : 'RESTART_FROM_INCOMPLETE',
      initiator,
    });
    if (!outcome.run) throw new Error(`subworkflow ${child.record.id} did not restart`);
    return outcome.run;
  }

  // Restarting

  function restart(instance: Instance, request: RestartRequest): StartOutcome {
    const run = latestRun(instance);
    if (request.step) {
      const view = aggregatedSteps(run).get(request.step.id);
      if (!view || view.status === 'NOT_CREATED') {
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
    const at = now();
    const definitions = overrideParams(before.definitions, request.runParams, 'restart');
    const evaluation = tryEvaluate(definitions, at);
    if (evaluation.fault) throw badRequest(evaluation.fault);
    const uuid = request.uuid ?? newUuid();
    const answer = { workflowId: record.id, versionId: version.id, uuid, message: messageOf(request.initiator) };
    if (!takeUuid(record.id, uuid)) return { ...answer, status: 'DUPLICATED' };
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

  // Ending

  /** Asks every live step to end; the run ends when all have. */
  function terminate(run: Run, status: 'STOPPED' | 'FAILED' | 'TIMED_OUT'): void {
    if (!isLive(run)) return;
    if (!run.executionId) {
      endQueued(run, status, `The queued run is ended with status [${status}]`);
      return;
    }
    run.ending ??= status;
    for (const step of run.steps.values()) requestOf(latestAttempt(step), run.ending === 'FAILED' ? 'KILL' : 'STOP');
    if (run.status === 'IN_PROGRESS') setImmediate(() => advance(run));
  }

  /** Settles once the predicate holds; looked at after every change. */
  async function until(predicate: () => boolean, timeoutMs?: number): Promise<boolean> {
    if (predicate()) return true;
    return new Promise((resolve, reject) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => settle(() => resolve(false)), timeoutMs);
      const settle = (tell: () => void) => {
        clearTimeout(timer);
        watchers.delete(look);
        tell();
      };
      const look = () => {
        try {
          if (predicate()) settle(() => resolve(true));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      watchers.add(look);
    });
  }

  // Triggers

  const collected = new Map<string, Map<string, number>>();
  signals.listen((signal: Signal) => {
    for (const record of catalogue.all()) {
      const version = record.versions.find((candidate) => candidate.id === record.activeVersionId);
      if (!version || record.snapshot.signal_trigger_disabled) continue;
      (version.workflow.signal_triggers ?? []).forEach((trigger, index) => {
        const definition = trigger.definitions[signal.name];
        if (!definition || !matches(signal, definition.match_params ?? {})) return;
        const uuid = version.triggerUuids.signal[index] ?? newUuid();
        const have = (collected.get(uuid) ?? new Map<string, number>()).set(signal.name, signal.seqId);
        collected.set(uuid, have);
        if (!Object.keys(trigger.definitions).every((name) => have.has(name))) return;
        collected.delete(uuid);
        const initiator: Initiator = {
          type: 'SIGNAL',
          depth: 0,
          fields: { trigger_uuid: uuid, signal_id_map: Object.fromEntries(have), params: {} },
        };
        try {
          start(record, version, { initiator, runParams: trigger.params });
        } catch (error) {
          log.warn({ err: error, workflow: record.id }, 'stand-in.trigger-refused');
        }
      });
    }
  });

  return {
    start,
    restart,
    until,
    dispatch,
    terminate,
    requestOf,
    instancesOf,
    runsOf,
    /** Status that a queued run takes at once, so that the answer can say so. */
    endQueued,

    instance(workflowId: string, instanceId: number): Instance {
      const found = instancesOf(workflowId).find((candidate) => candidate.id === instanceId);
      if (!found)
        throw notFound(`workflow instance [${workflowId}][${instanceId}][0] not found (either not created or deleted)`);
      return found;
    },

    /** Stop, kill or skip of one live step. */
    async stepAction(run: Run, stepId: string, action: StepRequest, blocking: boolean): Promise<Attempt> {
      if (!isLive(run)) {
        throw badRequest(
          `Cannot manually ${action} the step [${stepId}] as the workflow instance ${identityOf(run)} is in a terminal state [${run.status}]`,
        );
      }
      const step = run.steps.get(stepId);
      if (!step) {
        throw badRequest(
          `Cannot manually ${action} the step [${stepId}] because the latest workflow run ${identityOf(run)} with status [${run.status}] does not contain it in the runtime dag.`,
        );
      }
      const attempt = latestAttempt(step);
      if (!attempt) {
        throw notFound(
          `workflow instance [${run.instance.record.id}][${run.instance.id}][${run.id}]'s step instance [${stepId}][LATEST] not found (either not created or deleted)`,
        );
      }
      const where = `${identityOf(run)}[${stepId}][${attempt.id}]`;
      if (isAttemptOver(attempt.status) && !isStepRetried(attempt.status)) {
        throw badRequest(
          `Cannot manually ${action} the step ${where} as it is in a terminal state [${attempt.status}]`,
        );
      }
      if (step.pendingAction) {
        throw new Refusal(
          'CONFLICT',
          `There is an ongoing action for this step ${where} and please try it again later.`,
        );
      }
      step.pendingAction = action;
      requestOf(attempt, action);
      if (
        blocking &&
        !(await until(() => isAttemptOver(attempt.status) && !isStepRetried(attempt.status), actionTimeoutMs))
      ) {
        throw new Refusal(
          'REQUEST_TIMEOUT',
          `${action} action for the step ${where} is timed out. No retry is needed and maestro will eventually complete the action.`,
        );
      }
      return attempt;
    },

    /** Whoever waits looks again. */
    nudge(): void {
      for (const watcher of [...watchers]) watcher();
    },

    forget(workflowId: string): void {
      byWorkflow.delete(workflowId);
    },

    /** Ends everything that is live without publishing it, and waits for the jobs to be gone. */
    async close(): Promise<void> {
      closing = true;
      for (const workflowId of byWorkflow.keys()) {
        for (const run of runsOf(workflowId)) {
          run.abort.abort();
          for (const step of run.steps.values()) for (const attempt of step.attempts) attempt.abort.abort();
        }
      }
      for (const watcher of [...watchers]) watcher();
      await Promise.all(inFlight);
    },
  };
}

export type Engine = ReturnType<typeof createEngine>;

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
