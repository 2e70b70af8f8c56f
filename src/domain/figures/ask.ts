/** What was typed after `metrics`: a team, how many weeks, whether the definitions are wanted, or a file. */
export interface MetricsAsk {
  team?: string;
  weeks: number;
  how: boolean;
  file?: 'csv' | 'json';
}

const weeksMax = 26;

/** `orders last 8 weeks how`, `csv`, in any order. What is none of these words is the team's name. */
export function readMetricsAsk(text: string): MetricsAsk {
  const weeks = /\blast (\d{1,3}) weeks?\b/i.exec(text);
  const rest = text.replace(/\blast (\d{1,3}) weeks?\b/i, ' ').trim();
  const words = rest.split(/\s+/).filter(Boolean);
  const file = words.map((word) => word.toLowerCase()).find((word) => word === 'csv' || word === 'json');
  const team = words.filter((word) => !/^(csv|json|how)$/i.test(word)).join(' ');
  return {
    ...(team === '' ? {} : { team }),
    weeks: Math.min(weeksMax, Math.max(1, Number(weeks?.[1] ?? 1))),
    how: words.some((word) => word.toLowerCase() === 'how'),
    ...(file ? { file } : {}),
  };
}
