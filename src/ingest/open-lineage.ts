import { z } from 'zod';
import { type Edge, pipelineNode } from '../domain/edge';
import type { PipelineEvent } from '../domain/pipeline-event';
import { type Refusal, shorten } from './cloud-events';

const Job = z.object({
  namespace: z.string().min(1),
  name: z.string().min(1),
  facets: z
    .looseObject({ ownership: z.looseObject({ owners: z.array(z.looseObject({ name: z.string() })) }).optional() })
    .optional(),
});
const Dataset = z.object({ namespace: z.string().min(1), name: z.string().min(1) });
const Link = z.looseObject({
  run: z.looseObject({ runId: z.string() }),
  job: z.looseObject({ namespace: z.string(), name: z.string() }),
});

/** Unknown facets and keys are let through, as the standard asks. */
const LineageEvent = z.object({
  eventType: z.string().optional(),
  eventTime: z.iso.datetime({ offset: true, local: true, error: 'must be a time such as 2026-11-25T06:00:00Z' }),
  run: z
    .object({
      runId: z.string().min(1),
      facets: z
        .looseObject({
          errorMessage: z.looseObject({ message: z.string(), stackTrace: z.string().optional() }).optional(),
          parent: z.looseObject({ ...Link.shape, root: Link.optional() }).optional(),
          nominalTime: z.looseObject({ nominalStartTime: z.string() }).optional(),
        })
        .optional(),
    })
    .optional(),
  job: Job.optional(),
  inputs: z.array(Dataset).optional(),
  outputs: z.array(Dataset).optional(),
  dataset: Dataset.optional(),
});

const kindOf: Record<string, PipelineEvent['kind']> = {
  START: 'started',
  COMPLETE: 'succeeded',
  ABORT: 'cancelled',
  FAIL: 'failed',
};

export type LineageFact =
  | { kind: 'run'; event: PipelineEvent }
  | { kind: 'lineage'; id: string; edges: Edge[]; occurredAt: Date };

const tableName = (dataset: { namespace: string; name: string }): string => `${dataset.namespace}/${dataset.name}`;

/**
 * One OpenLineage event to a fact: run events tell of runs and lineage, job and dataset events of lineage only. Pure.
 * A run with a parent is a step of its root: its failure alone is not the run's failure.
 */
export function readLineageEvent(
  value: unknown,
  context: { connectionOf(namespace: string): string; redact(text: string): string },
): LineageFact | Refusal {
  const read = LineageEvent.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return {
      pointer: issue?.path.map((part) => `/${String(part)}`).join('') ?? '',
      message: issue?.message ?? 'is malformed',
    };
  }
  const { eventType, eventTime, run, job, inputs = [], outputs = [], dataset } = read.data;
  // Producers that leave the offset out mean UTC.
  const occurredAt = new Date(/(Z|[+-]\d{2}:?\d{2})$/i.test(eventTime) ? eventTime : `${eventTime}Z`);
  if (dataset && !job)
    return { kind: 'lineage', id: `dataset:${tableName(dataset)}:${eventTime}`, edges: [], occurredAt };
  if (!job) return { pointer: '/job', message: 'is missing' };

  const parent = run?.facets?.parent;
  const root = parent?.root ?? parent;
  const pipeline = { connection: context.connectionOf((root?.job ?? job).namespace), key: (root?.job ?? job).name };
  const kind = eventType ? kindOf[eventType.toUpperCase()] : undefined;
  if (!run || !kind || (root && kind !== 'failed')) {
    const edge = (from: string, to: string): Edge => ({ from, to, source: 'openlineage', knownSince: occurredAt });
    const node = pipelineNode(pipeline);
    return {
      kind: 'lineage',
      id: `${run?.runId ?? `job:${tableName(job)}`}:${eventType ?? 'OTHER'}:${eventTime}`,
      edges: [
        ...inputs.map((each) => edge(`table:${tableName(each)}`, node)),
        ...outputs.map((each) => edge(node, `table:${tableName(each)}`)),
      ],
      occurredAt,
    };
  }
  const failure = run.facets?.errorMessage;
  const error = failure && [failure.message, failure.stackTrace].filter(Boolean).join('\n');
  return {
    kind: 'run',
    event: {
      source: 'openlineage',
      id: `${run.runId}:${eventType}:${eventTime}`,
      kind,
      occurredAt,
      connection: pipeline.connection,
      pipeline: pipeline.key,
      run: root?.run.runId ?? run.runId,
      attempt: 1,
      step: root ? job.name : undefined,
      partition: run.facets?.nominalTime?.nominalStartTime,
      error: error === undefined ? undefined : context.redact(shorten(error)),
      final: root === undefined,
      owner: job.facets?.ownership?.owners[0]?.name,
      inputs: inputs.map(tableName),
      outputs: outputs.map(tableName),
    },
  };
}
