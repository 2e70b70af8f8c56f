import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';

export const explainPulseForm = onSubmit(dialogs.explainPulse, ({ words }, { quarter, place }, viewId) =>
  words === undefined
    ? { ok: false, errors: { words: 'Please write a word, or close this: your answer counts as it is.' } }
    : { ok: true, value: { wish: viewId, value: { quarter, words }, place } },
);
