import { aimOf } from '../../src/domain/repair';
import { dialogs } from '../../src/slack/dialogs';
import { readWay, repairTitle } from '../../src/slack/repair-dialog';
import { onForm } from '../dialog';
import { showPlan } from '../plan';

/** From a way to its plan. */
export const repairDialog = onForm(dialogs.repair, {
  title: repairTitle,
  place: ({ place }) => place,
  read: (filled, { steps }) => readWay(filled, steps),
  show: (asked) => {
    const { way, step, carried } = asked.value;
    const { kind, target } = aimOf(way, carried.run, step);
    const { incidentId } = carried;
    return showPlan(asked, repairTitle, {
      kind,
      aim: { kind: 'targets', targets: [{ target, incidentId }] },
      incidentId,
    });
  },
});
