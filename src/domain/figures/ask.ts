/** What was typed after `metrics`: a team, how many weeks, whether the definitions are wanted, or a file. */
export interface MetricsAsk {
  team?: string;
  weeks: number;
  how: boolean;
  file?: 'csv' | 'json';
}

const weeksMax = 26;
/** Whole weeks, so that they compare with each other and with what was printed. */
const weeksOf: Record<string, number> = { week: 1, month: 4, quarter: 13 };

/** `orders last 8 weeks how`, `last quarter csv`, in any order. What is none of these words is the team's name. */
export function readMetricsAsk(text: string): MetricsAsk {
  const asked = /\blast (?:(\d{1,3}) weeks?|(week|month|quarter))\b/i.exec(text);
  const [all = '', number, span = 'week'] = asked ?? [];
  const rest = text.replace(all, ' ').trim();
  const words = rest.split(/\s+/).filter(Boolean);
  const file = words.map((word) => word.toLowerCase()).find((word) => word === 'csv' || word === 'json');
  const team = words.filter((word) => !/^(csv|json|how)$/i.test(word)).join(' ');
  return {
    ...(team === '' ? {} : { team }),
    weeks: Math.min(weeksMax, Math.max(1, Number(number ?? weeksOf[span.toLowerCase()] ?? 1))),
    how: words.some((word) => word.toLowerCase() === 'how'),
    ...(file ? { file } : {}),
  };
}
