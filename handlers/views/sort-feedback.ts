import { dialogs } from '../../src/slack/dialogs';
import { readSortForm } from '../../src/slack/feedback-forms';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const sortFeedbackForm = onSubmit(dialogs.sortFeedback, (filled, { id, place }, viewId) => {
  const read = readSortForm(filled);
  return read.ok
    ? { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, ...read.sorting }, place } }
    : read;
});
