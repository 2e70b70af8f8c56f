import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { addMonths } from 'date-fns/addMonths';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { format } from 'date-fns/format';
import { getISODay } from 'date-fns/getISODay';
import { getISOWeek } from 'date-fns/getISOWeek';
import { getISOWeekYear } from 'date-fns/getISOWeekYear';
import { startOfISOWeek } from 'date-fns/startOfISOWeek';
import { startOfMonth } from 'date-fns/startOfMonth';
import { startOfQuarter } from 'date-fns/startOfQuarter';

/** How long what is counted lasts. */
export type Unit = 'week' | 'month' | 'quarter';

/** An ISO week, Monday 00:00 to the next Monday 00:00 (half open), in one time zone: 167, 168 or 169 hours. */
export interface Week {
  /** `2026-W47`. The year is that of the ISO week, not of the calendar. */
  name: string;
  from: Date;
  to: Date;
  timeZone: string;
  /** Its local days, Monday first: `2026-11-16`. */
  days: string[];
  /** `2026-W47 (16–22 Nov)` */
  label: string;
  /** What is not a week is a calendar month (`2026-11`) or quarter (`2026-Q4`), and has all else alike. */
  unit: Unit;
}

/** The week in which a moment lies. */
export function weekOf(at: Date, timeZone: string): Week {
  return weekFrom(mondayOf(dayOf(at, timeZone)), timeZone);
}

/** Of the week in which a local day lies. */
export const mondayOf = (day: string): string => laterDay(day, 1 - getISODay(noonOf(day)));

/** The zone is asked for nothing but its two ends: it is the slow part. */
function weekFrom(first: string, timeZone: string): Week {
  const [next, last] = [laterDay(first, 7), laterDay(first, 6)];
  const days = daysUpTo(last, 7);
  const name = weekNameOf(first);
  const sameMonth = first.slice(0, 7) === last.slice(0, 7);
  return {
    name,
    from: startOfDay(first, timeZone),
    to: startOfDay(next, timeZone),
    timeZone,
    days,
    label: `${name} (${format(noonOf(first), sameMonth ? 'd' : 'd MMM')}–${format(noonOf(last), 'd MMM')})`,
    unit: 'week',
  };
}

/** A local day so many days after another one, or before where `days` is below 0. */
const laterDay = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The week in which a local day lies: `2026-W47`. */
export function weekNameOf(day: string): string {
  const noon = noonOf(day);
  return `${getISOWeekYear(noon)}-W${String(getISOWeek(noon)).padStart(2, '0')}`;
}

/** Of a calendar, not of a zone: noon is there on every day, wherever this runs. */
function noonOf(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date, 12);
}

/** The week, calendar month or calendar quarter in which a moment lies. */
export function spanOf(unit: Unit, at: Date, timeZone: string): Week {
  if (unit === 'week') return weekOf(at, timeZone);
  const here = new TZDate(at, timeZone);
  const first = unit === 'month' ? startOfMonth(here) : startOfQuarter(here);
  const end = addMonths(first, unit === 'month' ? 1 : 3);
  const last = addDays(end, -1);
  const month = format(first, 'yyyy-MM');
  const name = unit === 'month' ? month : `${format(first, 'yyyy')}-Q${format(first, 'Q')}`;
  return {
    name,
    from: new Date(first.getTime()),
    to: new Date(end.getTime()),
    timeZone,
    days: daysUpTo(format(last, 'yyyy-MM-dd'), differenceInCalendarDays(end, first)),
    label:
      unit === 'month' ? format(first, 'MMMM yyyy') : `${name} (${format(first, 'MMM')}–${format(last, 'MMM yyyy')})`,
    unit,
  };
}

/** What there is of it by then, where it is not over: up to that moment, the day under way included. */
export function upToNow(week: Week, now: Date): Week {
  if (now >= week.to || now < week.from) return week;
  const today = dayOf(now, week.timeZone);
  return { ...week, to: now, days: week.days.filter((day) => day <= today), label: `${week.label}, so far` };
}

/** The first local day that is no longer in it. */
export function dayAfter({ days, from, timeZone }: Pick<Week, 'days' | 'from' | 'timeZone'>): string {
  const last = days.at(-1) ?? dayOf(from, timeZone);
  return laterDay(last, 1);
}

/** A month or quarter by its name: `2026-11`, `2026-Q4`. @returns undefined for what is none */
export function spanNamed(name: string, timeZone: string): Week | undefined {
  const read = /^(\d{4})-(?:(\d{2})|Q([1-4]))$/.exec(name);
  if (!read) return weekNamed(name, timeZone);
  const unit = read[2] === undefined ? 'quarter' : 'month';
  const month = read[2] === undefined ? Number(read[3]) * 3 - 2 : Number(read[2]);
  const span = spanOf(unit, new Date(new TZDate(Number(read[1]), month - 1, 2, 12, timeZone).getTime()), timeZone);
  return span.name === name ? span : undefined;
}

/** @returns undefined for what is no week: another form, or a week 53 of a year that has none */
export function weekNamed(name: string, timeZone: string): Week | undefined {
  const read = /^(\d{4})-W(\d{2})$/.exec(name);
  if (!read) return undefined;
  // 4 January lies in week 1 of its year.
  const first = startOfISOWeek(new TZDate(Number(read[1]), 0, 4, 12, timeZone));
  const week = weekOf(new Date(addDays(first, (Number(read[2]) - 1) * 7 + 2).getTime()), timeZone);
  return week.name === name ? week : undefined;
}

/** So many weeks later, or earlier where `weeks` is below 0; of a month or quarter as many of these. */
export function weekAfter(week: Week, weeks: number): Week {
  if (week.unit !== 'week') {
    const months = weeks * (week.unit === 'month' ? 1 : 3);
    const at = addMonths(new TZDate(week.from, week.timeZone), months);
    return spanOf(week.unit, new Date(addDays(at, 1).getTime()), week.timeZone);
  }
  return weekFrom(laterDay(week.days[0] ?? dayOf(week.from, week.timeZone), weeks * 7), week.timeZone);
}

/** Local day of a moment: `2026-11-16`. */
export const dayOf = (at: Date, timeZone: string): string => format(new TZDate(at, timeZone), 'yyyy-MM-dd');

/** When a local day begins. */
export function startOfDay(day: string, timeZone: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(new TZDate(year, month - 1, date, timeZone).getTime());
}

/** The local days up to `last`, that one included, oldest first. */
export function daysUpTo(last: string, count: number): string[] {
  const [year = 0, month = 1, date = 1] = last.split('-').map(Number);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(year, month - 1, date - count + 1 + index)).toISOString().slice(0, 10),
  );
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Those of the local days on which people work. `daysOff`: `2026-12-25`. */
export function workingDays(
  days: readonly string[],
  { weekdays: worked, daysOff }: { weekdays: readonly string[]; daysOff: readonly string[] },
): string[] {
  return days.filter((day) => {
    const weekday = weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()];
    return weekday !== undefined && worked.includes(weekday) && !daysOff.includes(day);
  });
}
