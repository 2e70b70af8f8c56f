import {
  dayAfter,
  dayOf,
  daysUpTo,
  spanNamed,
  spanOf,
  startOfDay,
  upToNow,
  weekAfter,
  weekNamed,
  weekNameOf,
  weekOf,
  workingDays,
} from '../../../src/domain/figures/week';
import fc, { tries } from '../../support/fast-check';

const hours = ({ from, to }: { from: Date; to: Date }) => (to.getTime() - from.getTime()) / 3_600_000;

describe('weekOf', () => {
  it.each([
    { at: '2026-11-16T00:00:00Z', zone: 'UTC', name: '2026-W47', label: '2026-W47 (16–22 Nov)', long: 168 },
    { at: '2026-11-22T23:59:59.999Z', zone: 'UTC', name: '2026-W47', label: '2026-W47 (16–22 Nov)', long: 168 },
    { at: '2026-11-23T00:00:00Z', zone: 'UTC', name: '2026-W48', label: '2026-W48 (23–29 Nov)', long: 168 },
    // Sunday evening in UTC is Monday in the east, and Sunday still in the west.
    {
      at: '2026-11-22T23:30:00Z',
      zone: 'Pacific/Kiritimati',
      name: '2026-W48',
      label: '2026-W48 (23–29 Nov)',
      long: 168,
    },
    {
      at: '2026-11-23T07:30:00Z',
      zone: 'America/Los_Angeles',
      name: '2026-W47',
      label: '2026-W47 (16–22 Nov)',
      long: 168,
    },
    // New Year: the week's year is not the calendar's.
    { at: '2026-12-31T12:00:00Z', zone: 'UTC', name: '2026-W53', label: '2026-W53 (28 Dec–3 Jan)', long: 168 },
    { at: '2027-01-03T12:00:00Z', zone: 'UTC', name: '2026-W53', label: '2026-W53 (28 Dec–3 Jan)', long: 168 },
    { at: '2027-01-04T12:00:00Z', zone: 'UTC', name: '2027-W01', label: '2027-W01 (4–10 Jan)', long: 168 },
    { at: '2024-12-30T12:00:00Z', zone: 'UTC', name: '2025-W01', label: '2025-W01 (30 Dec–5 Jan)', long: 168 },
    { at: '2022-01-01T12:00:00Z', zone: 'UTC', name: '2021-W52', label: '2021-W52 (27 Dec–2 Jan)', long: 168 },
    // The clock is put forward on a Sunday, and back.
    { at: '2026-03-27T12:00:00Z', zone: 'Europe/Berlin', name: '2026-W13', label: '2026-W13 (23–29 Mar)', long: 167 },
    { at: '2026-10-23T12:00:00Z', zone: 'Europe/Berlin', name: '2026-W43', label: '2026-W43 (19–25 Oct)', long: 169 },
    { at: '2026-03-07T12:00:00Z', zone: 'America/New_York', name: '2026-W10', label: '2026-W10 (2–8 Mar)', long: 167 },
    {
      at: '2026-04-03T12:00:00Z',
      zone: 'Australia/Sydney',
      name: '2026-W14',
      label: '2026-W14 (30 Mar–5 Apr)',
      long: 169,
    },
    // Half an hour only.
    {
      at: '2026-10-01T12:00:00Z',
      zone: 'Australia/Lord_Howe',
      name: '2026-W40',
      label: '2026-W40 (28 Sep–4 Oct)',
      long: 167.5,
    },
  ])('puts $at in $zone into $label of $long hours', ({ at, zone, name, label, long }) => {
    const week = weekOf(new Date(at), zone);
    expect(week).toMatchObject({ name, label });
    expect(hours(week)).toBe(long);
    expect(weekNamed(name, zone)).toEqual(week);
  });

  it('is found again by its name, holds its moment, and touches its neighbours, in any zone and time', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Apia'];
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        (at, zone) => {
          const week = weekOf(at, zone);
          expect(at >= week.from && at < week.to).toBe(true);
          expect(weekNamed(week.name, zone)).toEqual(week);
          expect(weekAfter(week, 1).from).toEqual(week.to);
          expect(weekAfter(weekAfter(week, -1), 1)).toEqual(week);
          expect(week.days).toContain(dayOf(at, zone));
          expect(startOfDay(week.days[0] ?? '', zone)).toEqual(week.from);
          expect(daysUpTo(week.days[6] ?? '', 7)).toEqual(week.days);
        },
      ),
      { numRuns: tries(40) },
    );
  });
});

it.each([
  ['2026-12-27', '2026-W52'],
  ['2026-12-28', '2026-W53'],
  ['2027-01-03', '2026-W53'],
  ['2027-01-04', '2027-W01'],
  ['2024-12-29', '2024-W52'],
  ['2024-12-30', '2025-W01'],
  ['2022-01-02', '2021-W52'],
  ['2024-02-29', '2024-W09'],
])('the day %s lies in %s, wherever that is asked', (day, name) => {
  expect(weekNameOf(day)).toBe(name);
  for (const zone of ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles'])
    expect(weekOf(startOfDay(day, zone), zone).name).toBe(name);
});

it('is named one after the other over a year of 53 weeks', () => {
  const first = weekNamed('2026-W51', 'UTC');
  expect(first && [0, 1, 2, 3].map((index) => weekAfter(first, index).name)).toEqual([
    '2026-W51',
    '2026-W52',
    '2026-W53',
    '2027-W01',
  ]);
});

describe('spanOf', () => {
  it.each([
    {
      unit: 'month',
      at: '2026-11-30T23:59:59Z',
      zone: 'UTC',
      name: '2026-11',
      label: 'November 2026',
      days: 30,
      long: 720,
    },
    {
      unit: 'month',
      at: '2026-11-30T23:59:59Z',
      zone: 'Asia/Kolkata',
      name: '2026-12',
      label: 'December 2026',
      days: 31,
      long: 744,
    },
    {
      unit: 'month',
      at: '2026-12-01T05:00:00Z',
      zone: 'America/New_York',
      name: '2026-12',
      label: 'December 2026',
      days: 31,
      long: 744,
    },
    {
      unit: 'month',
      at: '2026-12-01T04:59:00Z',
      zone: 'America/New_York',
      name: '2026-11',
      label: 'November 2026',
      days: 30,
      long: 721,
    },
    {
      unit: 'month',
      at: '2024-02-29T12:00:00Z',
      zone: 'UTC',
      name: '2024-02',
      label: 'February 2024',
      days: 29,
      long: 696,
    },
    {
      unit: 'month',
      at: '2026-03-15T12:00:00Z',
      zone: 'Europe/Berlin',
      name: '2026-03',
      label: 'March 2026',
      days: 31,
      long: 743,
    },
    {
      unit: 'quarter',
      at: '2026-12-31T12:00:00Z',
      zone: 'UTC',
      name: '2026-Q4',
      label: '2026-Q4 (Oct–Dec 2026)',
      days: 92,
      long: 2208,
    },
    {
      unit: 'quarter',
      at: '2027-01-01T00:00:00Z',
      zone: 'UTC',
      name: '2027-Q1',
      label: '2027-Q1 (Jan–Mar 2027)',
      days: 90,
      long: 2160,
    },
    {
      unit: 'quarter',
      at: '2026-11-01T12:00:00Z',
      zone: 'Europe/Berlin',
      name: '2026-Q4',
      label: '2026-Q4 (Oct–Dec 2026)',
      days: 92,
      long: 2209,
    },
  ] as const)('puts $at in $zone into $label of $days days', ({ unit, at, zone, name, label, days, long }) => {
    const span = spanOf(unit, new Date(at), zone);
    expect(span).toMatchObject({ name, label, unit });
    expect(span.days).toHaveLength(days);
    expect(hours(span)).toBe(long);
    expect(spanNamed(name, zone)).toEqual(span);
  });

  it('touches its neighbours, in any zone and time', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati'),
        fc.constantFrom('month' as const, 'quarter' as const),
        (at, zone, unit) => {
          const span = spanOf(unit, at, zone);
          expect(at >= span.from && at < span.to).toBe(true);
          expect(weekAfter(span, 1).from).toEqual(span.to);
          expect(weekAfter(weekAfter(span, -1), 1)).toEqual(span);
          expect(startOfDay(dayAfter(span), zone)).toEqual(span.to);
          expect(span.days).toContain(dayOf(at, zone));
        },
      ),
      { numRuns: tries(40) },
    );
  });

  it.each(['2026-13', '2026-00', '2026-Q5', '2026', '2026-1'])('knows no %s', (name) => {
    expect(spanNamed(name, 'UTC')).toBeUndefined();
  });
});

it('is cut at the moment up to which anything is known, its day included', () => {
  const week = weekOf(new Date('2026-11-18T12:00:00Z'), 'UTC');
  const now = new Date('2026-11-18T12:00:00Z');
  expect(upToNow(week, now)).toMatchObject({
    to: now,
    days: ['2026-11-16', '2026-11-17', '2026-11-18'],
    label: '2026-W47 (16–22 Nov), so far',
  });
  expect(upToNow(week, week.to)).toBe(week);
});

it.each(['2025-W53', '2026-W54', '2026-W00', '2026-47', 'W47', '2026-W7', 'last'])('knows no week %s', (name) => {
  expect(weekNamed(name, 'UTC')).toBeUndefined();
});

it('counts days over New Year and leap days', () => {
  expect(daysUpTo('2024-03-01', 3)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
  expect(daysUpTo('2027-01-01', 2)).toEqual(['2026-12-31', '2027-01-01']);
});

it('leaves out weekends and holidays', () => {
  const { days } = weekOf(new Date('2026-12-24T12:00:00Z'), 'UTC');
  expect(workingDays(days, { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], daysOff: ['2026-12-25'] })).toEqual([
    '2026-12-21',
    '2026-12-22',
    '2026-12-23',
    '2026-12-24',
  ]);
});
