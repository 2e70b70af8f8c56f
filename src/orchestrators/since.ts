import type { Call } from './orchestrator';

/** Clocks of two machines may differ by so much. */
export const clockSlackMs = 5 * 60_000;

/** Whether this can be the work of the call: it happened no earlier. */
export function isSince(call: Call, at: Date | undefined): boolean {
  return at !== undefined && at.getTime() >= call.since.getTime() - clockSlackMs;
}
