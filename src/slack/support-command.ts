import { distance } from 'fastest-levenshtein';
import { unescapeText } from '../domain/written';
import { plain } from './mrkdwn';

/** What can be typed after the command; anything else is a question. */
export const supportWords = [
  { name: 'mine', usage: 'mine', does: 'your requests, and those that you have taken' },
  { name: 'queue', usage: 'queue', does: 'for the team: what waits, the most pressing first' },
  { name: 'overdue', usage: 'overdue', does: 'for the team: what is late' },
  {
    name: 'feedback',
    usage: 'feedback [words]',
    does: 'what would make your work easier, or what went well; the team reads it',
  },
  { name: 'inbox', usage: 'inbox [page]', does: 'for the team: the feedback that waits, to sort and to answer' },
  { name: 'pulse', usage: 'pulse', does: 'for the team: the answers to the question of the quarter, without names' },
  { name: 'pinned', usage: 'pinned', does: 'for the team: answers that are offered first' },
  { name: 'forget-me', usage: 'forget-me', does: 'erases your words and your name here; asks first' },
  { name: 'help', usage: 'help', does: 'this list' },
] as const;

export type TypedSupport =
  | { name: Exclude<(typeof supportWords)[number]['name'], 'feedback' | 'inbox'> }
  | { name: 'ask'; question: string }
  | { name: 'feedback'; words: string }
  | { name: 'inbox'; page: number }
  /** One word that is nearly one of ours. */
  | { name: 'unclear'; word: string; nearest: string };

const plainWords = supportWords.flatMap(({ name }) => (name === 'feedback' || name === 'inbox' ? [] : [{ name }]));

/** A word of ours alone is that; all else is the question, or nothing for the empty form. Never throws. */
export function parseSupport(text: string): TypedSupport {
  const typed = plain(unescapeText(text.replace(/<([@#])[^<>|]*\|([^<>]*)>/g, '$1$2')));
  const said = /^feedback(?:\s+(.*))?$/is.exec(typed);
  if (said) return { name: 'feedback', words: said[1]?.trim() ?? '' };
  const page = /^inbox(?:\s+(\d{1,4}))?$/i.exec(typed);
  if (page) return { name: 'inbox', page: Math.max(1, Number(page[1] ?? 1)) };
  const known = plainWords.find(({ name }) => name === typed.toLowerCase());
  if (known) return { name: known.name };
  const near = nearestTo(typed);
  return near
    ? { name: 'unclear', word: typed, nearest: near }
    : { name: 'ask', question: typed.replace(/^ask\s+/i, '') };
}

/** At most two letters wrong in a word by itself; more words are a question. */
function nearestTo(typed: string): string | undefined {
  if (!/^\p{L}[\p{L}-]{2,12}$/u.test(typed)) return undefined;
  const [best] = supportWords
    .map(({ name }) => ({ name, apart: distance(typed.toLowerCase(), name) }))
    .sort((a, b) => a.apart - b.apart);
  return best && best.apart <= 2 ? best.name : undefined;
}
