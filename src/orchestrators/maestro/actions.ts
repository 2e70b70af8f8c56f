import { Failure } from '../../domain/failure';
import type { RunRef } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Clock } from '../../lib/clock';
import type { Call, Orchestrator, Receipt } from '../orchestrator';
import type { Api } from './api';
import { orGone } from './leaves';
import { type RunId, runIdOf } from './run-id';
import type { Runs } from './runs';
import type { Instance, Restarted } from './schema';
import { completeSteps, instanceStatus, isLive } from './status';

/** Runs of an instance, and instances of a workflow, that are searched for a call of ours. */
const searched = 50;
const actionMapKeptMs = 10 * 60_000;

export interface ActionsDeps {
  api: Api;
  runs: Runs;
  connection: string;
  clock: Clock;
  /** Named as the caller when the call names nobody. */
  user: string;
}

export function createActions({ api, runs, connection, clock, user }: ActionsDeps) {
  const isLegal = createLegality(api, clock);

  function refuse(detail: string, cause?: unknown): Failure {
    return new Failure('rejected', api.where, { detail, cause });
  }

  function refOf(workflow: string, instance: number, attempt?: number): RunRef {
    return { pipeline: { connection, key: workflow }, run: String(instance), attempt };
  }

  function runOf(target: Target): RunRef {
    if (target.kind === 'run' || target.kind === 'steps') return target.run;
    throw refuse('Only a run, or a step of one, can be retried or stopped.');
  }

  function stepOf(target: Target): string | undefined {
    if (target.kind !== 'steps') return undefined;
    const [step, ...others] = target.steps;
    if (step === undefined || others.length > 0)
      throw refuse('One step at a time can be run again. Retry the whole run instead.');
    return step;
  }

  function caller(call: Call) {
    return { user: call.actor || user, signal: call.signal };
  }

  /** The run that this call has started already, if it has. */
  async function findOwn(id: Pick<RunId, 'workflow' | 'instance'>, key: string): Promise<Receipt | undefined> {
    const isOurs = (instance: Instance) => instance.workflow_uuid?.toLowerCase() === key.toLowerCase();
    const receipt = (instance: Instance): Receipt => ({
      run: refOf(instance.workflow_id, instance.workflow_instance_id, instance.workflow_run_id),
      duplicate: true,
    });
    const { elements } = await api.runs(id.workflow, id.instance, searched);
    const own = elements.find(isOurs);
    if (own) return receipt(own);
    // A run that a parent started is restarted through its parents: then the new run is one of theirs.
    for (const parent of [...(elements[0]?.initiator?.ancestors ?? [])].reverse()) {
      const found = (await api.runs(parent.workflow_id, parent.instance_id, searched)).elements.find(isOurs);
      if (found) return receipt(found);
    }
    const newest = (await api.instances(id.workflow, searched)).elements.find(isOurs);
    return newest && receipt(newest);
  }

  /** Why the run cannot be retried now, in words for the person who pressed; undefined if it can. */
  async function obstacle(newest: Instance, asked: RunRef, step?: string): Promise<string | undefined> {
    const { workflow_instance_id: number, workflow_run_id: run, status } = newest;
    const isLater = asked.attempt !== undefined && run > asked.attempt;
    const which = `Run ${number}${run > 1 ? ` (attempt ${run})` : ''}`;
    if (isLive(status))
      return isLater
        ? `${which} is under way already.`
        : `${which} is still going; it can be retried when it has ended.`;
    if (instanceStatus(status) === 'succeeded' && (step === undefined || isLater))
      return `${which} has succeeded; there is nothing to run again.`;
    return (await isLegal(status, 'RESTART')) ? undefined : `${which} is ${status}, from which it cannot be retried.`;
  }

  async function receiptOf(answer: Restarted, id: RunId, call: Call): Promise<Receipt> {
    const note = answer.timeline_event?.message ?? undefined;
    switch (answer.status) {
      case 'DUPLICATED': {
        const own = await findOwn(id, call.idempotencyKey);
        return own ?? { run: refOf(id.workflow, id.instance), note, duplicate: true };
      }
      case 'STOPPED':
        throw refuse(note ?? 'The run strategy of this pipeline allows no further run now.');
      case 'INTERNAL_ERROR':
        throw new Failure('unsure', api.where, { detail: note });
      default:
        if (answer.workflow_instance_id === 0) return { run: refOf(id.workflow, id.instance), note };
        // May be a parent of the run that was asked for, where a parent had started that one.
        return {
          run: refOf(answer.workflow_id, answer.workflow_instance_id, answer.workflow_run_id || undefined),
          note,
        };
    }
  }

  async function performRetry(target: Target, call: Call): Promise<Receipt> {
    const asked = runOf(target);
    const step = stepOf(target);
    const id = runIdOf(asked, api.where);
    const newest = await api.run(id.workflow, id.instance, 'latest');
    if (newest.workflow_uuid?.toLowerCase() === call.idempotencyKey.toLowerCase()) {
      return { run: refOf(id.workflow, id.instance, newest.workflow_run_id), duplicate: true };
    }
    const goesOn = step !== undefined && isLive(newest.status); // a failed step of a live run may be run again
    const why = goesOn ? undefined : await obstacle(newest, asked, step);
    if (why) throw refuse(why);
    try {
      const answer =
        step === undefined
          ? await api.restart(id.workflow, id.instance, call.idempotencyKey, caller(call))
          : await api.restartStep(id.workflow, id.instance, step, call.idempotencyKey, caller(call));
      return await receiptOf(answer, id, call);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'rejected') throw error;
      // Somebody may have been quicker; it may have been this very call, before its answer was lost.
      const own = await findOwn(id, call.idempotencyKey);
      if (own) return own;
      const since = await api.run(id.workflow, id.instance, 'latest');
      const nowWhy = goesOn ? undefined : await obstacle(since, { ...asked, attempt: newest.workflow_run_id }, step);
      throw nowWhy ? refuse(nowWhy, error) : error;
    }
  }

  async function stepsToRun(newest: Instance): Promise<string[]> {
    const { workflow_id: workflow, workflow_instance_id: number } = newest;
    const views = newest.aggregated_info?.step_aggregated_views;
    const known = views
      ? Object.entries(views).map(([step, view]): [string, string] => [step, view.status])
      : ((await orGone(api.stepsOverAllRuns(workflow, number))) ?? []).map((step): [string, string] => [
          step.step_id,
          step.runtime_state.status,
        ]);
    const statuses = new Map(known);
    const all = [...new Set([...Object.keys(newest.runtime_dag ?? {}), ...statuses.keys()])];
    return all.filter((step) => !completeSteps.has(statuses.get(step) ?? 'NOT_CREATED'));
  }

  const retry = {
    async plan(target: Target) {
      const asked = runOf(target);
      const step = stepOf(target);
      const newest = await runs.read({ ...asked, run: String(runIdOf(asked, api.where).instance), attempt: undefined });
      const why = step !== undefined && isLive(newest.status) ? undefined : await obstacle(newest, asked, step);
      if (why) throw refuse(why);
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = newest;
      const steps = step === undefined ? await stepsToRun(newest) : [step];
      const note =
        step === undefined
          ? 'Runs again what is not complete, with the version it had.'
          : 'Runs this step again, and what follows it.';
      return [{ run: refOf(workflow, number, run), steps, note }];
    },
    perform: performRetry,
  };

  const stop = {
    async plan(target: Target) {
      const asked = runOf(target);
      const newest = await runs.read({ ...asked, run: String(runIdOf(asked, api.where).instance), attempt: undefined });
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run, status } = newest;
      if (!isLive(status)) throw refuse(`Run ${number} has ended already (${instanceStatus(status)}).`);
      return [{ run: refOf(workflow, number, run) }];
    },
    async perform(target: Target, call: Call): Promise<Receipt> {
      const id = runIdOf(runOf(target), api.where);
      try {
        const answer = await api.stop(id.workflow, id.instance, id.run, caller(call));
        const run = refOf(answer.workflow_id, answer.workflow_instance_id, answer.workflow_run_id);
        return { run, note: answer.info ?? undefined };
      } catch (error) {
        if (!(error instanceof Failure) || error.kind !== 'rejected') throw error;
        const newest = await api.run(id.workflow, id.instance, 'latest');
        const { workflow_instance_id: number, workflow_run_id: run, status } = newest;
        if (!isLive(status)) throw refuse(`Run ${number} has ended already (${instanceStatus(status)}).`, error);
        if (id.run !== undefined && id.run !== run) throw refuse(`Run ${number} has gone on to attempt ${run}.`, error);
        throw error;
      }
    },
  };

  async function lookUp(call: Call): Promise<Receipt | undefined> {
    const id = runIdOf(runOf(call.target), api.where);
    const own = await findOwn(id, call.idempotencyKey);
    if (own || call.target.kind !== 'steps') return own;
    // Inside a live run a step's new attempt carries no id of ours.
    const newest = await api.run(id.workflow, id.instance, 'latest');
    if (isLive(newest.status))
      throw new Failure('unsure', api.where, {
        detail: 'The run is going; whether this call made its step run again cannot be told.',
      });
    return undefined;
  }

  const actions: Orchestrator['actions'] = { retry, stop };
  return { actions, lookUp };
}

/** What the server allows in a status, asked for once in a while; where it does not say, it decides when it is asked to act. */
function createLegality(api: Api, clock: Clock) {
  let known: { map: Record<string, string[]>; atMs: number } | undefined;
  return async (status: string, action: string): Promise<boolean> => {
    const nowMs = clock.now().getTime();
    if (!known || nowMs - known.atMs > actionMapKeptMs) {
      const map = await orGone(api.actionMap());
      known = { map: map ?? {}, atMs: nowMs };
    }
    return known.map[status]?.includes(action) ?? true;
  };
}
