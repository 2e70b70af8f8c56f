import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import { runsOnDay, timesOfDay } from './cron-days';
import { dayOf as dayIn } from './day-words';

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
  const { from, to, timeZone, lagDays = 0 } = question;
  if (!isDay(from) || !isDay(to)) return { why: 'Please write days such as 2026-11-25.' };
  if (from > to) return { why: `${from} comes after ${to}. Please swap them.` };
  if ((Date.parse(to) - Date.parse(from)) / 86_400_000 > partitionsMax)
    return { why: 'That is too long a time. Please choose a shorter one, and do it in parts.' };
  const schedule = question.schedule === undefined ? undefined : (macros[question.schedule] ?? question.schedule);
  const times = schedule === undefined ? undefined : timesOfDay(schedule);
  const form = formOf(question.example, times?.length ?? 1);
  if (!form)
    return { why: `I do not know partitions of the form ${question.example}. Please name the partitions one by one.` };

  const found = new Set<string>();
  for (let day = atStart(from, timeZone); dayOf(day) <= to; day = addDays(day, 1)) {
    if (!isScheduled(addDays(day, lagDays), schedule)) continue;
    for (const instant of form.ofDay || !times ? [+day] : instantsOf(day, times))
      found.add(format(new TZDate(instant, form.utc ? 'UTC' : timeZone), form.pattern));
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
  const at = { yyyy: [0, 4], MM: [4, 6], dd: [6, 8], HH: [8, 10], mm: [10, 12], ss: [12, 14] } as const;
  return to.pattern
    .replace(/yyyy|MM|dd|HH|mm|ss/g, (token) => digits.slice(...at[token as keyof typeof at]) || '00')
    .replaceAll("'", '');
}

/** The day that it is at a place, as partitions are asked for: `yyyy-MM-dd`. */
export function todayIn(timeZone: string, now: Date): string {
  return dayOf(new TZDate(now, timeZone));
}

function formOf(example: string | undefined, timesADay: number): Form | undefined {
  if (example !== undefined) return forms.find(({ like }) => like.test(example));
  return timesADay > 1 ? { pattern: "yyyy-MM-dd'T'HH:mm" } : { pattern: 'yyyy-MM-dd', ofDay: true };
}

function isScheduled(day: TZDate, schedule: string | undefined): boolean {
  if (schedule === undefined) return true;
  const on = { dayOfMonth: day.getDate(), month: day.getMonth() + 1, weekday: day.getDay() };
  return runsOnDay(schedule, on) ?? true;
}

/** The instants at which the clock shows these times on that day; each is none, one or two. In ms. */
function instantsOf(day: TZDate, times: readonly { hour: number; minute: number }[]): number[] {
  const zone = day.timeZone ?? 'UTC';
  const at = (hour: number, minute: number) =>
    new TZDate(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute, zone);
  const midnight = at(0, 0);
  const afterMidnight = ({ hour, minute }: { hour: number; minute: number }) =>
    +midnight + (hour * 60 + minute) * 60_000;
  if (midnight.getTimezoneOffset() === at(24, 0).getTimezoneOffset()) return times.map(afterMidnight);
  return times.flatMap(({ hour, minute }) => {
    const first = at(hour, minute);
    const shows = (other: TZDate) =>
      other.getHours() === hour && other.getMinutes() === minute && dayOf(other) === dayOf(day);
    return [-3_600_000, 0, 3_600_000]
      .map((ms) => new TZDate(+first + ms, zone))
      .filter(shows)
      .map(Number);
  });
}

function atStart(day: string, timeZone: string): TZDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  // Noon, so that no change of the clock makes it another day.
  return new TZDate(year, month - 1, date, 12, timeZone);
}

const dayOf = (at: TZDate): string => format(at, 'yyyy-MM-dd');

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && format(new TZDate(`${text}T12:00:00Z`, 'UTC'), 'yyyy-MM-dd') === text;
}
