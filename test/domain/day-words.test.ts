import { dayOf, daysIn, splitDays } from '../../src/domain/day-words';

describe('what is typed after "backfill"', () => {
  it.each([
    { typed: '', name: '', days: '' },
    { typed: 'orders_daily', name: 'orders_daily', days: '' },
    { typed: 'orders_daily last 7 days', name: 'orders_daily', days: 'last 7 days' },
    { typed: 'Orders daily 2026-11-01..2026-11-05', name: 'Orders daily', days: '2026-11-01..2026-11-05' },
    { typed: 'orders_daily 20261101 20261105', name: 'orders_daily', days: '20261101 20261105' },
    { typed: 'orders_daily yesterday', name: 'orders_daily', days: 'yesterday' },
    { typed: 'orders_daily since 2026-11-01', name: 'orders_daily', days: 'since 2026-11-01' },
    { typed: 'last touch model', name: '', days: 'last touch model' },
    { typed: 'yesterday report', name: 'yesterday report', days: '' },
  ])('"$typed" is a pipeline and its days', ({ typed, name, days }) => {
    expect(splitDays(typed)).toEqual({ name, days });
  });
});

describe('days in words', () => {
  it.each([
    { words: 'today', from: '2026-11-25', to: '2026-11-25' },
    { words: 'Yesterday', from: '2026-11-24', to: '2026-11-24' },
    { words: 'last 7 days', from: '2026-11-18', to: '2026-11-24' },
    { words: 'last day', from: '2026-11-24', to: '2026-11-24' },
    { words: 'last week', from: '2026-11-18', to: '2026-11-24' },
    { words: 'last 2 weeks', from: '2026-11-11', to: '2026-11-24' },
    { words: 'since 2026-11-20', from: '2026-11-20', to: '2026-11-24' },
    { words: '2026-11-01', from: '2026-11-01', to: '2026-11-01' },
    { words: '2026-11-01..2026-11-05', from: '2026-11-01', to: '2026-11-05' },
    { words: '20261101 to 20261105', from: '2026-11-01', to: '2026-11-05' },
    { words: '2026-11-01 - 2026-11-05', from: '2026-11-01', to: '2026-11-05' },
    { words: '2026-11-01 2026-11-05', from: '2026-11-01', to: '2026-11-05' },
  ])('"$words" is $from to $to', ({ words, from, to }) => {
    expect(daysIn(words, '2026-11-25')).toEqual({ from, to });
  });

  it.each(['', 'last 0 days', 'next week', '2026-02-30', '2026-11-01..later'])('"%s" is none', (words) => {
    expect(daysIn(words, '2026-11-25')).toBeUndefined();
  });
});

describe('the day of a partition', () => {
  it.each([
    { partition: '20261125', day: '2026-11-25' },
    { partition: '2026-11-25T06', day: '2026-11-25' },
    { partition: '2026112506', day: '2026-11-25' },
    { partition: 'eu', day: undefined },
    { partition: '2026-13-01', day: undefined },
  ])('of $partition is $day', ({ partition, day }) => {
    expect(dayOf(partition)).toBe(day);
  });
});
