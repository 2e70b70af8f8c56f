const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Does a cron schedule of five fields run on this day? As cron has it: where both days are limited, either is enough.
 *
 * @returns undefined for what is not such a schedule
 */
export function runsOnDay(
  schedule: string,
  day: { dayOfMonth: number; month: number; weekday: number },
): boolean | undefined {
  const fields = schedule.trim().toLowerCase().split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [, , ofMonth = '', months = '', ofWeek = ''] = fields;
  const inMonth = holds(months, day.month, 1, 12, monthNames);
  const onDate = holds(ofMonth, day.dayOfMonth, 1, 31, []);
  // Sunday is 0 and 7.
  const onWeekday = either(
    holds(ofWeek, day.weekday, 0, 7, dayNames),
    day.weekday === 0 ? holds(ofWeek, 7, 0, 7, dayNames) : false,
  );
  if (inMonth === undefined || onDate === undefined || onWeekday === undefined) return undefined;
  const areBothLimited = !isAny(ofMonth) && !isAny(ofWeek);
  return inMonth && (areBothLimited ? onDate || onWeekday : onDate && onWeekday);
}

/**
 * The times of day at which a cron schedule of five fields runs, on a day on which it does.
 *
 * @returns undefined for what is not such a schedule
 */
export function timesOfDay(schedule: string): { hour: number; minute: number }[] | undefined {
  const fields = schedule.trim().toLowerCase().split(/\s+/);
  const [minutes = '', hours = ''] = fields;
  if (fields.length !== 5) return undefined;
  const atHours = valuesOf(hours, 0, 23);
  const atMinutes = valuesOf(minutes, 0, 59);
  if (!atHours || !atMinutes) return undefined;
  return atHours.flatMap((hour) => atMinutes.map((minute) => ({ hour, minute })));
}

function valuesOf(field: string, min: number, max: number): number[] | undefined {
  const all = Array.from({ length: max - min + 1 }, (_, nth) => min + nth);
  if (holds(field, min, min, max, []) === undefined) return undefined;
  return all.filter((value) => holds(field, value, min, max, []));
}

const isAny = (field: string): boolean => field === '*' || field === '?';

const either = (a: boolean | undefined, b: boolean | undefined): boolean | undefined =>
  a === undefined || b === undefined ? undefined : a || b;

/** @param names of the values from `min` on */
function holds(field: string, value: number, min: number, max: number, names: string[]): boolean | undefined {
  let isHeld = false;
  for (const part of field.split(',')) {
    const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from, to] = isAny(range) ? [min, max] : range.split('-').map((end) => numberOf(end, min, names));
    const last = to ?? (part.includes('/') ? max : from);
    if (from === undefined || last === undefined || Number.isNaN(from + last) || Number(step) < 1) return undefined;
    if (value >= from && value <= last && (value - from) % Number(step) === 0) isHeld = true;
  }
  return isHeld;
}

function numberOf(word: string, min: number, names: string[]): number {
  const index = names.indexOf(word);
  if (index >= 0) return index + min;
  return /^\d+$/.test(word) ? Number(word) : Number.NaN;
}
