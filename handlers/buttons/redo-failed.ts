import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { showPlan } from '../plan';

const title = 'Again for what failed';

export const redoFailed = onOpening(buttons.redoFailed, {
  title,
  show: (asked) => {
    const { id, kind } = asked.value;
    return showPlan(asked, title, { kind, aim: { kind: 'failed-items', actionId: id } });
  },
});
