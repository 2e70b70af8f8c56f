/** Figures of how pipelines did, and of how that was told. In: rollups of runs, incidents, actions, the catalogue. Out: values by figure, and lists. */

import { layOutCatalogue } from '../domain/catalogue';
import { selfService } from '../domain/figures/adoption';
import { noise, timeToAcknowledge, timeToNotice } from '../domain/figures/alerting';
import { type ChangeFailure, changeFailures, changeRecovery } from '../domain/figures/changes';
import { freshness } from '../domain/figures/freshness';
import { type Grouped, grouping } from '../domain/figures/grouping';
import { isPaved, type PavedFacts, type PavedPath, pavedPath } from '../domain/figures/paved-path';
import { tiedAfter } from '../domain/figures/ranking';
import {
  backfillSuccess,
  betterPipelines,
  firstAttemptSuccess,
  recoveryOf,
  retryEffectiveness,
  runSuccess,
  worstPipelines,
} from '../domain/figures/reliability';
import { type Spread, spreadOf as spreadOfNumbers } from '../domain/figures/spread';
import { dayAfter, dayOf, type Week, weekAfter, weekOf } from '../domain/figures/week';
import type { PipelineLine } from '../domain/figures/week-figures';
import type { GoodRun } from '../domain/lateness';
import { mergeFacts, nameOf, type PipelineFacts } from '../domain/pipeline';
import { type Settings, teamOf } from '../domain/settings';
import { channelIds } from '../store/channel-rows';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { findGroups } from '../store/group-rows';
import * as pavedRows from '../store/paved-rows';
import { type Adoption, teamScope } from './adoption';
import { count, meanOf, shareOf, spreadOf, type Values, withoutNulls } from './values';

const worstShown = 3;
const betterShown = 3;
const causesShown = 8;
const thanksShown = 3;
const dayMs = 86_400_000;
/** So many days before a pipeline came onto the paved path, and after. */
const aroundDays = 28;
/** How many days ago it may have come onto it. */
const crossedWithin = { from: 29, to: 182 };
/** In so many days a habit of weekdays shows. */
const habitMs = 15 * dayMs;

export function createReliability({
  db,
  settings,
  eligible,
}: {
  db: Db;
  settings(): Settings;
  eligible: Adoption['eligible'];
}) {
  async function knownPipelines() {
    const known = new Map<string, { connection: string; key: string; facts: PipelineFacts }>();
    const catalogue = layOutCatalogue(settings());
    const seen = await figureRows.knownPipelines(db);
    for (const each of seen) {
      const facts = mergeFacts(catalogue.factsOf(each), each.facts);
      known.set(`${each.connection}/${each.key}`, { ...each, facts });
    }
    // What the catalogue alone knows has never run, but is somebody's, in a repository.
    for (const each of catalogue.unseen(seen)) known.set(`${each.connection}/${each.key}`, each);
    return known;
  }

  /** Whose pipelines they are, and what of them is paved, as is known now. */
  async function pipelinesOf(scope: string) {
    const known = await knownPipelines();
    const isOwn = ({ connection, pipeline }: { connection: string; pipeline: string }) => {
      if (connection === 'pitcrew') return false;
      if (scope === 'all') return true;
      const facts = known.get(`${connection}/${pipeline}`)?.facts;
      const team = facts && (teamOf(facts, settings())?.name ?? facts.team);
      return team !== undefined && teamScope(team) === scope;
    };
    const own = [...known.values()]
      .filter(({ connection, key }) => isOwn({ connection, pipeline: key }))
      .map(({ connection, key: pipeline, facts }) => {
        const paved = pavedFacts(facts, teamOf(facts, settings())?.name);
        return { connection, pipeline, facts, paved };
      });
    const refs = (some: typeof own) => some.map(({ connection, pipeline }) => ({ connection, pipeline }));
    const ownPipelines: figureRows.Own = scope === 'all' ? undefined : refs(own);
    return {
      known,
      isOwn,
      ownPipelines,
      promised: own.filter(({ facts }) => facts.deadline),
      onPath: refs(own.filter(({ paved }) => isPaved(paved))),
      path: pavedPath(own.map(({ paved }) => paved)),
    };
  }

  /** What several weeks of one sitting have in common is read once. */
  function sit(scope: string): Sitting {
    let read: ReturnType<Sitting> | undefined;
    return () => {
      read ??= pipelinesOf(scope);
      return read;
    };
  }

  /** @param figuresAlone lists that compare with the week before are not wanted */
  async function compute(
    week: Week,
    scope: string,
    { now, sitting, figuresAlone = false }: { now: Date; sitting: Sitting; figuresAlone?: boolean },
  ) {
    const last = weekAfter(week, -1);
    const { support, teams, adoption } = settings();
    const crew = teams.find(({ name }) => name === support.team)?.members?.usergroup;
    const crewIds = crew ? (await findGroups(db, [crew])).flatMap(({ members }) => members) : [];
    const excludedChannels = await channelIds(db, adoption.excludeChannels);
    const { known, isOwn, ownPipelines, promised, onPath, path } = await sitting();
    const could = scope === 'all' ? undefined : await eligible(scope);
    const own = <T extends { connection: string; pipeline: string }>(rows: T[]): T[] => rows.filter(isOwn);
    const [totals, failing, ended, open, changed, alerts, pressed, helpers, automatic, pinged, good, groups] =
      await Promise.all([
        figureRows.runTotals(db, runSpan(week), { own: ownPipelines, apart: onPath }),
        figuresAlone
          ? []
          : figureRows.failingPipelines(db, { span: runSpan(week), before: runSpan(last), own: ownPipelines }),
        figureRows.endedEpisodes(db, week, ownPipelines),
        figureRows.openEpisodes(db, week.to, ownPipelines),
        figureRows.changes(db, week).then(own),
        figureRows.alerts(db, week, { team: crewIds, excludedChannels }).then(own),
        figureRows.retries(db, week).then(own),
        figureRows.helpers(db, week, adoption.excludeUsers),
        figureRows.automaticActions(db, week).then(own),
        scope === 'all' ? figureRows.pings(db, week, week.timeZone) : [],
        goodRunsOf(promised, week),
        groupsOf(week),
      ]);
    const name = (each: { connection: string; pipeline: string }) =>
      nameOf({ key: each.pipeline, facts: known.get(`${each.connection}/${each.pipeline}`)?.facts });
    const lines = failing.map((each) => {
      const url = known.get(`${each.connection}/${each.pipeline}`)?.facts.url;
      return { ...each, name: name(each), ...(url ? { url } : {}) };
    });
    const worst = worstPipelines(lines, worstShown);
    const better = betterPipelines(lines, betterShown);
    const unlinked = worst.top.map(({ item }) => item).filter(({ url }) => !url);
    const urls = unlinked.length > 0 ? await figureRows.failedRunUrls(db, unlinked, week) : new Map<string, string>();
    const linked = <T extends { connection: string; pipeline: string; url?: string }>(item: T): T => {
      const url = item.url ?? urls.get(`${item.connection}/${item.pipeline}`);
      return url ? { ...item, url } : item;
    };
    const recovery = recoveryOf(
      ended.map(({ endedAt, how, ...episode }) => ({
        ...episode,
        ...(endedAt ? { endedAt } : {}),
        ...(how ? { how } : {}),
      })),
      week,
    );
    const judged = changed.filter(
      ({ at, after }) => at.getTime() + dayMs <= now.getTime() || (after?.length ?? 0) >= 2,
    );
    const crossed = await aroundPaved(week, isOwn);
    const already = (await pavedRows.fromTheFirst(db)).filter(isOwn);
    const broke = changeFailures(
      judged.map(({ connection, pipeline, at }) => ({ pipeline: `${connection}/${pipeline}`, at })),
      runsAround(judged),
    );
    const recovered = await recoveryFromChanges(broke.failures, week);
    const fresh = freshness(
      promised.map(({ connection, pipeline, facts }) => ({
        timeZone: facts.timeZone ?? week.timeZone,
        deadline: facts.deadline ?? '',
        ...(facts.schedule ? { schedule: facts.schedule } : {}),
        good: good.get(`${connection}/${pipeline}`) ?? [],
      })),
      week,
    );
    const told = alerts.map(({ failedAt, toldAt, touchedAt }) => ({
      failedAt,
      ...(toldAt ? { toldAt } : {}),
      ...(touchedAt ? { touchedAt } : {}),
    }));
    // What is late has no log that tells why.
    const counted = new Set(alerts.flatMap(({ id, trouble }) => (trouble === 'late' ? [] : id)));
    const grouped = grouping(
      groups.map((group) => ({ ...group, isCounted: counted.has(group.id) })),
      { windowMs: settings().noise.sameCauseWindowMinutes * 60_000 },
    );
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
    const byCause = [...causes]
      .map(([cause, problems]) => ({ cause, problems }))
      .sort((a, b) => b.problems - a.problems || (a.cause < b.cause ? -1 : 1));
    const helped = helpers.filter(({ personId }) => could === undefined || could.has(personId));
    const paved = totals.apart ? [totals.apart] : [];
    const unpaved = totals.others ? [totals.others] : [];
    const runs = [...paved, ...unpaved];
    const busyS = sumOf(runs, 'busyS');
    const figures: Values = {
      'self-service': shareOf(
        selfService(
          alerts.map(({ failedAt: at, selfServed, touchedAt, recovered, requestedAt }) => ({
            at,
            isSelfServed: selfServed && recovered,
            isTouched: touchedAt !== null,
            ...(requestedAt ? { requestedAt } : {}),
          })),
        ),
      ),
      'run-success': shareOf(runSuccess(runs)),
      'first-attempt': shareOf(firstAttemptSuccess(runs)),
      'backfill-success': shareOf(backfillSuccess(runs)),
      recovery: spreadOf(recovery.closed),
      'still-open': spreadOf(withoutNulls(open)),
      ...(busyS > 0
        ? {
            rework: meanOf(sumOf(runs, 'againS') / busyS, sumOf(runs, 'ended')),
          }
        : {}),
      'change-failure': shareOf(broke.rate),
      ...(broke.failures.length > 0 ? { 'change-recovery': spreadOf(recovered) } : {}),
      ...(promised.length > 0 ? { freshness: shareOf(fresh) } : {}),
      'first-notice': spreadOf({ ...notice.spread, ...(notice.p95 === undefined ? {} : { p95: notice.p95 }) }),
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
      'messages-per-problem': { ...spreadOf(spreadOfNumbers(alerts.map(({ messages }) => messages))), unit: 'count' },
      'grouping-precision': shareOf(grouped.precision),
      'grouping-recall': shareOf(grouped.recall),
      'grouping-unread': shareOf(grouped.unread),
      ...(pinged.length > 0
        ? { pings: { ...spreadOf(spreadOfNumbers(pinged.map(({ n }) => n))), unit: 'count' as const } }
        : {}),
      ...(automatic.length > 0
        ? {
            'automatic-wrong': {
              ...shareOf({ hits: automatic.filter(({ wrong }) => wrong).length, n: automatic.length }),
              never: true as const,
            },
          }
        : {}),
      'retry-to-green': spreadOf(
        spreadOfNumbers(pressed.flatMap(({ outcome, ms }) => (outcome === 'fixed' && ms !== null ? [ms] : []))),
      ),
      'retry-effect': shareOf(worked),
      'with-owner': shareOf(path.with.owner),
      'with-tests': shareOf(path.with.tests),
      'with-runbook': shareOf(path.with.runbook),
      'with-deadline': shareOf(path.with.deadline),
      paved: shareOf(path.paved),
      repositories: count(path.repositories),
      'paved-success': shareOf(runSuccess(paved)),
      'unpaved-success': shareOf(runSuccess(unpaved)),
      ...(crossed.length > 0
        ? {
            'before-paved': shareOf(runSuccess(crossed.map(({ before }) => before))),
            'after-paved': shareOf(runSuccess(crossed.map(({ after }) => after))),
          }
        : {}),
    };
    return {
      figures,
      worst: { top: worst.top.map(({ rank, item }) => ({ ...linked(item), rank })), tied: worst.tied },
      better: better.top.map(({ rank, item }): PipelineLine => ({ ...item, rank })),
      longest: recovery.longest.map((each) => ({
        name: name(each),
        partition: each.partition,
        ms: (each.endedAt ?? week.to).getTime() - each.startedAt.getTime(),
      })),
      recoveryMs: ended
        .filter(
          ({ endedAt, how }) => how === 'succeeded' && endedAt !== null && endedAt >= week.from && endedAt < week.to,
        )
        .map(({ startedAt, endedAt }) => (endedAt ?? week.to).getTime() - startedAt.getTime()),
      causes: byCause.slice(0, causesShown),
      retries: clicks.map(({ cause, worked: share, notOver }) => ({ cause, worked: share, notOver })),
      thanks: helped.slice(0, thanksShown),
      tied: {
        better: better.tied,
        longest: recovery.longestTied,
        causes: tiedAfter(
          byCause.map(({ problems }) => problems),
          causesShown,
        ),
        thanks: tiedAfter(
          helped.map(({ helped: times }) => times),
          thanksShown,
        ),
      },
      repositories: path.byTeam,
      ...(already[0] ? { alreadyPaved: { pipelines: already.length, day: already[0].day } } : {}),
      ambiguousChanges: broke.ambiguous,
      openChanges: changed.length - judged.length,
      isOwn,
      ownPipelines,
      nameOf: name,
    };
  }

  /** All of the weeks that it touches: lots are drawn among those of a whole one. */
  async function groupsOf(week: Week): Promise<Omit<Grouped, 'isCounted'>[]> {
    const weekly = isoWeeksOf(week).map(async (whole) =>
      (await figureRows.groups(db, whole)).map(({ id, openedAt, closedAt, isJoined, first, other }) => ({
        id,
        week: whole.name,
        openedAt,
        isJoined,
        ...(closedAt ? { closedAt } : {}),
        ...(first ? { first } : {}),
        ...(other ? { other } : {}),
      })),
    );
    return (await Promise.all(weekly)).flat();
  }

  async function goodRunsOf(promised: readonly { connection: string; pipeline: string }[], week: Week) {
    const byPipeline = new Map<string, GoodRun[]>();
    if (promised.length === 0) return byPipeline;
    const span = { from: new Date(week.from.getTime() - habitMs), to: week.to };
    const wanted = promised.map(({ connection, pipeline }) => ({ connection, pipeline }));
    for (const { connection, pipeline, ...run } of await figureRows.goodRuns(db, span, wanted)) {
      const key = `${connection}/${pipeline}`;
      const own = byPipeline.get(key);
      if (own) own.push(run);
      else byPipeline.set(key, [run]);
    }
    return byPipeline;
  }

  /** Pipelines that came onto the paved path so long ago that as many days lie on both sides, with their runs there. */
  async function aroundPaved(week: Week, isOwn: (each: { connection: string; pipeline: string }) => boolean) {
    const end = dayAfter(week);
    const found = await pavedRows.around(db, { end, days: aroundDays, ...crossedWithin });
    return found.filter(isOwn);
  }

  /** Since when each pipeline is on the paved path, as far as the catalogue and the orchestrators were read. */
  async function notePaved(now: Date): Promise<void> {
    const { timeZone } = settings().workspace;
    const paved = [...(await knownPipelines()).values()].filter(({ facts }) => isPaved(pavedFacts(facts)));
    await db.transaction((tx) =>
      pavedRows.note(tx, {
        paved: paved.map(({ connection, key: pipeline }) => ({ connection, pipeline })),
        day: dayOf(now, timeZone),
      }),
    );
  }

  /** From each failure to the end of its episode, as far as it was over by the week's end. */
  async function recoveryFromChanges(failures: readonly ChangeFailure[], week: Week): Promise<Spread> {
    if (failures.length === 0) return { n: 0 };
    const pipelines = failures.map(({ change }) => splitKey(change.pipeline));
    const episodes = await figureRows.episodesSince(db, week.from, pipelines);
    return changeRecovery(
      failures,
      episodes.map(({ connection, pipeline, startedAt, endedAt }) => ({
        pipeline: `${connection}/${pipeline}`,
        startedAt,
        ...(endedAt ? { endedAt } : {}),
      })),
      week.to,
    );
  }

  return { compute, sit, notePaved };
}

export type Sitting = () => Promise<{
  /** By `connection/key`. */
  known: ReadonlyMap<string, { connection: string; key: string; facts: PipelineFacts }>;
  isOwn(pipeline: { connection: string; pipeline: string }): boolean;
  /** `undefined` = all. */
  ownPipelines: figureRows.Own;
  promised: { connection: string; pipeline: string; facts: PipelineFacts }[];
  onPath: { connection: string; pipeline: string }[];
  path: PavedPath;
}>;

/** The ISO weeks that it touches. */
function isoWeeksOf({ from, to, timeZone }: Week): Week[] {
  const weeks = [weekOf(from, timeZone)];
  for (let last = weeks[0]; last && last.to < to; last = weeks.at(-1)) weeks.push(weekAfter(last, 1));
  return weeks;
}

/** Days of a span. A whole ISO week is added up already; of one that is not over there are but the days so far. */
function runSpan(week: Week): figureRows.RunSpan {
  const [first = ''] = week.days;
  return { first, end: dayAfter(week), isWeek: week.unit === 'week' };
}

function sumOf(totals: readonly figureRows.RunTotals[], of: 'ended' | 'busyS' | 'againS'): number {
  return totals.reduce((sum, each) => sum + each[of], 0);
}

/** @param team the one of the settings, where there is one: an owner may name it */
function pavedFacts(
  { team: named, owner, tests, runbook, deadline, repository }: PipelineFacts,
  team = named,
): PavedFacts {
  return {
    ...(team ? { team } : {}),
    hasOwner: Boolean(owner ?? named),
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

/** A connection's name holds no slash. */
function splitKey(key: string): { connection: string; pipeline: string } {
  const slash = key.indexOf('/');
  return { connection: key.slice(0, slash), pipeline: key.slice(slash + 1) };
}
