import { buttons, type MoreValue } from '../../src/slack/buttons';
import { saying } from '../../src/slack/form';
import type { Asked, Shown } from '../dialog';
import { onValue } from '../listen';
import { showPlan } from '../plan';

const title = 'Roll back';

/** Beside an alert. Most of it is done; the way back to a version is shown as a plan first. */
export const alertMore = onValue(buttons.more, (value) =>
  'back' in value ? { title, show: (asked) => planBack(asked, value) } : undefined,
);

async function planBack(
  asked: Asked<MoreValue>,
  { incidentId, back }: Extract<MoreValue, { back: string }>,
): Promise<Shown> {
  const { place, services } = asked;
  const pipeline = await services.alerts.pipelineOf(incidentId, place.channel ?? '');
  if (!pipeline)
    return { view: saying(title, ['That alert is not there any more. Nothing was changed.']), outcome: 'user-error' };
  return showPlan(asked, title, {
    kind: 'redeploy',
    aim: { kind: 'version', pipeline, version: back },
    incidentId,
  });
}
