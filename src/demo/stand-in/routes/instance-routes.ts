import type { Clock } from '../../../lib/clock';
import type { Engine } from '../engine';
import { badRequest } from '../refusal';
import type { Call, Route } from '../router';
import { identityOf, latestRun, type Run } from '../run-state';
import { instanceActions, isRunOver } from '../statuses';
import { renderInstance, renderRun } from '../views';
import { type JsonObject, RestartBody } from '../wire';
import { base, flag, instanceIn, numberIn, page, parse, runIn, slot } from './reading';
import { renderStarted } from './started';
import { createTimelineEvents } from './timeline-events';

export interface InstanceRouteDeps {
  clock: Clock;
  engine: Engine;
}

/** Instances and their runs: reading, restarting, ending, unblocking. */
export function createInstanceRoutes({ clock, engine }: InstanceRouteDeps): Route[] {
  const { logEvent, actionEvent } = createTimelineEvents(clock);

  function latestRunIn(call: Call, action: string): Run {
    const run = latestRun(instanceIn(engine, call));
    const asked = call.slots.runId;
    if (asked !== undefined && Number(asked) !== run.id) {
      throw badRequest(`Cannot ${action} the workflow instance run [${asked}] as it is not the latest run [${run.id}]`);
    }
    return run;
  }

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

  return [
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
      handle: (call) => ({
        body: renderInstance(instanceIn(engine, call), { enriched: flag(call, 'enriched', true) }),
      }),
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs`,
      handle: (call) => {
        const runs = engine.instanceAt(slot(call, 'workflowId'), numberIn(call, 'instanceId'))?.runs ?? [];
        return page(
          call,
          runs.map((run) => run.id),
          (id) => renderRun(runIn(engine, call, String(id)), { aggregated: false }),
        );
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/instances/:instanceId#/runs/:run`,
      handle: (call) => ({
        body: renderRun(runIn(engine, call, slot(call, 'run')), {
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
        const outcome = engine.restart(instanceIn(engine, call), {
          policy: body.restart_policy,
          uuid: body.request_id,
          requestedAt: body.request_time,
          runParams: body.run_params,
          initiator: { type: 'MANUAL', depth: 0, fields: { user } },
        });
        return { body: renderStarted(outcome, logEvent(outcome.message)) };
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
  ];
}
