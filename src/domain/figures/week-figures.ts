import { z } from 'zod';
import { figureIds } from './definitions';

const Share = z.object({
  hits: z.number(),
  n: z.number(),
  /** Below so many the counts are said, not a percentage; left out = 5. */
  fewest: z.number().optional(),
  /** Of what should never be: where it was not seen, how rare that makes it is said. */
  never: z.literal(true).optional(),
});
const Spread = z.object({
  n: z.number(),
  median: z.number().optional(),
  p90: z.number().optional(),
  /** Said, with the longest, instead of p90. */
  p95: z.number().optional(),
  max: z.number().optional(),
  open: z.number().optional(),
  /** Of numbers, not of durations. */
  unit: z.literal('count').optional(),
});

/** Durations in ms, but means in the unit that they name. Of a mean, `n` is of how many it is. */
export const FigureValue = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('count'), count: z.number() }),
  z.object({ kind: z.literal('share') }).extend(Share.shape),
  z.object({ kind: z.literal('spread') }).extend(Spread.shape),
  /** Without a unit it is a ratio. */
  z.object({ kind: z.literal('mean'), mean: z.number(), n: z.number(), unit: z.enum(['minutes', 'count']).optional() }),
  /** Minutes, over `n` that were counted; of `others` nobody has measured how long they take by hand. */
  z.object({
    kind: z.literal('total'),
    total: z.number(),
    n: z.number(),
    others: z.number(),
    assumed: z.array(z.object({ action: z.string(), minutes: z.number(), measured: z.number() })),
  }),
]);
export type FigureValue = z.infer<typeof FigureValue>;

const PipelineLine = z.object({
  connection: z.string(),
  pipeline: z.string(),
  name: z.string(),
  rank: z.number(),
  failed: z.number(),
  ended: z.number(),
  failedBefore: z.number(),
  url: z.string().optional(),
});

const Tool = z.object({
  tool: z.string(),
  title: z.string(),
  monthly: z.number(),
  weekly: z.number(),
  /** Mean over the working days. */
  daily: z.number(),
  teams: z.number(),
  fresh: z.number(),
  goal: z.number().optional(),
  /** People are not known, only their number: from the counter file. */
  isCounter: z.boolean().default(false),
});

/** One week of one scope, as it is printed and kept. People are held by their surrogate ids. */
export const WeekFigures = z.object({
  week: z.string(),
  /** Months and quarters are never printed, so never kept. */
  unit: z.enum(['week', 'month', 'quarter']).default('week'),
  label: z.string(),
  /** `all`, or `team:` and its name. */
  scope: z.string(),
  timeZone: z.string(),
  /** Facts that came later are not in it. */
  frozenAt: z.coerce.date(),
  figures: z.partialRecord(z.enum(figureIds), FigureValue),
  /** Of the week before, as printed then; where it never was, as it is known now. */
  before: z.partialRecord(z.enum(figureIds), FigureValue),
  tools: z.array(Tool),
  features: z.array(z.object({ feature: z.string(), users: Share })),
  worst: z.object({ top: z.array(PipelineLine), tied: z.number() }),
  better: z.array(PipelineLine),
  longest: z.array(z.object({ name: z.string(), partition: z.string(), ms: z.number() })),
  /** As many more as the last one shown, of each list that is cut: none is left out in silence. */
  tied: z
    .object({ better: z.number(), longest: z.number(), causes: z.number(), askedAbout: z.number(), thanks: z.number() })
    .partial()
    .default({}),
  causes: z.array(z.object({ cause: z.string(), problems: z.number() })),
  retries: z.array(z.object({ cause: z.string(), worked: Share, notOver: z.number() })),
  /** By the rule that named the cause, or its category; most votes first. */
  thumbs: z.array(z.object({ about: z.string(), up: Share })).default([]),
  /** Managed ones, most first. */
  repositories: z.array(z.object({ team: z.string(), repositories: z.number() })).default([]),
  /** On the paved path since before the day on which that was first looked at: of these there is no before and after. */
  alreadyPaved: z.object({ pipelines: z.number(), day: z.string() }).optional(),
  recoveryMs: z.array(z.number()),
  cohorts: z.array(z.object({ week: z.string(), size: z.number(), active: z.array(z.number()) })),
  trend: z.array(
    z.object({
      week: z.string(),
      newcomers: z.number(),
      returning: z.number(),
      resurrecting: z.number(),
      runs: Share,
      /** People by tool, by its title; those used most. */
      tools: z.record(z.string(), z.number()).default({}),
      /** Requests for help; `open` at the week's end. Left out where there is no support. */
      requests: z.object({ opened: z.number(), reopened: z.number(), solved: z.number(), open: z.number() }).optional(),
    }),
  ),
  /** Pipelines about which more than one request was opened, most first. */
  askedAbout: z
    .array(z.object({ connection: z.string(), pipeline: z.string(), name: z.string(), requests: z.number() }))
    .default([]),
  thanks: z.array(z.object({ personId: z.string(), helped: z.number() })),
  ambiguousChanges: z.number(),
  /** Changes whose window was not over. */
  openChanges: z.number(),
  /** All 0, or a figure is wrong. */
  residuals: z.record(z.string(), z.number()),
  excluded: z.object({ people: z.number(), unknownUsers: z.number() }),
});
export type WeekFigures = z.infer<typeof WeekFigures>;
export type PipelineLine = z.infer<typeof PipelineLine>;

/** One number: a count, a ratio (0–1), a mean, or a median in ms. */
export function numberOf(value: FigureValue): number | undefined {
  switch (value.kind) {
    case 'count':
      return value.count;
    case 'share':
      return value.n > 0 ? value.hits / value.n : undefined;
    case 'mean':
      return value.mean;
    case 'total':
      return value.total;
    case 'spread':
      return value.median;
  }
}

/** Nothing ran, nobody came and nobody asked for help. */
export function isQuiet({ figures, tools }: Pick<WeekFigures, 'figures' | 'tools'>): boolean {
  const runs = figures['run-success'];
  const nothingRan = runs?.kind !== 'share' || runs.n === 0;
  const isNone = (value: FigureValue | undefined) => value?.kind !== 'count' || value.count === 0;
  const nobodyCame = isNone(figures['weekly-active']) && isNone(figures['requests-opened']);
  return nothingRan && nobodyCame && tools.every(({ weekly }) => weekly === 0);
}
