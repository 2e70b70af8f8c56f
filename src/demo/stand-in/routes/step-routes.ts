import type { z } from 'zod';
import type { Clock } from '../../../lib/clock';
import type { Engine, StartOutcome } from '../engine';
import { badRequest } from '../refusal';
import type { Call, Route } from '../router';
import { type Attempt, aggregatedSteps, isLive, latestAttempt, latestRun, type Run } from '../run-state';
import { isAttemptOver, stepActions } from '../statuses';
import { renderStep } from '../views';
import { type JsonObject, present, StepRestartBody } from '../wire';
import {
  base,
  createdSteps,
  flag,
  instanceIn,
  newestSteps,
  noStep,
  noSteps,
  noStepView,
  numberIn,
  parse,
  slot,
} from './reading';
import { createTimelineEvents } from './timeline-events';

export interface StepRouteDeps {
  clock: Clock;
  engine: Engine;
  /** Milliseconds that a blocking step action waits to be confirmed. */
  actionTimeoutMs: number;
}

/** Steps and their attempts: reading, restarting, ending, skipping, bypassing. */
export function createStepRoutes({ clock, engine, actionTimeoutMs }: StepRouteDeps): Route[] {
  const { logEvent } = createTimelineEvents(clock);

  const findInstance = (call: Call) => engine.instanceAt(slot(call, 'workflowId'), numberIn(call, 'instanceId'));

  const stepActed = (
    run: Run,
    stepId: string | undefined,
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
    const run = latestRun(instanceIn(engine, call));
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
          return stepActed(outcome.run ?? run, undefined, undefined, outcome.message);
        }
      }
    }
    const attempt = await engine.stepAction(run, stepId, action, blocking);
    return stepActed(run, stepId, attempt, message, blocking ? stateOf(attempt) : undefined);
  }

  return [
    { method: 'GET', pattern: `${base}/steps/instances/action-map`, handle: () => ({ body: stepActions }) },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/steps`,
      handle: (call) => {
        const instance = findInstance(call);
        const places = instance ? newestSteps(instance) : [];
        return { body: places.map(({ run, step, attempt }) => renderStep(run, step, attempt)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs/:runId#/steps`,
      handle: (call) => {
        const run = findInstance(call)?.runs.find((candidate) => candidate.id === numberIn(call, 'runId'));
        const places = run ? createdSteps(run) : [];
        if (places.length === 0) throw noSteps(call);
        return { body: places.map(({ run, step, attempt }) => renderStep(run, step, attempt)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/steps/:stepId`,
      handle: (call) => {
        const instance = findInstance(call);
        const place = instance && newestSteps(instance).find(({ step }) => step.body.id === slot(call, 'stepId'));
        if (!place) throw noStepView(call);
        return { body: renderStep(place.run, place.step, place.attempt, flag(call, 'enriched', true)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs/:runId#/steps/:stepId/attempts/:attempt`,
      handle: (call) => {
        const text = slot(call, 'attempt');
        if (text !== 'latest' && !/^\d+$/.test(text)) throw badRequest(`For input string: "${text}"`);
        const run = findInstance(call)?.runs.find((candidate) => candidate.id === numberIn(call, 'runId'));
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
        const outcome = restartStep(latestRun(instanceIn(engine, call)), slot(call, 'stepId'), body, user);
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
        const run = latestRun(instanceIn(engine, call));
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
  ];
}
