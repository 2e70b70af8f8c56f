import type { ActionKind } from '../../domain/action';
import type { Target } from '../../domain/target';
import { createAims } from '../aims';
import type { ActionAbility, Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import { isSince } from '../since';
import type { Api } from './api';
import type { Runs } from './runs';
import type { Run } from './schema';
import { isGoing, words } from './status';

/** Runs of a job among which ours is looked for. */
const looked = 100;

const notRetryable = new Map([
  ['RETRY_UNSUPPORTED_CMD', 'it has a command that dbt cannot take up again. Run it again from the start instead'],
  ['RETRY_UNSUPPORTED_VERSION', 'its version of dbt is too old for that. Run it again from the start instead'],
  ['RETRY_NOT_LATEST_RUN', 'the job has run since. Retry its newest run instead'],
  ['RETRY_NOT_FAILED_RUN', 'it has not failed'],
  ['RETRY_NO_RUN_RESULTS', 'it failed before dbt began. Run it again from the start instead'],
]);

type Change = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };

/** What can be changed in dbt Cloud. It takes no key with a change: what was made is found again by its cause, or by the run that it retries. */
export function createChanges({ api, runs }: { api: Api; runs: Runs }) {
  const refusals = createRefusals(api.where);
  const aims = createAims(refusals);

  /** Ours alone: a run says why it was started. */
  const causeOf = (call: Call) => `${call.actor || 'Pitcrew'} asked for it through Pitcrew (${call.idempotencyKey})`;

  async function newest(job: string, isIt: (run: Run) => boolean): Promise<Receipt | undefined> {
    const { items } = await api.runs({ job, orderBy: '-id' }, 0, looked);
    const found = items.find(isIt);
    return found && { run: runs.refOf(found), duplicate: true };
  }

  const findStarted = (job: string, { idempotencyKey: key }: Call) =>
    newest(job, ({ trigger }) => trigger?.cause?.includes(`(${key})`) ?? false);

  function mustTakeNoParameters(target: Target): void {
    const parameters = 'parameters' in target ? target.parameters : undefined;
    if (parameters && Object.keys(parameters).length > 0)
      throw refusals.no('A job of dbt Cloud takes no parameters from here. Change its commands in dbt Cloud instead.');
  }

  const start: Change = {
    async plan(target) {
      mustTakeNoParameters(target);
      await api.job(aims.pipeline(target).key);
      return [{ note: 'A new run of all commands of the job.' }];
    },
    async perform(target, call) {
      mustTakeNoParameters(target);
      const { key } = aims.pipeline(target);
      const earlier = await findStarted(key, call);
      return earlier ?? { run: runs.refOf(await api.trigger(key, causeOf(call), call.signal)) };
    },
    lookUp: (call) => findStarted(aims.pipeline(call.target).key, call),
  };

  const isFromStart = (target: Target) => target.kind === 'run' && target.from === 'start';

  function mustRetry(run: Run, target: Target): void {
    mustTakeNoParameters(target);
    if (aims.step(target) !== undefined)
      throw refusals.no('dbt Cloud runs jobs again, not single steps. Retry the run from where it failed instead.');
    if (isGoing(run.status)) throw refusals.no(`Run ${run.id} is still going; it can be retried when it has ended.`);
    if (isFromStart(target)) return;
    if (run.status === words.success) throw refusals.no(`Run ${run.id} has succeeded; there is nothing to run again.`);
    if (run.can_retry === false) {
      const why = notRetryable.get(run.retry_not_supported_reason ?? '') ?? 'dbt Cloud does not allow it';
      throw refusals.no(`Run ${run.id} cannot be taken up where it ended: ${why}. Retry it from the start instead.`);
    }
  }

  /** A retry carries no words of ours: it is the run that takes up this one, made since we asked. */
  const findRetry = (run: Run, call: Call) =>
    newest(run.job_definition_id, (other) => other.retrying_run_id === run.id && isSince(call, other.created_at));

  const findAgain = (run: Run, call: Call) =>
    isFromStart(call.target) ? findStarted(run.job_definition_id, call) : findRetry(run, call);

  const retry: Change = {
    async plan(target) {
      const run = await runs.read(aims.run(target));
      mustRetry(run, target);
      const steps = runs.stepsOf(run);
      const failedAt = steps.findIndex(({ status }) => status === words.error);
      if (isFromStart(target))
        return [{ run: runs.refOf(run), steps: steps.map(({ key }) => key), note: 'A new run of all commands.' }];
      return [
        {
          run: runs.refOf(run),
          steps: steps.slice(Math.max(failedAt, 0)).map(({ key }) => key),
          note: 'A new run, which takes up the models that failed and all behind them.',
        },
      ];
    },
    async perform(target, call) {
      const run = await runs.read(aims.run(target));
      const earlier = await findAgain(run, call);
      if (earlier) return earlier;
      mustRetry(run, target);
      const made = isFromStart(target)
        ? await api.trigger(run.job_definition_id, causeOf(call), call.signal)
        : await api.retry(run.id, call.signal);
      return { run: runs.refOf(made) };
    },
    lookUp: async (call) => findAgain(await runs.read(aims.run(call.target)), call),
  };

  async function readGoing(target: Target): Promise<Run> {
    if (aims.step(target) !== undefined) throw refusals.no('dbt Cloud ends whole runs. Stop the run instead.');
    const run = await runs.read(aims.run(target));
    if (!isGoing(run.status)) throw refusals.no(`Run ${run.id} has ended already; there is nothing to stop.`);
    return run;
  }

  const stop: Change = {
    async plan(target) {
      return [{ run: runs.refOf(await readGoing(target)), note: 'The run ends as cancelled.' }];
    },
    async perform(target, call) {
      const run = await readGoing(target);
      return { run: runs.refOf(await api.cancel(run.id, call.signal)) };
    },
    /** Whoever ended it, it is what was wished for. */
    async lookUp(call) {
      const run = await runs.read(aims.run(call.target));
      return run.status === words.cancelled ? { run: runs.refOf(run), duplicate: true } : undefined;
    },
  };

  const changes: Partial<Record<ActionKind, Change>> = { retry, stop, start };
  const actions: Orchestrator['actions'] = Object.fromEntries(
    Object.entries(changes).map(([kind, { lookUp: _, ...ability }]) => [kind, ability]),
  );
  return { actions, lookUp: async (call: Call) => changes[call.kind]?.lookUp(call) };
}
