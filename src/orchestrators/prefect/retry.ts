import { hasEnded } from '../../domain/run';
import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';
import type { FlowRun } from './schema';
import { stepStatusOf } from './status';
import { flowStep } from './steps';

/**
 * Runs a run again: under its own id, where Prefect leaves out what it kept the results of; or all of it from the start, which is a new
 * run with the same parameters and tags.
 */
export function createRetry(deps: ChangeDeps): Ability {
  const { api, runs, aims, refusals, transitions, newRuns } = deps;
  const isFromStart = (target: Target) => target.kind === 'run' && target.from === 'start';
  const parametersOf = (target: Target) => (target.kind === 'run' ? (target.parameters ?? {}) : {});

  function obstacle(run: FlowRun, target: Target): string | undefined {
    const which = `Run ${run.id}`;
    if (aims.step(target) !== undefined)
      return 'Prefect runs whole flows again, not one of their tasks. Retry the run instead.';
    const status = runs.runStatus(run);
    if (status === 'unknown')
      return `${which} is in a state that I do not know (${run.state?.type ?? 'none'}). Look at it in Prefect.`;
    if (!hasEnded(status))
      return `${which} is still going (${run.state?.name ?? status}); it can be retried when it has ended.`;
    if (!run.deployment_id)
      return `${which} belongs to no deployment, so that Prefect cannot run it again. Start the flow where it was started.`;
    if (isFromStart(target)) return undefined;
    if (Object.keys(parametersOf(target)).length > 0)
      return `${which} keeps the parameters it was started with. Retry it from the start, or start a new run, with others.`;
    if (status === 'succeeded')
      return `${which} has succeeded; there is nothing to run again. Retry it from the start.`;
    return undefined;
  }

  async function read(target: Target): Promise<FlowRun> {
    return runs.read(aims.run(target));
  }

  async function deploymentOf(run: FlowRun, target: Target) {
    const why = obstacle(run, target);
    if (why) throw refusals.no(why);
    const deployment = await api.deployment(run.deployment_id ?? '');
    const { key } = (await runs.refOf(run)).pipeline;
    if (isFromStart(target)) newRuns.mustTake(key, deployment, { ...run.parameters, ...parametersOf(target) });
    return { deployment, key };
  }

  return {
    async plan(target) {
      const run = await read(target);
      const { deployment } = await deploymentOf(run, target);
      const named = await runs.namedOf(run.id);
      const failed = named.filter(({ taskRun }) => stepStatusOf(taskRun.state, () => {}) === 'failed');
      const steps = (isFromStart(target) ? named : failed).map(({ step }) => step);
      const note = isFromStart(target)
        ? 'A new run with the same parameters and tags, so that nothing is left out.'
        : 'Runs the flow again; tasks are left out where Prefect kept their results.';
      return [
        {
          run: await runs.refOf(run),
          steps: steps.length > 0 ? steps : [flowStep],
          note: note + newRuns.warning(deployment),
        },
      ];
    },

    async perform(target, call) {
      const run = await read(target);
      const earlier = isFromStart(target) ? await newRuns.find(call) : await transitions.find(run, call);
      if (earlier) return earlier;
      const { deployment, key } = await deploymentOf(run, target);
      newRuns.mustHaveRoom(key, deployment);
      if (!isFromStart(target)) return transitions.make(run, { type: 'SCHEDULED', name: 'AwaitingRetry' }, call);
      const parameters = { ...run.parameters, ...parametersOf(target) };
      return newRuns.make(deployment, { parameters, tags: run.tags ?? [] }, call);
    },

    async lookUp(call) {
      return isFromStart(call.target) ? newRuns.find(call) : transitions.find(await read(call.target), call);
    },
  };
}
