import { dialogs } from '../../src/slack/dialogs';
import { onSubmit } from '../dialog';
import { wishOfForm } from '../request-wish';

export const solveForm = onSubmit(dialogs.solve, (filled, { id, place }, viewId) =>
  filled.resolution === undefined
    ? { ok: false, errors: { resolution: 'Please say what solved it, in a sentence.' } }
    : { ok: true, value: { wish: wishOfForm(viewId, filled), value: { id, resolution: filled.resolution }, place } },
);
