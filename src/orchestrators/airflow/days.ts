import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { timesOfDay } from '../../domain/cron-days';
import { atWallTime } from '../../domain/working-time';
import type { Clock } from '../../lib/clock';
import type { Api } from './api';
import type { Dag, DagRun } from './schema';

const keptMs = 10 * 60_000;
const pipelinesKept = 5_000;

const macros = new Map([
  ['@daily', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@quarterly', '0 0 1 */3 *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

/** The run id of a run that we started for a day in Airflow 2, which has no backfill of its own. */
export const backfillPrefix = 'pitcrew_backfill__';

/** Its schedule as Airflow words it: a cron expression, a macro, or a time span such as `1 day, 0:00:00`. */
export function scheduleOf({ timetable_summary, schedule_interval }: Dag): string | undefined {
  if (timetable_summary) return timetable_summary;
  if (schedule_interval?.value) return schedule_interval.value;
  const { days = 0, seconds = 0 } = schedule_interval ?? {};
  return days + seconds > 0 ? `${days} day, ${new Date(seconds * 1_000).toISOString().slice(11, 19)}` : undefined;
}

/** The cron expression of a schedule; undefined for a time span, a timetable of their own, or none. */
export function cronOf(schedule: string | undefined): string | undefined {
  const cron = macros.get(schedule ?? '') ?? schedule;
  return cron !== undefined && timesOfDay(cron) ? cron : undefined;
}

/** Whether it runs once a day or more seldom, so that a day is a name for what a run is for. */
function isByDay(schedule: string | undefined): boolean {
  const times = timesOfDay(cronOf(schedule) ?? '');
  if (times) return times.length <= 1;
  return !/^(?:0 day|0:|\d{1,2}:\d{2}:\d{2})/.test(schedule ?? '');
}

/**
 * Which part of the data a run is for: the day of its logical date, or the moment where there are more in a day. A run that somebody
 * starts by hand, or that an asset or another run starts, is for none.
 */
export function createDays(api: Api, clock: Clock, timeZone: string) {
  const schedules = new Map<string, { schedule: Promise<string | undefined>; atMs: number }>();

  function scheduleIn(dag: string): Promise<string | undefined> {
    const held = schedules.get(dag);
    if (held && clock.now().getTime() - held.atMs < keptMs) return held.schedule;
    const schedule = api.dag(dag).then(scheduleOf);
    if (schedules.size >= pipelinesKept) schedules.clear();
    schedules.set(dag, { schedule, atMs: clock.now().getTime() });
    schedule.catch(() => schedules.delete(dag));
    return schedule;
  }

  function nameOf(logical: Date, byDay: boolean): string {
    return byDay
      ? format(new TZDate(logical, timeZone), 'yyyy-MM-dd')
      : format(new TZDate(logical, 'UTC'), "yyyy-MM-dd'T'HH:mm'Z'");
  }

  return {
    scheduleIn,
    /** A partition under the name that we give it, however it was written. */
    canonical(partition: string): string {
      const day = dayOf(partition);
      if (day) return [day.year, pad(day.month), pad(day.day)].join('-');
      const at = new Date(partition);
      return Number.isNaN(+at) ? partition : nameOf(at, false);
    },
    /** The partition that a logical date of this pipeline is in. */
    nameIn: async (dag: string, logical: Date): Promise<string> => nameOf(logical, isByDay(await scheduleIn(dag))),
    async of(run: DagRun): Promise<string | undefined> {
      if (run.partition_key) return run.partition_key;
      const isMeant = ['scheduled', 'backfill'].includes(run.run_type) || run.dag_run_id.startsWith(backfillPrefix);
      if (!isMeant || !run.logical_date) return undefined;
      return nameOf(run.logical_date, isByDay(await scheduleIn(run.dag_id)));
    },
    /** From when to when logical dates belong to this partition; undefined for what is neither a day nor a moment. */
    spanOf(partition: string): { from: Date; until: Date } | undefined {
      const day = dayOf(partition);
      if (day) {
        const from = new TZDate(day.year, day.month - 1, day.day, timeZone);
        const next = new TZDate(day.year, day.month - 1, day.day + 1, timeZone);
        return { from: new Date(+from), until: new Date(+next - 1) };
      }
      if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/.test(partition)) return undefined;
      const at = new Date(partition);
      return Number.isNaN(+at) ? undefined : { from: at, until: at };
    },
    /** The logical date that the schedule would give a run for this partition; the start of the day where it has no single time. */
    logicalDateOf(partition: string, schedule: string | undefined): Date | undefined {
      const day = dayOf(partition);
      if (!day) return this.spanOf(partition)?.from;
      const [time, ...others] = timesOfDay(cronOf(schedule) ?? '') ?? [];
      const at = time && others.length === 0 ? `${time.hour}:${pad(time.minute)}` : '00:00';
      // Schedules count in the zone of the pipeline, which Airflow does not tell for sure: ours stands in.
      return new Date(+atWallTime(new TZDate(day.year, day.month - 1, day.day, timeZone), at));
    },
  };
}
export type Days = ReturnType<typeof createDays>;

const pad = (value: number) => String(value).padStart(2, '0');

/** A day as people write it, `2026-11-25` or `20261125`, if there is such a day. */
function dayOf(partition: string): { year: number; month: number; day: number } | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(partition.trim()) ?? [];
  if (!year || !month || !day) return undefined;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return isReal ? { year: Number(year), month: Number(month), day: Number(day) } : undefined;
}
