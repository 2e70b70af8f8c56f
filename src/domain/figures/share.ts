/** A ratio that keeps what it was made of, so that it is never shown without its n. */
export interface Share {
  hits: number;
  n: number;
}

/** Below this a percentage says nothing, and the counts are shown. */
export const fewest = 5;
/** Below this a percentage change is left out. */
const fewestForChange = 10;
const z95 = 1.959963984540054;

export const share = (hits: number, n: number): Share => ({ hits, n });

/** 0–1; undefined where there is nothing to divide by. */
export const ratioOf = ({ hits, n }: Share): number | undefined => (n > 0 ? hits / n : undefined);

/** Wilson score interval, 95 %, of a share as 0–1. Nothing known (n = 0) is anything from 0 to 1. */
export function wilson({ hits, n }: Share): { low: number; high: number } {
  if (n <= 0) return { low: 0, high: 1 };
  const ratio = hits / n;
  const square = z95 ** 2;
  const centre = (ratio + square / (2 * n)) / (1 + square / n);
  const reach = (z95 / (1 + square / n)) * Math.sqrt((ratio * (1 - ratio)) / n + square / (4 * n * n));
  return { low: hits === 0 ? 0 : centre - reach, high: hits === n ? 1 : centre + reach };
}

/** Nothing was seen of what should never be: with 95 % it is rarer than this. */
export const ruleOfThree = (n: number): number | undefined => (n > 0 ? Math.min(1, 3 / n) : undefined);

export type Direction = 'up' | 'down' | 'within noise' | 'not comparable';

/** Called a change only when the two intervals part, and both have enough to say. */
export function directionOfShare(now: Share, before: Share): Direction {
  if (now.n < fewest || before.n < fewest) return 'not comparable';
  const [here, there] = [wilson(now), wilson(before)];
  if (here.low > there.high) return 'up';
  return here.high < there.low ? 'down' : 'within noise';
}

/**
 * Of counts of independent things: the root of such a count varies by about a half whatever its size, so the intervals of two
 * of them part where their roots are more than 1.96 apart.
 */
function directionOfCount(now: number, before: number): Direction {
  const apart = Math.sqrt(now) - Math.sqrt(before);
  if (Math.abs(apart) <= z95) return 'within noise';
  return apart > 0 ? 'up' : 'down';
}

export interface CountChange {
  by: number;
  /** 0.1 is ten per cent more; only where last time gave enough to compare with. */
  ratio?: number;
  /** There was none before. */
  isNew: boolean;
  direction: Direction;
}

export function changeOfCount(now: number, before: number): CountChange {
  return {
    by: now - before,
    ...(before >= fewestForChange ? { ratio: (now - before) / before } : {}),
    isNew: before === 0 && now > 0,
    direction: directionOfCount(now, before),
  };
}
