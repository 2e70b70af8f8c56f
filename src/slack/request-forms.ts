import type { ModalView } from '@slack/types';
import { type Priority, priorities } from '../domain/request';
import { type AskValue, dialogs, type Place } from './dialogs';
import { dateField, type Filled, type FormErrors, modal, radioField, saying, selectField, textField } from './form';
import { section } from './message';
import { words } from './mrkdwn';
import type { RequestLine } from './request-list';

export const askTitle = 'Ask for help';
export const solveTitle = 'Solve a request';
export const askBackTitle = 'Ask back';
export const changeTitle = 'Change a request';

export const explainTitle = 'Your rating';

const questionMax = 2_500;
const lostForm = (title: string): ModalView =>
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
          label: 'Your question',
          hint: 'Asked in the thread in your name. The clock stands until the answer comes.',
        },
        { multiline: true, max: questionMax },
      ),
    ],
    submit: 'Ask',
    carries: { id: dialogs.askBack.id, text },
  });
}

const priorityNames: Record<Priority, string> = { urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' };

/** All else that the team does with a request, on one page; what is left as it is changes nothing. */
export function renderChangeForm(
  request: RequestLine,
  place: Place,
  of: { categories: readonly string[]; queues: readonly string[] },
): ModalView {
  const text = dialogs.changeRequest.encode({ id: request.id, place });
  if (text === undefined) return lostForm(changeTitle);
  const categories = of.categories.map((name) => ({ value: name, text: name }));
  return modal({
    title: changeTitle,
    blocks: [
      section(`*#${request.number}* ${words(request.question, 400)}`),
      peopleField('assignee', 'Hand over to'),
      selectField({ name: 'give', label: 'Or give it', optional: true }, [
        { value: 'turn', text: 'To whoever’s turn it is' },
        ...(request.assignee === undefined ? [] : [{ value: 'queue', text: 'Back into the queue' }]),
      ]),
      textField({ name: 'summary', label: 'What they need to know', optional: true }, { multiline: true, max: 1_000 }),
      selectField(
        { name: 'priority', label: 'Priority' },
        priorities.map((each) => ({ value: each, text: priorityNames[each] })),
        request.priority,
      ),
      textField(
        { name: 'reason', label: 'Why this priority', hint: 'Needed when it changes.', optional: true },
        { max: 300 },
      ),
      ...(categories.length > 0
        ? [selectField({ name: 'category', label: 'Category', optional: true }, categories, request.category)]
        : []),
      ...(of.queues.length > 0
        ? [
            selectField(
              { name: 'team', label: 'Move to the queue of', optional: true },
              of.queues.map((name) => ({ value: name, text: name })),
            ),
          ]
        : []),
      dateField({ name: 'snooze', label: 'Snooze until the morning of', optional: true }),
      textField(
        {
          name: 'about',
          label: 'About pipeline',
          hint: 'Its name, or the link of an alert. Its newest failed run comes along.',
          optional: true,
        },
        { max: 500, initial: request.pipeline },
      ),
      textField({ name: 'issue', label: 'Address of an issue', optional: true }, { max: 500, initial: request.url }),
      textField(
        {
          name: 'merge',
          label: 'Goes on in request',
          hint: 'The number of the other one, such as 12.',
          optional: true,
        },
        { max: 12 },
      ),
      textField(
        { name: 'tasks', label: 'Follow-ups', hint: 'One a line; ticked on the card.', optional: true },
        { multiline: true, max: 1_000 },
      ),
      textField(
        { name: 'note', label: 'Private note', hint: 'Only the team sees it.', optional: true },
        { multiline: true, max: 1_000 },
      ),
    ],
    submit: 'Change',
    carries: { id: dialogs.changeRequest.id, text },
  });
}

function peopleField(name: string, label: string) {
  return {
    type: 'input' as const,
    block_id: name,
    label: { type: 'plain_text' as const, text: label, emoji: true },
    element: { type: 'users_select' as const, action_id: name },
    optional: true,
  };
}

/** What the form of the team asks for; only what was filled in. */
export interface Change {
  assignee?: string;
  give?: string;
  summary?: string;
  /** Name of a team. */
  team?: string;
  priority?: string;
  reason?: string;
  category?: string;
  /** `yyyy-MM-dd` */
  snooze?: string;
  /** Name of a pipeline, or the address of an alert in Slack. */
  about?: string;
  issue?: string;
  merge?: number;
  /** One a line. */
  tasks?: string;
  note?: string;
}

export function readChangeForm(filled: Filled): { ok: true; change: Change } | { ok: false; errors: FormErrors } {
  const { merge, issue, ...rest } = filled;
  const errors: FormErrors = {};
  const number = merge === undefined ? undefined : Number(/^#?(\d{1,10})$/.exec(merge)?.[1]);
  if (rest.assignee !== undefined && rest.give !== undefined) errors.give = 'Please choose a person or this, not both.';
  if (Number.isNaN(number)) errors.merge = 'Please give the number of the other request, such as 12.';
  if (issue !== undefined && !(URL.canParse(issue) && /^https?:/.test(issue)))
    errors.issue = 'Please give an address that starts with https://.';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    change: { ...rest, ...(issue ? { issue } : {}), ...(number === undefined ? {} : { merge: number }) },
  };
}
