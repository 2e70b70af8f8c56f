import { dialogs } from '../../src/slack/dialogs';
import { readPinForm } from '../../src/slack/pinned';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const pinAnswerForm = onSubmit(dialogs.pinAnswer, (filled, { id, place }) => {
  const read = readPinForm(filled);
  if (!read.ok) return read;
  const { question, answer } = read;
  return { ok: true, value: { wish: wishOfForm(id, filled), value: { id, question, answer }, place } };
});
