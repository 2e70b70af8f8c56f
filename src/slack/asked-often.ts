import type { ModalView } from '@slack/types';
import type { Notice } from '../domain/notice';
import { buttons } from './buttons';
import { dialogs, type Place } from './dialogs';
import { modal, saying, textField } from './form';
import { actions, context, type Message, section, sentences } from './message';
import { asked, cut, plain, preformatted } from './mrkdwn';
import { type NameOf, whoQuietly } from './people';

export const entryTitle = 'Write it down';

/** To the team alone: a question comes again and again. Never throws. */
export function renderAskedOften(notice: Extract<Notice, { kind: 'asked-often' }>, nameOf?: NameOf): Message {
  const { groupId: group, question, times, days, numbers, settled } = notice;
  const often = `🔂 Asked ${times} times in ${days} days: ${asked(question, 300)}`;
  if (settled) {
    const by = whoQuietly(settled.by, nameOf);
    const said = settled.how === 'pinned' ? `📌 Pinned as an answer by ${by}` : `➖ Not needed, says ${by}`;
    return { text: sentences([often, said]), blocks: [section(`${often}\n${said}`)] };
  }
  const about = `“${cut(plain(question) || '(words erased)', 50)}”`;
  const row = [
    buttons.writeEntry.element({ group }, { about, style: 'primary' }),
    buttons.dismissQuestion.element({ group }, { about }),
  ].filter((each) => each !== undefined);
  return {
    text: sentences([often, 'An entry in a runbook, or a pinned answer, would answer it at once']),
    blocks: [
      section(`${often}\nAn entry in a runbook, or a pinned answer, would answer it at once. A draft is ready.`),
      context(`Requests ${numbers.map((number) => `#${number}`).join(', ')}`),
      ...(row.length > 0 ? [actions(row)] : []),
    ],
  };
}

/** The draft to copy, and the same to pin. */
export function renderEntryForm(
  draft: { question: string; answer: string; entry: string },
  { group, place }: { group: string; place: Place },
): ModalView {
  const text = dialogs.pinQuestion.encode({ group, place });
  if (text === undefined) return saying(entryTitle, ['This cannot be shown here.']);
  return modal({
    title: entryTitle,
    blocks: [
      section('*For a runbook:* copy this into a Markdown file. It is found by its headings and words.'),
      section(preformatted(draft.entry, 2_900)),
      section('*Or pin it:* it is offered first to whoever asks the like. Say it for everybody, and name nobody.'),
      textField({ name: 'question', label: 'Question' }, { multiline: true, max: 500, initial: draft.question }),
      textField({ name: 'answer', label: 'Answer' }, { multiline: true, max: 3_000, initial: draft.answer }),
    ],
    submit: 'Pin as answer',
    close: 'Close',
    carries: { id: dialogs.pinQuestion.id, text },
  });
}
