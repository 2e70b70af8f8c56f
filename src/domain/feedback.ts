/** What people think of what Pitcrew and its team do for them, as they say it. */

/** `news`: what was done about somebody's feedback. `pulse`: the question of the quarter. */
export const unwantedMessages = ['news', 'pulse'] as const;
export type UnwantedMessages = (typeof unwantedMessages)[number];

/** What a thumb is about. `diagnosis`: the cause that an alert names. `action`: a retry, backfill or the like that is over. */
export type ThumbSubject = { kind: 'diagnosis'; incidentId: string } | { kind: 'action'; actionId: string };

export const feedbackStatuses = ['new', 'planned', 'done', 'declined'] as const;
export type FeedbackStatus = (typeof feedbackStatuses)[number];

/** How it came. `rating`: the words to a rating of a request. */
export type FeedbackSource = 'command' | 'form' | 'home' | 'rating';

/** Something that somebody said, as the inbox of the team shows it. */
export interface FeedbackItem {
  id: string;
  number: number;
  source: FeedbackSource;
  status: FeedbackStatus;
  /** Surrogate id, and the name; no name where the person was erased. */
  person: string;
  name?: string;
  /** The request that was rated, and with what. */
  request?: number;
  score?: number;
  theme?: Theme;
  at: Date;
  toldAt?: Date;
  words: string;
}

export interface Theme {
  id: string;
  name: string;
}

/** What is said to those who asked when it is done: to whom it goes, and what holds some back. */
export interface Audience {
  /** Names. */
  to: string[];
  /** They do not want such messages, or are not here any more. */
  unwilling: number;
  /** What is done with it. */
  items: number;
}

/** What a person is told in private about what they said or did with what others said. */
export type FeedbackAnswer =
  | { kind: 'thumb'; about: ThumbSubject['kind']; isUp: boolean }
  | { kind: 'taken'; number: number }
  | { kind: 'empty' }
  | { kind: 'sorted'; number: number }
  | { kind: 'answered'; items: number; told: number; unwilling: number }
  | { kind: 'answered-already'; number: number }
  | { kind: 'not-team' }
  | { kind: 'unwanted'; what: UnwantedMessages; isOff: boolean }
  | { kind: 'pulse'; quarter: string; score: number }
  | { kind: 'pulse-explained' }
  | { kind: 'pulse-over' };

/** Words that tell no theme from another. */
const common = new Set(
  (
    'about after again against also always another because been before being could does doing each even every from have having into just like ' +
    'make made many more most much need needs never only other over please really should some such than that their them then there these ' +
    'they thing things this those through very want wants well were what when where which while will wish with without would your feature ' +
    'pitcrew thanks thank would great good nice'
  ).split(' '),
);

/** A word of the name of a theme tells as much as so many words that were sorted under it. */
const nameWeight = 3;
const enough = 3;
const stemLength = 6;

function stemsOf(words: string): Set<string> {
  const found = words.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? [];
  return new Set(found.filter((word) => !common.has(word)).map((word) => word.replace(/s$/, '').slice(0, stemLength)));
}

/**
 * The theme whose name or sorted words these share most, if they share enough; of two alike the first by name. Plain matching of words:
 * a suggestion, which a person confirms.
 */
export function suggestTheme<T extends Theme>(
  words: string,
  themes: readonly (T & { sorted: readonly string[] })[],
): T | undefined {
  const own = stemsOf(words);
  const shared = (other: Set<string>) => [...own].filter((stem) => other.has(stem)).length;
  const [best] = themes
    .map((theme) => ({
      theme,
      score: shared(stemsOf(theme.name)) * nameWeight + shared(stemsOf(theme.sorted.join(' '))),
    }))
    .sort((one, other) => other.score - one.score || (one.theme.name < other.theme.name ? -1 : 1));
  return best && best.score >= enough ? best.theme : undefined;
}
