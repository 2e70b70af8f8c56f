import { quantile } from '../quantile';

/** Of durations in ms: never a mean, which the few longest would make. */
export interface Spread {
  n: number;
  /** Nearest rank. */
  median?: number;
  p90?: number;
  p95?: number;
  max?: number;
  /** So many of `n` are not over yet. */
  open?: number;
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { n: 0 };
  return {
    n: values.length,
    median: quantile(values, 0.5),
    p90: quantile(values, 0.9),
    max: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  };
}

/** One that is over after `ms`, or was still open then (`isOpen`). */
export interface Lasting {
  ms: number;
  isOpen: boolean;
}

/** Above this share of open ones the median of the closed would flatter. */
const openShareMax = 0.2;

/**
 * Median and p90 of a cohort some of which are still open: of the closed ones where few are open, else by Kaplan and Meier.
 * What cannot be told yet, since too few have ended, is left out.
 */
export function spreadOfCohort(cohort: readonly Lasting[]): Spread {
  const open = cohort.filter(({ isOpen }) => isOpen).length;
  if (open === 0) return spreadOf(cohort.map(({ ms }) => ms));
  if (open / cohort.length <= openShareMax) {
    const closed = spreadOf(cohort.filter(({ isOpen }) => !isOpen).map(({ ms }) => ms));
    return { ...closed, n: cohort.length, open };
  }
  const median = kaplanMeier(cohort, 0.5);
  const p90 = kaplanMeier(cohort, 0.9);
  return {
    n: cohort.length,
    open,
    ...(median === undefined ? {} : { median }),
    ...(p90 === undefined ? {} : { p90 }),
  };
}

/**
 * The first time by which that part (0–1) of them is over. One that is open at a time counts as at risk until then.
 * @returns undefined where so many have not ended by any time observed
 */
export function kaplanMeier(cohort: readonly Lasting[], part: number): number | undefined {
  const ends = [...new Set(cohort.filter(({ isOpen }) => !isOpen).map(({ ms }) => ms))].sort((a, b) => a - b);
  let surviving = 1;
  for (const end of ends) {
    const atRisk = cohort.filter(({ ms }) => ms >= end).length;
    const ended = cohort.filter(({ ms, isOpen }) => ms === end && !isOpen).length;
    surviving *= 1 - ended / atRisk;
    if (surviving <= 1 - part + 1e-12) return end;
  }
  return undefined;
}
