import { buttons } from '../../src/slack/buttons';
import { renderWays, repairTitle } from '../../src/slack/repair-dialog';
import { onOpening } from '../dialog';

/** What can be done with one run besides a plain retry, as it is now. */
export const otherWays = onOpening(buttons.otherWays, {
  title: repairTitle,
  meanwhile: 'Looking at how the run is…',
  show: async ({ value, place, services }) => {
    const { connection, pipeline, partition, run, attempt, incidentId } = value;
    const ref = { pipeline: { connection, key: pipeline }, run, attempt };
    const open = await services.plans.ways({ ...ref, ...(partition ? { partition } : {}) });
    return {
      view: renderWays({ run: ref, partition, incidentId, open, place }),
      pipeline: `${connection}/${pipeline}`,
    };
  },
});
