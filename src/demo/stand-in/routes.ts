import type { z } from 'zod';
import type { Clock } from '../../lib/clock';
import type { Catalogue } from './catalogue';
import type { Engine, StartOutcome } from './engine';
import { pageOf, pageQueryOf } from './paging';
import { badRequest, notFound, Refusal, refusalOfBody } from './refusal';
import type { Call, Route } from './router';
import {
  type Attempt,
  aggregatedSteps,
  type Instance,
  identityOf,
  isLive,
  latestAttempt,
  latestRun,
  type Run,
  type StepRun,
} from './run-state';
import { renderSignal, type Signals } from './signals';
import { instanceActions, isAttemptOver, isRunOver, stepActions } from './statuses';
import { renderDefinition, renderInstance, renderOverview, renderRun, renderSnapshot, renderStep } from './views';
import {
  CreateBody,
  type JsonObject,
  PropertiesUpdate,
  present,
  RestartBody,
  SignalBody,
  StartBody,
  StepRestartBody,
  Tag,
} from './wire';

export interface RouteDeps {
  clock: Clock;
  catalogue: Catalogue;
  engine: Engine;
  signals: Signals;
  /** Milliseconds that a blocking step action waits to be confirmed. */
  actionTimeoutMs: number;
}

const base = '/api/v3/workflows';

/** Every path of Maestro's API that this server speaks. */
export function createRoutes({ clock, catalogue, engine, signals, actionTimeoutMs }: RouteDeps): Route[] {
  const now = () => clock.now().getTime();
  const logEvent = (message: string): JsonObject => ({ timestamp: now(), type: 'LOG', level: 'INFO', message });
  const actionEvent = (action: string, author: string, message: string, reason: string): JsonObject => ({
    timestamp: now(),
    type: 'ACTION',
    action,
    author,
    message,
    reason,
  });

  const slot = (call: Call, name: string) => call.slots[name] ?? '';
  const numberIn = (call: Call, name: string) => Number(slot(call, name));
  const flag = (call: Call, name: string, otherwise: boolean) => {
    const text = call.query.get(name);
    return text === null || text === '' ? otherwise : text.toLowerCase() === 'true';
  };

  // Finding

  const instanceIn = (call: Call): Instance => engine.instance(slot(call, 'workflowId'), numberIn(call, 'instanceId'));

  function runIn(call: Call, text: string): Run {
    const workflowId = slot(call, 'workflowId');
    const instance = engine.instancesOf(workflowId).find((candidate) => candidate.id === numberIn(call, 'instanceId'));
    if (text !== 'latest' && !/^\d+$/.test(text)) throw badRequest(`For input string: "${text}"`);
    const run =
      text === 'latest' ? instance?.runs.at(-1) : instance?.runs.find((candidate) => candidate.id === Number(text));
    if (!run) {
      throw notFound(
        `workflow instance [${workflowId}][${slot(call, 'instanceId')}][${text === 'latest' ? 0 : text}] not found (either not created or deleted)`,
      );
    }
    return run;
  }

  function latestRunIn(call: Call, action: string): Run {
    const run = latestRun(instanceIn(call));
    const asked = call.slots.runId;
    if (asked !== undefined && Number(asked) !== run.id) {
      throw badRequest(`Cannot ${action} the workflow instance run [${asked}] as it is not the latest run [${run.id}]`);
    }
    return run;
  }

  interface Place {
    run: Run;
    step: StepRun;
    attempt: Attempt;
  }
  const createdSteps = (run: Run): Place[] =>
    [...run.steps.values()].flatMap((step) => {
      const attempt = latestAttempt(step);
      return attempt ? [{ run, step, attempt }] : [];
    });
  /** Newest attempt of each step over all runs. */
  function newestSteps(instance: Instance): Place[] {
    const newest = new Map<string, Place>();
    for (const run of instance.runs) for (const place of createdSteps(run)) newest.set(place.step.body.id, place);
    return [...newest.values()];
  }
  const noStep = (call: Call, run: string | number, attempt: string) =>
    notFound(
      `workflow instance [${slot(call, 'workflowId')}][${slot(call, 'instanceId')}][${run}]'s step instance [${slot(call, 'stepId')}][${attempt}] not found (either not created or deleted)`,
    );

  // Answers

  const started = (outcome: StartOutcome): JsonObject => ({
    workflow_id: outcome.workflowId,
    workflow_version_id: outcome.versionId,
    workflow_instance_id: outcome.run?.instance.id ?? 0,
    workflow_run_id: outcome.run?.id ?? 0,
    workflow_uuid: outcome.uuid,
    status: outcome.status,
    timeline_event: logEvent(outcome.message),
  });

  const stepActed = (
    run: Run,
    stepId: string,
    attempt: Attempt | undefined,
    message: string,
    state?: JsonObject,
  ): JsonObject =>
    present({
      workflow_id: run.instance.record.id,
      workflow_instance_id: run.instance.id,
      workflow_run_id: run.id,
      step_id: stepId,
      step_attempt_id: attempt?.id,
      step_runtime_state: state,
      timeline_event: logEvent(message),
    });

  const stateOf = (attempt: Attempt): JsonObject => ({ status: attempt.status, ...attempt.times });

  function endInstance(call: Call, action: 'STOP' | 'KILL'): JsonObject {
    const user = call.user();
    const run = latestRunIn(call, action);
    const target = action === 'STOP' ? 'STOPPED' : 'FAILED';
    const message = `User [${user}] take an action to ${action} the running workflow instance run`;
    const answer = (completed: boolean): JsonObject => ({
      workflow_id: run.instance.record.id,
      workflow_instance_id: run.instance.id,
      workflow_run_id: run.id,
      workflow_instance_status: run.status,
      info: completed
        ? 'The action is completed.'
        : 'The action is accepted and is still running. Please check it again.',
      timeline_event: logEvent(message),
      completed,
    });
    if (run.status === 'CREATED' && !run.executionId) {
      engine.endQueued(run, target, message);
      engine.dispatch(run.instance.record);
      return answer(true);
    }
    if ((run.ownStatus ?? run.status) === target) return answer(true);
    if (isRunOver(run.status)) {
      throw badRequest(
        `Cannot terminate a workflow instance ${identityOf(run)} from status [${run.status}] to [${target}]`,
      );
    }
    engine.terminate(run, target);
    return answer(false);
  }

  function unblockInstance(call: Call): JsonObject {
    const user = call.user();
    const run = latestRunIn(call, 'UNBLOCK');
    if (run.status !== 'FAILED') {
      throw badRequest(
        `Cannot unblock a workflow instance ${identityOf(run)} from status [${run.status}] as it is not FAILED status`,
      );
    }
    const completed = !run.unblocked;
    run.unblocked = true;
    engine.dispatch(run.instance.record);
    const event = actionEvent(
      'UNBLOCK',
      user,
      'Unblocked the workflow instance.',
      '[API] call to UNBLOCK a failed workflow instance run.',
    );
    if (completed) run.timeline.push(event);
    return {
      workflow_id: run.instance.record.id,
      workflow_instance_id: run.instance.id,
      workflow_run_id: run.id,
      workflow_instance_status: run.status,
      info: completed
        ? 'The action is completed.'
        : 'The action is accepted and is still running. Please check it again.',
      timeline_event: event,
      completed,
    };
  }

  /** Stop or kill of every instance of a workflow. */
  function endAll(call: Call, action: 'STOP' | 'KILL'): JsonObject {
    const user = call.user();
    const record = catalogue.get(slot(call, 'workflowId'));
    const live = engine.runsOf(record.id).filter(isLive);
    const target = action === 'STOP' ? 'STOPPED' : 'FAILED';
    for (const run of live.filter((candidate) => !candidate.executionId)) engine.terminate(run, target);
    for (const run of live.filter((candidate) => candidate.executionId)) engine.terminate(run, target);
    return actionEvent(
      action,
      user,
      `In progress of ${action} action on all running workflow instances of workflow [${record.id}]`,
      `[API] call to ${action} all workflow instances of the workflow`,
    );
  }

  function restartStep(
    run: Run,
    stepId: string,
    body: z.infer<typeof StepRestartBody>,
    user: string,
    skip = false,
  ): StartOutcome {
    return engine.restart(run.instance, {
      policy: body.restart_policy,
      uuid: body.request_id,
      requestedAt: body.request_time,
      initiator: { type: 'MANUAL', depth: 0, fields: { user } },
      step: { id: stepId, params: body.step_run_params, skip },
    });
  }

  async function actOnStep(call: Call, action: 'STOP' | 'KILL' | 'SKIP'): Promise<JsonObject> {
    const user = call.user();
    const blocking = flag(call, 'blocking', true);
    const run = latestRun(instanceIn(call));
    const stepId = slot(call, 'stepId');
    const message = `User [${user}] take action [${action}] on the step`;
    if (action === 'SKIP') {
      const view = aggregatedSteps(run).get(stepId);
      const where = `[${run.instance.record.id}][${run.instance.id}][${stepId}]`;
      if (!view) throw badRequest(`Invalid: cannot find the step view of workflow step ${where}`);
      if (view.status === 'NOT_CREATED')
        throw badRequest(`Cannot skip step ${where} before it is created. Please try it again.`);
      if (!stepActions[view.status].includes('SKIP')) {
        throw badRequest(
          `Cannot skip step ${where} because it is unsupported by the step action map [${stepActions[view.status].join(', ')}]`,
        );
      }
      const attempt = latestAttempt(run.steps.get(stepId));
      if (!isLive(run) || !attempt || isAttemptOver(attempt.status)) {
        const retrying = attempt && isLive(run) && stepActions[view.status].includes('STOP');
        if (!retrying) {
          const outcome = restartStep(run, stepId, { restart_policy: 'RESTART_FROM_INCOMPLETE' }, user, true);
          return stepActed(outcome.run ?? run, stepId, undefined, message);
        }
      }
    }
    const attempt = await engine.stepAction(run, stepId, action, blocking);
    return stepActed(run, stepId, attempt, message, blocking ? stateOf(attempt) : undefined);
  }

  const page = (call: Call, ids: number[], render: (id: number) => JsonObject) => ({
    body: pageOf(pageQueryOf(call.query), ids, render),
  });

  return [
    // Workflows
    {
      method: 'POST',
      pattern: base,
      handle: (call) => {
        const user = call.user();
        const { record, version } = catalogue.push(parse(CreateBody, call.body), user);
        return { body: { workflow_definition: renderDefinition(record, version) } };
      },
    },
    {
      method: 'PUT',
      pattern: `${base}/actions/validate`,
      handle: (call) => {
        const user = call.user();
        const body = parse(CreateBody, call.body);
        catalogue.validate(body);
        return {
          body: actionEvent(
            'VALIDATE',
            user,
            `Workflow [${body.workflow.id}] is valid.`,
            '[API] call to VALIDATE a workflow definition',
          ),
        };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/versions/pagination`,
      handle: (call) => {
        const record = catalogue.find(slot(call, 'workflowId'));
        const versions = record?.versions ?? [];
        return page(
          call,
          versions.map((version) => version.id),
          (id) => {
            const version = versions.find((candidate) => candidate.id === id);
            return record && version ? renderDefinition(record, version) : {};
          },
        );
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/versions/:version`,
      handle: (call) => {
        const record = catalogue.get(slot(call, 'workflowId'));
        const version = catalogue.versionOf(record, slot(call, 'version'));
        return { body: renderDefinition(record, version, flag(call, 'enriched', false)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/overview`,
      handle: (call) => {
        const record = catalogue.get(slot(call, 'workflowId'));
        return { body: renderOverview(record, engine.instancesOf(record.id)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/timeline`,
      handle: (call) => {
        const record = catalogue.get(slot(call, 'workflowId'));
        return { body: { workflow_id: record.id, timeline_events: record.changes } };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/properties-snapshot/:version`,
      handle: (call) => {
        if (slot(call, 'version') !== 'latest') {
          throw new Refusal(
            'INTERNAL_ERROR',
            `Workflow properties snapshot version [${slot(call, 'version')}] is not implemented`,
          );
        }
        return { body: renderSnapshot(catalogue.get(slot(call, 'workflowId'))) };
      },
    },
    {
      method: 'POST',
      pattern: `${base}/:workflowId/properties`,
      handle: (call) => {
        const user = call.user();
        const update = parse(PropertiesUpdate, call.body);
        const record = catalogue.get(slot(call, 'workflowId'));
        const runs = engine.runsOf(record.id);
        const failed = runs.filter((run) => run.status === 'FAILED' && !run.restarted && !run.unblocked).length;
        catalogue.updateProperties(record.id, update, user, runs.filter(isLive).length, failed);
        engine.dispatch(record);
        return { body: renderSnapshot(record) };
      },
    },
    {
      method: 'POST',
      pattern: `${base}/:workflowId/properties/tag`,
      handle: (call) => {
        const user = call.user();
        const tag = parse(Tag, call.body);
        catalogue.setTag(slot(call, 'workflowId'), tag, user);
        return { body: renderSnapshot(catalogue.get(slot(call, 'workflowId'))) };
      },
    },
    {
      method: 'DELETE',
      pattern: `${base}/:workflowId/properties/tag/:tagName`,
      handle: (call) => {
        const user = call.user();
        catalogue.removeTag(slot(call, 'workflowId'), slot(call, 'tagName'), user);
        return { body: renderSnapshot(catalogue.get(slot(call, 'workflowId'))) };
      },
    },
    {
      method: 'DELETE',
      pattern: `${base}/:workflowId`,
      handle: (call) => {
        const user = call.user();
        const record = catalogue.get(slot(call, 'workflowId'));
        const live = engine.runsOf(record.id).filter(isLive).length;
        if (live > 0)
          throw badRequest(`Cannot delete workflow [${record.id}] as there are [${live}] queued or running instances`);
        const log = catalogue.remove(record.id, user);
        engine.forget(record.id);
        return { body: logEvent(log) };
      },
    },
    {
      method: 'POST',
      pattern: `${base}/:workflowId/versions/:version/actions/start`,
      handle: (call) => {
        const user = call.user();
        const body = parse(StartBody, call.body);
        const record = catalogue.get(slot(call, 'workflowId'));
        const version = catalogue.versionOf(record, slot(call, 'version'));
        const { type } = body.initiator;
        if (type !== 'MANUAL') {
          if (!['TIME', 'SIGNAL'].includes(type)) throw badRequest(`Invalid initiator type [${type}] for a client`);
          throw new Refusal('CONFLICT', 'Invalid trigger initiator due to mismatch trigger uuid.');
        }
        const outcome = engine.start(record, version, {
          initiator: { type: 'MANUAL', depth: 0, fields: { user } },
          uuid: body.request_id,
          requestedAt: body.request_time,
          runParams: body.run_params,
          runtimeTags: body.runtime_tags,
          artifacts: body.artifacts,
          persistFailedRun: body.persist_failed_run,
        });
        return { body: started(outcome) };
      },
    },
    {
      method: 'PUT',
      pattern: `${base}/:workflowId/versions/:version/actions/activate`,
      handle: (call) => {
        const user = call.user();
        const { versionId, log } = catalogue.activate(slot(call, 'workflowId'), slot(call, 'version'), user);
        return {
          body: {
            workflow_id: slot(call, 'workflowId'),
            workflow_version_id: versionId,
            timeline_event: logEvent(log),
          },
        };
      },
    },
    {
      method: 'PUT',
      pattern: `${base}/:workflowId/actions/deactivate`,
      handle: (call) => {
        const user = call.user();
        const log = catalogue.deactivate(slot(call, 'workflowId'), user);
        return {
          body: { workflow_id: slot(call, 'workflowId'), workflow_version_id: 0, timeline_event: logEvent(log) },
        };
      },
    },
    {
      method: 'PUT',
      pattern: `${base}/:workflowId/actions/stop`,
      handle: (call) => ({ status: 202, body: endAll(call, 'STOP') }),
    },
    {
      method: 'PUT',
      pattern: `${base}/:workflowId/actions/kill`,
      handle: (call) => ({ status: 202, body: endAll(call, 'KILL') }),
    },
    {
      method: 'PUT',
      pattern: `${base}/:workflowId/actions/unblock`,
      handle: (call) => {
        const user = call.user();
        const record = catalogue.get(slot(call, 'workflowId'));
        const failed = engine
          .runsOf(record.id)
          .filter((run) => run.status === 'FAILED' && !run.restarted && !run.unblocked);
        for (const run of failed) run.unblocked = true;
        engine.dispatch(record);
        return {
          body: actionEvent(
            'UNBLOCK',
            user,
            `Unblocked [${failed.length}] failed workflow instances.`,
            '[API] call to UNBLOCK failed workflow instances.',
          ),
        };
      },
    },

    // Instances and runs
    { method: 'GET', pattern: `${base}/instances/action-map`, handle: () => ({ body: instanceActions }) },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances`,
      handle: (call) => {
        const instances = engine.instancesOf(slot(call, 'workflowId'));
        const aggregated = flag(call, 'aggregated', true);
        return page(
          call,
          instances.map((instance) => instance.id),
          (id) => renderInstance(engine.instance(slot(call, 'workflowId'), id), { aggregated }),
        );
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#`,
      handle: (call) => ({ body: renderInstance(instanceIn(call), { enriched: flag(call, 'enriched', true) }) }),
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs`,
      handle: (call) => {
        const runs =
          engine.instancesOf(slot(call, 'workflowId')).find((instance) => instance.id === numberIn(call, 'instanceId'))
            ?.runs ?? [];
        return page(
          call,
          runs.map((run) => run.id),
          (id) => renderRun(runIn(call, String(id)), { aggregated: false }),
        );
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs/:run`,
      handle: (call) => ({
        body: renderRun(runIn(call, slot(call, 'run')), {
          enriched: flag(call, 'enriched', true),
          aggregated: flag(call, 'aggregated', false),
        }),
      }),
    },
    {
      method: 'POST',
      pattern: `${base}/:workflowId/instances/:instanceId#/actions/restart`,
      handle: (call) => {
        const user = call.user();
        const body = parse(RestartBody, call.body);
        const outcome = engine.restart(instanceIn(call), {
          policy: body.restart_policy,
          uuid: body.request_id,
          requestedAt: body.request_time,
          runParams: body.run_params,
          initiator: { type: 'MANUAL', depth: 0, fields: { user } },
        });
        return { body: started(outcome) };
      },
    },
    ...['', '/runs/:runId#'].flatMap((run): Route[] => {
      const pattern = `${base}/:workflowId/instances/:instanceId#${run}/actions`;
      return [
        { method: 'PUT', pattern: `${pattern}/stop`, handle: (call) => ({ body: endInstance(call, 'STOP') }) },
        { method: 'PUT', pattern: `${pattern}/kill`, handle: (call) => ({ body: endInstance(call, 'KILL') }) },
        { method: 'PUT', pattern: `${pattern}/unblock`, handle: (call) => ({ body: unblockInstance(call) }) },
      ];
    }),

    // Steps
    { method: 'GET', pattern: `${base}/steps/instances/action-map`, handle: () => ({ body: stepActions }) },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/steps`,
      handle: (call) => {
        const instance = engine
          .instancesOf(slot(call, 'workflowId'))
          .find((candidate) => candidate.id === numberIn(call, 'instanceId'));
        const places = instance ? newestSteps(instance) : [];
        return { body: places.map(({ run, step, attempt }) => renderStep(run, step, attempt)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs/:runId#/steps`,
      handle: (call) => {
        const places = createdSteps(runIn(call, slot(call, 'runId')));
        if (places.length === 0) {
          throw notFound(
            `workflow instance [${slot(call, 'workflowId')}][${slot(call, 'instanceId')}][${slot(call, 'runId')}]'s step instances not found (either not created or deleted)`,
          );
        }
        return { body: places.map(({ run, step, attempt }) => renderStep(run, step, attempt)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/steps/:stepId`,
      handle: (call) => {
        const place = newestSteps(instanceIn(call)).find(({ step }) => step.body.id === slot(call, 'stepId'));
        if (!place) throw noStep(call, 'LATEST', 'LATEST');
        return { body: renderStep(place.run, place.step, place.attempt, flag(call, 'enriched', true)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs/:runId#/steps/:stepId/attempts/:attempt`,
      handle: (call) => {
        const text = slot(call, 'attempt');
        if (text !== 'latest' && !/^\d+$/.test(text)) throw badRequest(`For input string: "${text}"`);
        const instance = engine
          .instancesOf(slot(call, 'workflowId'))
          .find((candidate) => candidate.id === numberIn(call, 'instanceId'));
        const run = instance?.runs.find((candidate) => candidate.id === numberIn(call, 'runId'));
        const step = run?.steps.get(slot(call, 'stepId'));
        const attempt =
          text === 'latest' ? step?.attempts.at(-1) : step?.attempts.find((candidate) => candidate.id === Number(text));
        if (!run || !step || !attempt) throw noStep(call, slot(call, 'runId'), text);
        return { body: renderStep(run, step, attempt, flag(call, 'enriched', true)) };
      },
    },
    {
      method: 'POST',
      pattern: `${base}/:workflowId/instances/:instanceId#/steps/:stepId/actions/restart`,
      handle: async (call) => {
        const user = call.user();
        const body = parse(StepRestartBody, call.body);
        const outcome = restartStep(latestRun(instanceIn(call)), slot(call, 'stepId'), body, user);
        const { attempt, run } = outcome;
        if (attempt && run && flag(call, 'blocking', true)) {
          await engine.until(() => latestAttempt(run.steps.get(attempt.stepId))?.id === attempt.id, actionTimeoutMs);
        }
        return {
          body: present({
            workflow_id: outcome.workflowId,
            workflow_version_id: outcome.versionId,
            workflow_instance_id: run?.instance.id,
            workflow_run_id: run?.id,
            step_id: attempt?.stepId,
            step_attempt_id: attempt?.id,
            status: outcome.status,
            timeline_event: logEvent(outcome.message),
          }),
        };
      },
    },
    ...(['STOP', 'KILL', 'SKIP'] as const).map(
      (action): Route => ({
        method: 'PUT',
        pattern: `${base}/:workflowId/instances/:instanceId#/steps/:stepId/actions/${action.toLowerCase()}`,
        handle: async (call) => ({ body: await actOnStep(call, action) }),
      }),
    ),
    {
      method: 'PUT',
      pattern: `${base}/:workflowId/instances/:instanceId#/steps/:stepId/actions/bypass`,
      handle: async (call) => {
        const user = call.user();
        const run = latestRun(instanceIn(call));
        const stepId = slot(call, 'stepId');
        const attempt = latestAttempt(run.steps.get(stepId));
        if (!attempt) throw noStep(call, run.id, 'LATEST');
        if (attempt.status !== 'WAITING_FOR_SIGNALS') {
          throw badRequest(
            `Cannot manually bypass-step-dependencies the step as its status [${attempt.status}] is not waiting for signals`,
          );
        }
        attempt.bypass = true;
        attempt.wake?.();
        const blocking = flag(call, 'blocking', true);
        if (blocking) await engine.until(() => attempt.status !== 'WAITING_FOR_SIGNALS', actionTimeoutMs);
        const message = `User [${user}] take action [BYPASS_STEP_DEPENDENCIES] on the step`;
        return { body: stepActed(run, stepId, attempt, message, blocking ? stateOf(attempt) : undefined) };
      },
    },

    // Signals
    {
      method: 'POST',
      pattern: '/api/v3/signals',
      handle: (call) => ({ body: renderSignal(signals.announce(parse(SignalBody, call.body))) }),
    },
    {
      method: 'GET',
      pattern: '/api/v3/signals/:name/instances/:seq',
      handle: (call) => {
        const seq = slot(call, 'seq');
        if (seq !== 'latest' && !/^\d+$/.test(seq)) throw badRequest(`For input string: "${seq}"`);
        const signal = signals.find(slot(call, 'name'), seq === 'latest' ? 'latest' : Number(seq));
        return signal ? { body: renderSignal(signal) } : {};
      },
    },

    { method: 'GET', pattern: '/actuator/health', handle: () => ({ body: { status: 'UP' } }) },
  ];
}

/** A body by its schema, or Maestro's 400. */
function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  if (body === undefined) throw badRequest('Required request body is missing');
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw refusalOfBody(parsed.error);
  return parsed.data;
}
