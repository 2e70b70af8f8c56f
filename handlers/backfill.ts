import { dayOf, daysIn, splitDays } from '../src/domain/day-words';
import type { PipelineRef } from '../src/domain/pipeline';
import { type BackfillAnswer, backfillTitle, renderBackfillForm } from '../src/slack/backfill-form';
import { renderDenied } from '../src/slack/plan-dialog';
import type { Asked, Opening, Shown } from './dialog';

const meanwhile = 'Looking at how it is partitioned…';

/** The form of a backfill for what was typed: a pipeline, and perhaps days. */
export function openTyped(typed: string): Opening<undefined> {
  const { name, days } = splitDays(typed);
  return {
    title: backfillTitle,
    meanwhile,
    async show(asked) {
      const answer = await asked.services.backfills.named(name);
      const read = answer.kind === 'found' && days !== '' ? daysIn(days, answer.today) : undefined;
      return shown(asked, answer, { days: read, ...(days !== '' && !read ? { unread: days } : {}) });
    },
  };
}

/** The same for a pipeline that is pressed, beginning with the day of one partition of it. */
export const openPressed: Opening<PipelineRef & { partition?: string; incidentId?: string }> = {
  title: backfillTitle,
  meanwhile,
  async show(asked) {
    const { partition, incidentId } = asked.value;
    const answer = await asked.services.backfills.about(asked.value);
    const day = dayOf(partition);
    return shown(asked, answer, { days: day ? { from: day, to: day } : undefined, incidentId });
  },
};

async function shown(
  { actor, place, services }: Asked<unknown>,
  answer: BackfillAnswer,
  of: Pick<Parameters<typeof renderBackfillForm>[1], 'days' | 'unread' | 'incidentId'>,
): Promise<Shown> {
  const view = renderBackfillForm(answer, { ...of, place, command: services.commands.pipeline });
  if (answer.kind !== 'found') return { view, outcome: 'user-error' };
  const { pipeline } = answer;
  const about = { pipeline: `${pipeline.connection}/${pipeline.key}` };
  const denied = await services.plans.refusal({ actor, kind: 'backfill', pipeline });
  if (denied) return { view: renderDenied(backfillTitle, denied), outcome: 'not-allowed', ...about };
  return { view, ...about };
}
