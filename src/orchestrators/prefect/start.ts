import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';

/** A new run of a deployment, now. A paused one is run as well: a pause holds up its schedules alone. */
export function createStart({ aims, newRuns }: ChangeDeps): Ability {
  async function read(target: Target) {
    const { key } = aims.pipeline(target);
    const parameters = target.kind === 'pipeline' ? (target.parameters ?? {}) : {};
    const deployment = await newRuns.deployment(key);
    newRuns.mustTake(key, deployment, parameters);
    return { key, deployment, parameters };
  }

  return {
    async plan(target) {
      const { deployment } = await read(target);
      return [
        { note: `A new run, with the deployment's own parameters where none are given.${newRuns.warning(deployment)}` },
      ];
    },
    async perform(target, call) {
      const earlier = await newRuns.find(call);
      if (earlier) return earlier;
      const { key, deployment, parameters } = await read(target);
      newRuns.mustHaveRoom(key, deployment);
      return newRuns.make(deployment, { parameters }, call);
    },
    lookUp: newRuns.find,
  };
}
