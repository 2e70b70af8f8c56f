import type { KnownBlock } from '@slack/types';
import type { FeedbackItem, FeedbackStatus } from '../domain/feedback';
import { buttons } from './buttons';
import { rowOf } from './feedback';
import { context, header, type Message, section, sentence } from './message';
import { code, date, words } from './mrkdwn';

export const feedbackStates: Record<FeedbackStatus, string> = {
  new: '🆕 New',
  planned: '📌 Planned',
  done: '✅ Done',
  declined: '⚪ Declined',
};

export interface InboxContext {
  timeZone: string;
  /** `/support` */
  command: string;
  page: number;
  /** Of a page. */
  limit: number;
}

/** What people said and nobody has answered, the newest first. Never throws. */
export function renderInbox(
  { items, total, fresh }: { items: FeedbackItem[]; total: number; fresh: number },
  { timeZone, command, page, limit }: InboxContext,
): Message {
  if (items.length === 0)
    return sentence(
      total === 0
        ? `No feedback waits. People give it with ${code(`${command} feedback`)}, on the Home tab, or behind a rating.`
        : `There is no page ${page}. ${code(`${command} inbox`)} shows the first one.`,
    );
  const pages = Math.ceil(total / limit);
  const title = `Feedback (${total}, ${fresh} new)`;
  const rest =
    page < pages ? `Page ${page} of ${pages}. ${code(`${command} inbox ${page + 1}`)} shows the next one.` : undefined;
  return {
    text: [title, ...items.slice(0, 10).map(sayInWords), rest?.replaceAll('`', '')].filter(Boolean).join('\n'),
    blocks: [
      header(title),
      ...items.flatMap((item) => [section(sayItem(item, timeZone)), ...rowsFor(item)]),
      ...(rest ? [context(rest)] : []),
    ],
  };
}

/** "#7 🆕 New, theme Backfill: Please let me …" */
function sayInWords({ number, status, theme, words: said }: FeedbackItem): string {
  const about = theme ? `theme ${words(theme.name, 60)}` : 'no theme yet';
  return `#${number} ${feedbackStates[status]}, ${about}: ${words(said, 120)}`;
}

/** "#7 🆕 New: Please let me … · @dana · theme: Backfill" */
export function sayItem(item: FeedbackItem, timeZone: string): string {
  const { number, status, name, theme, at, request, score } = item;
  const facts = [
    words(`@${name ?? 'someone who left'}`, 60),
    date(at, timeZone),
    ...(score ? [`rated request #${request} ${score} of 5`] : []),
    theme ? `theme: ${words(theme.name, 60)}` : 'no theme yet',
  ];
  return `*#${number}* ${feedbackStates[status]}: ${words(item.words, 300)}\n${facts.join(' · ')}`;
}

function rowsFor({ id, number }: FeedbackItem): KnownBlock[] {
  const about = `feedback ${number}`;
  return rowOf([buttons.sortFeedback.element({ id }, { about }), buttons.answerFeedback.element({ id }, { about })]);
}
