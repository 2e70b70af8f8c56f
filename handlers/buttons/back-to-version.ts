import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { showPlan } from '../plan';

const title = 'Roll back';

/** The plan of the way back to the version that was in force before a redeploy. */
export const backToVersion = onOpening(buttons.backToVersion, {
  title,
  show: (asked) => {
    const { connection, key, version, incidentId } = asked.value;
    return showPlan(asked, title, {
      kind: 'redeploy',
      aim: { kind: 'version', pipeline: { connection, key }, version },
      ...(incidentId ? { incidentId } : {}),
    });
  },
});
