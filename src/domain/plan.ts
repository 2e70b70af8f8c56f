import { z } from 'zod';
import { actionKinds } from './action';
import { Downstream } from './downstream';
import { runStatuses } from './run';
import { pipelineOf, sayTargets, sizeOf, Target } from './target';

const at = z.coerce.date();
const ms = z.number().nonnegative();

/** More items at a time nobody may set. */
export const mostAtOnce = 50;

/** How a large action goes: one first, then a few at a time; it stops by itself. */
export const Pace = z.object({
  /** Items at a time, once the first has succeeded. */
  parallel: z.number().int().min(1).max(mostAtOnce).default(3),
  /** Pauses by itself when so many have failed. */
  stopAfter: z.number().int().min(1).default(3),
  /** One alone first; the others follow when it has succeeded. */
  canary: z.boolean().default(true),
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
  /** Failures that a person has seen and gone on after: they do not count again. */
  excused: z.number().int().min(0).default(0),
  /** By wave, where the orchestrator takes fewer at a time. */
  atOnce: z.record(z.string(), z.number().int().min(1)).optional(),
});
export type Pace = z.infer<typeof Pace>;

/** So many items of this wave go at a time. */
export function parallelIn({ parallel, atOnce }: Pick<Pace, 'parallel' | 'atOnce'>, wave: number): number {
  return Math.min(parallel, atOnce?.[wave] ?? parallel);
}

/** Why something that was wished for is not done, or had better not be. */
const conflictKinds = [
  'running',
  'succeeded',
  'newer-run',
  'ended',
  'under-way',
  'not-allowed',
  'not-able',
  'not-due',
  'upstream',
  'freeze',
  'bulk-off',
] as const;

/** `names` holds at most 20 of `count`. `say` is a sentence for people. */
const Conflict = z.object({
  kind: z.enum(conflictKinds),
  say: z.string(),
  count: z.number(),
  names: z.array(z.string()),
});
export type Conflict = z.infer<typeof Conflict>;

const PlannedItem = z.object({
  target: Target,
  /** The incident that it is to mend. */
  incidentId: z.string().optional(),
  /** Items of a later wave begin when the wave before is over. */
  wave: z.number().int().optional(),
  /** Places of the items without whose success this one is not done. */
  needs: z.array(z.number().int()).optional(),
  /** As it was known when this was planned. */
  status: z.enum(runStatuses).optional(),
  /** The exact steps, where the orchestrator tells them. */
  steps: z.array(z.string()).optional(),
  note: z.string().optional(),
});
export type PlannedItem = z.infer<typeof PlannedItem>;

/** Of runs that went well. */
const Durations = z.object({ medianMs: ms, p90Ms: ms, n: z.number() });
export type Durations = z.infer<typeof Durations>;

/** How often this kind of change mended failures of this cause, and how long that took. */
const Evidence = z.object({ fixed: z.number(), tried: z.number(), medianMs: ms.optional() });
export type Evidence = z.infer<typeof Evidence>;

/** As policy said when this was planned; it is asked again when it is done. */
const PlannedVerdict = z.object({
  verdict: z.enum(['allow', 'needs-approval', 'deny']),
  reason: z.string(),
  whoMay: z.string(),
  /** The name of the freeze that is in force. */
  freeze: z.string().optional(),
});

/** What a change would do, as it was known before the yes. Stored as `actions.plan` (jsonb), and kept with the action for ever. */
export const Plan = z.object({
  kind: z.enum(actionKinds),
  plannedAt: at,
  /** In the order in which they are done. */
  items: z.array(PlannedItem),
  /** What was wished for and is not among them, and why. */
  leftOut: z.array(Conflict),
  /** What speaks against it, and does not forbid it. */
  warnings: z.array(Conflict),
  /** How it is done and why so: from the failure or from the start, by whom it is paced. */
  how: z.array(z.string()),
  downstream: Downstream,
  /** Of one run. Left out = no run of it is known that went well. */
  duration: Durations.optional(),
  /** Of all, at this pace. */
  expectedMs: ms.optional(),
  evidence: Evidence.optional(),
  verdict: PlannedVerdict,
  /** Present when it has items. */
  pace: Pace.optional(),
});
export type Plan = z.infer<typeof Plan>;

/** How many runs it touches. */
export function sizeOfPlan({ items }: Pick<Plan, 'items'>): number {
  return items.reduce((sum, { target }) => sum + sizeOf(target), 0);
}

/** A plan as it is told: what it is about instead of its items, of which there may be thousands. Stored as `actions.brief`. */
export const Brief = Plan.omit({ items: true }).extend({
  /** As a part of a sentence: "31 partitions of orders_daily". */
  what: z.string(),
  pipelines: z.array(z.object({ connection: z.string(), key: z.string() })),
});
export type Brief = z.infer<typeof Brief>;

export function briefOf({ items, ...plan }: Plan): Brief {
  const targets = items.map(({ target }) => target);
  const pipelines = [...new Map(targets.map((each) => [JSON.stringify(pipelineOf(each)), pipelineOf(each)])).values()];
  return { ...plan, what: sayTargets(targets), pipelines };
}

/** Of a stored action; `undefined` = it has no plan. */
export function readBrief({ brief, plan }: { brief?: unknown; plan?: unknown }): Brief | undefined {
  const known = Brief.safeParse(brief).data;
  if (known) return known;
  const whole = Plan.safeParse(plan).data;
  return whole && briefOf(whole);
}
