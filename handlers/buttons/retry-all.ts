import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { showPlan } from '../plan';

const title = 'Retry all';

/** All runs that failed of one cause. */
export const retryAll = onOpening(buttons.retryAll, {
  title,
  show: (asked) => {
    const { incidentId } = asked.value;
    return showPlan(asked, title, { kind: 'retry', aim: { kind: 'incident', incidentId }, incidentId });
  },
});
