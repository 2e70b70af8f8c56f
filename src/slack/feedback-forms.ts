import type { ModalView } from '@slack/types';
import type { Audience, FeedbackItem, Theme } from '../domain/feedback';
import { dialogs, type GiveValue, type Place } from './dialogs';
import { feedbackStates, sayItem } from './feedback-inbox';
import { type Filled, type FormErrors, modal, radioField, saying, selectField, textField } from './form';
import { context, section } from './message';
import { words } from './mrkdwn';
import { renderYouAsked } from './you-asked';

export const giveTitle = 'Give feedback';
export const sortTitle = 'Sort feedback';
export const answerTitle = 'You asked, we did';

const wordsMax = 2_500;
/** So that both a message and its preview hold it. */
const answerMax = 900;
const lost = (title: string): ModalView => saying(title, ['This cannot be shown here. Please open it anew.']);

/** A wish or a thought, from anywhere. */
export function renderGiveForm(value: GiveValue): ModalView {
  const text = dialogs.giveFeedback.encode(value);
  if (text === undefined) return lost(giveTitle);
  return modal({
    title: giveTitle,
    blocks: [
      textField(
        {
          name: 'words',
          label: 'What would make your work easier, or what went well?',
          hint: 'The team reads all of it, and you hear once when something is done about it. For help now, ask instead.',
        },
        { multiline: true, max: wordsMax },
      ),
    ],
    submit: 'Send',
    carries: { id: dialogs.giveFeedback.id, text },
  });
}

/** Theme and status; the theme that its words suggest is chosen already. */
export function renderSortForm(
  item: FeedbackItem,
  place: Place,
  { themes, suggested }: { themes: readonly Theme[]; suggested?: string },
): ModalView {
  const text = dialogs.sortFeedback.encode({ id: item.id, place });
  if (text === undefined) return lost(sortTitle);
  const open = ['new', 'planned', 'declined'] as const;
  return modal({
    title: sortTitle,
    blocks: [
      section(sayItem(item, 'UTC')),
      ...(themes.length > 0
        ? [
            selectField(
              {
                name: 'theme',
                label: 'Theme',
                optional: true,
                ...(suggested ? { hint: 'Suggested by the words that it shares. Change it if it is wrong.' } : {}),
              },
              themes.map(({ id, name }) => ({ value: id, text: name })),
              item.theme?.id ?? suggested,
            ),
          ]
        : []),
      textField(
        { name: 'newTheme', label: themes.length > 0 ? 'Or a new theme' : 'A theme for it', optional: true },
        { max: 60 },
      ),
      radioField(
        { name: 'status', label: 'Status', hint: 'What is done has a button of its own, which tells those who asked.' },
        open.map((each) => ({ value: each, text: feedbackStates[each] })),
        item.status === 'done' ? 'planned' : item.status,
      ),
    ],
    submit: 'Sort',
    carries: { id: dialogs.sortFeedback.id, text },
  });
}

export interface Sorting {
  status: 'new' | 'planned' | 'declined';
  themeId?: string;
  newTheme?: string;
}

export function readSortForm({
  theme,
  newTheme,
  status,
}: Filled): { ok: true; sorting: Sorting } | { ok: false; errors: FormErrors } {
  if (status !== 'new' && status !== 'planned' && status !== 'declined')
    return { ok: false, errors: { status: 'Please choose one.' } };
  return {
    ok: true,
    sorting: { status, ...(theme ? { themeId: theme } : {}), ...(newTheme ? { newTheme } : {}) },
  };
}

/** What was done; who asked is told once. */
export function renderAnswerForm(item: FeedbackItem, place: Place): ModalView {
  const text = dialogs.answerFeedback.encode({ id: item.id, place });
  if (text === undefined) return lost(answerTitle);
  return modal({
    title: answerTitle,
    blocks: [
      section(sayItem(item, 'UTC')),
      ...(item.theme
        ? [
            radioField(
              { name: 'scope', label: 'What is done' },
              [
                { value: 'item', text: 'This one alone' },
                { value: 'theme', text: `All that waits under “${item.theme.name}”` },
              ],
              'item',
            ),
          ]
        : []),
      textField(
        {
          name: 'words',
          label: 'What you did',
          hint: 'A sentence or two. You see the message and who gets it before it is sent.',
        },
        { multiline: true, max: answerMax },
      ),
      textField({ name: 'link', label: 'Address to read more', optional: true }, { max: 500 }),
    ],
    submit: 'Preview',
    carries: { id: dialogs.answerFeedback.id, text },
  });
}

export interface Doing {
  scope: 'item' | 'theme';
  words: string;
  link?: string;
}

export function readAnswerForm({
  scope,
  words: said,
  link,
}: Filled): { ok: true; value: Doing } | { ok: false; errors: FormErrors } {
  const errors: FormErrors = {};
  if (said === undefined) errors.words = 'Please say what you did, in a sentence.';
  if (link !== undefined && !(URL.canParse(link) && /^https?:/.test(link)))
    errors.link = 'Please give an address that starts with https://.';
  if (said === undefined || Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, value: { scope: scope === 'theme' ? 'theme' : 'item', words: said, ...(link ? { link } : {}) } };
}

/** The very message, and who gets it; nothing is sent before its button is pressed. */
export function renderAnswerPreview(
  item: FeedbackItem,
  doing: Doing,
  { audience, place }: { audience: Audience; place: Place },
): ModalView {
  const text = dialogs.sendAnswer.encode({ id: item.id, ...doing, place });
  if (text === undefined) return lost(answerTitle);
  const { to, unwilling, items } = audience;
  if (items === 0) return saying(answerTitle, ['This is done already, and who asked has been told.']);
  const names = to.slice(0, 10).map((name) => words(`@${name}`, 60));
  const more = to.length > names.length ? ` and ${to.length - names.length} more` : '';
  const held =
    unwilling > 0
      ? `${unwilling} ${unwilling === 1 ? 'person gets' : 'people get'} none: they do not want such messages, or have left.`
      : '';
  return modal({
    title: answerTitle,
    blocks: [
      section(
        to.length > 0
          ? `This goes to ${names.join(', ')}${more}, each once, by direct message:`
          : 'Nobody is written to; it is marked as done.',
      ),
      ...(to.length > 0 ? renderYouAsked({ words: [item.words], say: doing.words, url: doing.link }).blocks : []),
      context(`${items === 1 ? 'One entry is' : `${items} entries are`} marked as done. ${held}`),
    ],
    submit: to.length > 0 ? `Send to ${to.length}` : 'Mark as done',
    carries: { id: dialogs.sendAnswer.id, text },
  });
}
