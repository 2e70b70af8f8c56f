import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const sendAnswer = onSubmit(dialogs.sendAnswer, (_filled, { place, ...doing }) => ({
  ok: true,
  value: {
    wish: wishOfForm(doing.id, { words: doing.words, scope: doing.scope, link: doing.link ?? '' }),
    value: doing,
    place,
  },
}));
