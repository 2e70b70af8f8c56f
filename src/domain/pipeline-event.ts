import { z } from 'zod';

export const eventKinds = ['started', 'succeeded', 'failed', 'cancelled', 'skipped', 'late', 'check-failed'] as const;
export type EventKind = (typeof eventKinds)[number];

/**
 * A fact about a Pipeline or Run in our words. Also the shape of `inbox.payload` (jsonb), hence the schema.
 * Identity is (source, id): the same pair is the same event however often it comes.
 */
export const PipelineEvent = z.object({
  source: z.string(),
  id: z.string(),
  kind: z.enum(eventKinds),
  occurredAt: z.coerce.date(),
  connection: z.string(),
  pipeline: z.string(),
  run: z.string(),
  /** Counted from 1. */
  attempt: z.number().int().min(1).default(1),
  partition: z.string().optional(),
  step: z.string().optional(),
  /** The orchestrator's own error text. Secrets removed before it is stored. */
  error: z.string().optional(),
  url: z.string().optional(),
  logUrl: z.string().optional(),
  /** False while the orchestrator will still retry by itself: no alert then. */
  final: z.boolean().default(true),
  /** Of a failure that is not final: this run is over all the same, and another run takes its place. */
  isReplaced: z.boolean().optional(),
  startedAt: z.coerce.date().optional(),
  endedAt: z.coerce.date().optional(),
  owner: z.string().optional(),
  team: z.string().optional(),
  tags: z.array(z.string()).optional(),
  tier: z.number().int().optional(),
  environment: z.string().optional(),
  inputs: z.array(z.string()).optional(),
  outputs: z.array(z.string()).optional(),
  /** True when the form it came in lacks error, owner or links, so that the orchestrator should be asked. */
  needsReading: z.boolean().optional(),
});
export type PipelineEvent = z.infer<typeof PipelineEvent>;

/** Kinds that tell of a problem; the others tell of life or of its end. */
export function isProblem(event: Pick<PipelineEvent, 'kind' | 'final'>): boolean {
  return (event.kind === 'failed' && event.final) || event.kind === 'late' || event.kind === 'check-failed';
}

/** The sources of what Pitcrew tells by the clock alone. */
export const ownSources = { late: 'pitcrew:late', silence: 'pitcrew:silence', unshown: 'pitcrew:unshown' } as const;
const ownWords: readonly string[] = Object.values(ownSources);

/** Its text is the reason already, and no log says more. */
export function isOwnWord({ source }: Pick<PipelineEvent, 'source'>): boolean {
  return ownWords.includes(source);
}

/** The connection of what Pitcrew watches itself. No orchestrator may be named so. */
export const ownConnection = 'pitcrew';
