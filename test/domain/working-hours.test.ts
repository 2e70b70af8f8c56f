import { inForceFrom, type Schedule, type Timetable, workingMs } from '../../src/domain/working-time';
import { seeded } from '../support/seeded';

const berlin: Schedule = {
  timeZone: 'Europe/Berlin',
  workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  holidays: ['2026-12-25', { day: '2026-12-24', to: '12:00' }, { day: '2026-12-31', from: '10:00', to: '14:00' }],
};
const hours = (from: string, to: string, days: Schedule['workingHours']['days'] = berlin.workingHours.days) => ({
  workingHours: { days, from, to },
});
const everyDay: Schedule['workingHours']['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Worked out by hand, in minutes. November 2026: the 23rd is a Monday. */
const cases: [title: string, from: string, to: string, minutes: number, differs?: Partial<Schedule>][] = [
  ['an hour within a day', '2026-11-24T10:00:00+01:00', '2026-11-24T11:00:00+01:00', 60],
  ['a whole day', '2026-11-24T09:00:00+01:00', '2026-11-24T18:00:00+01:00', 540],
  ['a day with the nights around it', '2026-11-24T00:00:00+01:00', '2026-11-25T00:00:00+01:00', 540],
  ['before the day begins', '2026-11-24T06:00:00+01:00', '2026-11-24T08:59:00+01:00', 0],
  ['over its beginning', '2026-11-24T08:30:00+01:00', '2026-11-24T09:30:00+01:00', 30],
  ['over its end', '2026-11-24T17:30:00+01:00', '2026-11-24T19:00:00+01:00', 30],
  ['from its end on', '2026-11-24T18:00:00+01:00', '2026-11-24T23:00:00+01:00', 0],
  ['over a night', '2026-11-24T17:00:00+01:00', '2026-11-25T10:00:00+01:00', 120],
  ['a night alone', '2026-11-24T18:00:00+01:00', '2026-11-25T09:00:00+01:00', 0],
  ['two whole days', '2026-11-24T09:00:00+01:00', '2026-11-25T18:00:00+01:00', 1_080],
  ['a week of work', '2026-11-23T00:00:00+01:00', '2026-11-28T00:00:00+01:00', 2_700],
  ['a week of seven days', '2026-11-23T00:00:00+01:00', '2026-11-30T00:00:00+01:00', 2_700],
  ['a weekend', '2026-11-28T00:00:00+01:00', '2026-11-30T00:00:00+01:00', 0],
  [
    'a message of Saturday that is answered on Monday at ten',
    '2026-11-28T14:00:00+01:00',
    '2026-11-30T10:00:00+01:00',
    60,
  ],
  [
    'Friday at half past five to Monday at half past nine',
    '2026-11-27T17:30:00+01:00',
    '2026-11-30T09:30:00+01:00',
    60,
  ],
  ['no time at all', '2026-11-24T10:00:00+01:00', '2026-11-24T10:00:00+01:00', 0],
  ['the wrong way round', '2026-11-24T12:00:00+01:00', '2026-11-24T10:00:00+01:00', 0],
  ['half a minute', '2026-11-24T10:00:00+01:00', '2026-11-24T10:00:30+01:00', 0.5],
  ['seconds on both sides of the beginning', '2026-11-24T08:59:45+01:00', '2026-11-24T09:00:15+01:00', 0.25],
  ['a holiday', '2026-12-25T00:00:00+01:00', '2026-12-26T00:00:00+01:00', 0],
  ['over a holiday and the weekend behind it', '2026-12-24T11:00:00+01:00', '2026-12-28T10:00:00+01:00', 120],
  ['a short day that ends at noon', '2026-12-24T00:00:00+01:00', '2026-12-25T00:00:00+01:00', 180],
  ['the afternoon of a short day', '2026-12-24T12:00:00+01:00', '2026-12-24T18:00:00+01:00', 0],
  ['over the end of a short day', '2026-12-24T11:30:00+01:00', '2026-12-24T13:00:00+01:00', 30],
  ['a day that is short at both ends', '2026-12-31T00:00:00+01:00', '2027-01-01T00:00:00+01:00', 240],
  ['the morning before a day that begins late', '2026-12-31T09:00:00+01:00', '2026-12-31T10:30:00+01:00', 30],
  ['over the turn of the year', '2026-12-31T13:00:00+01:00', '2027-01-01T10:00:00+01:00', 120],
  [
    'a holiday on a day off anyway',
    '2026-11-28T00:00:00+01:00',
    '2026-11-29T00:00:00+01:00',
    0,
    { holidays: ['2026-11-28'] },
  ],
  [
    'a short day does not make a day off one of work',
    '2026-11-28T00:00:00+01:00',
    '2026-11-29T00:00:00+01:00',
    0,
    { holidays: [{ day: '2026-11-28', to: '12:00' }] },
  ],
  [
    'a short day does not make a day longer',
    '2026-11-24T00:00:00+01:00',
    '2026-11-25T00:00:00+01:00',
    540,
    { holidays: [{ day: '2026-11-24', from: '06:00', to: '22:00' }] },
  ],
  [
    'a short day that is over before it begins',
    '2026-11-24T00:00:00+01:00',
    '2026-11-25T00:00:00+01:00',
    0,
    { holidays: [{ day: '2026-11-24', to: '08:00' }] },
  ],
  // Summer time begins on 29 March 2026: 02:00 is 03:00. It ends on 25 October: 03:00 is 02:00 once more.
  ['the weekend of summer time', '2026-03-27T17:00:00+01:00', '2026-03-30T10:00:00+02:00', 120],
  ['the weekend of winter time', '2026-10-23T17:00:00+02:00', '2026-10-26T10:00:00+01:00', 120],
  ['the week with 167 hours', '2026-03-23T00:00:00+01:00', '2026-03-30T00:00:00+02:00', 2_700],
  ['the week with 169 hours', '2026-10-19T00:00:00+02:00', '2026-10-26T00:00:00+01:00', 2_700],
  [
    'the day of 23 hours, where people work round the clock',
    '2026-03-29T00:00:00+01:00',
    '2026-03-30T00:00:00+02:00',
    1_379,
    hours('00:00', '23:59', everyDay),
  ],
  [
    'the day of 25 hours, where people work round the clock',
    '2026-10-25T00:00:00+02:00',
    '2026-10-26T00:00:00+01:00',
    1_499,
    hours('00:00', '23:59', everyDay),
  ],
  [
    'from one to four in the night that loses an hour',
    '2026-03-29T00:00:00+01:00',
    '2026-03-29T12:00:00+02:00',
    120,
    hours('01:00', '04:00', everyDay),
  ],
  [
    'from one to four in the night that has an hour more',
    '2026-10-25T00:00:00+02:00',
    '2026-10-25T12:00:00+01:00',
    240,
    hours('01:00', '04:00', everyDay),
  ],
  [
    'the second of the two hours from two to three',
    '2026-10-25T02:00:00+01:00',
    '2026-10-25T03:00:00+01:00',
    60,
    hours('01:00', '04:00', everyDay),
  ],
  [
    'the first of the two hours from two to three',
    '2026-10-25T02:00:00+02:00',
    '2026-10-25T02:00:00+01:00',
    60,
    hours('01:00', '04:00', everyDay),
  ],
  [
    'New York loses its hour three weeks earlier',
    '2026-03-06T16:00:00-05:00',
    '2026-03-09T10:00:00-04:00',
    180,
    { timeZone: 'America/New_York' },
  ],
  [
    'New York gets it back a week later',
    '2026-10-30T16:00:00-04:00',
    '2026-11-02T10:00:00-05:00',
    180,
    { timeZone: 'America/New_York' },
  ],
  [
    'New York in the weeks in between',
    '2026-03-16T09:00:00-04:00',
    '2026-03-16T18:00:00-04:00',
    540,
    { timeZone: 'America/New_York' },
  ],
  [
    'London, an hour behind',
    '2026-11-24T09:00:00+01:00',
    '2026-11-24T11:00:00+01:00',
    60,
    { timeZone: 'Europe/London' },
  ],
  [
    'a Berlin morning in New York',
    '2026-11-24T09:00:00+01:00',
    '2026-11-24T15:00:00+01:00',
    0,
    { timeZone: 'America/New_York' },
  ],
  [
    'a Berlin evening in New York',
    '2026-11-24T15:00:00+01:00',
    '2026-11-24T16:00:00+01:00',
    60,
    { timeZone: 'America/New_York' },
  ],
  [
    'Kolkata, on the half hour',
    '2026-11-24T08:30:00+05:30',
    '2026-11-24T10:00:00+05:30',
    60,
    { timeZone: 'Asia/Kolkata' },
  ],
  [
    'Kathmandu, on the quarter',
    '2026-11-24T08:45:00+05:45',
    '2026-11-24T09:15:00+05:45',
    15,
    { timeZone: 'Asia/Kathmandu' },
  ],
  [
    'Auckland, where it is Monday already',
    '2026-11-29T21:00:00+01:00',
    '2026-11-29T23:00:00+01:00',
    120,
    { timeZone: 'Pacific/Auckland' },
  ],
  [
    'Auckland, where summer begins in September',
    '2026-09-25T17:00:00+12:00',
    '2026-09-28T10:00:00+13:00',
    120,
    { timeZone: 'Pacific/Auckland' },
  ],
  [
    'Auckland, where it ends in April',
    '2026-04-03T17:00:00+13:00',
    '2026-04-06T10:00:00+12:00',
    120,
    { timeZone: 'Pacific/Auckland' },
  ],
  [
    'Lord Howe, where the clock moves half an hour',
    '2026-10-04T00:00:00+10:30',
    '2026-10-04T12:00:00+11:00',
    150,
    { timeZone: 'Australia/Lord_Howe', ...hours('01:00', '04:00', everyDay) },
  ],
  [
    'Tel Aviv works on Sundays',
    '2026-11-29T08:00:00+02:00',
    '2026-11-29T10:00:00+02:00',
    60,
    { timeZone: 'Asia/Jerusalem', ...hours('09:00', '18:00', ['sun', 'mon', 'tue', 'wed', 'thu']) },
  ],
  [
    'Tel Aviv does not on Fridays',
    '2026-11-27T08:00:00+02:00',
    '2026-11-27T18:00:00+02:00',
    0,
    { timeZone: 'Asia/Jerusalem', ...hours('09:00', '18:00', ['sun', 'mon', 'tue', 'wed', 'thu']) },
  ],
  [
    'Honolulu, where there is no summer time',
    '2026-03-06T16:00:00-10:00',
    '2026-03-09T10:00:00-10:00',
    180,
    { timeZone: 'Pacific/Honolulu' },
  ],
  ['UTC', '2026-11-24T08:00:00Z', '2026-11-24T10:00:00Z', 60, { timeZone: 'UTC' }],
  ['a day of one minute', '2026-11-24T00:00:00+01:00', '2026-11-25T00:00:00+01:00', 1, hours('12:00', '12:01')],
  [
    'one day a week',
    '2026-11-01T00:00:00+01:00',
    '2026-12-01T00:00:00+01:00',
    4 * 540,
    hours('09:00', '18:00', ['tue']),
  ],
  ['nobody ever works', '2026-11-01T00:00:00+01:00', '2026-12-01T00:00:00+01:00', 0, hours('09:00', '18:00', [])],
  ['the month of November', '2026-11-01T00:00:00+01:00', '2026-12-01T00:00:00+01:00', 21 * 540],
  [
    'the month of December, with one day off and two short ones',
    '2026-12-01T00:00:00+01:00',
    '2027-01-01T00:00:00+01:00',
    20 * 540 + 180 + 240,
  ],
  ['the whole of 2026', '2026-01-01T00:00:00+01:00', '2027-01-01T00:00:00+01:00', 258 * 540 + 180 + 240],
  ['a leap day', '2028-02-29T00:00:00+01:00', '2028-03-01T00:00:00+01:00', 540],
];

const early: Schedule = { ...berlin, ...hours('07:00', '15:00') };
const tokyo: Schedule = { ...berlin, timeZone: 'Asia/Tokyo' };
/** Wednesday is the first day of another schedule. */
const since = (schedule: Schedule): Timetable => [
  { since: new Date('2026-01-01T00:00:00Z'), schedule: berlin },
  { since: inForceFrom(new Date('2026-11-24T13:00:00+01:00'), schedule), schedule },
];
const changing: [title: string, from: string, to: string, minutes: number, to2: Schedule][] = [
  [
    'leaves the day on which it is made as it was',
    '2026-11-24T09:00:00+01:00',
    '2026-11-24T18:00:00+01:00',
    540,
    early,
  ],
  ['counts from the day after', '2026-11-25T00:00:00+01:00', '2026-11-26T00:00:00+01:00', 480, early],
  ['is counted on both sides of a night', '2026-11-24T17:00:00+01:00', '2026-11-25T08:00:00+01:00', 120, early],
  [
    'takes nothing from the days before',
    '2026-11-20T09:00:00+01:00',
    '2026-11-25T15:00:00+01:00',
    3 * 540 + 480,
    early,
  ],
  [
    'of the zone counts from midnight there',
    '2026-11-24T09:00:00+01:00',
    '2026-11-25T10:00:00+01:00',
    420 + 540,
    tokyo,
  ],
];

describe('working time', () => {
  // Rows of four and of five: a fifth parameter of its own would be taken for a callback.
  it.each(cases)('of %s', (...[_title, from, to, minutes, differs]) => {
    const schedule = { ...berlin, ...differs };
    expect(workingMs(new Date(from), new Date(to), [{ since: new Date(0), schedule }])).toBe(minutes * 60_000);
  });

  it.each(changing)('a change of schedule %s', (_title, from, to, minutes, schedule) => {
    expect(workingMs(new Date(from), new Date(to), since(schedule))).toBe(minutes * 60_000);
  });

  it('is what counting every minute on the clock on the wall comes to', () => {
    const random = seeded(20261129);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const scheduleOf = (): Schedule => ({
      timeZone: pick([
        'Europe/Berlin',
        'America/New_York',
        'Australia/Lord_Howe',
        'Asia/Kolkata',
        'Pacific/Auckland',
        'America/Sao_Paulo',
        'UTC',
      ]),
      workingHours: {
        days: everyDay.filter(() => random() < 0.7),
        // Edges within the hours that a clock may skip or have twice are held by the table.
        from: pick(['00:00', '00:30', '06:00', '08:15', '09:00']),
        to: pick(['12:00', '17:45', '18:00', '23:59']),
      },
      holidays: [pick(['2026-03-27', '2026-10-27']), { day: pick(['2026-03-30', '2026-10-23']), to: '12:30' }],
    });
    for (let round = 0; round < 25; round += 1) {
      const base = Date.parse(
        pick(['2026-03-06T00:00:00Z', '2026-03-26T00:00:00Z', '2026-10-02T00:00:00Z', '2026-10-22T00:00:00Z']),
      );
      const from = new Date(base + Math.floor(random() * 2_000) * 60_000);
      const to = new Date(from.getTime() + Math.floor(random() * 6_000) * 60_000);
      const timetable: Timetable = [
        { since: new Date(0), schedule: scheduleOf() },
        { since: new Date(from.getTime() + Math.floor(random() * 6_000) * 60_000), schedule: scheduleOf() },
      ];
      expect({ round, ms: workingMs(from, to, timetable) }).toEqual({ round, ms: countedMs(from, to, timetable) });
    }
  });
});

/** Slow and plain: asks of each minute what the clock on the wall says, and whether somebody works then. */
function countedMs(from: Date, to: Date, timetable: Timetable): number {
  let minutes = 0;
  for (let at = from.getTime(); at < to.getTime(); at += 60_000) {
    const held = timetable.filter(({ since: begins }) => begins.getTime() <= at).at(-1) ?? timetable[0];
    if (isWorked(at, held.schedule)) minutes += 1;
  }
  return minutes * 60_000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function isWorked(at: number, { timeZone, workingHours, holidays }: Schedule): boolean {
  const formatter =
    formatters.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formatters.set(timeZone, formatter);
  const parts = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  const time = `${parts.hour}:${parts.minute}`;
  if (!workingHours.days.some((each) => parts.weekday?.toLowerCase().startsWith(each))) return false;
  const holiday = holidays.find((each) => (typeof each === 'string' ? each : each.day) === day);
  if (typeof holiday === 'string') return false;
  const begins = [workingHours.from, holiday?.from ?? ''].sort().at(-1) ?? '';
  const ends = [workingHours.to, holiday?.to ?? '99:99'].sort()[0] ?? '';
  return time >= begins && time < ends;
}
