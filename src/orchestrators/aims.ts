import type { PipelineRef } from '../domain/pipeline';
import type { RunRef } from '../domain/run';
import type { Target } from '../domain/target';
import type { Refusals } from './refusals';

/** What a change is aimed at, in the terms of every product. Each throws Failure `rejected` for an aim that this kind of change cannot have. */
export function createAims(refusals: Refusals) {
  return {
    run(target: Target): RunRef {
      if (target.kind === 'run' || target.kind === 'steps') return target.run;
      throw refusals.no('Name the run.');
    },
    /** The step of a target that names steps; undefined for a whole run. */
    step(target: Target): string | undefined {
      if (target.kind !== 'steps') return undefined;
      const [step, ...others] = target.steps;
      if (step === undefined || others.length > 0)
        throw refusals.no('One step at a time. Name one, or take the whole run.');
      return step;
    },
    /** The partitions of a backfill; undefined where the pipeline is started for none in particular. */
    partitions(target: Target): { pipeline: PipelineRef; partitions: string[] } {
      if (target.kind === 'partitions' && target.partitions.length > 0) return target;
      throw refusals.no('Name the days or partitions.');
    },
    pipeline(target: Target): PipelineRef {
      return 'run' in target ? target.run.pipeline : target.pipeline;
    },
  };
}
export type Aims = ReturnType<typeof createAims>;
