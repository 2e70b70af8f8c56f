import type { ModalView } from '@slack/types';
import { type AskValue, dialogs, type Place } from './dialogs';
import { type Filled, modal, radioField, saying, textField } from './form';
import { section } from './message';
import { words } from './mrkdwn';
import type { RequestLine } from './request-list';

export const askTitle = 'Ask for help';
export const solveTitle = 'Solve a request';
export const askBackTitle = 'Write back';
export const explainTitle = 'Your rating';

const questionMax = 2_500;
export const lostForm = (title: string): ModalView =>
  saying(title, ['This cannot be shown here. Please use the newest message of the request.']);

/** The question, with what is known filled in; nobody is asked for that twice. */
export function renderAskForm(value: AskValue, of: { question?: string } = {}): ModalView {
  const text = dialogs.ask.encode(value);
  if (text === undefined) return lostForm(askTitle);
  const { about } = value;
  return modal({
    title: askTitle,
    blocks: [
      ...(about?.pipeline
        ? [
            section(
              `About *${words(about.pipeline, 120)}*${about.run ? `, run ${words(about.run, 80)}` : ''}: the team sees it, its error and its owner.`,
            ),
          ]
        : []),
      textField(
        {
          name: 'question',
          label: 'What do you need?',
          hint: 'What you wanted to do, what happened, and by when you need it.',
        },
        { multiline: true, max: questionMax, ...(of.question ? { initial: of.question } : {}) },
      ),
      ...(value.threadTs || value.isDirect
        ? []
        : [
            radioField(
              { name: 'where', label: 'Where it goes on' },
              [
                { value: 'here', text: 'Here in the channel', description: 'Colleagues see the answer too' },
                { value: 'direct', text: 'In a direct message', description: 'Only you and the team' },
              ],
              'here',
            ),
          ]),
    ],
    submit: 'Ask',
    carries: { id: dialogs.ask.id, text },
  });
}

export function readAskForm(filled: Filled) {
  const { question, where } = filled;
  return question === undefined
    ? { ok: false as const, errors: { question: 'Please say what you need.' } }
    : { ok: true as const, question, isDirect: where === 'direct' };
}

export function renderSolveForm(request: RequestLine, place: Place): ModalView {
  const text = dialogs.solve.encode({ id: request.id, place });
  if (text === undefined) return lostForm(solveTitle);
  return modal({
    title: solveTitle,
    blocks: [
      section(`*#${request.number}* ${words(request.question, 400)}`),
      textField(
        {
          name: 'resolution',
          label: 'What solved it',
          hint: 'Told in the thread, and offered to the next who asks the like.',
        },
        { multiline: true, max: questionMax },
      ),
    ],
    submit: 'Solve',
    carries: { id: dialogs.solve.id, text },
  });
}

/** A word about a rating; it counts without. */
export function renderExplainForm(request: RequestLine, place: Place): ModalView {
  const text = dialogs.explainRating.encode({ id: request.id, place });
  if (text === undefined) return lostForm(explainTitle);
  return modal({
    title: explainTitle,
    blocks: [
      section(
        `You rated *#${request.number}* with ${request.score ?? '?'} of 5, and that counts as it is. If you like, say what was good or what would have made it better.`,
      ),
      textField(
        { name: 'words', label: 'What you want to add', hint: 'Only the team that answers reads it.' },
        { multiline: true, max: questionMax },
      ),
    ],
    submit: 'Send',
    carries: { id: dialogs.explainRating.id, text },
  });
}

export function renderAskBackForm(request: RequestLine, place: Place): ModalView {
  const text = dialogs.askBack.encode({ id: request.id, place });
  if (text === undefined) return lostForm(askBackTitle);
  return modal({
    title: askBackTitle,
    blocks: [
      section(`*#${request.number}* ${words(request.question, 400)}`),
      textField(
        {
          name: 'question',
          label: 'What you want to say',
          hint: request.isDirect
            ? 'Sent in your name to who asked, in their direct message.'
            : 'Told in the thread in your name.',
        },
        { multiline: true, max: questionMax },
      ),
      radioField(
        { name: 'as', label: 'It is' },
        [
          { value: 'question', text: 'A question', description: 'The clock stands until the answer comes' },
          { value: 'answer', text: 'An answer', description: 'The clock goes on' },
        ],
        'question',
      ),
    ],
    submit: 'Send',
    carries: { id: dialogs.askBack.id, text },
  });
}
