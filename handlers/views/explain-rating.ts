import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const explainRatingForm = onSubmit(dialogs.explainRating, (filled, { id, place }, viewId) =>
  filled.words === undefined
    ? { ok: false, errors: { words: 'Please write a word, or close this: your rating counts as it is.' } }
    : { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, words: filled.words }, place } },
);
