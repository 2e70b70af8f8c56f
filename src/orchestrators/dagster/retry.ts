import { Failure } from '../../domain/failure';
import { hasEnded, type Step } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Call } from '../orchestrator';
import type { Api } from './api';
import type { Ability, ChangeDeps } from './change-deps';
import { keyOfRun, placeOf } from './keys';
import type { Run, RunPlan } from './schema';
import { inherited, isToBeRetried, parentTag, tagsOf } from './tags';

/** Runs made of one run that are looked at, newest first. */
const childrenRead = 20;
/** How often a run that was made of a run that was made of a run … is followed. */
const deepest = 20;

/**
 * Runs a run again, which makes another run of Dagster's: what failed and did not come to its turn, all of it, or one step and all behind it.
 * A run that was run again already is not begun twice: its newest child is taken instead.
 */
export function createRetry({ api, runs, aims, refusals, launches }: ChangeDeps): Ability {
  const isFromStart = (target: Target) => target.kind === 'run' && target.from === 'start';

  /** The newest of the chain of runs that began with this one, as people would go on from it. */
  async function newest(first: Run): Promise<Run> {
    let run = first;
    for (let depth = 0; depth < deepest; depth += 1) {
      const [child] = await api.runs({ tags: [{ key: parentTag, value: run.runId }] }, childrenRead);
      if (!child) break;
      run = child;
    }
    return run;
  }

  async function read(target: Target): Promise<{ run: Run; steps: Step[] }> {
    if (target.kind === 'run' && target.parameters && Object.keys(target.parameters).length > 0)
      throw refusals.no('A run keeps the configuration it was started with. Start a new run with another instead.');
    const asked = await runs.read(aims.run(target));
    const run = await newest(asked);
    const which = run === asked ? `Run ${run.runId}` : `Run ${run.runId}, which was made of this one,`;
    const status = runs.statusOf(run);
    if (!hasEnded(status))
      throw refusals.no(`${which} is still going (${run.status}); it can be retried when it has ended.`);
    if (status === 'failed' && isToBeRetried(run.tags))
      throw refusals.notYet(`${which} will be run again by Dagster itself. Wait for that.`);
    if (status === 'succeeded' && aims.step(target) === undefined && !isFromStart(target))
      throw refusals.no(`${which} has succeeded; there is nothing to run again.`);
    return { run, steps: await runs.steps(runs.refOf(run)) };
  }

  /** This step and all behind it, in the order of the plan. */
  function withAllBehind(step: string, { executionPlan }: RunPlan): string[] {
    const plan = executionPlan?.steps ?? [];
    const taken = new Set([step]);
    // A plan names a step after all that it depends on.
    for (const { key, inputs } of plan)
      if (inputs.some(({ dependsOn }) => dependsOn.some((one) => taken.has(one.key)))) taken.add(key);
    return [...taken];
  }

  async function stepsFor(target: Target, run: Run, steps: Step[]): Promise<string[]> {
    const step = aims.step(target);
    if (isFromStart(target)) return steps.map((one) => one.step);
    if (step === undefined) return steps.filter(({ status }) => status !== 'succeeded').map((one) => one.step);
    if (!steps.some((one) => one.step === step))
      throw refusals.no(`There is no step ${step} in run ${run.runId}. Retry the run from where it failed instead.`);
    return withAllBehind(step, await api.runPlan(run.runId));
  }

  async function launchSteps(run: Run, steps: string[], call: Call): Promise<Run> {
    const place = placeOf(keyOfRun(run));
    if (!place || place.kind === 'assets')
      throw refusals.no('A run of several assets is run again as a whole. Retry it from where it failed instead.');
    const { runConfigYaml: config, mode } = await api.runPlan(run.runId);
    const root = run.rootRunId ?? run.runId;
    const own = tagsOf(call);
    const tags = [
      ...inherited(run.tags).filter(({ key }) => !own.some((tag) => tag.key === key)),
      ...own,
      { key: parentTag, value: run.runId },
      { key: 'dagster/root_run_id', value: root },
      { key: 'dagster/step_selection', value: steps.join(',') },
    ];
    return api.launch(place, { config, mode, steps, tags: eachKeyOnce(tags), root, parent: run.runId }, call.signal);
  }

  return {
    async plan(target) {
      const { run, steps } = await read(target);
      await mustBeAllowed(api, run);
      const note = isFromStart(target)
        ? 'A new run of all steps, with the configuration of this one and the code that is there now.'
        : aims.step(target) === undefined
          ? 'A new run of what failed and of what did not come to its turn, with the code that is there now.'
          : 'A new run of this step and of all behind it, with the code that is there now.';
      return [{ run: runs.refOf(run), steps: await stepsFor(target, run, steps), note }];
    },

    perform: (target, call) =>
      launches.once(call, async () => {
        const { run, steps } = await read(target);
        await mustHaveTags(api);
        const step = aims.step(target);
        const made =
          step === undefined
            ? await api.runAgain(
                run.runId,
                isFromStart(target) ? 'ALL_STEPS' : 'FROM_FAILURE',
                tagsOf(call),
                call.signal,
              )
            : await launchSteps(run, await stepsFor(target, run, steps), call);
        return { run: runs.refOf(made), note: `run ${made.runId}` };
      }),

    lookUp: launches.find,
  };
}

async function mustBeAllowed(api: Api, { runId }: Run): Promise<void> {
  const { isRetry } = await api.mayChange(runId);
  if (!isRetry) throw new Failure('not-allowed', api.where, { detail: 'Its user may not run this run again.' });
}

async function mustHaveTags(api: Api): Promise<void> {
  const { hasRetryTags, version } = await api.features();
  if (hasRetryTags) return;
  const detail = `Dagster ${version} takes no tags with a run that is run again, so that it could be made twice. Retry in Dagster itself.`;
  throw new Failure('rejected', api.where, { detail });
}

function eachKeyOnce(tags: { key: string; value: string }[]): { key: string; value: string }[] {
  return [...new Map(tags.map((tag) => [tag.key, tag])).values()];
}
