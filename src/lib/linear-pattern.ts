import { RE2JS } from 're2js';

/** Where a pattern matched: the whole match, or its group 1 where it has one. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A regular expression in RE2 syntax. Its time is linear in the text whatever the pattern says, so it may come from a
 * configuration file and meet hostile input.
 */
export interface LinearPattern {
  readonly source: string;
  test(text: string): boolean;
  /** The groups of the first match (index 0 is the whole match), or undefined. */
  groups(text: string): (string | undefined)[] | undefined;
  /** All matches from left to right, without overlap; empty ones are left out. */
  spans(text: string): Span[];
}

/** @throws Error naming the pattern when it is not valid RE2 (a look-around, a back-reference, an open bracket). */
export function compileLinear(source: string): LinearPattern {
  const compiled = compile(source);
  const hasGroup = compiled.groupCount() > 0;
  return {
    source,
    test: (text) => compiled.test(text),
    groups(text) {
      const found = compiled.exec(text);
      return found === null ? undefined : [...found];
    },
    spans(text) {
      const spans: Span[] = [];
      const matcher = compiled.matcher(text);
      while (matcher.find()) {
        const group = hasGroup && matcher.start(1) >= 0 ? 1 : 0;
        const span = { start: matcher.start(group), end: matcher.end(group) };
        if (span.end > span.start) spans.push(span);
      }
      return spans;
    },
  };
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw new Error(`not a valid RE2 pattern: ${source} (${error instanceof Error ? error.message : String(error)})`);
  }
}
