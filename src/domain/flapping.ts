import { z } from 'zod';

/** A pipeline and partition that fails and recovers again and again: told once, not each time. */
export const Flapping = z.object({
  connection: z.string(),
  pipeline: z.string(),
  partition: z.string(),
  /** Episodes so far: it failed after it had been well. */
  times: z.number(),
  /** When the first of them began. */
  since: z.coerce.date(),
  /** When it is calm again if nothing changes until then. */
  calmAt: z.coerce.date(),
});
export type Flapping = z.infer<typeof Flapping>;

/** So many episodes within so long are flapping: one failure and one that comes back are usual. */
const leastEpisodes = 3;
export const flappingWindowMs = 24 * 3_600_000;
/** It is calm when nothing has changed for twice the usual time between two episodes, and never sooner or later than these. */
const calmGaps = 2;
const leastCalmMs = 3_600_000;
const longestCalmMs = 24 * 3_600_000;
const troublesKept = 50;

/** So many of one incident are marked at most. */
export const flappersKept = 50;

/** The one that is restless longest first; of equals by name. */
export function byRestlessness(a: Flapping, b: Flapping): number {
  const name = ({ connection, pipeline, partition }: Flapping) => JSON.stringify([connection, pipeline, partition]);
  return b.calmAt.getTime() - a.calmAt.getTime() || (name(a) < name(b) ? -1 : 1);
}

/** Moments of trouble with one more: those of the last day, as many as matter. The same whatever their order. */
export function withTrouble(troubles: readonly Date[], at: Date): Date[] {
  const times = [...new Set([...troubles, at].map((each) => each.getTime()))].sort((a, b) => a - b);
  const newest = times.at(-1) ?? 0;
  return times
    .filter((time) => time > newest - flappingWindowMs)
    .slice(-troublesKept)
    .map((time) => new Date(time));
}

/**
 * Does it flap? An episode begins with a failure and ends with a run that was started after it and went well; calm ends the count. Pure, and
 * the same whatever the order of arrival.
 *
 * @param troubles  when it failed, sorted
 * @param good      runs that went well; where a start is not known, the end stands in
 */
export function flappingOf(
  troubles: readonly Date[],
  good: readonly { startedAt?: Date; at: Date }[],
): Pick<Flapping, 'times' | 'since' | 'calmAt'> | undefined {
  const ends = good
    .map(({ startedAt, at }) => ({ from: Math.min((startedAt ?? at).getTime(), at.getTime()), at: at.getTime() }))
    .sort((a, b) => a.at - b.at);
  /** The end of the trouble at `time`, if it came before the next one. */
  const endOf = (time: number, before: number): number | undefined =>
    ends.find(({ from, at }) => from > time && at <= before)?.at;

  let episodes: number[] = [];
  let changedAt = 0;
  let isUp = true;
  for (const [index, trouble] of troubles.entries()) {
    const time = trouble.getTime();
    if (isUp) {
      const isCalm = episodes.length >= leastEpisodes && time > changedAt + calmAfterMs(episodes);
      episodes = isCalm ? [time] : [...episodes.filter((each) => each > time - flappingWindowMs), time];
      changedAt = time;
    }
    const end = endOf(time, troubles[index + 1]?.getTime() ?? Number.POSITIVE_INFINITY);
    isUp = end !== undefined;
    changedAt = end ?? changedAt;
  }
  if (episodes.length < leastEpisodes) return undefined;
  return {
    times: episodes.length,
    since: new Date(episodes[0] ?? 0),
    calmAt: new Date(changedAt + calmAfterMs(episodes)),
  };
}

function calmAfterMs(episodes: readonly number[]): number {
  const gapMs = ((episodes.at(-1) ?? 0) - (episodes[0] ?? 0)) / Math.max(1, episodes.length - 1);
  return Math.min(longestCalmMs, Math.max(leastCalmMs, calmGaps * gapMs));
}
