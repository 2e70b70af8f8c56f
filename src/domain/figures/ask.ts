import type { Unit } from './week';

/** What was typed after `metrics`: a team, how many weeks, months or quarters, whether the definitions are wanted, or a file. */
export interface MetricsAsk {
  team?: string;
  unit: Unit;
  /** So many whole ones side by side. */
  count: number;
  /** The one under way, as far as it is known, instead. */
  isCurrent: boolean;
  how: boolean;
  /** Of the definitions, from 1. */
  page: number;
  file?: 'csv' | 'json';
}

/** Half a year, a year and a year. */
const most: Record<Unit, number> = { week: 26, month: 12, quarter: 4 };

/** `orders last 8 weeks how`, `last quarter csv`, `this week`, `how 2`, in any order. What is none of these words is the team's name. */
export function readMetricsAsk(text: string): MetricsAsk {
  const asked = /\b(?:last (?:(\d{1,3}) )?|(this) )(week|month|quarter)s?\b/i.exec(text);
  const [all = '', number = '1', current, span = 'week'] = asked ?? [];
  const unit = span.toLowerCase() as Unit;
  const how = /(?<!\S)how(?: +(\d{1,2}))?(?!\S)/i.exec(text.replace(all, ' '));
  const rest = text
    .replace(all, ' ')
    .replace(how?.[0] ?? '', ' ')
    .trim();
  const words = rest.split(/\s+/).filter(Boolean);
  const file = words.map((word) => word.toLowerCase()).find((word) => word === 'csv' || word === 'json');
  const team = words.filter((word) => !/^(csv|json)$/i.test(word)).join(' ');
  return {
    ...(team === '' ? {} : { team }),
    unit,
    count: Math.min(most[unit], Math.max(1, Number(number))),
    isCurrent: current !== undefined,
    how: how !== null,
    page: Math.max(1, Number(how?.[1] ?? 1)),
    ...(file ? { file } : {}),
  };
}
