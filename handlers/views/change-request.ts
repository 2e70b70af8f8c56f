import { dialogs } from '../../src/slack/dialogs';
import { readChangeForm } from '../../src/slack/request-forms';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const changeRequestForm = onSubmit(dialogs.changeRequest, (filled, { id, place }) => {
  const read = readChangeForm(filled);
  return read.ok ? { ok: true, value: { wish: wishOfForm(id, filled), value: { id, ...read.change }, place } } : read;
});
