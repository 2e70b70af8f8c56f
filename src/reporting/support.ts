/** Figures of the support that people got in a week. In: what happened to requests. Out: values by figure, and what is left of the backlog's identity. */
import { tiedAfter } from '../domain/figures/ranking';
import { fewestRatings, supportFigures } from '../domain/figures/support';
import { type Week, weekAfter } from '../domain/figures/week';
import { targetsFor } from '../domain/request-clock';
import type { Settings } from '../domain/settings';
import type { Timetable } from '../domain/working-time';
import { channelIds } from '../store/channel-rows';
import type { Db } from '../store/db';
import { isAnyRequest, repeatedRequests, requestHistories } from '../store/support-rows';
import { count, shareOf, spreadOf, type Values } from './values';

const askedShown = 3;

export interface SupportDeps {
  db: Db;
  settings(): Settings;
  /** Working hours as they were and are. */
  timetable(): Promise<Timetable>;
}

/** Whose requests a scope has: of these people, or about these pipelines. */
export interface SupportScope {
  people?: ReadonlySet<string>;
  isOwn(pipeline: { connection: string; pipeline: string }): boolean;
}

/** Those pipelines of the scope about which more than one request was opened, most first. */
export async function askedAbout(
  { db, settings }: Pick<SupportDeps, 'db' | 'settings'>,
  week: Week,
  { isOwn }: Pick<SupportScope, 'isOwn'>,
): Promise<{ asked: { connection: string; pipeline: string; requests: number }[]; tied: number }> {
  const { adoption } = settings();
  const found = await repeatedRequests(db, {
    ...week,
    people: adoption.excludeUsers,
    channels: await channelIds(db, adoption.excludeChannels),
  });
  const own = found.filter(isOwn);
  const tied = tiedAfter(
    own.map(({ requests }) => requests),
    askedShown,
  );
  return { asked: own.slice(0, askedShown), tied };
}

/** What came, was solved and stayed open in a week. `undefined` where nobody ever asked. */
export async function flowOf(
  deps: SupportDeps,
  week: Week,
  scope: SupportScope,
): Promise<{ opened: number; reopened: number; solved: number; open: number } | undefined> {
  const { figures } = await supportOf(deps, week, scope);
  const of = (id: 'requests-opened' | 'requests-reopened' | 'requests-solved' | 'backlog') => {
    const value = figures[id];
    return value?.kind === 'count' ? value.count : 0;
  };
  if (!figures.backlog) return undefined;
  return {
    opened: of('requests-opened'),
    reopened: of('requests-reopened'),
    solved: of('requests-solved'),
    open: of('backlog'),
  };
}

/** Nothing for who never had a request: a team without support is not one whose support is perfect. */
export async function supportOf(
  { db, settings, timetable }: SupportDeps,
  week: Week,
  { people, isOwn }: SupportScope,
): Promise<{ figures: Values; residuals: Record<string, number> }> {
  const before = weekAfter(week, -1);
  const { support, adoption } = settings();
  const found = await requestHistories(db, {
    from: before.from,
    to: week.to,
    people: adoption.excludeUsers,
    channels: await channelIds(db, adoption.excludeChannels),
  });
  const own = found.filter(({ personId, connection, pipeline }) => {
    if (!people || people.has(personId)) return true;
    return connection !== null && pipeline !== null && isOwn({ connection, pipeline });
  });
  if (own.length === 0 && !(await isAnyRequest(db))) return { figures: {}, residuals: {} };
  const said = supportFigures(own, { week, before }, (priority) => targetsFor(priority, support), await timetable());
  return {
    figures: {
      'requests-opened': count(said.backlog.opened),
      'requests-reopened': count(said.backlog.reopened),
      'requests-solved': count(said.backlog.solved),
      backlog: count(said.backlog.open),
      'backlog-age': spreadOf(said.backlog.ages),
      'first-response': spreadOf(said.firstResponse),
      'next-response': spreadOf(said.nextResponse),
      'first-resolution': spreadOf(said.firstResolution),
      'full-resolution': spreadOf(said.fullResolution),
      'first-resolution-calendar': spreadOf(said.firstResolutionCalendar),
      'full-resolution-calendar': spreadOf(said.fullResolutionCalendar),
      'response-attainment': shareOf(said.responseAttainment),
      'resolution-attainment': shareOf(said.resolutionAttainment),
      'reopen-rate': shareOf(said.reopened),
      'one-touch': shareOf(said.oneTouch),
      'answered-first': shareOf(said.answeredFirst),
      satisfaction: { ...shareOf(said.satisfied), fewest: fewestRatings },
      'surveys-answered': shareOf(said.surveysAnswered),
      ...(said.minutesPerAnswer
        ? {
            'minutes-per-answer': {
              kind: 'mean' as const,
              mean: said.minutesPerAnswer.minutes,
              n: said.minutesPerAnswer.n,
              unit: 'minutes' as const,
            },
          }
        : {}),
    },
    residuals: { 'backlog: before + opened + reopened − solved − open': said.backlog.residual },
  };
}
