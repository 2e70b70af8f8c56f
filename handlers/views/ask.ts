import { dialogs } from '../../src/slack/dialogs';
import { readAskForm } from '../../src/slack/request-forms';
import { onSubmit } from '../dialog';

/** A question is asked. */
export const askForm = onSubmit(dialogs.ask, (filled, { place, ...carried }) => {
  const read = readAskForm(filled);
  if (!read.ok) return read;
  const isDirect = carried.isDirect || read.isDirect;
  return { ok: true, value: { wish: carried.origin, value: { ...carried, question: read.question, isDirect }, place } };
});
