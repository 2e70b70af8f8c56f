import type { Category, OwnerSide, Retryable } from '../domain/diagnosis';

/**
 * How strongly a line that matches says why the run failed. The strongest line of a log is its cause.
 *
 * - `own`: a rule of the configuration: it was written for this place, so it wins.
 * - `settles`: states the cause, even where a line of rank `names` stands deeper in the same chain.
 * - `names`: the text states the cause; nothing in the log says it better.
 * - `suggests`: mostly the cause, but a line that names one wins.
 * - `broad`: a class of error without the particulars.
 * - `generic`: some error of the code; what is left when nothing else fits.
 * - `ended`: says only that something ended, not why.
 * - `wrapper`: tells that another line's error was caught or passed on; never a cause where there is another.
 */
export type Strength = 'own' | 'settles' | 'names' | 'suggests' | 'broad' | 'generic' | 'ended' | 'wrapper';

export const strengthScore: Record<Strength, number> = {
  own: 120,
  settles: 97,
  names: 90,
  suggests: 75,
  broad: 60,
  generic: 45,
  ended: 25,
  wrapper: 5,
};

/** What a technology says when something goes wrong, as data. */
export interface Rule {
  /** Unique; `technology.what`. */
  id: string;
  category: Category;
  /** Default `names`. */
  strength?: Strength;
  /**
   * One of these must be in the line (case does not matter, ASCII). Without `pattern` that is the whole rule.
   * A rule without `says` takes the longest plain text of its pattern.
   */
  says?: readonly string[];
  /** RE2, case does not matter; read against the line without its logger's prefix. */
  pattern?: string;
  /** A text that the trace above the line must hold, e.g. the path of the library that raised it. */
  trace?: string;
  /** A line of this kind in our own words, which the rule must match: it is a test. */
  example?: string;
  /** Where they differ from the category's. */
  retryable?: Retryable;
  ownerSide?: OwnerSide;
  nextStep?: string;
}

/** A rule of the configuration. What is left out follows from the category. */
export interface OwnRule {
  name: string;
  /** RE2, case does not matter; tried on each line of the log. */
  pattern: string;
  category: Category;
  retryable?: Retryable | undefined;
  ownerSide?: OwnerSide | undefined;
  nextStep?: string | undefined;
}

export function ruleOf({ name, pattern, category, retryable, ownerSide, nextStep }: OwnRule): Rule {
  return {
    id: name,
    pattern,
    category,
    strength: 'own',
    ...(retryable === undefined ? {} : { retryable }),
    ...(ownerSide === undefined ? {} : { ownerSide }),
    ...(nextStep === undefined ? {} : { nextStep }),
  };
}
