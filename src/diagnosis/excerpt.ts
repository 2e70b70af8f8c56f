import type { NumberedText } from './log-text';

const EXCERPT_LINES = 15;
/** Of these, the lines before the cause: what was being done. */
const BEFORE = 9;
const LINE_MAX = 400;

/** The lines around one, as far as they follow each other in the log. */
export function excerptOf(lines: readonly NumberedText[], at: number): { excerpt: string; excerptFromLineNo: number } {
  let from = at;
  while (from > 0 && at - from < BEFORE && follows(lines[from - 1], lines[from])) from--;
  let to = at;
  while (to < lines.length - 1 && to - from < EXCERPT_LINES - 1 && follows(lines[to], lines[to + 1])) to++;
  // Near the end of a log there are fewer lines after: fill up from before.
  while (from > 0 && to - from < EXCERPT_LINES - 1 && follows(lines[from - 1], lines[from])) from--;
  const shown = lines
    .slice(from, to + 1)
    .map(({ text }) => (text.length > LINE_MAX ? `${text.slice(0, LINE_MAX - 1)}…` : text));
  return { excerpt: shown.join('\n'), excerptFromLineNo: lines[from]?.no ?? 1 };
}

function follows(first: NumberedText | undefined, second: NumberedText | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  return second.no - first.no <= 1;
}
