import { isCalendarDay } from './settings-terms';

/** Days of a backfill, both included: `yyyy-MM-dd`. */
export interface Days {
  from: string;
  to: string;
}

const day = String.raw`\d{4}-?\d{2}-?\d{2}`;
const dayWords = new RegExp(String.raw`(?:^|\s)((?:last\s+\S|since\s+\d|yesterday$|today$|${day}).*)$`, 'i');

/** "orders_daily last 7 days": the name, and the words that say which days. */
export function splitDays(typed: string): { name: string; days: string } {
  const found = dayWords.exec(typed);
  return { name: typed.slice(0, found?.index ?? typed.length).trim(), days: found?.[1]?.trim() ?? '' };
}

/**
 * Days as people write them: a day, two days, `yesterday`, `last 7 days`, `since 2026-11-01`. What is not a day of its own ends with
 * yesterday, since today is not over.
 *
 * @param today `yyyy-MM-dd`, where the pipeline counts its days
 * @returns undefined for anything else. Never throws.
 */
export function daysIn(words: string, today: string): Days | undefined {
  const text = words.trim().toLowerCase();
  const yesterday = daysBefore(today, 1);
  if (text === 'today') return { from: today, to: today };
  if (text === 'yesterday') return { from: yesterday, to: yesterday };
  const [, number, unit] = /^last (?:(\d{1,4}) )?(days?|weeks?)$/.exec(text.replace(/\s+/g, ' ')) ?? [];
  if (unit) {
    const count = Number(number ?? 1) * (unit.startsWith('week') ? 7 : 1);
    return count > 0 ? { from: daysBefore(today, count), to: yesterday } : undefined;
  }
  const since = new RegExp(`^since\\s+(${day})$`).exec(text)?.[1];
  const [, first, last] =
    new RegExp(`^(${day})(?:(?:\\s*(?:\\.\\.+|–|to|until)\\s*|\\s+-\\s+|\\s+)(${day}))?$`).exec(text) ?? [];
  const from = dayOf(since ?? first);
  const to = since ? yesterday : dayOf(last ?? first);
  return from && to ? { from, to } : undefined;
}

/** That many days before a day. */
export function daysBefore(of: string, count: number): string {
  return new Date(Date.parse(`${of}T12:00:00Z`) - count * 86_400_000).toISOString().slice(0, 10);
}

/** The day in the name of a partition: `20261125`, `2026-11-25T06`. */
export function dayOf(partition: string | undefined): string | undefined {
  const [, year, month, date] = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d{4,})/.exec(partition ?? '') ?? [];
  const found = `${year}-${month}-${date}`;
  return isCalendarDay(found) ? found : undefined;
}
