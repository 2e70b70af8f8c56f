/** Figures of who uses what. In: active days by person and tool, user groups. Out: values by figure, tools, cohorts. */
import {
  type ActiveDay,
  activation,
  activeOn,
  cohorts,
  commandSuccess,
  featureAdoption,
  lifecycle,
  newUserRetention,
  reach,
  retention,
  stickiness,
} from '../domain/figures/adoption';
import type { Counter } from '../domain/figures/counters';
import { dayOf, daysUpTo, type Week, weekAfter, weekOf, workingDays } from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { Settings } from '../domain/settings';
import { channelIds } from '../store/channel-rows';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { findGroups } from '../store/group-rows';
import { count, meanOf, shareOf, spreadOf, type Values, withoutNulls } from './values';

/** Cohorts and weeks that charts and tables show. */
const weeksShown = 8;
const monthDays = 28;

export const teamScope = (team: string): string => `team:${team}`;

export interface AdoptionDeps {
  db: Db;
  settings(): Settings;
  /** What tools say of their own use in a week. */
  counters(week: string): Promise<Counter[]>;
}

export function createAdoption({ db, settings, counters }: AdoptionDeps) {
  /** Members of these user groups, as last read: the surrogates of those who count. */
  async function members(groupIds: readonly string[]): Promise<string[]> {
    const slackIds = (await findGroups(db, groupIds)).flatMap((group) => group.members);
    return figureRows.surrogates(db, slackIds, settings().adoption.excludeUsers);
  }

  /** Who could: the eligible groups, or the members of the team. `undefined` = nobody has said. */
  async function eligible(scope: string): Promise<Set<string> | undefined> {
    const team = settings().teams.find(({ name }) => teamScope(name) === scope);
    const groups = team ? (team.members ? [team.members.usergroup] : []) : settings().adoption.eligibleGroups;
    return groups.length > 0 ? new Set(await members(groups)) : undefined;
  }

  async function compute(week: Week, scope: string) {
    const { workspace, adoption: rules } = settings();
    const excluded = rules.excludeUsers;
    const could = await eligible(scope);
    const own = <T extends { person: string }>(rows: T[]): T[] =>
      scope === 'all' ? rows : rows.filter(({ person }) => could?.has(person) ?? false);
    const endDay = dayOf(week.to, week.timeZone);
    const firstDay = week.days[0] ?? endDay;
    const month = daysUpTo(week.days[6] ?? endDay, monthDays);
    const weeks = Array.from({ length: weeksShown + 1 }, (_, index) => weekAfter(week, index - weeksShown));
    const [days, weekly, firsts, uses, left] = await Promise.all([
      figureRows.activeDays(db, { excluded, firstDay: month[0] ?? firstDay, endDay }).then(own),
      figureRows.activeWeeks(db, { excluded, firstDay: weeks[0]?.days[0] ?? firstDay, endDay }).then(own),
      figureRows.firstDays(db, { excluded, endDay }).then(own),
      figureRows.featureUses(db, { excluded, firstDay, endDay }).then(own),
      figureRows.leftOut(db, { ...week, firstDay, endDay, excluded }),
    ]);
    // A short day is a working day.
    const daysOff = workspace.holidays.filter((holiday) => typeof holiday === 'string');
    const worked = workingDays(week.days, { weekdays: workspace.workingHours.days, daysOff });
    const here = days.filter(({ tool }) => tool === 'pitcrew');
    const actives = weeks.map(({ name, days: own }) => ({
      week: name,
      people: new Set(weekly.filter(({ monday }) => monday === own[0]).map(({ person }) => person)),
    }));
    const nameOfWeek = new Map<string, string>();
    const weekOfDay = (day: string): string => {
      const known = nameOfWeek.get(day);
      if (known) return known;
      const name = weekOf(new Date(`${day}T12:00:00Z`), 'UTC').name;
      nameOfWeek.set(day, name);
      return name;
    };
    const firstHere = firsts.filter(({ tool }) => tool === 'pitcrew');
    const firstWeek = new Map(firstHere.map(({ person, day }) => [person, weekOfDay(day)]));
    const now = actives.at(-1)?.people ?? new Set<string>();
    const before = actives.at(-2)?.people ?? new Set<string>();
    const last = weekAfter(week, -1);
    const newcomers = [...firstWeek].filter(([, name]) => name === last.name).map(([person]) => person);
    const times = await figureRows.firstTimes(db, newcomers);
    const answers = await figureRows.answerTimes(db, week, {
      excludedChannels: await channelIds(db, rules.excludeChannels),
      ...(scope === 'all' ? {} : { people: [...now] }),
    });
    const cycle = lifecycle(now, before, firstWeek, week.name);
    const sticky = stickiness(here, week.days, worked);
    const monthly = activeOn(here, month);
    const ever = new Set(firstWeek.keys());
    const fourAgo = newUserRetention(actives, firstWeek, { cohort: weekAfter(week, -4).name, after: 4 });
    const eightAgo = newUserRetention(actives, firstWeek, { cohort: weekAfter(week, -weeksShown).name, after: 4 });
    const sum = (of: 'ok' | 'userErrors' | 'systemErrors') => uses.reduce((total, use) => total + use[of], 0);
    const counted = scope === 'all' ? countedTools(await counters(week.name), days) : [];
    const figures: Values = {
      'weekly-active': count(now.size),
      'monthly-active': count(monthly.size),
      ...(worked.length > 0 ? { 'daily-active': meanOf(perDay(here, worked), worked.length) } : {}),
      ...(sticky === undefined ? {} : { stickiness: meanOf(sticky, now.size) }),
      'weekly-of-monthly': shareOf({ hits: now.size, n: monthly.size }),
      ...(could ? { reach: shareOf(reach(now, could)), 'ever-reached': shareOf(reach(ever, could)) } : {}),
      activation: shareOf(
        activation(
          times.map(({ firstSeenAt, usefulAt }) => ({ firstSeenAt, ...(usefulAt ? { usefulAt } : {}) })),
          last,
        ),
      ),
      retention: shareOf(retention(before, now)),
      ...(fourAgo ? { 'new-user-retention': shareOf(fourAgo.exactly) } : {}),
      ...(eightAgo ? { 'new-user-retention-later': shareOf(eightAgo.orLater) } : {}),
      'new-people': count(cycle.fresh),
      'returning-people': count(cycle.returning),
      'resurrecting-people': count(cycle.resurrecting),
      'dormant-people': count(cycle.dormant),
      'command-success': shareOf(
        commandSuccess({
          ok: sum('ok') - answers.late,
          late: answers.late,
          userErrors: sum('userErrors'),
          systemErrors: sum('systemErrors'),
        }),
      ),
      'answer-time': spreadOf(withoutNulls(answers)),
    };
    return {
      figures,
      tools: [
        ...toolsOf({ days, firsts, week, month, worked, weekOfDay, counted: new Set(counted.map(({ tool }) => tool)) }),
        ...counted,
      ],
      features: featureAdoption(uses, now.size),
      cohorts: cohorts(actives.slice(1), firstWeek),
      lifecycles: actives.slice(1).map(({ week: name, people }, index) => ({
        week: name,
        ...lifecycle(people, actives[index]?.people ?? new Set(), firstWeek, name),
      })),
      residuals: { 'lifecycle: parts − WAU': cycle.residuals[0], 'lifecycle: change of WAU': cycle.residuals[1] },
      excluded: left,
      eligible: could,
    };
  }

  /** Pitcrew is one row; the others are those of the settings, and whatever else people were seen to use. */
  function toolsOf(of: {
    days: (ActiveDay & { tool: string; team: string })[];
    firsts: { tool: string; person: string; day: string }[];
    week: Week;
    month: string[];
    worked: string[];
    weekOfDay(day: string): string;
    /** Told by themselves. */
    counted: ReadonlySet<string>;
  }): WeekFigures['tools'] {
    const { tools } = settings().adoption;
    const names = [...new Set(['pitcrew', ...tools.map(({ name }) => name), ...of.days.map(({ tool }) => tool)])];
    return names
      .filter((tool) => !of.counted.has(tool))
      .map((tool) => {
        const own = of.days.filter((day) => day.tool === tool);
        const known = tools.find(({ name }) => name === tool);
        const inMonth = activeOn(own, of.month);
        const teams = new Set(own.flatMap(({ team }) => (team === '' ? [] : [team])));
        return {
          tool,
          title: known?.title ?? (tool === 'pitcrew' ? 'Pitcrew' : tool),
          monthly: inMonth.size,
          weekly: activeOn(own, of.week.days).size,
          daily: of.worked.length > 0 ? perDay(own, of.worked) : 0,
          teams: teams.size,
          fresh: of.firsts.filter((first) => first.tool === tool && of.weekOfDay(first.day) === of.week.name).length,
          ...(known?.goalMonthlyUsers === undefined ? {} : { goal: known.goalMonthlyUsers }),
          isCounter: false,
        };
      });
  }

  /** Tools whose people are not known; where they are, these are counted, not what the tool says. */
  function countedTools(said: readonly Counter[], days: readonly { tool: string }[]): WeekFigures['tools'] {
    const { tools } = settings().adoption;
    return said
      .filter(({ tool }) => !days.some((day) => day.tool === tool))
      .map(({ week: _week, ...counter }) => {
        const known = tools.find(({ name }) => name === counter.tool);
        const goal = known?.goalMonthlyUsers;
        return {
          ...counter,
          title: known?.title ?? counter.tool,
          ...(goal === undefined ? {} : { goal }),
          isCounter: true,
        };
      });
  }

  return { eligible, compute };
}

export type Adoption = ReturnType<typeof createAdoption>;

function perDay(activity: readonly ActiveDay[], days: readonly string[]): number {
  return days.reduce((sum, day) => sum + activeOn(activity, [day]).size, 0) / days.length;
}
