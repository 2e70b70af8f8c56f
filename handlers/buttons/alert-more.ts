import { buttons, type MoreValue } from '../../src/slack/buttons';
import { saying } from '../../src/slack/form';
import { code, words } from '../../src/slack/mrkdwn';
import { renderWhyNot, whyNotTitle } from '../../src/slack/why-not';
import type { Asked, Shown } from '../dialog';
import { onValue } from '../listen';
import { showPlan } from '../plan';

const title = 'Roll back';

/** Beside an alert. Most of it is done; the way back to a version is shown as a plan first, and why something is not there is told. */
export const alertMore = onValue(buttons.more, (value) => {
  if ('back' in value) return { title, show: (asked) => planBack(asked, value) };
  if ('whyNot' in value)
    return { title: whyNotTitle, meanwhile: 'Looking it up…', show: (asked) => showWhyNot(asked, value) };
  return undefined;
});

async function showWhyNot(
  { place, services }: Asked<MoreValue>,
  { incidentId }: { incidentId: string },
): Promise<Shown> {
  const about = await services.alerts.about(incidentId, place.channel ?? '');
  if (!about) return { view: saying(whyNotTitle, ['That alert is not there any more.']), outcome: 'user-error' };
  const { pipeline } = about;
  return { view: renderWhyNot(about), pipeline: `${pipeline.connection}/${pipeline.key}` };
}

async function planBack(
  asked: Asked<MoreValue>,
  { incidentId, back }: Extract<MoreValue, { back: string }>,
): Promise<Shown> {
  const { place, services } = asked;
  const about = await services.alerts.about(incidentId, place.channel ?? '');
  if (!about)
    return { view: saying(title, ['That alert is not there any more. Nothing was changed.']), outcome: 'user-error' };
  const { pipeline } = about;
  if (about.back !== back) {
    const say = `Another version of ${words(pipeline.key, 120)} has been put in force since, so there is nothing to roll back here. Nothing was changed.`;
    const next = `${code(`${services.commands.pipeline} redeploy ${pipeline.key}`, 160)} shows what is in force, and puts any other version in its place.`;
    return { view: saying(title, [say, next]), outcome: 'user-error' };
  }
  return showPlan(asked, title, {
    kind: 'redeploy',
    aim: { kind: 'version', pipeline, version: back },
    incidentId,
  });
}
