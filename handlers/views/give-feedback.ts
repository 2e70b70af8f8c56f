import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';

export const giveFeedbackForm = onSubmit(dialogs.giveFeedback, ({ words }, { origin, source, place }) =>
  words === undefined
    ? { ok: false, errors: { words: 'Please write a word or two.' } }
    : { ok: true, value: { wish: origin, value: { origin, source, words }, place } },
);
