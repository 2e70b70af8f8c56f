/**
 * An orchestrator for the demo and for tests: Maestro's HTTP API and status events over workflows that really run.
 * In come HTTP calls and the demo's schedule; out go answers and published events. State is kept in memory.
 */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/clock';
import { createLogger } from '../../lib/logger';
import { createDemoPipelines } from '../pipelines';
import { createCatalogue } from './catalogue';
import { createEngine } from './engine';
import { createInjectedFaults } from './injected-faults';
import type { PipelineSet, RecordedCall, StandIn, StandInOptions } from './options';
import { paramsFrom } from './params';
import { createPublisher, pause } from './publisher';
import { createRoutes } from './routes';
import { startSchedule } from './schedule';
import { scriptedRunner } from './scripted';
import { createHttpServer } from './server';
import { createSignals } from './signals';
import { createSnsTopic } from './sns';
import { renderInstance } from './views';
import { CreateBody } from './wire';

export type {
  CallMatch,
  EventSink,
  FaultKind,
  FaultOptions,
  PipelineSet,
  Pushed,
  RecordedCall,
  RunParams,
  StandIn,
  StandInOptions,
  StepContext,
  StepResult,
  StepRunner,
} from './options';
export { defineWorkflow, type Script, type ScriptedStep, type SimpleWorkflow, scriptedRunner } from './scripted';
export type { JsonObject, WorkflowPush } from './wire';

export function createStandIn(options: StandInOptions = {}): StandIn {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger('silent');
  const set = pipelinesOf(options);
  const requests: RecordedCall[] = [];
  const faults = createInjectedFaults();
  let url = '';
  let stopSchedule: (() => void) | undefined;

  const signals = createSignals({ clock });
  const topic = createSnsTopic({ clock, baseUrl: () => url });
  const publisher = createPublisher({
    clock,
    sinks: options.events ?? [],
    topic,
    clusterName: options.clusterName ?? 'demo',
    changed: () => engine.nudge(),
    log,
  });
  const catalogue = createCatalogue({ clock, newUuid: randomUUID, publish: publisher.publish });
  const engine = createEngine({
    clock,
    catalogue,
    signals,
    runner: set.runner,
    refusalToStart: (workflowId) => set.refusalToStart?.(workflowId),
    sleep: options.sleep ?? pause,
    newUuid: randomUUID,
    actionTimeoutMs: options.actionTimeoutMs ?? 5_000,
    publish: publisher.publish,
    log,
  });
  const server = createHttpServer({
    clock,
    routes: createRoutes({ clock, catalogue, engine, signals, actionTimeoutMs: options.actionTimeoutMs ?? 5_000 }),
    faults,
    topic,
    requests,
    log,
  });

  const push: StandIn['push'] = (definition, author = 'demo', agoMs = 0) =>
    catalogue.push(CreateBody.parse(definition), author, clock.now().getTime() - agoMs).version.id;
  for (const { push: definition, author, agoMs } of set.workflows) push(definition, author, agoMs);

  const startRun: StandIn['startRun'] = async (workflowId, params = {}, by = undefined) => {
    const record = catalogue.get(workflowId);
    // A person may start what is not in force; a time trigger starts nothing then.
    const version = catalogue.versionOf(record, by === undefined ? 'active' : 'default');
    if (by === undefined && record.snapshot.time_trigger_disabled)
      throw new Error(`the time triggers of ${workflowId} are disabled`);
    const at = clock.now().getTime();
    const timeZone = version.workflow.time_triggers?.[0]?.timezone ?? 'UTC';
    const trigger = { trigger_uuid: version.triggerUuids.time, trigger_time: at, timezone: timeZone };
    const { run } = engine.start(record, version, {
      initiator:
        by === undefined
          ? { type: 'TIME', depth: 0, fields: trigger }
          : { type: 'MANUAL', depth: 0, fields: { user: by } },
      runParams: paramsFrom(params),
    });
    if (!run) throw new Error(`a run of ${workflowId} was not started`);
    return { instanceId: run.instance.id, runId: run.id };
  };

  return {
    async start() {
      await set.start?.();
      const port = await server.listen(options.port ?? 0);
      url = `http://127.0.0.1:${port}`;
      publisher.open();
      if (options.schedule === 'demo') {
        stopSchedule = startSchedule({ entries: set.schedule ?? [], start: (workflowId) => startRun(workflowId), log });
      }
      return { url };
    },
    async stop() {
      stopSchedule?.();
      await engine.close();
      await publisher.close();
      await server.close();
      await set.stop?.();
    },
    get url() {
      return url;
    },
    startRun,
    push,
    get workflows() {
      return catalogue.ids();
    },
    requests,
    faults: { next: faults.next, clear: faults.clear },
    async waitFor(workflowId, instanceId, predicate, { timeoutMs = 30_000 } = {}) {
      const instance = engine.instance(workflowId, instanceId);
      const held = await engine.until(() => predicate(renderInstance(instance, { enriched: true })), timeoutMs);
      const seen = renderInstance(instance, { enriched: true });
      if (!held)
        throw new Error(
          `${workflowId} ${instanceId} did not get there within ${timeoutMs} ms; it is ${String(seen.status)}`,
        );
      return seen;
    },
    async idle() {
      await engine.until(() => catalogue.ids().every((id) => engine.liveOf(id).length === 0) && publisher.isQuiet());
    },
    published: publisher.published,
  };
}

function pipelinesOf(options: StandInOptions): PipelineSet {
  const { pipelines } = options;
  if (Array.isArray(pipelines))
    return { workflows: pipelines.map((each) => ({ push: each })), runner: options.runner ?? scriptedRunner() };
  if (pipelines) return pipelines;
  return createDemoPipelines({ databaseUrl: options.databaseUrl, log: options.log });
}
