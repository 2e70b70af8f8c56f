/** Figures as they are kept and printed. */
import type { FigureId } from '../domain/figures/definitions';
import type { Share } from '../domain/figures/share';
import type { Spread } from '../domain/figures/spread';
import type { FigureValue } from '../domain/figures/week-figures';
import type { Ranked } from '../store/figure-rows';

export type Values = Partial<Record<FigureId, FigureValue>>;

type Of<K extends FigureValue['kind']> = Extract<FigureValue, { kind: K }>;

export const count = (number: number): Of<'count'> => ({ kind: 'count', count: number });
export const shareOf = ({ hits, n }: Share): Of<'share'> => ({ kind: 'share', hits, n });
export const spreadOf = (spread: Spread): Of<'spread'> => ({ kind: 'spread', ...spread });
export const meanOf = (mean: number, n: number): Of<'mean'> => ({ kind: 'mean', mean, n });

/** SQL's null is our undefined. */
export function withoutNulls({ n, median, p90, p95, max }: Ranked): Spread {
  if (median === null || p90 === null || max === null) return { n };
  return { n, median, p90, max, ...(p95 === undefined || p95 === null ? {} : { p95 }) };
}
