import { dialogs } from '../../src/slack/dialogs';
import { readChangeForm } from '../../src/slack/request-change-form';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const changeRequestForm = onSubmit(dialogs.changeRequest, (filled, { id, was, number, place }, viewId, at) => {
  const read = readChangeForm(filled, { was, number, at });
  return read.ok
    ? { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, ...read.change }, place } }
    : read;
});
