import type { Clock } from '../../lib/clock';
import { nameOf } from './catalogue';
import { notFound } from './refusal';
import { type Attempt, type Instance, isLive, type Run, type StepRun } from './run-state';
import { isRunOver, type RunStatus } from './statuses';
import type { JsonObject } from './wire';

export interface RunBookDeps {
  clock: Clock;
  publish(event: JsonObject): void;
}

/** All instances with their runs; tells of every change, to subscribers of events and to whoever waits. */
export function createRunBook({ clock, publish }: RunBookDeps) {
  /** In the order of their numbers, which begin at 1 and leave none out. */
  const byWorkflow = new Map<string, Instance[]>();
  const liveByWorkflow = new Map<string, Set<Run>>();
  const usedUuids = new Map<string, Set<string>>();
  const watchers = new Set<() => void>();
  let closed = false;
  const now = () => clock.now().getTime();
  const instancesOf = (workflowId: string): Instance[] => byWorkflow.get(workflowId) ?? [];
  const instanceAt = (workflowId: string, instanceId: number): Instance | undefined =>
    instancesOf(workflowId)[instanceId - 1];
  const runsOf = (workflowId: string): Run[] => instancesOf(workflowId).flatMap((instance) => instance.runs);

  /** Whoever waits looks again. */
  const nudge = () => {
    for (const watcher of [...watchers]) watcher();
  };
  const changed = (run: Run) => {
    run.modifiedAt = now();
    nudge();
  };
  const tell = (event: JsonObject) => {
    if (!closed) publish(event);
  };

  function publishRun(run: Run, from: RunStatus, to: RunStatus, at: number): void {
    tell({
      workflow_id: run.instance.record.id,
      workflow_name: nameOf(run.instance.version),
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
    tell({
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
    if (isRunOver(status)) {
      run.endedAt = at;
      liveByWorkflow.get(run.instance.record.id)?.delete(run);
    }
    publishRun(run, from, status, at);
    changed(run);
  }

  /** @returns false for one that this workflow has seen */
  function takeUuid(workflowId: string, uuid: string): boolean {
    const used = usedUuids.get(workflowId) ?? new Set();
    if (used.has(uuid)) return false;
    usedUuids.set(workflowId, used.add(uuid));
    return true;
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

  return {
    now,
    instancesOf,
    instanceAt,
    runsOf,
    /** Looked up, not looked for: a workflow may have had thousands. */
    liveOf: (workflowId: string): Run[] => [...(liveByWorkflow.get(workflowId) ?? [])],
    allRuns: () => [...byWorkflow.keys()].flatMap(runsOf),
    instance(workflowId: string, instanceId: number): Instance {
      const found = instanceAt(workflowId, instanceId);
      if (!found)
        throw notFound(`workflow instance [${workflowId}][${instanceId}][0] not found (either not created or deleted)`);
      return found;
    },

    add(instance: Instance): void {
      const known = byWorkflow.get(instance.record.id);
      if (known) known.push(instance);
      else byWorkflow.set(instance.record.id, [instance]);
    },
    addRun(run: Run): void {
      run.instance.runs.push(run);
      if (!isLive(run)) return;
      const live = liveByWorkflow.get(run.instance.record.id) ?? new Set();
      liveByWorkflow.set(run.instance.record.id, live.add(run));
    },
    forget(workflowId: string): void {
      byWorkflow.delete(workflowId);
      liveByWorkflow.delete(workflowId);
    },
    takeUuid,
    changed,
    nudge,
    until,
    setRunStatus,
    publishStep,
    isClosed: () => closed,
    /** Nothing is told any more. */
    close(): void {
      closed = true;
      nudge();
    },
  };
}

export type RunBook = ReturnType<typeof createRunBook>;
