import type { Clock } from '../../../lib/clock';
import type { Catalogue } from '../catalogue';
import type { Engine } from '../engine';
import { badRequest, Refusal } from '../refusal';
import type { Call, Route } from '../router';
import { isLive } from '../run-state';
import { renderDefinition, renderOverview, renderSnapshot } from '../views';
import { CreateBody, type JsonObject, PropertiesUpdate, StartBody, Tag } from '../wire';
import { base, flag, page, parse, slot } from './reading';
import { renderStarted } from './started';
import { createTimelineEvents } from './timeline-events';

export interface WorkflowRouteDeps {
  clock: Clock;
  catalogue: Catalogue;
  engine: Engine;
}

/** Definitions, versions, properties, starts, and what is done to all instances of a workflow. */
export function createWorkflowRoutes({ clock, catalogue, engine }: WorkflowRouteDeps): Route[] {
  const { logEvent, actionEvent } = createTimelineEvents(clock);

  /** Stop or kill of every instance of a workflow. */
  function endAll(call: Call, action: 'STOP' | 'KILL'): JsonObject {
    const user = call.user();
    const record = catalogue.get(slot(call, 'workflowId'));
    const live = engine.liveOf(record.id);
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

  return [
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
        return { body: actionEvent('VALIDATE', user, 'the workflow definition is valid.') };
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
        const record = catalogue.getForVersion(slot(call, 'workflowId'));
        const version = catalogue.versionOf(record, slot(call, 'version'));
        return { body: renderDefinition(record, version, flag(call, 'enriched', false)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/overview`,
      handle: (call) => {
        const record = catalogue.getForOverview(slot(call, 'workflowId'));
        return { body: renderOverview(record, engine.instancesOf(record.id)) };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/timeline`,
      handle: (call) => {
        const id = slot(call, 'workflowId');
        return { body: { workflow_id: id, timeline_events: catalogue.find(id)?.changes ?? [] } };
      },
    },
    {
      method: 'GET',
      pattern: `${base}/:workflowId/properties-snapshot/:version`,
      handle: (call) => {
        // What the real server answers: it knows the latest alone, and says so with a 500.
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
        const live = engine.liveOf(record.id).length;
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
        const record = catalogue.getForVersion(slot(call, 'workflowId'));
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
        return { body: renderStarted(outcome, logEvent(outcome.message)) };
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
            timeline_event: actionEvent('ACTIVATE', user, log),
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
          body: {
            workflow_id: slot(call, 'workflowId'),
            workflow_version_id: 0,
            timeline_event: actionEvent('DEACTIVATE', user, log),
          },
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
        const id = slot(call, 'workflowId');
        // A workflow that is not there has no failed instances: that is no fault.
        const failed = engine.runsOf(id).filter((run) => run.status === 'FAILED' && !run.restarted && !run.unblocked);
        for (const run of failed) run.unblocked = true;
        const record = catalogue.find(id);
        if (record) engine.dispatch(record);
        return {
          body: actionEvent(
            'UNBLOCK',
            user,
            `Unblocked [${failed.length}] failed workflow instances.`,
            `Unblock workflow [${id}]`,
          ),
        };
      },
    },
  ];
}
