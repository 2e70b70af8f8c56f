import type { PlanWish } from '../src/actions';
import { pipelineOf } from '../src/domain/target';
import { renderPlan } from '../src/slack/plan-dialog';
import type { Asked, Shown } from './dialog';

/** Makes a plan of what was asked for, and shows it; nothing is changed before the dialog is submitted. @throws Failure */
export async function showPlan(
  { actor, place, services }: Asked<unknown>,
  title: string,
  wish: Omit<PlanWish, 'actor' | 'pressed' | 'responseUrl'>,
): Promise<Shown> {
  const answer = await services.plans.make({
    ...wish,
    actor,
    ...(place.channel ? { pressed: { channel: place.channel, messageTs: place.messageTs } } : {}),
    ...(place.responseUrl ? { responseUrl: place.responseUrl } : {}),
  });
  const context = {
    title,
    place,
    mayOperate: services.mayOperate(actor).may,
    timeZone: actor.timeZone ?? 'UTC',
  };
  const view = renderPlan(answer, context);
  if (answer.outcome !== 'planned')
    return { view, outcome: answer.outcome === 'denied' ? 'not-allowed' : 'user-error' };
  const pipelines = new Set(
    answer.plan.items.map(({ target }) => `${pipelineOf(target).connection}/${pipelineOf(target).key}`),
  );
  const [only, another] = pipelines;
  const later = async () => {
    const picture = await services.pictures.plan(answer.plan);
    return picture && renderPlan(answer, { ...context, picture });
  };
  return { view, later, ...(only && another === undefined ? { pipeline: only } : {}) };
}
