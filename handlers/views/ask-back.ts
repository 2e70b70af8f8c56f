import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const askBackForm = onSubmit(dialogs.askBack, (filled, { id, place }, viewId) => {
  const { question, as } = filled;
  return question === undefined
    ? { ok: false, errors: { question: 'Please write what you want to say.' } }
    : { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, question, ...(as ? { as } : {}) }, place } };
});
