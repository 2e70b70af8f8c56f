import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

/** The yes to what the preview showed. */
export const digestDialog = onSubmit(dialogs.digest, (_filled, { origin, channel, choice, place }) => ({
  ok: true,
  value: { wish: wishOfForm(origin, { choice: JSON.stringify(choice) }), value: { channel, choice }, place },
}));
