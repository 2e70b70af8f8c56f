/** Figures of who uses what. In: active days by person and tool, user groups. Out: values by figure, tools, cohorts. */
import {
  type ActiveDay,
  activation,
  activeOn,
  cohorts,
  commandSuccess,
  featureAdoption,
  lifecycle,
  meanDaily,
  newUserRetention,
  reach,
  retention,
  stickiness,
} from '../domain/figures/adoption';
import type { Counter } from '../domain/figures/counters';
import {
  dayAfter,
  daysUpTo,
  mondayOf,
  type Week,
  weekAfter,
  weekNameOf,
  weekOf,
  workingDays,
} from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { Settings } from '../domain/settings';
import { channelIds } from '../store/channel-rows';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { findGroups } from '../store/group-rows';
import { count, meanOf, shareOf, spreadOf, type Values, withoutNulls } from './values';

/** Cohorts and weeks that charts and tables show. */
const weeksShown = 8;
/** More lines than these in one chart are no longer told apart. */
const toolsInTrend = 5;
const monthDays = 28;

export const teamScope = (team: string): string => `team:${team}`;

/** Who was active when: from before the week before on. Whoever asks leaves out what came after its own end. */
export type ActivitySitting = () => Promise<
  figureRows.Activity & { firsts: Awaited<ReturnType<typeof figureRows.firstDays>> }
>;

export interface AdoptionDeps {
  db: Db;
  settings(): Settings;
  /** What tools say of their own use in a week. */
  counters(week: string): Promise<Counter[]>;
}

export function createAdoption({ db, settings, counters }: AdoptionDeps) {
  function groupsOf(scope: string): string[] {
    const team = settings().teams.find(({ name }) => teamScope(name) === scope);
    return team ? (team.members ? [team.members.usergroup] : []) : settings().adoption.eligibleGroups;
  }

  const slackIdsIn = async (scope: string) => (await findGroups(db, groupsOf(scope))).flatMap((group) => group.members);

  /** Who could, by the groups as last read: the eligible ones, or the members of the team. `undefined` = nobody has said. */
  async function eligible(scope: string): Promise<Set<string> | undefined> {
    if (groupsOf(scope).length === 0) return undefined;
    return new Set(await figureRows.surrogates(db, await slackIdsIn(scope), settings().adoption.excludeUsers));
  }

  /** Those of them whom we have not met: Slack ids. */
  const unmet = async (scope: string): Promise<string[]> =>
    figureRows.unmet(db, await slackIdsIn(scope), settings().adoption.excludeUsers);

  /** Keeps who could at the end of a week that is over, once. */
  async function keepEligible(week: Week): Promise<void> {
    for (const scope of ['all', ...settings().teams.map(({ name }) => teamScope(name))]) {
      if ((await figureRows.eligibleThen(db, week.name, scope)).length > 0) continue;
      const known = await eligible(scope);
      if (!known) continue;
      const strangers = await unmet(scope);
      await db.transaction((tx) =>
        figureRows.saveEligible(tx, { week: week.name, scope, people: [...known], unmet: strangers.length }),
      );
    }
  }

  /**
   * Who could at the end of a week: as kept then, else as the groups are now. Members whom we have not met count too, by their Slack ids:
   * who never came is what reach is about.
   */
  async function eligibleIn(week: Week, scope: string): Promise<Set<string> | undefined> {
    const kept = await figureRows.eligibleThen(db, weekOf(new Date(week.to.getTime() - 1), week.timeZone).name, scope);
    if (kept.length > 0) return new Set(kept);
    const known = await eligible(scope);
    if (!known) return undefined;
    return new Set([...known, ...(await unmet(scope))]);
  }

  /** What a week has in common with the one before is read once. */
  function sit(week: Week): ActivitySitting {
    const { since, firstDay } = readFrom(weekAfter(week, -1));
    const endDay = dayAfter(week);
    const excluded = settings().adoption.excludeUsers;
    let read: ReturnType<ActivitySitting> | undefined;
    return () => {
      read ??= Promise.all([
        figureRows.activity(db, { excluded, since, firstDay, endDay }),
        figureRows.firstDays(db, { excluded, endDay }),
      ]).then(([activity, firsts]) => ({ ...activity, firsts }));
      return read;
    };
  }

  async function compute(week: Week, scope: string, activity: ActivitySitting) {
    const { workspace, adoption: rules } = settings();
    const excluded = rules.excludeUsers;
    const could = await eligibleIn(week, scope);
    const own = <T extends { person: string }>(rows: T[]): T[] =>
      scope === 'all' ? rows : rows.filter(({ person }) => could?.has(person) ?? false);
    const { endDay, month, last, weeks, firstDay: since } = reachOf(week);
    const firstDay = week.days[0] ?? endDay;
    const [[allDays, allWeekly, allFirsts], uses, left] = await Promise.all([
      activity().then(({ days, weeks, firsts }) => [own(days), own(weeks), own(firsts)] as const),
      figureRows.featureUses(db, { excluded, firstDay, endDay }).then(own),
      figureRows.leftOut(db, { ...week, firstDay, endDay, excluded }),
    ]);
    const days = allDays.filter(({ day }) => day >= since && day < endDay);
    const firsts = allFirsts.filter(({ day }) => day < endDay);
    // A short day is a working day.
    const daysOff = workspace.holidays.filter((holiday) => typeof holiday === 'string');
    const worked = workingDays(week.days, { weekdays: workspace.workingHours.days, daysOff });
    const here = days.filter(({ tool }) => tool === 'pitcrew');
    const weekly = peopleByWeek(allWeekly);
    const inWeek = (tool: string, [monday]: string[]) => weekly.get(`${monday} ${tool}`) ?? new Set<string>();
    const actives = weeks.map(({ name, days: own }) => ({ week: name, people: inWeek('pitcrew', own) }));
    const firstHere = firsts.filter(({ tool }) => tool === 'pitcrew');
    const weekOfDay = new Map([...new Set(firstHere.map(({ day }) => day))].map((day) => [day, weekNameOf(day)]));
    const firstWeek = new Map(firstHere.map(({ person, day }) => [person, weekOfDay.get(day) ?? '']));
    const now = activeOn(here, week.days);
    const before = activeOn(here, last.days);
    const firstIn = new Map(
      firstHere.map(({ person, day }) => [
        person,
        [week, last].find(({ days }) => days.includes(day))?.name ?? 'earlier',
      ]),
    );
    const newcomers = [...firstIn].filter(([, name]) => name === last.name).map(([person]) => person);
    const excludedChannels = await channelIds(db, rules.excludeChannels);
    const [times, answers] = await Promise.all([
      figureRows.firstTimes(db, { people: newcomers, excludedChannels }),
      figureRows.answerTimes(db, week, { excludedChannels, ...(scope === 'all' ? {} : { people: [...now] }) }),
    ]);
    const cycle = lifecycle(now, before, firstIn, week.name);
    const sticky = stickiness(here, week.days, worked);
    const monthly = activeOn(here, month);
    const ever = new Set(firstWeek.keys());
    const agoBy = (weeksAgo: number) =>
      week.unit === 'week'
        ? newUserRetention(actives, firstWeek, { cohort: weekAfter(week, -weeksAgo).name, after: 4 })
        : undefined;
    const fourAgo = agoBy(4);
    const eightAgo = agoBy(weeksShown);
    const sum = (of: 'ok' | 'userErrors' | 'systemErrors') => uses.reduce((total, use) => total + use[of], 0);
    const counted = scope === 'all' ? countedTools(await counters(week.name), days) : [];
    const figures: Values = {
      'weekly-active': count(now.size),
      'monthly-active': count(monthly.size),
      ...(worked.length > 0
        ? { 'daily-active': { ...meanOf(meanDaily(here, worked), worked.length), unit: 'count' as const } }
        : {}),
      ...(sticky === undefined ? {} : { stickiness: meanOf(sticky, now.size) }),
      ...(week.unit === 'week' ? { 'weekly-of-monthly': shareOf({ hits: now.size, n: monthly.size }) } : {}),
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
    /** What is shown beside the figures. */
    const lists = async () => {
      const teamOfPerson = await teamsOfPeople();
      const tools = [
        ...toolsOf({
          days,
          firsts,
          week,
          month,
          worked,
          teamOfPerson,
          counted: new Set(counted.map(({ tool }) => tool)),
        }),
        ...counted,
      ];
      const used = tools
        .filter(({ isCounter, weekly }) => !isCounter && weekly > 0)
        .sort((a, b) => b.weekly - a.weekly);
      return {
        tools,
        features: featureAdoption(uses, now.size),
        cohorts: cohorts(actives.slice(1), firstWeek),
        lifecycles: actives.slice(1).map(({ week: name, people }, index) => ({
          week: name,
          ...lifecycle(people, actives[index]?.people ?? new Set(), firstWeek, name),
          tools: Object.fromEntries(
            used
              .slice(0, toolsInTrend)
              .map(({ tool, title }) => [title, inWeek(tool, weeks[index + 1]?.days ?? []).size]),
          ),
        })),
      };
    };
    return {
      figures,
      lists,
      weeks: weeks.slice(1),
      residuals: { 'lifecycle: parts − WAU': cycle.residuals[0], 'lifecycle: change of WAU': cycle.residuals[1] },
      excluded: left,
      eligible: could,
    };
  }

  /** Teams of the settings by who is in them, for tools that do not say whose people theirs are. */
  async function teamsOfPeople(): Promise<Map<string, string>> {
    const of = new Map<string, string>();
    for (const { name, members } of settings().teams) {
      if (!members) continue;
      const slackIds = (await findGroups(db, [members.usergroup])).flatMap((group) => group.members);
      for (const person of await figureRows.surrogates(db, slackIds, [])) if (!of.has(person)) of.set(person, name);
    }
    return of;
  }

  /** Pitcrew is one row; the others are those of the settings, and whatever else people were seen to use. */
  function toolsOf(of: {
    days: (ActiveDay & { tool: string; team: string })[];
    firsts: { tool: string; person: string; day: string }[];
    week: Week;
    month: string[];
    worked: string[];
    teamOfPerson: ReadonlyMap<string, string>;
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
        // As the tool says, else the team whose user group the person is in.
        const teams = new Set(
          own
            .filter(({ day }) => of.month.includes(day))
            .flatMap(({ team, person }) => (team === '' ? (of.teamOfPerson.get(person) ?? []) : team))
            .map((team) => team.toLowerCase()),
        );
        return {
          tool,
          title: known?.title ?? (tool === 'pitcrew' ? 'Pitcrew' : tool),
          monthly: inMonth.size,
          weekly: activeOn(own, of.week.days).size,
          daily: of.worked.length > 0 ? meanDaily(own, of.worked) : 0,
          teams: teams.size,
          fresh: of.firsts.filter((first) => first.tool === tool && of.week.days.includes(first.day)).length,
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

  return { eligible, unmet, keepEligible, sit, compute };
}

export type Adoption = ReturnType<typeof createAdoption>;

/** How far back a week looks: over 28 days and the week before, and over the weeks of charts. */
function reachOf(week: Week) {
  const endDay = dayAfter(week);
  const month = daysUpTo(week.days.at(-1) ?? endDay, monthDays);
  const last = weekAfter(week, -1);
  const lastWeek = week.unit === 'week' ? week : weekOf(new Date(week.to.getTime() - 1), week.timeZone);
  const weeks = Array.from({ length: weeksShown + 1 }, (_, index) => weekAfter(lastWeek, index - weeksShown));
  return { endDay, month, last, weeks, firstDay: earlier(month[0], last.days[0]) ?? endDay };
}

const earlier = (...days: (string | undefined)[]): string | undefined => days.flatMap((day) => day ?? []).sort()[0];

/** From which day a week needs people's days, and from which Monday their weeks. */
function readFrom(week: Week): { firstDay: string; since: string } {
  const lastDay = week.days.at(-1) ?? dayAfter(week);
  const firstDay = earlier(daysUpTo(lastDay, monthDays)[0], weekAfter(week, -1).days[0]) ?? lastDay;
  const first = earlier(firstDay, daysUpTo(lastDay, 7 * (weeksShown + 1))[0]) ?? firstDay;
  return { firstDay, since: mondayOf(first) };
}

/** By Monday and tool. */
function peopleByWeek(weekly: readonly { tool: string; person: string; monday: string }[]): Map<string, Set<string>> {
  const byWeek = new Map<string, Set<string>>();
  for (const { tool, person, monday } of weekly) {
    const key = `${monday} ${tool}`;
    const people = byWeek.get(key);
    if (people) people.add(person);
    else byWeek.set(key, new Set([person]));
  }
  return byWeek;
}
