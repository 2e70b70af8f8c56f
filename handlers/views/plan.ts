import { dialogs } from '../../src/slack/dialogs';
import { readPlanForm } from '../../src/slack/plan-dialog';
import { onSubmit } from '../dialog';

/** The yes to a plan, with the pace that was set in its dialog. */
export const planDialog = onSubmit(dialogs.plan, (filled, { actionId, place }) => {
  const read = readPlanForm(filled);
  return read.ok ? { ok: true, value: { wish: actionId, value: { actionId, ...read.value }, place } } : read;
});
