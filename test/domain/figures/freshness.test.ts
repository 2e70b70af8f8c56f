import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import { freshness } from '../../../src/domain/figures/freshness';

/** Berlin, with the clock put back in the night to Sunday. */
const week = { from: new Date('2026-10-18T22:00:00Z'), to: new Date('2026-10-25T23:00:00Z') };
const good = (...ends: string[]) =>
  ends.map((end) => {
    const [at = '', partition = ''] = end.split(' ');
    const endedAt = new Date(`2026-10-${at}:00Z`);
    return { startedAt: new Date(endedAt.getTime() - 600_000), endedAt, partition };
  });
const daily = (from: number, to: number, time: string) =>
  good(...Array.from({ length: to - from + 1 }, (_, index) => `${String(from + index).padStart(2, '0')}T${time}`));

it.each([
  {
    title: 'every day in time, also that of 25 hours',
    schedule: '0 4 * * *',
    runs: [...daily(10, 24, '05:59'), ...good('25T06:59')],
    is: { hits: 7, n: 7 },
  },
  {
    title: 'a minute late on Sunday, whose 08:00 is an hour later in UTC',
    schedule: '0 4 * * *',
    runs: [...daily(10, 24, '05:59'), ...good('25T07:01')],
    is: { hits: 6, n: 7 },
  },
  {
    title: 'at the deadline sharp as in time',
    schedule: '0 4 * * *',
    runs: daily(10, 24, '06:00'),
    is: { hits: 6, n: 7 },
  },
  {
    title: 'on weekdays alone by its schedule',
    schedule: '0 4 * * 1-5',
    runs: daily(10, 24, '05:00'),
    is: { hits: 5, n: 5 },
  },
  {
    title: 'on the weekdays of the weeks before where no schedule is known',
    schedule: undefined,
    runs: good('05T05:00', '12T05:00', '13T05:00', '19T05:00'),
    is: { hits: 1, n: 2 },
  },
  {
    title: 'yesterday’s late run as none of today',
    schedule: '0 4 * * *',
    runs: good('18T05:00', '19T09:00', '21T05:00'),
    is: { hits: 2, n: 7 },
  },
  {
    title: 'the day’s own partition, not a backfill of another one',
    schedule: '0 4 * * *',
    runs: good(
      '18T05:00 2026-10-17',
      '19T05:00 2026-10-18',
      '20T05:00 2026-10-19',
      '21T05:00 2026-10-20',
      '22T05:00 2026-10-01',
      '22T05:30 2026-10-21',
    ),
    is: { hits: 4, n: 7 },
  },
  {
    title: 'nothing where partitions follow no rule',
    schedule: '0 4 * * *',
    runs: good('19T05:00 a', '20T05:00 b'),
    is: { hits: 0, n: 0 },
  },
])('what is promised by 08:00 counts $title', ({ schedule, runs, is }) => {
  const dataset = { timeZone: 'Europe/Berlin', deadline: '08:00', good: runs, ...(schedule ? { schedule } : {}) };
  expect(freshness([dataset], week)).toEqual(is);
});

it('is due by the clock of the dataset’s own zone', () => {
  // 08:00 in Tokyo on Monday is still Sunday in Berlin: it belongs to the week before.
  const dataset = { timeZone: 'Asia/Tokyo', deadline: '08:00', schedule: '0 4 * * 1', good: daily(10, 26, '22:30') };
  expect(freshness([dataset], week)).toEqual({ hits: 1, n: 1 });
});

it.each([
  { title: 'put forward over the deadline: the hour after it counts', end: '2026-03-29T01:29:00Z', hits: 1 },
  { title: 'put forward, and late', end: '2026-03-29T01:31:00Z', hits: 0 },
])('on the day of 23 hours the clock is $title', ({ end, hits }) => {
  // 02:30 is not there on 29 March in Berlin: it is 03:30, 01:30 in UTC.
  const dataset = { timeZone: 'Europe/Berlin', deadline: '02:30', schedule: '0 1 * * 0' };
  const endedAt = new Date(end);
  const run = { startedAt: new Date(endedAt.getTime() - 600_000), endedAt, partition: '' };
  const spring = { from: new Date('2026-03-22T23:00:00Z'), to: new Date('2026-03-29T22:00:00Z') };
  expect(freshness([{ ...dataset, good: [run] }], spring)).toEqual({ hits, n: 1 });
});

it('is nothing where nothing is promised, or nothing is due', () => {
  expect(freshness([], week)).toEqual({ hits: 0, n: 0 });
  expect(freshness([{ timeZone: 'UTC', deadline: '08:00', schedule: '0 4 29 2 *', good: [] }], week)).toEqual({
    hits: 0,
    n: 0,
  });
});

it.each(['America/Los_Angeles', 'Pacific/Honolulu', 'UTC', 'Asia/Tokyo', 'Pacific/Auckland'])(
  'in %s wants the partition of the day before, not that of two days before',
  (timeZone) => {
    // Every day at 04:00 local time a run for the day before; that of Wednesday does not come.
    const runs = Array.from({ length: 15 }, (_, index) => {
      const day = new TZDate(2026, 10, 8 + index, 4, timeZone);
      const partition = format(addDays(day, -1), 'yyyy-MM-dd');
      return { startedAt: new Date(+day), endedAt: new Date(+day + 600_000), partition };
    }).filter(({ partition }) => partition !== '2026-11-17');
    const [from, to] = [16, 23].map((date) => new Date(+new TZDate(2026, 10, date, timeZone))) as [Date, Date];
    const dataset = { timeZone, deadline: '08:00', schedule: '0 4 * * *', good: runs };
    expect(freshness([dataset], { from, to })).toEqual({ hits: 6, n: 7 });
  },
);
