import { dialogs } from '../../src/slack/dialogs';
import { readRedeployForm, redeployTitle } from '../../src/slack/redeploy-form';
import { onForm } from '../dialog';
import { showPlan } from '../plan';

/** Which version; it leads on to the plan. */
export const redeployForm = onForm(dialogs.redeploy, {
  title: redeployTitle,
  meanwhile: 'Looking at what it would change…',
  read: (filled, carried) => readRedeployForm(filled, carried),
  place: ({ place }) => place,
  show: (asked) => {
    const { version, carried } = asked.value;
    const { connection, key } = carried;
    return showPlan(asked, redeployTitle, {
      kind: 'redeploy',
      aim: { kind: 'version', pipeline: { connection, key }, version },
    });
  },
});
