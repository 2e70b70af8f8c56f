import { z } from 'zod';

/** What the last poll saw of one instance: its newest run, and that run's status. */
const Seen = z.object({ run: z.number().int().min(1), status: z.string() });
export type Seen = z.output<typeof Seen>;

const PipelineCursor = z.object({
  /** The highest number of an instance that was seen; 0 = none yet. */
  newest: z.number().int().min(0),
  /** By number of the instance: those of the newest page, those that are live, and those that failed and may be restarted. */
  seen: z.record(z.string(), Seen),
  /** After an absence: there is more up to this number, which is read before the newest are looked at again. */
  upTo: z.number().int().optional(),
  active: z.number().int().optional(),
  latest: z.number().int().optional(),
});
export type PipelineCursor = z.output<typeof PipelineCursor>;

/** Plain values only: it is kept as jsonb. */
export const PollCursor = z.object({
  pipelines: z.record(z.string(), PipelineCursor),
  /** Key of the first pipeline that the last poll had no room for. */
  next: z.string().optional(),
});
export type PollCursor = z.output<typeof PollCursor>;
