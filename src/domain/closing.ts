import { z } from 'zod';

/** Why a person says that a trouble is over though nothing was run: in their menu, and in the thread. */
export const closingReasons = {
  unneeded: 'not needed',
  elsewhere: 'done elsewhere',
} as const;
export const ClosingReason = z.enum(['unneeded', 'elsewhere']);
export type ClosingReason = z.infer<typeof ClosingReason>;

/** A person has skipped what had failed by then, on purpose. A newer failure is a new trouble. */
export const Closing = z.object({ at: z.coerce.date(), by: z.string(), why: ClosingReason });
export type Closing = z.infer<typeof Closing>;
