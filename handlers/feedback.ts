import { randomUUID } from 'node:crypto';
import type { ModalView } from '@slack/types';
import type { FeedbackItem } from '../src/domain/feedback';
import type { GiveValue } from '../src/slack/dialogs';
import { sayFeedbackAnswer } from '../src/slack/feedback';
import { giveTitle, renderGiveForm } from '../src/slack/feedback-forms';
import { saying } from '../src/slack/form';
import type { Asked, Opening, Shown } from './dialog';
import type { CommandPlan } from './listen';

/** The form for a word of feedback, from wherever it was opened. */
export function giveFeedbackFrom<T>(source: GiveValue['source']): Opening<T> {
  return {
    title: giveTitle,
    meanwhile: 'One moment…',
    show: async ({ place }) => ({ view: renderGiveForm({ origin: randomUUID(), source, place }) }),
  };
}

/** With words it is noted at once; without, the form opens. */
export function givenTyped(words: string, what: string): CommandPlan {
  if (words === '') return { open: { ...giveFeedbackFrom<undefined>('command'), what, needs: 'look' } };
  return { store: { name: 'command:feedback', value: { text: words }, needs: 'look', what } };
}

/** A form of the team about something that somebody said; others are told that it is not for them. */
export async function aboutFeedback<T>(
  { actor, services }: Pick<Asked<T>, 'actor' | 'services'>,
  title: string,
  id: string,
  render: (item: FeedbackItem) => Promise<ModalView> | ModalView,
): Promise<Shown> {
  if (!services.requests.isTeam(actor))
    return { view: saying(title, [sayFeedbackAnswer({ kind: 'not-team' })]), outcome: 'not-allowed' };
  const item = await services.feedback.find(id);
  if (!item) return { view: saying(title, ['This is gone. Nothing was changed.']), outcome: 'user-error' };
  return { view: await render(item) };
}
