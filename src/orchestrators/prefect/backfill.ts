import type { Target } from '../../domain/target';
import type { Ability, ChangeDeps } from './change-deps';
import { isPartition } from './partitions';
import type { Deployment } from './schema';

/** So many runs at once where the deployment sets no limit, or a larger one. */
const mostAtOnce = 8;

/** Prefect has no backfill: each day is a run of its own, which is given the day as a parameter. */
export function createBackfill({ aims, refusals, newRuns, partitions }: ChangeDeps): Ability {
  function paramOf(key: string, deployment: Deployment): string {
    const param = partitions.paramOf(deployment);
    if (param !== undefined) return param;
    const named = partitions.params;
    throw refusals.no(
      named.length === 0
        ? `I do not know which parameter of ${key} says its day. Name it in \`partitionParam\` of this connection.`
        : `${key} has no parameter ${named.join(' or ')} that says its day. Add the one that it has to \`partitionParam\` of this connection.`,
    );
  }

  async function read(target: Target) {
    const { pipeline, partitions: wanted } = aims.partitions(target);
    const strange = wanted.find((partition) => !isPartition(partition));
    if (strange !== undefined)
      throw refusals.no(
        `"${strange}" is not a day, such as 2026-11-25, or a moment, such as 2026-11-25T06:00Z. Name it so.`,
      );
    const { key } = pipeline;
    const deployment = await newRuns.deployment(key);
    const param = paramOf(key, deployment);
    const given = target.kind === 'partitions' ? (target.parameters ?? {}) : {};
    newRuns.mustTake(key, deployment, { ...given, [param]: wanted[0] });
    return { key, deployment, param, given, wanted };
  }

  return {
    async plan(target) {
      const { deployment, param, wanted } = await read(target);
      return wanted.map((partition) => ({
        partition,
        note: `A new run with ${param} = ${partition}.${newRuns.warning(deployment)}`,
      }));
    },

    async perform(target, call) {
      const earlier = await newRuns.find(call);
      if (earlier) return earlier;
      const { key, deployment, param, given, wanted } = await read(target);
      const [partition, ...others] = wanted;
      if (partition === undefined || others.length > 0) throw refusals.no('One day or partition a run. Name one.');
      newRuns.mustHaveRoom(key, deployment);
      return newRuns.make(deployment, { parameters: { ...given, [param]: partition } }, call);
    },

    async concurrency({ key }) {
      const { concurrency_limit, global_concurrency_limit: global } = await newRuns.deployment(key);
      const most = global?.limit ?? concurrency_limit ?? undefined;
      if (most !== undefined && most <= mostAtOnce)
        return { atOnce: Math.max(1, most), why: `Prefect runs at most ${most} of ${key} at once.` };
      return { atOnce: mostAtOnce, why: `Prefect would take any number; ${mostAtOnce} at once leave room for others.` };
    },

    lookUp: newRuns.find,
  };
}
