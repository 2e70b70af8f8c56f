import { quantile } from './quantile';

/** So many of the newest arrivals make the rhythm. */
export const arrivalsKept = 51;
const arrivalsNeeded = 10;
const leastMs = 30 * 60_000;
const timesP95 = 5;
const timesPolling = 10;
const leastPollingMs = 5 * 60_000;

export interface Rhythm {
  p95GapMs: number;
  /** Gaps that it was learned from. */
  n: number;
  /** Longer than this is silence. */
  limitMs: number;
}

/** How often something comes, from the newest arrivals, oldest first; undefined while fewer than ten are known. */
export function rhythmOf(arrivals: readonly Date[]): Rhythm | undefined {
  const newest = arrivals.slice(-arrivalsKept);
  if (newest.length < arrivalsNeeded) return undefined;
  const gaps = newest.slice(1).map((at, index) => at.getTime() - (newest[index] ?? at).getTime());
  const p95GapMs = quantile(gaps, 0.95) ?? 0;
  return { p95GapMs, n: gaps.length, limitMs: Math.max(leastMs, timesP95 * p95GapMs) };
}

/** A poll that has not gone through for longer than this is silence. */
export function pollingLimitMs(everySeconds: number): number {
  return Math.max(leastPollingMs, timesPolling * everySeconds * 1_000);
}
