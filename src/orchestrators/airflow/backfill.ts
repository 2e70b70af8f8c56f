import type { PipelineRef } from '../../domain/pipeline';
import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { PlannedRun, Progress } from '../orchestrator';
import type { Ability, ChangeDeps } from './change-deps';
import { createDayRuns } from './day-runs';
import { createOwnBackfills } from './own-backfills';
import type { Dag } from './schema';

/** So many runs at once where the pipeline sets no limit, or a larger one. */
const mostAtOnce = 8;

/** Runs for days or other partitions: by the backfill of Airflow 3 itself, or run by run in Airflow 2, which has none. */
export function createBackfill(deps: ChangeDeps): Ability & { follow(batch: string): Promise<Progress> } {
  const { api, days, aims, refusals } = deps;
  const whole = createOwnBackfills(deps);
  const single = createDayRuns(deps);
  const parametersOf = (target: Target) => (target.kind === 'partitions' ? (target.parameters ?? {}) : {});

  async function read(target: Target): Promise<{ dag: Dag; pipeline: PipelineRef; partitions: string[] }> {
    const { pipeline, partitions } = aims.partitions(target);
    const strange = partitions.find((partition) => !days.spanOf(partition));
    if (strange !== undefined)
      throw refusals.no(
        `"${strange}" is not a day, such as 2026-11-25, or a moment, such as 2026-11-25T06:00Z. Name it so.`,
      );
    const dag = await orGone(api.dag(pipeline.key));
    if (!dag) throw refusals.no(`There is no pipeline ${pipeline.key}. Look whether it was renamed or removed.`);
    if (dag.is_paused)
      throw refusals.no(
        `${pipeline.key} is paused, so that its runs would wait without end. Resume the pipeline first.`,
      );
    return { dag, pipeline, partitions };
  }

  const atOnceOf = ({ max_active_runs: most }: Dag) => Math.max(1, Math.min(most ?? mostAtOnce, mostAtOnce));

  return {
    async plan(target): Promise<PlannedRun[]> {
      const { dag, partitions } = await read(target);
      const note = (await api.isNew())
        ? await whole.plan(dag.dag_id, partitions)
        : 'Airflow 2 has no backfill: each run is triggered by hand for its day, or cleared where there is one.';
      return partitions.map((partition) => ({ partition, note }));
    },

    async perform(target, call) {
      const { dag, partitions } = await read(target);
      if (await api.isNew())
        return whole.create({ dag: dag.dag_id, partitions, conf: parametersOf(target), atOnce: atOnceOf(dag) }, call);
      const [partition, ...others] = partitions;
      if (partition === undefined || others.length > 0) throw refusals.no('One day or partition a run. Name one.');
      return single.make(dag.dag_id, partition, parametersOf(target), call);
    },

    async concurrency({ key }) {
      if (await api.isNew()) return { atOnce: 1, why: 'Airflow keeps one open backfill of a pipeline.' };
      const atOnce = atOnceOf(await api.dag(key));
      return { atOnce, why: `Airflow 2 runs at most ${atOnce} of its runs at once for us.` };
    },

    follow: whole.progress,

    batch: {
      takes: async ({ key }, partitions) => (await api.isNew()) && (await whole.fits(key, partitions)),
      pause: (receipt, call) => whole.tell(receipt, 'pause', call),
      resume: (receipt, call) => whole.tell(receipt, 'unpause', call),
      cancel: (receipt, call) => whole.tell(receipt, 'cancel', call),
    },

    async lookUp(call) {
      const { pipeline, partitions } = aims.partitions(call.target);
      if (await api.isNew()) return whole.find(pipeline.key, partitions, call);
      return single.find(pipeline.key, partitions[0] ?? '', call);
    },
  };
}
