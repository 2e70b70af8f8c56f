import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import type { Settings, Weekday } from './settings';

export type Schedule = Pick<Settings['workspace'], 'timeZone' | 'workingHours' | 'holidays'>;

/** Which schedule is in force since when, rising; the first one counts for the time before it as well. Never empty. */
export type Timetable = readonly [Held, ...Held[]];
interface Held {
  since: Date;
  schedule: Schedule;
}

const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** A schedule of holidays alone would have no next working moment. */
const daysAhead = 400;

/**
 * The moment itself when people work then, else when they next begin to. Wall time of the schedule's zone, so that it holds over
 * changes of the clock; half open: at `to` sharp they have gone.
 *
 * @returns the moment itself also when nobody works within the next 400 days. Never throws.
 */
export function nextWorkingMoment(at: Date, schedule: Schedule): Date {
  return nextShift(at, schedule)?.from ?? at;
}

/** Do people work at that moment? */
export function isWorking(at: Date, schedule: Schedule): boolean {
  return nextShift(at, schedule)?.from.getTime() === at.getTime();
}

/** Do people work at some time of the day, of the schedule's zone, in which this moment lies? */
export function isWorkingDay(at: Date, schedule: Schedule): boolean {
  return shiftOn(noonOf(at, schedule), schedule) !== undefined;
}

/** What is left of the shift under way at that moment, else the next one. */
function nextShift(at: Date, schedule: Schedule): { from: Date; to: Date } | undefined {
  const today = noonOf(at, schedule);
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const shift = shiftOn(addDays(today, ahead), schedule);
    if (shift && at < shift.to) return { from: new Date(Math.max(at.getTime(), shift.from.getTime())), to: shift.to };
  }
  return undefined;
}

/** From when to when people work on that day of the schedule's zone; nothing on a day off. */
function shiftOn(day: TZDate, { workingHours, holidays }: Schedule): { from: Date; to: Date } | undefined {
  const weekday = weekdays[day.getDay()];
  if (!weekday || !workingHours.days.includes(weekday)) return undefined;
  const date = format(day, 'yyyy-MM-dd');
  const holiday = holidays.find((each) => (typeof each === 'string' ? each : each.day) === date);
  if (typeof holiday === 'string') return undefined;
  const from = atWallTime(day, later(workingHours.from, holiday?.from));
  const to = atWallTime(day, earlier(workingHours.to, holiday?.to));
  return from < to ? { from, to } : undefined;
}

const later = (time: string, other = time): string => (other > time ? other : time);
const earlier = (time: string, other = time): string => (other < time ? other : time);

/** The same day at noon: no zone changes its clock then, so days can be counted from it. */
function noonOf(at: Date, { timeZone }: Schedule): TZDate {
  const day = new TZDate(at, timeZone);
  return new TZDate(day.getFullYear(), day.getMonth(), day.getDate(), 12, timeZone);
}

/**
 * How much of the time from `from` to before `to` people worked, each day by the schedule in force then. 0 where `to` is not later.
 *
 * @returns milliseconds. Never throws.
 */
export function workingMs(from: Date, to: Date, timetable: Timetable): number {
  let sumMs = 0;
  for (const [index, { since, schedule }] of timetable.entries()) {
    const next = timetable[index + 1]?.since;
    const begins = index === 0 || since < from ? from : since;
    const ends = next && next < to ? next : to;
    if (begins < ends) sumMs += workedMs(begins, ends, schedule);
  }
  return sumMs;
}

function workedMs(from: Date, to: Date, schedule: Schedule): number {
  let sumMs = 0;
  for (let day = noonOf(from, schedule); ; day = addDays(day, 1)) {
    const shift = shiftOn(day, schedule);
    if (shift) sumMs += Math.max(0, Math.min(+to, +shift.to) - Math.max(+from, +shift.from));
    if (day.getTime() - halfDayMs > to.getTime()) return sumMs;
  }
}

/** Longer than the half of any day. */
const halfDayMs = 13 * 3_600_000;

/** A schedule that is taken in force during a day counts from the day after: no day has two. */
export function inForceFrom(at: Date, schedule: Schedule): Date {
  const day = addDays(noonOf(at, schedule), 1);
  return atWallTime(day, '00:00');
}

/** That day's `HH:mm` as an instant; a time that the clock skips is the one as long after the jump. */
export function atWallTime(day: TZDate, time: string): Date {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const zone = day.timeZone ?? 'UTC';
  return new Date(new TZDate(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes, zone).getTime());
}

/**
 * When so much working time has passed. Wall time of the schedule's zone, as above.
 *
 * @param ms of working time, above 0
 * @returns the moment as if people always worked, where nobody works within the next 400 days. Never throws.
 */
export function afterWorkingTime(at: Date, ms: number, schedule: Schedule): Date {
  let from = at;
  let leftMs = ms;
  for (let day = 0; day <= daysAhead; day += 1) {
    const shift = nextShift(from, schedule);
    if (!shift) break;
    const roomMs = shift.to.getTime() - shift.from.getTime();
    if (leftMs <= roomMs) return new Date(shift.from.getTime() + leftMs);
    leftMs -= roomMs;
    from = shift.to;
  }
  return new Date(at.getTime() + ms);
}
