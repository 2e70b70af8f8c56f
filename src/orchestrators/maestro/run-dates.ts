import { TZDate } from '@date-fns/tz';
import { atWallTime } from '../../domain/working-time';
import type { PassedParameters } from './api';
import type { Definition } from './schema';

/** The parameter that holds the day which a run is for; every workflow has it. */
export const runDateParam = 'TARGET_RUN_DATE';

/** A day as people or Maestro write it, `2025-11-20` or `20251120`, in Maestro's form; undefined for anything else. */
export function runDateOf(partition: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(partition.trim()) ?? [];
  if (!year || !month || !day) return undefined;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return isReal ? `${year}${month}${day}` : undefined;
}

/**
 * What a run for that day is started with: its date, and the moment at which its schedule would have started it, which moves every
 * other date that a definition may be made of.
 *
 * @param runDate  as yyyyMMdd
 */
export function runDateParams(runDate: string, workflow: Definition['workflow']): PassedParameters {
  const trigger = workflow.time_triggers?.[0];
  const [year = 0, month = 1, day = 1] = [runDate.slice(0, 4), runDate.slice(4, 6), runDate.slice(6)].map(Number);
  const zone = isTimeZone(trigger?.timezone) ? trigger?.timezone : 'UTC';
  const at = atWallTime(new TZDate(year, month - 1, day, zone ?? 'UTC'), timeOf(trigger?.cron ?? undefined));
  return {
    [runDateParam]: { type: 'STRING', value: runDate },
    RUN_TS: { type: 'LONG', value: at.getTime() },
  };
}

/** The time of day of a cron schedule, with or without a field for seconds; midnight where there is no single one. */
function timeOf(cron: string | undefined): string {
  const fields = cron?.trim().split(/\s+/) ?? [];
  const [minutes = '', hours = ''] = fields.slice(fields.length > 5 ? 1 : 0);
  const isOne = (field: string) => /^\d{1,2}$/.test(field);
  return isOne(hours) ? `${hours}:${isOne(minutes) ? minutes : '00'}` : '00:00';
}

function isTimeZone(name: string | null | undefined): boolean {
  try {
    return Boolean(name && new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
