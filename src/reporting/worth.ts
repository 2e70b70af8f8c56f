/** What Pitcrew is worth to people: what they say of it, and the time that it saves them. In: feedback, actions, interactions. Out: values by figure. */
import { thumbs, type Vote } from '../domain/figures/support';
import { timeSaved } from '../domain/figures/time-saved';
import type { Week } from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { AnswerKind, Settings } from '../domain/settings';
import { channelIds } from '../store/channel-rows';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { shareOf, type Values } from './values';

const features: Record<AnswerKind, string> = {
  status: 'pipeline status',
  impact: 'pipeline impact',
  log: 'show-log.v1',
};
const answers = Object.fromEntries(Object.entries(features).map(([kind, feature]) => [feature, kind]));

/** @param people whose words and time they are; `undefined` = everybody's */
export async function worthOf(
  { db, settings }: { db: Db; settings(): Settings },
  week: Week,
  people: ReadonlySet<string> | undefined,
): Promise<{ figures: Values; thumbs: WeekFigures['thumbs'] }> {
  const { excludeUsers: excluded, excludeChannels, byHand } = settings().adoption;
  const own = <T extends { personId: string }>(rows: T[]): T[] =>
    people ? rows.filter(({ personId }) => people.has(personId)) : rows;
  const votes = own(await figureRows.thumbs(db, week, excluded));
  const diagnoses = votes.filter(({ kind }) => kind === 'diagnosis');
  const actions = votes.filter(({ kind }) => kind === 'action');
  const rules = [...new Set(diagnoses.map(({ rule }) => rule))];
  return {
    figures: {
      ...(diagnoses.length > 0 ? { thumbs: shareOf(thumbs(diagnoses.map(asVote))) } : {}),
      ...(actions.length > 0 ? { 'thumbs-actions': shareOf(thumbs(actions.map(asVote))) } : {}),
      ...(await saved()),
    },
    thumbs: rules
      .map((rule) => ({ about: rule, up: thumbs(diagnoses.filter((vote) => vote.rule === rule).map(asVote)) }))
      .sort((a, b) => b.up.n - a.up.n || (a.about < b.about ? -1 : 1)),
  };

  async function saved(): Promise<Values> {
    if (byHand.length === 0) return {};
    const excludedChannels = await channelIds(db, excludeChannels);
    const rows = await figureRows.done(db, week, { excluded, excludedChannels, answers, timeZone: week.timeZone });
    const said = timeSaved(
      own(rows).map(({ action, problem, minutes }) => ({ action, group: problem, actualMinutes: minutes })),
      byHand,
    );
    if (!said) return {};
    const { minutes: total, counted: n, withoutBaseline: others, baselines: assumed } = said;
    return { 'time-saved': { kind: 'total', total, n, others, assumed } };
  }
}

const asVote = ({ about, personId, at, score }: Awaited<ReturnType<typeof figureRows.thumbs>>[number]): Vote => ({
  about,
  person: personId,
  at,
  score,
});
