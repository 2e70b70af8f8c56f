import { quantile } from '../quantile';

/** Of durations in ms: never a mean, which the few longest would make. */
export interface Spread {
  n: number;
  /** Nearest rank. */
  median?: number;
  p90?: number;
  max?: number;
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
 * Median of a cohort some of which are still open: of the closed ones where few are open, else by Kaplan and Meier.
 * @returns undefined where more than half have not ended by any time observed
 */
export function medianOfCohort(cohort: readonly Lasting[]): { median?: number; by: 'closed' | 'kaplan-meier' } {
  const open = cohort.filter(({ isOpen }) => isOpen).length;
  if (cohort.length === 0 || open / cohort.length <= openShareMax) {
    const closed = cohort.filter(({ isOpen }) => !isOpen).map(({ ms }) => ms);
    return { median: quantile(closed, 0.5), by: 'closed' };
  }
  return { median: kaplanMeierMedian(cohort), by: 'kaplan-meier' };
}

/** The first time at which no more than half are still going on. One that is open at a time counts as at risk until then. */
export function kaplanMeierMedian(cohort: readonly Lasting[]): number | undefined {
  const ends = [...new Set(cohort.filter(({ isOpen }) => !isOpen).map(({ ms }) => ms))].sort((a, b) => a - b);
  let surviving = 1;
  for (const end of ends) {
    const atRisk = cohort.filter(({ ms }) => ms >= end).length;
    const ended = cohort.filter(({ ms, isOpen }) => ms === end && !isOpen).length;
    surviving *= 1 - ended / atRisk;
    if (surviving <= 0.5 + 1e-12) return end;
  }
  return undefined;
}
