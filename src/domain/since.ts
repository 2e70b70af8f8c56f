import { TZDate } from '@date-fns/tz';

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A point in time as people type it: `36h`, `7d` or `2w` back from now, `2026-11-01`, `2026-11-01T09:30` on the wall clock of
 * the zone, or an instant with its offset. `undefined` = none of these.
 */
export function readInstant(text: string, { now, timeZone }: { now: Date; timeZone: string }): Date | undefined {
  const back = /^(\d{1,4})([mhdw])$/.exec(text);
  if (back) return new Date(now.getTime() - Number(back[1]) * (unitMs[back[2] ?? ''] ?? 0));
  const wall = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (wall) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = wall
      .slice(1)
      .map((part) => Number(part ?? 0));
    const at = new TZDate(year, month - 1, day, hour, minute, second, timeZone);
    if (at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60) return new Date(at.getTime());
  }
  if (/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) {
    const at = new Date(text);
    if (!Number.isNaN(at.getTime())) return at;
  }
  return undefined;
}
