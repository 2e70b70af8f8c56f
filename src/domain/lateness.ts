import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import { runsOnDay } from './cron-days';
import { quantile } from './quantile';
import { atWallTime } from './working-time';

/** A run that went well. */
export interface GoodRun {
  startedAt: Date;
  endedAt: Date;
  /** Empty = none. */
  partition: string;
}

/** What is known of a pipeline when it is looked at. */
export interface Watched {
  /** Of its deadline and its days. */
  timeZone: string;
  /** `HH:mm`. Left out = only its habit is held against it. */
  deadline?: string;
  schedule?: string;
  good: GoodRun[];
  running?: { startedAt: Date };
  /** Before that we would not know of a success. */
  watchedSince: Date;
  /** Up to when successes have come to our knowledge: of a connection that is polled, the last poll. */
  knownUntil: Date;
}

export interface Late {
  /** The local day whose run is missing, `yyyy-MM-dd`. */
  day: string;
  partition?: string;
  /** What is late, since when, and when it will probably be ready. */
  say: string;
}

/** Days with a success from which a habit is learned. */
export const daysForHabit = 8;
/** A habit is one when so many of the starts are within so long of the usual one. */
const habitShare = 0.8;
const habitWithinMs = 2 * 3_600_000;
/** Without a deadline, p95 is passed every twentieth day by definition: it is told only well after. */
const leastMarginMs = 15 * 60_000;
const dayMs = 24 * 3_600_000;
/** While news of the time before are awaited. */
const lookSoonMs = 10_000;

interface Habit {
  /** Days with a success. */
  n: number;
  startsAt: string;
  /** After the usual start, in ms. */
  medianMs: number;
  p95Ms: number;
}

/**
 * Is it late by now? By its deadline, else by its own habit: the usual start (the median of the wall time) and the p95 of the end
 * after it. A day on which it does not usually run, or its schedule says that it does not, has no deadline.
 *
 * @returns `nextAt`: when a look is worth while again at the latest because something falls due; left out = nothing does
 */
export function judgeLateness(watched: Watched, now: Date): { late?: Late; nextAt?: Date } {
  const { timeZone, deadline, knownUntil } = watched;
  // Most of what is watched: nothing was set, and nothing can have been learned.
  if (deadline === undefined && watched.good.length < daysForHabit) return {};
  const partitionLag = lagOfPartitions(watched.good, timeZone);
  // Its partitions follow no rule that we see: which one is missing cannot be told, so its end could not be either.
  if (partitionLag === 'unknown') return {};
  const habit = habitOf(watched.good, timeZone);
  const today = new TZDate(now, timeZone);
  let nextAt: Date | undefined;
  // What starts before midnight may be due after it.
  for (const ahead of [1, 0, -1]) {
    const day = addDays(today, ahead);
    const due = dueOf(day, deadline, habit);
    if (!due || !isExpectedOn(day, watched)) continue;
    if (due.at > now) {
      nextAt = due.at;
      continue;
    }
    const isOfToday = format(new TZDate(due.at, timeZone), 'yyyy-MM-dd') === format(today, 'yyyy-MM-dd');
    if (!isOfToday || due.since < watched.watchedSince) continue;
    const partition = partitionLag === undefined ? undefined : format(addDays(day, -partitionLag), 'yyyy-MM-dd');
    const isDone = watched.good.some((run) =>
      partition === undefined ? run.endedAt > due.since : run.partition === partition,
    );
    if (isDone) continue;
    if (knownUntil < due.at) return { nextAt: new Date(now.getTime() + lookSoonMs) };
    const say = sayLate(watched, due.at, habit, now);
    return { nextAt, late: { day: format(day, 'yyyy-MM-dd'), ...(partition === undefined ? {} : { partition }), say } };
  }
  return nextAt ? { nextAt } : {};
}

/** When the run of that day is due, and after when a success must have come. */
function dueOf(
  day: TZDate,
  deadline: string | undefined,
  habit: Habit | undefined,
): { at: Date; since: Date } | undefined {
  if (deadline !== undefined) return { at: atWallTime(day, deadline), since: atWallTime(addDays(day, -1), deadline) };
  if (!habit) return undefined;
  const start = atWallTime(day, habit.startsAt).getTime();
  const marginMs = Math.max(leastMarginMs, habit.p95Ms - habit.medianMs);
  // Half a day before it usually starts, yesterday's is over.
  return { at: new Date(start + habit.p95Ms + marginMs), since: new Date(start - 12 * 3_600_000) };
}

function habitOf(good: GoodRun[], timeZone: string): Habit | undefined {
  const firsts = firstOfEachDay(good, timeZone);
  if (firsts.length < daysForHabit) return undefined;
  const startsAt = quantile(
    firsts.map(({ startedAt }) => minuteOf(startedAt, timeZone)),
    0.5,
  );
  if (startsAt === undefined) return undefined;
  const usual = `${String(Math.floor(startsAt / 60)).padStart(2, '0')}:${String(startsAt % 60).padStart(2, '0')}`;
  const usualStart = (run: GoodRun) => atWallTime(new TZDate(run.startedAt, timeZone), usual).getTime();
  const near = firsts.filter((run) => Math.abs(run.startedAt.getTime() - usualStart(run)) <= habitWithinMs);
  if (near.length < habitShare * firsts.length) return undefined;
  const offsets = near.map((run) => run.endedAt.getTime() - usualStart(run));
  const medianMs = quantile(offsets, 0.5) ?? 0;
  return { n: near.length, startsAt: usual, medianMs, p95Ms: quantile(offsets, 0.95) ?? medianMs };
}

function firstOfEachDay(good: GoodRun[], timeZone: string): GoodRun[] {
  const days = new Map<string, GoodRun>();
  for (const run of good) {
    const day = dayOf(run.startedAt, timeZone);
    const known = days.get(day);
    if (!known || run.endedAt < known.endedAt) days.set(day, run);
  }
  return [...days.values()];
}

const dayOf = (at: Date, timeZone: string): string => format(new TZDate(at, timeZone), 'yyyy-MM-dd');

function minuteOf(at: Date, timeZone: string): number {
  const local = new TZDate(at, timeZone);
  return local.getHours() * 60 + local.getMinutes();
}

/** By its schedule; where that is not known, by whether it ran on this weekday lately; before there was a week of it, yes. */
export function isExpectedOn(
  day: TZDate,
  { schedule, good, timeZone }: Pick<Watched, 'schedule' | 'good' | 'timeZone'>,
): boolean {
  const when = { dayOfMonth: day.getDate(), month: day.getMonth() + 1, weekday: day.getDay() };
  const scheduled = schedule === undefined ? undefined : runsOnDay(schedule, when);
  if (scheduled !== undefined) return scheduled;
  const days = new Set(good.map(({ startedAt }) => dayOf(startedAt, timeZone)));
  const isKnownForAWeek = [...days].some((known) => known <= format(addDays(day, -7), 'yyyy-MM-dd'));
  return !isKnownForAWeek || [7, 14].some((ago) => days.has(format(addDays(day, -ago), 'yyyy-MM-dd')));
}

/** How many days the date in the partition lies before the day of the run; undefined = there are no partitions. */
export function lagOfPartitions(good: GoodRun[], timeZone: string): number | undefined | 'unknown' {
  const partitions = good.filter(({ partition }) => partition !== '');
  if (partitions.length === 0) return undefined;
  const lags = firstOfEachDay(partitions, timeZone).map(({ partition, startedAt }) => {
    // Both are days of a calendar: no zone is between them.
    const isDate = /^\d{4}-\d{2}-\d{2}$/.test(partition);
    return isDate ? (Date.parse(dayOf(startedAt, timeZone)) - Date.parse(partition)) / dayMs : undefined;
  });
  const [newest] = lags;
  const isRule = newest !== undefined && lags.filter((lag) => lag === newest).length >= habitShare * lags.length;
  return isRule && partitions.length === good.length ? newest : 'unknown';
}

function sayLate(watched: Watched, dueAt: Date, habit: Habit | undefined, now: Date): string {
  const { timeZone, good, running } = watched;
  const time = (at: Date | number) => format(new TZDate(+at, timeZone), 'HH:mm');
  const parts = [`not finished by ${time(dueAt)}`];
  const today = new TZDate(dueAt, timeZone);
  if (habit) {
    const start = atWallTime(today, habit.startsAt).getTime();
    parts.push(`usually ready ${time(start + habit.medianMs)} (p95 ${time(start + habit.p95Ms)}, n ${habit.n})`);
  }
  const durations = good
    .map(({ startedAt, endedAt }) => endedAt.getTime() - startedAt.getTime())
    .filter((ms) => ms > 0);
  const takesMs = quantile(durations, 0.5);
  if (running) {
    const readyAt = takesMs === undefined ? undefined : running.startedAt.getTime() + takesMs;
    const estimate =
      readyAt === undefined
        ? ''
        : readyAt > now.getTime()
          ? `, probably ready about ${time(readyAt)}`
          : ', longer than usual already';
    parts.push(`running since ${time(running.startedAt)}${estimate}`);
  } else {
    parts.push(takesMs === undefined ? 'not running now' : `not running now, takes about ${minutesOf(takesMs)} min`);
  }
  return `${parts.join('; ')}. Times in ${timeZone}`;
}

const minutesOf = (ms: number): number => Math.max(1, Math.round(ms / 60_000));
