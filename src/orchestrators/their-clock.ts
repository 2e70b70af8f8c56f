import type { Clock } from '../lib/clock';

/** A header tells whole seconds, and a server that is busy may send that of a second before. */
const secondMs = 1_000;
const mostStaleMs = 2_000;

/** What the clock of the other side shows, as far as its answers tell; ours until the first one. */
export interface TheirClock {
  now(): Date;
  /** @param date the `Date` header of an answer, `askedAt` when it was asked for by our clock */
  heard(date: unknown, askedAt: Date): void;
}

/**
 * An answer was written after it was asked for and before it came: so each bounds how far the two clocks are apart, from both sides. A slow
 * answer bounds it loosely, and takes nothing from what a quick one has told. Of what is possible the earliest is taken. What can no longer
 * be, since one of the two clocks was set, is forgotten.
 */
export function createTheirClock(clock: Clock): TheirClock {
  /** Their clock minus ours. */
  let skewMs: number | undefined;
  return {
    now: () => new Date(clock.now().getTime() + (skewMs ?? 0)),
    heard(date, askedAt) {
      const at = typeof date === 'string' ? Date.parse(date) : Number.NaN;
      if (Number.isNaN(at)) return;
      const least = at - clock.now().getTime();
      const most = at + secondMs + mostStaleMs - askedAt.getTime();
      skewMs = skewMs !== undefined && skewMs <= most ? Math.max(skewMs, least) : least;
    },
  };
}
