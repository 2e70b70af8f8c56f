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
