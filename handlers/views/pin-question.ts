import { dialogs } from '../../src/slack/dialogs';
import { readPinForm } from '../../src/slack/pinned';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const pinQuestionForm = onSubmit(dialogs.pinQuestion, (filled, { group, place }, viewId) => {
  const read = readPinForm(filled);
  if (!read.ok) return read;
  const { question, answer } = read;
  return { ok: true, value: { wish: wishOfForm(viewId, filled), value: { group, question, answer }, place } };
});
