import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const askBackForm = onSubmit(dialogs.askBack, (filled, { id, place }, viewId) =>
  filled.question === undefined
    ? { ok: false, errors: { question: 'Please write your question.' } }
    : { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, question: filled.question }, place } },
);
