import { backfillTitle, readBackfillForm } from '../../src/slack/backfill-form';
import { dialogs } from '../../src/slack/dialogs';
import { onForm } from '../dialog';
import { showPlan } from '../plan';

/** Which partitions, and how; it leads on to the plan. */
export const backfillForm = onForm(dialogs.backfill, {
  title: backfillTitle,
  meanwhile: 'Looking at what ran, and what would be run…',
  read: (filled) => readBackfillForm(filled),
  place: ({ place }) => place,
  show: (asked) => {
    const { which, mode, order, dependents, parameters, carried } = asked.value;
    const { connection, key, incidentId } = carried;
    return showPlan(asked, backfillTitle, {
      kind: 'backfill',
      aim: { kind: 'partitions', pipeline: { connection, key }, mode, dependents, parameters, ...which },
      pace: { order },
      ...(incidentId ? { incidentId } : {}),
    });
  },
});
