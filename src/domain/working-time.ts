import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import type { Settings, Weekday } from './settings';

type Schedule = Pick<Settings['workspace'], 'timeZone' | 'workingHours' | 'holidays'>;

const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** A schedule of holidays alone would have no next working moment. */
const daysAhead = 400;

/**
 * The moment itself when people work then, else when they next begin to. Wall time of the schedule's zone, so that it holds over
 * changes of the clock; half open: at `to` sharp they have gone.
 *
 * @returns the moment itself also when nobody works within the next 400 days. Never throws.
 */
export function nextWorkingMoment(at: Date, { timeZone, workingHours, holidays }: Schedule): Date {
  const today = new TZDate(at, timeZone);
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const day = addDays(today, ahead);
    const weekday = weekdays[day.getDay()];
    if (!weekday || !workingHours.days.includes(weekday) || holidays.includes(format(day, 'yyyy-MM-dd'))) continue;
    if (at >= atWallTime(day, workingHours.to)) continue;
    return new Date(Math.max(at.getTime(), atWallTime(day, workingHours.from).getTime()));
  }
  return at;
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
    const begins = nextWorkingMoment(from, schedule);
    const ends = atWallTime(new TZDate(begins, schedule.timeZone), schedule.workingHours.to);
    const roomMs = ends.getTime() - begins.getTime();
    if (roomMs <= 0) break;
    if (leftMs <= roomMs) return new Date(begins.getTime() + leftMs);
    leftMs -= roomMs;
    from = ends;
  }
  return new Date(at.getTime() + ms);
}
