/** Puts the figures of one week together. In: rollups, incidents, actions, the catalogue. Out: `WeekFigures`, as printed and kept. */
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
  selfService,
  stickiness,
} from '../domain/figures/adoption';
import { noise, timeToAcknowledge, timeToNotice } from '../domain/figures/alerting';
import { changeFailures } from '../domain/figures/changes';
import type { FigureId } from '../domain/figures/definitions';
import { isPaved, type PavedFacts, pavedPath } from '../domain/figures/paved-path';
import {
  backfillSuccess,
  betterPipelines,
  firstAttemptSuccess,
  recoveryOf,
  retryEffectiveness,
  runSuccess,
  worstPipelines,
} from '../domain/figures/reliability';
import type { Share } from '../domain/figures/share';
import type { Spread } from '../domain/figures/spread';
import { dayOf, daysUpTo, type Week, weekAfter, weekOf, workingDays } from '../domain/figures/week';
import type { FigureValue, PipelineLine, WeekFigures } from '../domain/figures/week-figures';
import { mergeFacts, nameOf, type PipelineFacts } from '../domain/pipeline';
import { catalogueFacts, type Settings, teamOf } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { findGroups } from '../store/group-rows';

export interface FiguresDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
}

/** Cohorts and weeks that charts and tables show. */
const weeksShown = 8;
const monthDays = 28;
const worstShown = 3;
const betterShown = 3;
const causesShown = 8;
const thanksShown = 3;

export const teamScope = (team: string): string => `team:${team}`;

type Values = Partial<Record<FigureId, FigureValue>>;

export function createFigures({ db, clock, settings }: FiguresDeps) {
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

  async function adoption(week: Week, scope: string) {
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
    const answers = await figureRows.answerTimes(db, week, scope === 'all' ? undefined : [...now]);
    const cycle = lifecycle(now, before, firstWeek, week.name);
    const sticky = stickiness(here, week.days, worked);
    const monthly = activeOn(here, month);
    const ever = new Set(firstWeek.keys());
    const fourAgo = newUserRetention(actives, firstWeek, { cohort: weekAfter(week, -4).name, after: 4 });
    const sum = (of: 'ok' | 'userErrors' | 'systemErrors') => uses.reduce((total, use) => total + use[of], 0);
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
      'new-people': count(cycle.fresh),
      'returning-people': count(cycle.returning),
      'resurrecting-people': count(cycle.resurrecting),
      'dormant-people': count(cycle.dormant),
      'command-success': shareOf(
        commandSuccess({ ok: sum('ok'), userErrors: sum('userErrors'), systemErrors: sum('systemErrors') }),
      ),
      'answer-time': spreadOf(withoutNulls(answers)),
    };
    return {
      figures,
      tools: toolsOf({ days, firsts, week, month, worked, weekOfDay }),
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
  }): WeekFigures['tools'] {
    const { tools } = settings().adoption;
    const names = [...new Set(['pitcrew', ...tools.map(({ name }) => name), ...of.days.map(({ tool }) => tool)])];
    return names.map((tool) => {
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

  async function knownPipelines() {
    const known = new Map<string, { connection: string; key: string; facts: PipelineFacts }>();
    for (const each of await figureRows.knownPipelines(db)) {
      const facts = mergeFacts(catalogueFacts(each, settings()), each.facts);
      known.set(`${each.connection}/${each.key}`, { ...each, facts });
    }
    return known;
  }

  async function reliability(week: Week, scope: string, now: Date) {
    const endDay = dayOf(week.to, week.timeZone);
    const firstDay = week.days[0] ?? endDay;
    const last = weekAfter(week, -1);
    const { support, teams } = settings();
    const crew = teams.find(({ name }) => name === support.team)?.members?.usergroup;
    const crewIds = crew ? (await findGroups(db, [crew])).flatMap(({ members }) => members) : [];
    const known = await knownPipelines();
    const could = scope === 'all' ? undefined : await eligible(scope);
    const isOwn = ({ connection, pipeline }: { connection: string; pipeline: string }) => {
      if (connection === 'pitcrew') return false;
      if (scope === 'all') return true;
      const facts = known.get(`${connection}/${pipeline}`)?.facts;
      const team = facts && (teamOf(facts, settings())?.name ?? facts.team);
      return team !== undefined && teamScope(team) === scope;
    };
    const own = <T extends { connection: string; pipeline: string }>(rows: T[]): T[] => rows.filter(isOwn);
    const [days, before, found, changed, alerts, pressed, helpers] = await Promise.all([
      figureRows.pipelineDays(db, { firstDay, endDay }).then(own),
      figureRows.pipelineDays(db, { firstDay: last.days[0] ?? firstDay, endDay: firstDay }).then(own),
      figureRows.episodes(db, week).then(own),
      figureRows.changes(db, week).then(own),
      figureRows.alerts(db, week, crewIds).then(own),
      figureRows.retries(db, week).then(own),
      figureRows.helpers(db, week, settings().adoption.excludeUsers),
    ]);
    const name = (each: { connection: string; pipeline: string }) =>
      nameOf({ key: each.pipeline, facts: known.get(`${each.connection}/${each.pipeline}`)?.facts });
    const failedBefore = new Map(
      before.map((each) => [`${each.connection}/${each.pipeline}`, each.ended - each.succeeded]),
    );
    const lines = days.map((each) => {
      const key = `${each.connection}/${each.pipeline}`;
      const url = known.get(key)?.facts.url;
      return {
        connection: each.connection,
        pipeline: each.pipeline,
        name: name(each),
        failed: each.ended - each.succeeded,
        ended: each.ended,
        failedBefore: failedBefore.get(key) ?? 0,
        ...(url ? { url } : {}),
      };
    });
    const worst = worstPipelines(lines, worstShown);
    const better = betterPipelines(lines, betterShown);
    const recovery = recoveryOf(
      found.map(({ endedAt, how, ...episode }) => ({
        ...episode,
        ...(endedAt ? { endedAt } : {}),
        ...(how ? { how } : {}),
      })),
      week,
    );
    const judged = changed.filter(
      ({ at, after }) => at.getTime() + dayMs <= now.getTime() || (after?.length ?? 0) >= 2,
    );
    const broke = changeFailures(
      judged.map(({ connection, pipeline, at }) => ({ pipeline: `${connection}/${pipeline}`, at })),
      runsAround(judged),
    );
    const told = alerts.map(({ failedAt, toldAt, touchedAt }) => ({
      failedAt,
      ...(toldAt ? { toldAt } : {}),
      ...(touchedAt ? { touchedAt } : {}),
    }));
    const notice = timeToNotice(told);
    const taken = timeToAcknowledge(told);
    const clicks = retryEffectiveness(
      pressed.map(({ cause, outcome, state, ms }) => ({
        cause: cause ?? 'unknown',
        outcome:
          outcome === 'fixed'
            ? ('worked' as const)
            : outcome || state === 'failed'
              ? ('did not' as const)
              : ('not over' as const),
        ...(outcome === 'fixed' && ms !== null ? { ms } : {}),
      })),
    );
    const worked = clicks.reduce((sum, { worked: { hits, n } }) => ({ hits: sum.hits + hits, n: sum.n + n }), {
      hits: 0,
      n: 0,
    });
    const causes = new Map<string, number>();
    for (const { cause } of alerts) causes.set(cause ?? 'unknown', (causes.get(cause ?? 'unknown') ?? 0) + 1);
    const facts = [...known.values()]
      .filter(({ connection, key }) => isOwn({ connection, pipeline: key }))
      .map((each) => ({ ...each, paved: pavedFacts(each.facts) }));
    const path = pavedPath(facts.map(({ paved }) => paved));
    const onPath = new Set(
      facts.filter(({ paved }) => isPaved(paved)).map(({ connection, key }) => `${connection}/${key}`),
    );
    const isOnPath = (each: { connection: string; pipeline: string }) =>
      onPath.has(`${each.connection}/${each.pipeline}`);
    const figures: Values = {
      'self-service': shareOf(
        selfService(
          alerts.map(({ failedAt: at, selfServed, touchedAt, recovered }) => ({
            at,
            isSelfServed: selfServed && recovered,
            isTouched: touchedAt !== null,
          })),
        ),
      ),
      'run-success': shareOf(runSuccess(days)),
      'first-attempt': shareOf(firstAttemptSuccess(days)),
      'backfill-success': shareOf(backfillSuccess(days)),
      recovery: spreadOf(recovery.closed),
      'still-open': spreadOf(recovery.open),
      'change-failure': shareOf(broke.rate),
      'first-notice': spreadOf(notice.spread),
      'never-told': count(notice.neverTold),
      acknowledgement: spreadOf(taken.spread),
      'never-acknowledged': count(taken.never),
      noise: shareOf(
        noise(
          alerts
            .filter(({ toldAt }) => toldAt !== null)
            .map(({ touchedAt, recovered }) => ({ isTouched: touchedAt !== null, recoveredByItself: recovered })),
        ),
      ),
      'retry-effect': shareOf(worked),
      'with-owner': shareOf(path.with.owner),
      'with-tests': shareOf(path.with.tests),
      'with-runbook': shareOf(path.with.runbook),
      'with-deadline': shareOf(path.with.deadline),
      paved: shareOf(path.paved),
      repositories: count(path.repositories),
      'paved-success': shareOf(runSuccess(days.filter(isOnPath))),
      'unpaved-success': shareOf(runSuccess(days.filter((each) => !isOnPath(each)))),
    };
    return {
      figures,
      worst: { top: worst.top.map(({ rank, item }) => ({ ...item, rank })), tied: worst.tied },
      better: better.top.map(({ rank, item }): PipelineLine => ({ ...item, rank })),
      longest: recovery.longest.map((each) => ({
        name: name(each),
        partition: each.partition,
        ms: (each.endedAt ?? week.to).getTime() - each.startedAt.getTime(),
      })),
      recoveryMs: found
        .filter(
          ({ endedAt, how }) => how === 'succeeded' && endedAt !== null && endedAt >= week.from && endedAt < week.to,
        )
        .map(({ startedAt, endedAt }) => (endedAt ?? week.to).getTime() - startedAt.getTime()),
      causes: [...causes]
        .map(([cause, problems]) => ({ cause, problems }))
        .sort((a, b) => b.problems - a.problems || (a.cause < b.cause ? -1 : 1))
        .slice(0, causesShown),
      retries: clicks.map(({ cause, worked: share, notOver }) => ({ cause, worked: share, notOver })),
      thanks: helpers
        .filter(({ personId }) => could === undefined || scope === 'all' || could.has(personId))
        .slice(0, thanksShown),
      ambiguousChanges: broke.ambiguous,
      openChanges: changed.length - judged.length,
      isOwn,
    };
  }

  return {
    eligible,

    /** As far as is known now. What was printed of the week before is what it is compared with. */
    async compute(week: Week, scope: string): Promise<WeekFigures> {
      const now = clock.now();
      const [people, work] = await Promise.all([adoption(week, scope), reliability(week, scope, now)]);
      const last = weekAfter(week, -1);
      const before = (await figureRows.printed(db, last.name, scope))?.figures ?? (await this.recount(last, scope));
      const trend = await Promise.all(
        people.lifecycles.map(async ({ week: name, fresh, returning, resurrecting }, index) => {
          const each = weekAfter(week, index - people.lifecycles.length + 1);
          const days = await figureRows.pipelineDays(db, {
            firstDay: each.days[0] ?? '',
            endDay: dayOf(each.to, each.timeZone),
          });
          return { week: name, newcomers: fresh, returning, resurrecting, runs: runSuccess(days.filter(work.isOwn)) };
        }),
      );
      const { isOwn: _isOwn, figures, ...rest } = work;
      return {
        week: week.name,
        label: week.label,
        scope,
        timeZone: week.timeZone,
        frozenAt: now,
        figures: { ...people.figures, ...figures },
        before,
        tools: people.tools,
        features: people.features,
        cohorts: people.cohorts,
        trend,
        residuals: people.residuals,
        excluded: people.excluded,
        ...rest,
      };
    },

    /** Figures alone, of a week that was never printed. */
    async recount(week: Week, scope: string): Promise<Values> {
      const [people, work] = await Promise.all([adoption(week, scope), reliability(week, scope, clock.now())]);
      return { ...people.figures, ...work.figures };
    },
  };
}

export type Figures = ReturnType<typeof createFigures>;

const dayMs = 86_400_000;

const count = (number: number): FigureValue => ({ kind: 'count', count: number });
const shareOf = ({ hits, n }: Share): FigureValue => ({ kind: 'share', hits, n });
const spreadOf = (spread: Spread): FigureValue => ({ kind: 'spread', ...spread });
const meanOf = (mean: number, n: number): FigureValue => ({ kind: 'mean', mean, n });

function withoutNulls({
  n,
  median,
  p90,
  max,
}: {
  n: number;
  median: number | null;
  p90: number | null;
  max: number | null;
}): Spread {
  return { n, ...(median === null || p90 === null || max === null ? {} : { median, p90, max }) };
}

function perDay(activity: readonly ActiveDay[], days: readonly string[]): number {
  return days.reduce((sum, day) => sum + activeOn(activity, [day]).size, 0) / days.length;
}

function pavedFacts({ team, owner, tests, runbook, deadline, repository }: PipelineFacts): PavedFacts {
  return {
    ...(team ? { team } : {}),
    hasOwner: Boolean(owner ?? team),
    hasTests: tests !== undefined && tests !== false,
    hasRunbook: runbook !== undefined,
    hasDeadline: deadline !== undefined,
    ...(repository ? { repository } : {}),
  };
}

/** The runs that tell whether changes broke something: two after each, and its failures before. Of two changes they may be the same. */
function runsAround(changed: readonly figureRows.ChangeWithRuns[]) {
  const runs = changed.flatMap(({ connection, pipeline, after, known }) =>
    [...(known ?? []), ...(after ?? [])].map(({ at, failed, fingerprint, elsewhere }) => ({
      pipeline: `${connection}/${pipeline}`,
      at: new Date(at),
      failed,
      isElsewhere: elsewhere,
      ...(fingerprint ? { fingerprint } : {}),
    })),
  );
  return [
    ...new Map(runs.map((run) => [JSON.stringify([run.pipeline, run.at, run.failed, run.fingerprint]), run])).values(),
  ];
}
