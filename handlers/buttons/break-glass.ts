import { buttons } from '../../src/slack/buttons';
import { glassTitle, renderGlass, renderGlassRefusal } from '../../src/slack/glass-dialog';
import { onOpening } from '../dialog';

/** Going on without the yes that is waited for. */
export const breakGlass = onOpening(buttons.breakGlass, {
  title: glassTitle,
  meanwhile: 'One moment…',
  show: async ({ value, actor, place, services }) => {
    const { may, whoMay } = services.mayOperate(actor);
    return may
      ? { view: renderGlass({ ...value, place }) }
      : { view: renderGlassRefusal(whoMay), outcome: 'not-allowed' };
  },
});
