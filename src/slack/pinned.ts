import type { ModalView } from '@slack/types';
import { withoutNames } from '../domain/nameless';
import { buttons } from './buttons';
import { dialogs, type Place } from './dialogs';
import { type Filled, type FormErrors, modal, saying, textField } from './form';
import { context, type Message, section } from './message';
import { cut, date, plain, sayDate, words, wordsOfLines } from './mrkdwn';
import type { RequestLine } from './request-list';

export const pinTitle = 'Pin an answer';

const questionMax = 500;
const answerMax = 3_000;

/** Its question and its solution, for the team to make general. */
export function renderPinForm(request: RequestLine, place: Place): ModalView {
  const text = dialogs.pinAnswer.encode({ id: request.id, place });
  if (text === undefined) return saying(pinTitle, ['This cannot be shown here. Please use the newest card.']);
  return modal({
    title: pinTitle,
    blocks: [
      section('Offered first to whoever asks the like, in any channel. Say it for everybody, and name nobody.'),
      ...pinFields({
        question: withoutNames(request.question, namesIn(request)),
        answer: withoutNames(request.resolution ?? '', namesIn(request)),
      }),
    ],
    submit: 'Pin',
    carries: { id: dialogs.pinAnswer.id, text },
  });
}

const namesIn = ({ requesterName, assigneeName }: RequestLine): string[] =>
  [requesterName, assigneeName].filter((name) => name !== undefined);

function pinFields(of: { question: string; answer: string }) {
  return [
    textField({ name: 'question', label: 'Question' }, { max: questionMax, multiline: true, initial: of.question }),
    textField({ name: 'answer', label: 'Answer' }, { max: answerMax, multiline: true, initial: of.answer }),
  ];
}

export function readPinForm({
  question,
  answer,
}: Filled): { ok: true; question: string; answer: string } | { ok: false; errors: FormErrors } {
  if (question !== undefined && answer !== undefined) return { ok: true, question, answer };
  return {
    ok: false,
    errors: {
      ...(question === undefined ? { question: 'Please say what people ask.' } : {}),
      ...(answer === undefined ? { answer: 'Please say what helps them.' } : {}),
    },
  };
}

export interface PinnedLine {
  id: string;
  question: string;
  answer: string;
  pinnedAt: Date;
}

/** Each with the way to take it away. Never throws. */
export function renderPinned(answers: readonly PinnedLine[], { timeZone }: { timeZone: string }): Message {
  if (answers.length === 0) {
    const said = `Nothing is pinned. *Pin answer…* stands on the card of a solved request.`;
    return { text: said.replaceAll('*', ''), blocks: [section(said)] };
  }
  const title = `Pinned answers (${answers.length})`;
  return {
    text: [
      title,
      ...answers
        .slice(0, 10)
        .map(({ question, pinnedAt }) => `${words(question, 120)}, pinned ${sayDate(pinnedAt, timeZone)}`),
    ].join('\n'),
    blocks: [
      section(`*${title}*`),
      ...answers.flatMap(({ id, question, answer, pinnedAt }) => {
        const button = buttons.unpinAnswer.element({ answer: id }, { about: cut(plain(question), 60) });
        return [
          {
            ...section(`📌 *${words(question, 200)}*\n${wordsOfLines(answer, 500)}`),
            ...(button ? { accessory: button } : {}),
          },
          context(`Pinned ${date(pinnedAt, timeZone)}`),
        ];
      }),
    ],
  };
}
