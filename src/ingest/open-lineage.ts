import { z } from 'zod';
import { type Edge, pipelineNode } from '../domain/edge';
import type { EventKind, PipelineEvent } from '../domain/pipeline-event';
import { name, object, type Refusal, refusalOf, text, time } from './refusal';

const Job = object({
  namespace: name,
  name,
  facets: z
    .looseObject({ ownership: z.looseObject({ owners: z.array(z.looseObject({ name: z.string() })) }).optional() })
    .optional(),
});
const Dataset = object({ namespace: name, name });
const Link = z.looseObject({ run: z.looseObject({ runId: name }), job: z.looseObject({ namespace: name, name }) });

/** Unknown facets and keys are let through, as the standard asks. */
const LineageEvent = object({
  eventType: text.optional(),
  eventTime: time({ local: true }),
  run: object({
    runId: name,
    facets: z
      .looseObject({
        errorMessage: z.looseObject({ message: z.string(), stackTrace: z.string().optional() }).optional(),
        parent: z.looseObject({ ...Link.shape, root: Link.optional() }).optional(),
        nominalTime: z.looseObject({ nominalStartTime: z.string() }).optional(),
      })
      .optional(),
  }).optional(),
  job: Job.optional(),
  inputs: z.array(Dataset).optional(),
  outputs: z.array(Dataset).optional(),
  dataset: Dataset.optional(),
});

const kindOf = new Map<string, EventKind>([
  ['START', 'started'],
  ['COMPLETE', 'succeeded'],
  ['ABORT', 'cancelled'],
  ['FAIL', 'failed'],
]);

export type LineageFact =
  | { kind: 'run'; event: PipelineEvent }
  | { kind: 'lineage'; id: string; edges: Edge[]; occurredAt: Date };

const tableName = (dataset: { namespace: string; name: string }): string => `${dataset.namespace}/${dataset.name}`;

/**
 * One OpenLineage event to a fact, as it was said: run events tell of runs and lineage, job and dataset events of lineage only. Pure.
 * A run with a parent is a step of its root: its failure alone is not the run's failure.
 */
export function readLineageEvent(
  value: unknown,
  context: { connectionOf(namespace: string): string },
): LineageFact | Refusal {
  const read = LineageEvent.safeParse(value);
  if (!read.success) return refusalOf(read.error);
  const { eventType, eventTime, run, job, inputs = [], outputs = [], dataset } = read.data;
  // Producers that leave the offset out mean UTC.
  const occurredAt = new Date(/(Z|[+-]\d{2}:?\d{2})$/i.test(eventTime) ? eventTime : `${eventTime}Z`);
  if (dataset && !job)
    return { kind: 'lineage', id: `dataset:${tableName(dataset)}:${eventTime}`, edges: [], occurredAt };
  if (!job) return { pointer: '/job', message: 'is missing' };

  const parent = run?.facets?.parent;
  const root = parent?.root ?? parent;
  const pipeline = { connection: context.connectionOf((root?.job ?? job).namespace), key: (root?.job ?? job).name };
  const kind = kindOf.get(eventType?.toUpperCase() ?? '');
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
      error: failure && [failure.message, failure.stackTrace].filter(Boolean).join('\n'),
      final: root === undefined,
      owner: job.facets?.ownership?.owners[0]?.name,
      inputs: inputs.map(tableName),
      outputs: outputs.map(tableName),
    },
  };
}
