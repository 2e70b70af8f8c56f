import { dialogs } from '../../src/slack/dialogs';
import { readChangeForm } from '../../src/slack/request-forms';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const changeRequestForm = onSubmit(dialogs.changeRequest, (filled, { id, place }, viewId) => {
  const read = readChangeForm(filled);
  return read.ok
    ? { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, ...read.change }, place } }
    : read;
});
