/** The forms behind the menu of a request: one thing each, so that each asks for a few things only. */
import type { InputBlock, ModalView } from '@slack/types';
import { type Priority, priorities } from '../domain/request';
import { type RequestPart, requestParts } from './buttons';
import { dialogs, type Place } from './dialogs';
import { dateField, type Filled, type FormErrors, modal, selectField, textField } from './form';
import { section } from './message';
import { words } from './mrkdwn';
import { lostForm } from './request-forms';
import type { RequestLine } from './request-list';
import { parts, partsAfterwards } from './request-menu';

const priorityNames: Record<Priority, string> = { urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' };

/** What there is to choose from, by name. */
export interface Choices {
  categories: readonly string[];
  queues: readonly string[];
}

/** One thing; without a part all of them. What is left as it is changes nothing. */
export function renderChangeForm(
  part: RequestPart | undefined,
  request: RequestLine,
  of: Choices & { place: Place },
): ModalView {
  const title = titleOf(part);
  const text = dialogs.changeRequest.encode({
    id: request.id,
    was: request.priority,
    number: request.number,
    place: of.place,
  });
  if (text === undefined) return lostForm(title);
  const all = request.state === 'solved' ? partsAfterwards : requestParts;
  const shown = part === undefined ? all : [part];
  return modal({
    title,
    blocks: [
      section(`*#${request.number}* ${words(request.question, 400)}`),
      ...shown.flatMap((each) => fieldsOf(each, request, of)).map((field) => ({ ...field, ...(part ? {} : anyOf) })),
    ],
    submit: part === 'later' ? 'Snooze' : 'Save',
    carries: { id: dialogs.changeRequest.id, text },
  });
}

/** Of all of them together none has to be filled in. */
const anyOf = { optional: true };

export const titleOf = (part: RequestPart | undefined): string => (part ? parts[part].title : 'Change a request');

function fieldsOf(part: RequestPart, request: RequestLine, { categories, queues }: Choices): InputBlock[] {
  const choices = (names: readonly string[]) => names.map((name) => ({ value: name, text: name }));
  const category =
    categories.length > 0
      ? [selectField({ name: 'category', label: 'Category', optional: true }, choices(categories), request.category)]
      : [];
  const isOver = request.state === 'solved';
  switch (part) {
    case 'give':
      return [
        peopleField('assignee', 'To a person'),
        selectField({ name: 'give', label: 'Or to nobody in particular', optional: true }, [
          { value: 'turn', text: 'To whoever’s turn it is' },
          ...(request.assignee === undefined ? [] : [{ value: 'queue', text: 'Back into the queue' }]),
        ]),
        ...(queues.length > 0
          ? [
              selectField(
                {
                  name: 'team',
                  label: 'Queue of another team',
                  ...(request.isDirect
                    ? {
                        hint: 'It was asked in private: in the channel of that team the card shows no words, its members alone read them.',
                      }
                    : {}),
                  optional: true,
                },
                choices(queues),
              ),
            ]
          : []),
        textField(
          {
            name: 'summary',
            label: 'What they need to know',
            hint: 'Told under the card, to the team alone.',
            optional: true,
          },
          { multiline: true, max: 1_000 },
        ),
      ];
    case 'sort':
      return [
        selectField(
          { name: 'priority', label: 'Priority' },
          priorities.map((each) => ({ value: each, text: priorityNames[each] })),
          request.priority,
        ),
        textField(
          { name: 'reason', label: 'Why this priority', hint: 'Needed when it changes.', optional: true },
          { max: 300 },
        ),
        ...category,
      ];
    case 'link':
      return [
        textField(
          {
            name: 'about',
            label: 'Pipeline',
            hint: 'Its name, or the link of an alert. Its newest failed run comes along.',
            optional: true,
          },
          { max: 500, initial: request.pipeline },
        ),
        textField({ name: 'issue', label: 'Address of an issue', optional: true }, { max: 500, initial: request.url }),
        // What is over goes on nowhere; but what it was can still be said.
        ...(isOver ? category : [mergeField]),
      ];
    case 'later':
      return [
        dateField({
          name: 'snooze',
          label: 'Until the morning of',
          hint: 'Nothing is due and nobody is warned until then, though the time counts. A word of who asked wakes it sooner.',
        }),
      ];
    case 'note':
      return [
        textField(
          {
            name: 'tasks',
            label: 'Follow-ups',
            hint: 'One a line; ticked on the card and on the Home tab.',
            optional: true,
          },
          { multiline: true, max: 1_000 },
        ),
        textField(
          { name: 'note', label: 'Private note', hint: 'Told under the card, to the team alone.', optional: true },
          { multiline: true, max: 1_000 },
        ),
      ];
  }
}

const mergeField = textField(
  {
    name: 'merge',
    label: 'The same as request',
    hint: 'The number of the other one, such as 12. This one ends, and goes on in that one.',
    optional: true,
  },
  { max: 12 },
);

function peopleField(name: string, label: string): InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: { type: 'plain_text', text: label, emoji: true },
    element: { type: 'users_select', action_id: name },
    optional: true,
  };
}

/** What the forms ask for; only what was filled in. */
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

/** @param of.was the priority that it had when the form was shown @param of.number its own @param of.at when it was submitted */
export function readChangeForm(
  filled: Filled,
  { was, number: own, at }: { was?: Priority; number?: number; at?: Date } = {},
): { ok: true; change: Change } | { ok: false; errors: FormErrors } {
  const { merge, issue, ...rest } = filled;
  const errors: FormErrors = {};
  const number = merge === undefined ? undefined : Number(/^#?(\d{1,10})$/.exec(merge)?.[1]);
  if (rest.give !== undefined && (rest.assignee ?? rest.team) !== undefined)
    errors.give = 'Please choose this or the other, not both.';
  if (rest.summary !== undefined && (rest.assignee ?? rest.team ?? rest.give) === undefined)
    errors.summary = 'Please choose to whom it goes, or leave this empty.';
  if (rest.priority !== undefined && was !== undefined && rest.priority !== was && rest.reason === undefined)
    errors.reason = 'Please say why the priority changes.';
  if (Number.isNaN(number)) errors.merge = 'Please give the number of the other request, such as 12.';
  if (number !== undefined && number === own)
    errors.merge = 'That is this request itself. Please give the number of the other one.';
  if (rest.snooze !== undefined && at !== undefined && rest.snooze < dayBehindAll(at))
    errors.snooze = 'That day is over already. Please choose a later one.';
  if (issue !== undefined && !(URL.canParse(issue) && /^https?:/.test(issue)))
    errors.issue = 'Please give an address that starts with https://.';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    change: { ...rest, ...(issue ? { issue } : {}), ...(number === undefined ? {} : { merge: number }) },
  };
}

/** The day where it is earliest: what is before it is over everywhere. */
const dayBehindAll = (at: Date): string => new Date(at.getTime() - 12 * 3_600_000).toISOString().slice(0, 10);
