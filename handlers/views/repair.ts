import { aimOf } from '../../src/domain/repair';
import { dialogs } from '../../src/slack/dialogs';
import { readWay, repairTitle } from '../../src/slack/repair-dialog';
import { openPressed } from '../backfill';
import { onForm } from '../dialog';
import { showPlan } from '../plan';

/** From a way to its plan, or to the form that it needs first. */
export const repairDialog = onForm(dialogs.repair, {
  title: repairTitle,
  place: ({ place }) => place,
  read: (filled, { steps }) => readWay(filled, steps),
  show: (asked) => {
    const { way, step, carried } = asked.value;
    const { incidentId, partition } = carried;
    if (way === 'backfill')
      return openPressed.show({
        ...asked,
        value: { ...carried.run.pipeline, incidentId, ...(partition ? { partition } : {}) },
      });
    const { kind, target } = aimOf(way, carried.run, step);
    return showPlan(asked, repairTitle, {
      kind,
      aim: { kind: 'targets', targets: [{ target, incidentId }] },
      incidentId,
    });
  },
});
