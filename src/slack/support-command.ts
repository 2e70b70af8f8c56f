import { plain, unescapeText } from './mrkdwn';

/** What can be typed after the command; anything else is a question. */
export const supportWords = [
  { name: 'mine', usage: 'mine', does: 'your requests, and those that you have taken' },
  { name: 'queue', usage: 'queue', does: 'for the team: what waits, the most pressing first' },
  { name: 'overdue', usage: 'overdue', does: 'for the team: what is late' },
  { name: 'forget-me', usage: 'forget-me', does: 'erases your words and your name here; asks first' },
  { name: 'help', usage: 'help', does: 'this list' },
] as const;

export type TypedSupport = { name: (typeof supportWords)[number]['name'] } | { name: 'ask'; question: string };

/** A word of ours alone is that; all else is the question, or nothing for the empty form. Never throws. */
export function parseSupport(text: string): TypedSupport {
  const typed = plain(unescapeText(text.replace(/<([@#])[^<>|]*\|([^<>]*)>/g, '$1$2')));
  const known = supportWords.find(({ name }) => name === typed.toLowerCase());
  return known ? { name: known.name } : { name: 'ask', question: typed.replace(/^ask\s+/i, '') };
}
