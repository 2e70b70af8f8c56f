import { rank } from '../../../src/domain/figures/ranking';
import {
  changeOfCount,
  directionOfShare,
  ratioOf,
  ruleOfThree,
  share,
  wilson,
} from '../../../src/domain/figures/share';
import { kaplanMeier, spreadOf, spreadOfCohort } from '../../../src/domain/figures/spread';
import type { FigureValue } from '../../../src/domain/figures/week-figures';
import { sayValue } from '../../../src/domain/figures/wording';
import fc from '../../support/fast-check';

describe('wilson', () => {
  // Against published values of the score interval.
  it.each([
    { hits: 0, n: 10, low: 0, high: 0.2775 },
    { hits: 10, n: 10, low: 0.7225, high: 1 },
    { hits: 81, n: 263, low: 0.2553, high: 0.3662 },
    { hits: 15, n: 148, low: 0.0624, high: 0.1605 },
    { hits: 1, n: 2, low: 0.0945, high: 0.9055 },
    { hits: 0, n: 0, low: 0, high: 1 },
  ])('of $hits of $n is $low to $high', ({ hits, n, low, high }) => {
    expect(wilson(share(hits, n)).low).toBeCloseTo(low, 3);
    expect(wilson(share(hits, n)).high).toBeCloseTo(high, 3);
  });

  it('solves the equation of the score test at both ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const hits = Math.round(part * n);
        for (const end of Object.values(wilson(share(hits, n)))) {
          if (end <= 0 || end >= 1) continue;
          expect(Math.abs(hits / n - end) / Math.sqrt((end * (1 - end)) / n)).toBeCloseTo(1.959964, 4);
        }
      }),
    );
  });
});

describe('a change', () => {
  it.each([
    { now: share(90, 100), before: share(60, 100), says: 'up' },
    { now: share(60, 100), before: share(90, 100), says: 'down' },
    { now: share(90, 100), before: share(85, 100), says: 'within noise' },
    { now: share(4, 4), before: share(0, 100), says: 'not comparable' },
    { now: share(9, 10), before: share(0, 0), says: 'not comparable' },
  ])('of $before to $now is $says', ({ now, before, says }) => {
    expect(directionOfShare(now, before)).toBe(says);
  });

  it.each([
    { now: 12, before: 10, change: { by: 2, ratio: 0.2, isNew: false, direction: 'within noise' } },
    { now: 12, before: 9, change: { by: 3, isNew: false, direction: 'within noise' } },
    { now: 7, before: 0, change: { by: 7, isNew: true, direction: 'up' } },
    { now: 0, before: 0, change: { by: 0, isNew: false, direction: 'within noise' } },
    { now: 300, before: 200, change: { by: 100, ratio: 0.5, isNew: false, direction: 'up' } },
    { now: 200, before: 300, change: { by: -100, ratio: -1 / 3, isNew: false, direction: 'down' } },
  ])('from $before to $now is told so far as it can be', ({ now, before, change }) => {
    expect(changeOfCount(now, before)).toEqual(change);
  });

  it('has no value where there is nothing to divide by, and a bound where nothing was seen', () => {
    expect(ratioOf(share(0, 0))).toBeUndefined();
    expect(ruleOfThree(0)).toBeUndefined();
    expect(ruleOfThree(60)).toBe(0.05);
    expect(ruleOfThree(2)).toBe(1);
  });
});

describe('rank', () => {
  type Item = { name: string; n: number };
  const of = { value: ({ n }: Item) => n, name: ({ name }: Item) => name };
  const items = [
    { name: 'd', n: 1 },
    { name: 'c', n: 5 },
    { name: 'b', n: 5 },
    { name: 'a', n: 9 },
    { name: 'e', n: 1 },
  ];
  it.each([
    { shown: 4, ranks: ['1 a', '2 b', '2 c', '4 d'], tied: 1, left: 1 },
    { shown: 2, ranks: ['1 a', '2 b'], tied: 1, left: 3 },
    { shown: 9, ranks: ['1 a', '2 b', '2 c', '4 d', '4 e'], tied: 0, left: 0 },
  ])('shows $shown and says how many are tied with the last', ({ shown, ranks, tied, left }) => {
    const ranked = rank(items, of, shown);
    expect(ranked.top.map((each) => `${each.rank} ${each.name}`)).toEqual(ranks);
    expect(ranked).toMatchObject({ tied, left });
  });
});

describe('durations', () => {
  it.each([
    { values: [], spread: { n: 0 } },
    { values: [7], spread: { n: 1, median: 7, p90: 7, max: 7 } },
    { values: [3, 1], spread: { n: 2, median: 1, p90: 3, max: 3 } },
    { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], spread: { n: 10, median: 5, p90: 9, max: 10 } },
    { values: [5, 5, 5, 5], spread: { n: 4, median: 5, p90: 5, max: 5 } },
  ])('of $values are told by nearest rank', ({ values, spread }) => {
    expect(spreadOf(values)).toEqual(spread);
  });

  const closed = (...list: number[]) => list.map((ms) => ({ ms, isOpen: false }));
  const open = (...list: number[]) => list.map((ms) => ({ ms, isOpen: true }));

  it.each([
    {
      title: 'of the closed where a fifth is open',
      cohort: [...closed(1, 2, 3, 4), ...open(9)],
      spread: { n: 5, open: 1, median: 2, p90: 4, max: 4 },
    },
    {
      title: 'by Kaplan and Meier where more are',
      cohort: [...closed(1, 2, 3), ...open(9, 9)],
      spread: { n: 5, open: 2, median: 3 },
    },
    {
      title: 'unknown where more than half are open',
      cohort: [...closed(1), ...open(9, 9)],
      spread: { n: 3, open: 2 },
    },
    { title: 'unknown of none', cohort: [], spread: { n: 0 } },
  ])('have a median $title', ({ cohort, spread }) => {
    expect(spreadOfCohort(cohort)).toEqual(spread);
  });

  it('lose their open ones at the time until which these were seen', () => {
    // 6-MP arm of the trial of Freireich: the textbook median of remission is 23 weeks.
    const cohort = [...closed(6, 6, 6, 7, 10, 13, 16, 22, 23), ...open(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)];
    expect(kaplanMeier(cohort, 0.5)).toBe(23);
  });

  it('agree with the plain median where nothing is open', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }), (values) => {
        expect(kaplanMeier(closed(...values), 0.5)).toBe(spreadOf(values).median);
      }),
    );
  });
});

it.each([
  { value: { kind: 'share', hits: 0, n: 60, never: true }, said: 'none of 60 (with 95% certainty fewer than 5%)' },
  { value: { kind: 'share', hits: 1, n: 60, never: true }, said: '2% (1 of 60)' },
  { value: { kind: 'share', hits: 8, n: 9, fewest: 10 }, said: '8 of 9' },
  { value: { kind: 'mean', mean: 0.5, n: 4, unit: 'minutes' }, said: '0.5 min (n 4, small sample)' },
  { value: { kind: 'mean', mean: 0.6, n: 5, unit: 'count' }, said: '0.6 (n 5)' },
  { value: { kind: 'mean', mean: 0.6, n: 5 }, said: '60% (n 5, small sample)' },
  { value: { kind: 'mean', mean: 0.6, n: 40 }, said: '60% (n 40)' },
  { value: { kind: 'mean', mean: 0.6, n: 4 }, said: 'too few for a percentage (n 4, small sample)' },
  { value: { kind: 'spread', n: 30, median: 2, p90: 4, max: 9, unit: 'count' }, said: 'median 2, 90% within 4 (n 30)' },
  {
    value: { kind: 'spread', n: 30, median: 2_000, p90: 4_000, p95: 5_000, max: 9_000 },
    said: 'median 2 s, 95% within 5 s, longest 9 s (n 30)',
  },
  { value: { kind: 'spread', n: 30, open: 20 }, said: 'more than half are not over (n 30, 20 not over)' },
  {
    value: { kind: 'total', total: -90, n: 2, others: 0, assumed: [{ action: 'retry', minutes: 5, measured: 3 }] },
    said: '−1 h 30 min (n 2; assumes 5 min for retry by hand, measured 3 times)',
  },
] as { value: FigureValue; said: string }[])('is said with what it rests on: $said', ({ value, said }) => {
  expect(sayValue(value)).toBe(said);
});
