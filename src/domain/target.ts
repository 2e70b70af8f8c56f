import { z } from 'zod';
import type { ActionKind } from './action';
import type { PipelineRef } from './pipeline';

const Ref = z.object({ connection: z.string(), key: z.string() });
const AimedRun = z.object({ pipeline: Ref, run: z.string(), attempt: z.number().int().optional() });
const Parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type Parameters = z.infer<typeof Parameters>;

/**
 * What one change is aimed at. Stored as `actions.target` (jsonb), and handed to the orchestrator as it is.
 *
 * `run`: `from` says where it begins again, default where it failed. `partitions`: usually one; more than one only where the
 * orchestrator paces many by itself (`ActionAbility.batch`). `pipeline`: the pipeline as a whole: start it, unblock it, pause it.
 */
export const Target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    run: AimedRun,
    from: z.enum(['failure', 'start']).optional(),
    parameters: Parameters.optional(),
  }),
  z.object({ kind: z.literal('steps'), run: AimedRun, steps: z.array(z.string()) }),
  z.object({
    kind: z.literal('partitions'),
    pipeline: Ref,
    partitions: z.array(z.string()),
    parameters: Parameters.optional(),
    /** The same one for all of a backfill, whatever is put in force meanwhile. Left out = the one in force. */
    version: z.string().optional(),
  }),
  /** `instead`: the one that was in force when it was planned. */
  z.object({ kind: z.literal('version'), pipeline: Ref, version: z.string(), instead: z.string().optional() }),
  z.object({ kind: z.literal('pipeline'), pipeline: Ref, parameters: Parameters.optional() }),
]);
export type Target = z.infer<typeof Target>;

export function pipelineOf(target: Target): PipelineRef {
  return target.kind === 'run' || target.kind === 'steps' ? target.run.pipeline : target.pipeline;
}

/** The run that is named; a backfill or a start makes one of its own. */
export function runIn(target: Target): string | undefined {
  return target.kind === 'run' || target.kind === 'steps' ? target.run.run : undefined;
}

/** What undoes it, where a version took the place of another. */
export function wayBack(target: Target): { connection: string; key: string; version: string } | undefined {
  if (target.kind !== 'version' || target.instead === undefined || target.instead === target.version) return undefined;
  return { ...target.pipeline, version: target.instead };
}

/** The change that undoes holding a pipeline back, or letting it go on. */
export function oppositeOf(
  kind: ActionKind,
  target: Target,
): { kind: 'pause' | 'resume'; pipeline: PipelineRef } | undefined {
  const { connection, key } = pipelineOf(target);
  if (kind === 'pause') return { kind: 'resume', pipeline: { connection, key } };
  return kind === 'resume' ? { kind: 'pause', pipeline: { connection, key } } : undefined;
}

/** How many runs it touches. */
export function sizeOf(target: Target): number {
  return target.kind === 'partitions' ? target.partitions.length : 1;
}

/** Of many, how many of what: "14 runs of orders_daily, ledger and 3 more pipelines", "31 partitions of orders_daily". */
export function sayTargets(targets: readonly Target[]): string {
  const [first] = targets;
  if (first && targets.length === 1) return sayWithPipeline(first);
  const keys = [...new Set(targets.map((target) => pipelineOf(target).key))];
  return `${targets.length} ${targets.every(({ kind }) => kind === 'partitions') ? 'partitions' : 'runs'} of ${sayKeys(keys)}`;
}

/** "a, b and c", "a, b and 3 more pipelines" */
function sayKeys(keys: readonly string[]): string {
  const rest = keys.slice(2);
  const [only = ''] = rest;
  const last = rest.length > 1 ? `${rest.length} more pipelines` : only;
  const named = keys.slice(0, 2);
  return rest.length > 0 ? `${named.join(', ')} and ${last}` : named.join(' and ');
}

/** "run 118 of orders_daily, from the start" */
function sayWithPipeline(target: Target): string {
  const { key } = pipelineOf(target);
  if (target.kind === 'version' || target.kind === 'pipeline') return sayTarget(target);
  if (target.kind !== 'run' || target.from !== 'start') return `${sayTarget(target)} of ${key}`;
  return `run ${target.run.run} of ${key}, from the start`;
}

/** What a target is, as a part of a sentence: "run 118", "step load of run 118", "partition 2026-11-25". */
export function sayTarget(target: Target): string {
  switch (target.kind) {
    case 'run':
      return `run ${target.run.run}${target.from === 'start' ? ', from the start' : ''}`;
    case 'steps':
      return `${target.steps.length === 1 ? 'step' : 'steps'} ${target.steps.join(', ')} of run ${target.run.run}`;
    case 'partitions':
      return target.partitions.length === 1
        ? `partition ${target.partitions[0]}`
        : `${target.partitions.length} partitions`;
    case 'version':
      return `version ${target.version} of ${target.pipeline.key}`;
    case 'pipeline':
      return target.pipeline.key;
  }
}
