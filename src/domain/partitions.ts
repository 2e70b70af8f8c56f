import { TZDate, tzOffset } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { runsOnDay, timesOfDay } from './cron-days';
import { dayOf as dayIn } from './day-words';
import { isCalendarDay } from './settings-terms';

/** So many a plan can hold. */
export const partitionsMax = 10_000;

export interface PartitionQuestion {
  /** `yyyy-MM-dd`, both included: the days that the partitions are of, not those on which their runs start. */
  from: string;
  to: string;
  /** A cron schedule of five fields, or `@daily` and the like. Left out, or not understood: one a day. */
  schedule?: string;
  timeZone: string;
  /** A partition of this pipeline as it is written, for the form. */
  example?: string;
  /** How many days after the day of its partition a run starts. Default 0. */
  lagDays?: number;
  order?: 'oldest-first' | 'newest-first';
}

const macros: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

/** How partitions are written; `utc`: as of UTC, `ofDay`: they say no time. */
interface Form {
  pattern: string;
  utc?: boolean;
  ofDay?: boolean;
}

const forms: readonly (Form & { like: RegExp })[] = [
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, pattern: "yyyy-MM-dd'T'HH:mm:ss'Z'", utc: true },
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/, pattern: "yyyy-MM-dd'T'HH:mm:ssxxx" },
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/, pattern: "yyyy-MM-dd'T'HH:mm'Z'", utc: true },
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}Z$/, pattern: "yyyy-MM-dd'T'HH'Z'", utc: true },
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/, pattern: "yyyy-MM-dd'T'HH:mm:ss" },
  { like: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, pattern: 'yyyy-MM-dd HH:mm:ss' },
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, pattern: "yyyy-MM-dd'T'HH:mm" },
  { like: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/, pattern: 'yyyy-MM-dd HH:mm' },
  { like: /^\d{4}-\d{2}-\d{2}T\d{2}$/, pattern: "yyyy-MM-dd'T'HH" },
  { like: /^\d{4}-\d{2}-\d{2} \d{2}$/, pattern: 'yyyy-MM-dd HH' },
  { like: /^\d{4}-\d{2}-\d{2}-\d{2}$/, pattern: 'yyyy-MM-dd-HH' },
  { like: /^\d{10}$/, pattern: 'yyyyMMddHH' },
  { like: /^\d{4}-\d{2}-\d{2}$/, pattern: 'yyyy-MM-dd', ofDay: true },
  { like: /^\d{8}$/, pattern: 'yyyyMMdd', ofDay: true },
  { like: /^\d{4}-\d{2}$/, pattern: 'yyyy-MM', ofDay: true },
];

/**
 * The partitions of a pipeline between two days, as its schedule makes them. Wall time counts: a time that the clock skips gives
 * none, one that it shows twice gives two only where the form tells them apart.
 *
 * @returns why not, for people, where that cannot be told
 */
export function partitionsBetween(question: PartitionQuestion): { partitions: string[] } | { why: string } {
  const { from, to, timeZone, example, lagDays = 0 } = question;
  if (!isCalendarDay(from) || !isCalendarDay(to)) return { why: 'Please write days such as 2026-11-25.' };
  if (from > to) return { why: `${from} comes after ${to}. Please swap them.` };
  const firstDay = Date.parse(from);
  const lastDay = Date.parse(to);
  if ((lastDay - firstDay) / dayMs > partitionsMax)
    return { why: 'That is too long a time. Please choose a shorter one, and do it in parts.' };
  const schedule = question.schedule === undefined ? undefined : (macros[question.schedule] ?? question.schedule);
  const times = schedule === undefined ? undefined : timesOfDay(schedule);
  const form = formOf(example, times?.length ?? 1);
  if (!form) return { why: `I do not know partitions of the form ${example}. Please name the partitions one by one.` };

  const written = form.ofDay || !times ? asDay(form, example) : asTimes(form, times, timeZone);
  const found = new Set<string>();
  for (let day = firstDay; day <= lastDay; day += dayMs) {
    if (!isScheduled(day + lagDays * dayMs, schedule)) continue;
    for (const partition of written(day)) found.add(partition);
    if (found.size > partitionsMax)
      return {
        why: `That is more than ${partitionsMax} partitions. Please choose a shorter time, and do it in parts.`,
      };
  }
  if (found.size === 0) return { why: `No run is scheduled between ${from} and ${to}.` };
  const partitions = [...found];
  return { partitions: question.order === 'newest-first' ? partitions.reverse() : partitions };
}

/** How many days a run starts after the day of its partition, where both tell it. */
export function lagOf(partition: string, startedAt: Date, timeZone: string): number | undefined {
  const day = dayIn(partition);
  if (day === undefined) return undefined;
  const started = dayOf(new TZDate(startedAt, timeZone));
  const days = Math.round((Date.parse(started) - Date.parse(day)) / 86_400_000);
  return days >= 0 && days <= 31 ? days : undefined;
}

/**
 * A partition as another pipeline writes it: an hour as its day where that one goes by the day.
 *
 * @param example of a partition of the other one
 * @returns undefined where that cannot be told
 */
export function asWritten(partition: string, example: string): string | undefined {
  const from = forms.find(({ like }) => like.test(partition));
  const to = forms.find(({ like }) => like.test(example));
  if (from === to) return partition;
  const isKnown = from && to && (to.ofDay || (!from.ofDay && from.utc === to.utc)) && !to.pattern.includes('xxx');
  const digits = partition.replace(/\D/g, '');
  if (!isKnown || digits.length < (to.pattern === 'yyyy-MM' ? 6 : 8)) return undefined;
  return fill(to, digits);
}

/** The day that it is at a place, as partitions are asked for: `yyyy-MM-dd`. */
export function todayIn(timeZone: string, now: Date): string {
  return dayOf(new TZDate(now, timeZone));
}

function formOf(example: string | undefined, timesADay: number): Form | undefined {
  if (example !== undefined) return forms.find(({ like }) => like.test(example));
  return timesADay > 1 ? { pattern: "yyyy-MM-dd'T'HH:mm" } : { pattern: 'yyyy-MM-dd', ofDay: true };
}

/** A day is its midnight as of UTC, in ms, wherever the pipeline is: days are counted, not measured. */
type Day = number;
const dayMs = 86_400_000;

function isScheduled(day: Day, schedule: string | undefined): boolean {
  if (schedule === undefined) return true;
  const date = new Date(day);
  const on = { dayOfMonth: date.getUTCDate(), month: date.getUTCMonth() + 1, weekday: date.getUTCDay() };
  return runsOnDay(schedule, on) ?? true;
}

/** One a day; where the form says a time as well, that of the example. */
function asDay(form: Form, example: string | undefined): (day: Day) => string[] {
  const time = form.ofDay ? '' : (example?.replace(/\D/g, '').slice(8) ?? '');
  const offset = form.pattern.includes('xxx') ? example?.slice(-6) : undefined;
  return (day) => [fill(form, digitsOf(day).slice(0, 8) + time, offset)];
}

/** Each time of day at which the clock shows it. */
function asTimes(
  form: Form,
  times: readonly { hour: number; minute: number }[],
  timeZone: string,
): (day: Day) => string[] {
  const known = new Map<Day, number>();
  const offsetOn = (day: Day): number => {
    const offset = known.get(day) ?? offsetAt(day, timeZone);
    known.set(day, offset);
    return offset;
  };
  return (day) => {
    const offsets = [...new Set([offsetOn(day - dayMs), offsetOn(day + 2 * dayMs)])].sort((a, b) => b - a);
    return times.flatMap(({ hour, minute }) => {
      const wall = day + (hour * 60 + minute) * 60_000;
      const shown = offsets.length === 1 ? offsets : offsets.filter((ms) => offsetAt(wall - ms, timeZone) === ms);
      return shown.map((ms) => fill(form, digitsOf(form.utc ? wall - ms : wall), sayOffset(ms)));
    });
  };
}

/** How much later the clock there shows than that of UTC, in ms. */
const offsetAt = (instant: number, timeZone: string): number => tzOffset(timeZone, new Date(instant)) * 60_000;

function sayOffset(ms: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(ms) / 3_600_000), (Math.abs(ms) / 60_000) % 60];
  return `${ms < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

const digitsOf = (instant: number): string => new Date(instant).toISOString().replace(/\D/g, '').slice(0, 14);

const places = { yyyy: [0, 4], MM: [4, 6], dd: [6, 8], HH: [8, 10], mm: [10, 12], ss: [12, 14] } as const;

/** @param digits of a time, from its year on; what is left out is 0 */
function fill({ pattern }: Form, digits: string, offset = ''): string {
  return pattern
    .replace(/yyyy|MM|dd|HH|mm|ss|xxx/g, (token) =>
      token === 'xxx' ? offset : digits.slice(...places[token as keyof typeof places]) || '00',
    )
    .replaceAll("'", '');
}

const dayOf = (at: TZDate): string => format(at, 'yyyy-MM-dd');
