import { z } from 'zod';

const number = z.number().int().nonnegative();

/** What a tool says of its own use in a week, where its people are not known. */
const Counter = z.object({
  tool: z.string().min(1).max(100),
  /** `2026-W47` */
  week: z.string(),
  /** People in the 28 days up to the week's end, in the week, and on a working day. */
  monthly: number,
  weekly: number,
  daily: z.number().nonnegative(),
  teams: number.default(0),
  /** People who used it for the first time. */
  fresh: number.default(0),
});
export type Counter = z.infer<typeof Counter>;

/** Counters of one week from JSON lines; of several lines of one tool the last one. `faults`: numbers of lines that are none, from 1. */
export function countersOf(text: string, week: string): { counters: Counter[]; faults: number[] } {
  const found = new Map<string, Counter>();
  const faults: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const counter = Counter.safeParse(read(line)).data;
    if (!counter) faults.push(index + 1);
    else if (counter.week === week) found.set(counter.tool, counter);
  }
  return { counters: [...found.values()], faults };
}

function read(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
