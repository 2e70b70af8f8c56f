import type { RunRef } from '../../domain/run';
import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import { isRefusal } from '../refusals';
import type { RestartPolicy } from './api';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';
import { passParameters } from './parameters';
import { type RunId, runIdOf } from './run-id';
import { obstacleToStart } from './run-strategy';
import type { DefinedStep, Instance, StepInstance } from './schema';
import { completeSteps, instanceStatus, isLive, stepsAskedFor } from './status';

/** Runs an instance again: what is not complete, all of it, or from one step on; always with the version that it had. */
export function createRetry({ api, runs, legality, own, aims, refusals, user }: ChangeDeps): ActionAbility & {
  lookUp(call: Call): Promise<Receipt | undefined>;
} {
  const isFromStart = (target: Target) => target.kind === 'run' && target.from === 'start';

  /** Why it cannot be run again now, in words for the person who pressed; undefined if it can. */
  async function obstacle(newest: Instance, asked: RunRef, target: Target): Promise<string | undefined> {
    const { workflow_instance_id: number, workflow_run_id: run, status } = newest;
    const step = aims.step(target);
    const isLater = asked.attempt !== undefined && run > asked.attempt;
    const which = `Run ${number}${run > 1 ? ` (attempt ${run})` : ''}`;
    if (isLive(status)) {
      if (step !== undefined) return obstacleInLiveRun(newest, step);
      return isLater
        ? `${which} is under way already. Wait for its end.`
        : `${which} is still going; it can be retried when it has ended.`;
    }
    if (instanceStatus(status) === 'succeeded' && (isLater || (step === undefined && !isFromStart(target))))
      return `${which} has succeeded; there is nothing to run again.`;
    if (!(await legality.ofRun(status, 'RESTART')))
      return `${which} is ${status}, from which it cannot be retried. Start a new run instead.`;
    if (step !== undefined && !(await stepOf(newest, step)))
      return `Step ${step} was never reached in run ${number}. Retry the run from where it failed instead.`;
    return undefined;
  }

  /** A step of a run that is going may be run again when it failed for good and the others go on without it. */
  async function obstacleInLiveRun(newest: Instance, name: string): Promise<string | undefined> {
    const step = await stepOf(newest, name);
    const when = 'Retry the run when it has ended.';
    if (!step) return `Step ${name} has not begun yet in this run, which is still going. ${when}`;
    const { status } = step.runtime_state;
    if (!stepsAskedFor.has(status) || step.step_retry?.retryable === true)
      return `Step ${name} is ${status} while its run is still going. ${when}`;
    const mode = step.definition?.failureMode ?? 'FAIL_AFTER_RUNNING';
    return mode === 'FAIL_AFTER_RUNNING'
      ? undefined
      : `The run is still going, and step ${name} (${mode}) cannot be run again in it. ${when}`;
  }

  /**
   * A restart is admitted by the run strategy like a new run: it may be dropped for another run, stop it, or wait behind a failed one.
   *
   * @returns what people must know of it
   * @throws Failure `busy` while another run would be lost, or this one
   */
  async function waitsFor(newest: Instance): Promise<string> {
    if (isLive(newest.status)) return ''; // a step of a run that is going: no new run
    const overview = await orGone(api.overview(newest.initiator?.ancestors?.[0]?.workflow_id ?? newest.workflow_id));
    const why = overview && obstacleToStart(overview);
    if (why?.passes) throw refusals.notYet(why.say);
    const isUnblocked = newest.timeline.some(({ action }) => action === 'UNBLOCK');
    const others = (overview?.failed_instances ?? 0) - (newest.status === 'FAILED' && !isUnblocked ? 1 : 0);
    if (!why || others <= 0) return '';
    return ` It begins when ${others === 1 ? 'another failed run is' : `${others} other failed runs are`} retried or unblocked too.`;
  }

  function stepOf(newest: Instance, step: string): Promise<StepInstance | undefined> {
    return orGone(api.stepOverAllRuns(newest.workflow_id, newest.workflow_instance_id, step));
  }

  async function incompleteSteps(newest: Instance): Promise<string[]> {
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

  async function stepsToRun(newest: Instance, target: Target): Promise<string[]> {
    const step = aims.step(target);
    const defined = newest.runtime_workflow?.steps ?? [];
    if (step !== undefined) return withFollowers([step], defined);
    if (!isFromStart(target)) return incompleteSteps(newest);
    return defined.length > 0 ? defined.map(({ id }) => id) : Object.keys(newest.runtime_dag ?? {});
  }

  function parametersFor(target: Target, newest: Instance) {
    const given = target.kind === 'run' ? (target.parameters ?? {}) : {};
    return passParameters(given, newest.params, 'restart', refusals);
  }

  async function ask(id: RunId, target: Target, newest: Instance, call: Call): Promise<Receipt> {
    const step = aims.step(target);
    const policy: RestartPolicy = isFromStart(target) ? 'RESTART_FROM_BEGINNING' : 'RESTART_FROM_INCOMPLETE';
    const requestId = call.idempotencyKey;
    const caller = callerOf(call, user);
    const answer =
      step === undefined
        ? await api.restart(
            id.workflow,
            id.instance,
            { requestId, policy, params: parametersFor(target, newest) },
            caller,
          )
        : await api.restartStep(id.workflow, id.instance, step, requestId, caller);
    return own.receiptOf(answer, () => own.ofInstance(id, call), own.refOf(id.workflow, id.instance));
  }

  return {
    async plan(target) {
      const asked = aims.run(target);
      const step = aims.step(target);
      const newest = await runs.newest(asked);
      const why = await obstacle(newest, asked, target);
      if (why) throw refusals.no(why);
      parametersFor(target, newest);
      const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = newest;
      const version = newest.workflow_version_id ? ` (${newest.workflow_version_id})` : '';
      const what =
        step !== undefined
          ? 'Runs this step again, and what follows it'
          : isFromStart(target)
            ? 'Runs all of it again'
            : 'Runs again what is not complete';
      const note = `${what}, with the version it had${version}.${throughParent(newest)}${await waitsFor(newest)}`;
      return [{ run: own.refOf(workflow, number, run), steps: await stepsToRun(newest, target), note }];
    },

    async perform(target, call) {
      const asked = aims.run(target);
      const id = runIdOf(asked, api.where);
      const newest = await runs.newest(asked);
      if (own.isOf(call)(newest)) return own.receiptFor(newest);
      const why = await obstacle(newest, asked, target);
      if (why) throw refusals.no(why);
      await waitsFor(newest);
      try {
        return await ask(id, target, newest, call);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Somebody may have been quicker; it may have been this very call, before its answer was lost.
        const found = await own.ofInstance(id, call);
        if (found) return found;
        const nowWhy = await obstacle(await runs.newest(asked), { ...asked, attempt: newest.workflow_run_id }, target);
        throw nowWhy ? refusals.no(nowWhy, error) : error;
      }
    },

    async lookUp(call) {
      const asked = aims.run(call.target);
      const found = await own.ofInstance(runIdOf(asked, api.where), call);
      if (found || call.target.kind !== 'steps') return found;
      // Inside a live run a step's new attempt carries no id of ours.
      if (isLive((await runs.newest(asked)).status))
        throw refusals.unsure('The run is going; whether this call made its step run again cannot be told.');
      return undefined;
    },
  };
}

function throughParent({ initiator }: Instance): string {
  const root = initiator?.ancestors?.[0];
  return root ? ` It was started by run ${root.instance_id} of ${root.workflow_id}, which is restarted with it.` : '';
}

/** These steps and all that come after them, in the order of the definition. */
function withFollowers(from: string[], defined: readonly DefinedStep[]): string[] {
  const next = new Map(defined.map((step) => [step.id, step.next]));
  const reached = new Set(from);
  for (const step of reached) for (const follower of next.get(step) ?? []) reached.add(follower);
  const order = defined.map(({ id }) => id);
  return [...reached].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}
