import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import { getISOWeek } from 'date-fns/getISOWeek';
import { getISOWeekYear } from 'date-fns/getISOWeekYear';
import { startOfISOWeek } from 'date-fns/startOfISOWeek';

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
}

/** The week in which a moment lies. */
export function weekOf(at: Date, timeZone: string): Week {
  const monday = startOfISOWeek(new TZDate(at, timeZone));
  const days = Array.from({ length: 7 }, (_, index) => addDays(monday, index));
  const sunday = days[6] ?? monday;
  const name = `${getISOWeekYear(monday)}-W${String(getISOWeek(monday)).padStart(2, '0')}`;
  const sameMonth = format(monday, 'MMM') === format(sunday, 'MMM');
  return {
    name,
    from: new Date(monday.getTime()),
    to: new Date(addDays(monday, 7).getTime()),
    timeZone,
    days: days.map((day) => format(day, 'yyyy-MM-dd')),
    label: `${name} (${format(monday, sameMonth ? 'd' : 'd MMM')}–${format(sunday, 'd MMM')})`,
  };
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

/** So many weeks later, or earlier where `weeks` is below 0. */
export function weekAfter(week: Week, weeks: number): Week {
  return weekOf(new Date(addDays(new TZDate(week.from, week.timeZone), weeks * 7 + 2).getTime()), week.timeZone);
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
