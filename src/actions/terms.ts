import type { ActionKind } from '../domain/action';
import { Failure, failureKinds, sayWithNext } from '../domain/failure';
import type { PipelineRef } from '../domain/pipeline';
import { mostAtOnce, type Pace } from '../domain/plan';
import type { Taken } from '../domain/planning';
import { pipelineOf, sayTarget, type Target } from '../domain/target';
import type { PlannedRun } from '../orchestrators/orchestrator';
import { Cannot, keyOf } from './candidates';
import type { ActionDeps } from './deps';

/** For so many items what exactly each would run is kept with the plan. */
const exactItems = 10;

type PartitionsTarget = Extract<Target, { kind: 'partitions' }>;
interface Aimed {
  target: Target;
  wave?: number;
}

/** On what terms an orchestrator takes many changes: with which version, how many at a time, or all of them as one. */
export function createTerms(deps: Pick<ActionDeps, 'orchestrator'>) {
  const abilityOf = (kind: ActionKind, { connection }: PipelineRef) => deps.orchestrator(connection)?.actions[kind];

  /**
   * Names the version that partitions of a pipeline are to be run with, so that all have the same, whatever is put in force meanwhile.
   * Those that the orchestrator would refuse are taken out.
   */
  async function versioned<T extends Aimed>(
    kind: ActionKind,
    items: T[],
  ): Promise<{ items: (T & { note?: string; steps?: string[] })[]; taken: Taken[]; how: string[] }> {
    const groups = new Map<string, PartitionsTarget>();
    for (const { target } of items) {
      if (target.kind !== 'partitions' || target.version !== undefined) continue;
      const known = groups.get(keyOf(target.pipeline));
      if (known) known.partitions.push(...target.partitions);
      else groups.set(keyOf(target.pipeline), { ...target, partitions: [...target.partitions] });
    }
    const refused = new Map<string, string>();
    const known = new Map<string, Map<string, PlannedRun>>();
    const how: string[] = [];
    for (const [key, target] of groups) {
      try {
        const runs = await abilityOf(kind, target.pipeline)?.plan?.(target);
        if (!runs) continue;
        known.set(key, new Map(runs.flatMap((run) => (run.partition === undefined ? [] : [[run.partition, run]]))));
        const version = runs.find((run) => run.version !== undefined)?.version;
        if (version !== undefined && target.partitions.length > 1)
          how.push(
            `All of ${target.pipeline.key} with version ${version}, also when another is put in force meanwhile.`,
          );
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (failureKinds[error.kind].retry)
          how.push(`With which version ${target.pipeline.key} would run could not be read just now.`);
        else refused.set(key, sayWithNext(error));
      }
    }
    const taken: Taken[] = [];
    const kept = items.flatMap((item) => {
      const { target } = item;
      if (target.kind !== 'partitions') return [item];
      const why = refused.get(keyOf(target.pipeline));
      if (why !== undefined) {
        taken.push({
          kind: 'not-able',
          name: `${sayTarget(target)} of ${target.pipeline.key}`,
          say: `cannot be done: ${why}`,
        });
        return [];
      }
      const run = known.get(keyOf(target.pipeline))?.get(target.partitions[0] ?? '');
      if (!run) return [item];
      const { version, steps, note } = run;
      // What is so of all of them is told of the whole.
      const isTold = version !== undefined && items.length > 1;
      const exact =
        items.length > exactItems ? {} : { ...(steps ? { steps } : {}), ...(note && !isTold ? { note } : {}) };
      return [{ ...item, ...exact, target: version === undefined ? target : { ...target, version } }];
    });
    return { items: kept, taken, how };
  }

  /**
   * The exact steps of a few runs. What the orchestrator refuses of many it may take when it is its turn.
   * @throws Cannot for one alone that it refuses
   */
  async function exactly<T extends Aimed>(kind: ActionKind, items: T[]): Promise<(T & Partial<PlannedRun>)[]> {
    if (items.length > exactItems) return items;
    return Promise.all(
      items.map(async (item) => {
        const ability = abilityOf(kind, pipelineOf(item.target));
        if (!ability?.plan || item.target.kind === 'partitions') return item;
        try {
          const [run] = await ability.plan(item.target);
          return { ...item, ...(run?.steps ? { steps: run.steps } : {}), ...(run?.note ? { note: run.note } : {}) };
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          // Of one alone there is nothing else to wait for; of many, each is judged again when it is its turn.
          if (error.kind === 'rejected' && items.length === 1) throw new Cannot(sayWithNext(error));
          return { ...item, note: error.detail ?? 'What exactly it would run could not be read just now.' };
        }
      }),
    );
  }

  /** Holds the pace to what the orchestrator takes at once, and says why where that is fewer than was wished. */
  async function paced(kind: ActionKind, items: readonly Aimed[], pace: Pace): Promise<{ pace: Pace; how: string[] }> {
    const how: string[] = [];
    const byWave = new Map<number, Map<string, PipelineRef>>();
    for (const { target, wave = 0 } of items) {
      const pipeline = pipelineOf(target);
      const inWave = byWave.get(wave) ?? new Map<string, PipelineRef>();
      byWave.set(wave, inWave.set(keyOf(pipeline), pipeline));
    }
    const atOnce: Record<string, number> = {};
    for (const [wave, pipelines] of byWave) {
      for (const pipeline of pipelines.values()) {
        const { concurrency } = abilityOf(kind, pipeline) ?? {};
        if (!concurrency) continue;
        try {
          const limit = await concurrency(pipeline);
          const most = Math.max(1, limit.atOnce);
          // Kept also where it is not reached: who sees the plan may set another pace.
          if (most < mostAtOnce) atOnce[wave] = Math.min(most, atOnce[wave] ?? most);
          if (most < pace.parallel)
            how.push(`${pipeline.key}: ${most} at a time instead of ${pace.parallel}. ${limit.why}`);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          how.push(`How many runs ${pipeline.key} takes at once could not be read just now.`);
        }
      }
    }
    return Object.keys(atOnce).length === 0 ? { pace, how } : { pace: { ...pace, atOnce }, how };
  }

  /** Where the orchestrator paces many partitions by itself, they are one change. */
  async function batched<T extends Aimed>(kind: ActionKind, items: T[]): Promise<{ items: T[]; how: string[] }> {
    const [first, second] = items;
    const same = { items, how: [] };
    if (!first || !second || first.target.kind !== 'partitions') return same;
    const { pipeline } = first.target;
    const isOne = items.every(
      ({ target }) => target.kind === 'partitions' && keyOf(target.pipeline) === keyOf(pipeline),
    );
    const able = abilityOf(kind, pipeline)?.batch;
    if (!isOne || !able) return same;
    const partitions = items.flatMap(({ target }) => (target.kind === 'partitions' ? target.partitions : []));
    try {
      if (able.takes && !(await able.takes(pipeline, partitions))) return same;
    } catch (error) {
      // One by one it will say by itself what stands in the way.
      if (error instanceof Failure) return same;
      throw error;
    }
    return {
      items: [{ ...first, target: { ...first.target, partitions } }],
      how: [`${pipeline.connection} paces the ${partitions.length} partitions by itself.`],
    };
  }

  return { versioned, exactly, paced, batched };
}
