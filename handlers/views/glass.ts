import { dialogs } from '../../src/slack/dialogs';
import { readGlass } from '../../src/slack/glass-dialog';
import { onSubmit } from '../dialog';

/** The reason for going on without the yes that is waited for. */
export const glassDialog = onSubmit(dialogs.glass, (filled, { id, place }) => {
  const read = readGlass(filled);
  return read.ok ? { ok: true, value: { wish: id, value: { id, reason: read.reason }, place } } : read;
});
