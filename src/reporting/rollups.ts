/**
 * Keeps what weekly figures are read from: people's active days, runs by day, episodes of failure. In: interactions, usage, actions
 * and runs, in whatever order they come. Out: rollups that late facts correct.
 */
import { addDays } from 'date-fns/addDays';
import { episodesOf } from '../domain/figures/reliability';
import { dayOf, startOfDay } from '../domain/figures/week';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { channelIds } from '../store/channel-rows';
import type { Db, Tx } from '../store/db';
import * as rebuildRows from '../store/rebuild-rows';
import * as rollupRows from '../store/rollup-rows';

export interface RollupDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Pick<Settings, 'workspace' | 'adoption' | 'orchestrators'>;
  /** Makes the row of someone named by a Slack id or an e-mail address. False = Slack knows nobody by it. @throws Failure */
  meet(name: string): Promise<boolean>;
}

/** Answered by the time they are recorded. Whatever else people come for has its outcome in tables of its own. */
const usefulAnswers = ['pipeline status', 'pipeline impact'];
/** Another word here, and activity is counted anew. */
const countedBy = 'answers';

const rollEveryMs = 10 * 60_000;
/** Rows whose transaction ended after that of a later one are found by looking a little further back. */
const overlapRows = 2_000;
const overlapMs = 2 * 86_400_000;
const runsAtOnce = 5_000;
const meetAtOnce = 20;
const meetAgainMs = 3_600_000;

export function createRollups({ db, clock, log, settings, meet }: RollupDeps) {
  let rolledAt = Number.NEGATIVE_INFINITY;
  const unmet = new Map<string, number>();

  const epoch = (): rollupRows.Mark => ({
    seq: 0,
    at: new Date(0),
    timeZone: settings().workspace.timeZone,
    rules: '',
  });

  /** Names that the settings give people at an orchestrator. */
  const knownAs = (): rollupRows.KnownAs[] =>
    settings().orchestrators.flatMap(({ name: tool, actAs }) =>
      typeof actAs === 'object' ? Object.entries(actAs).map(([slackId, name]) => ({ tool, name, slackId })) : [],
    );

  /** People whom only their tool has met are looked up in Slack, so that one human is one person. */
  async function meetPeople(): Promise<void> {
    const now = clock.now().getTime();
    const called = new Map(knownAs().map(({ tool, name, slackId }) => [`${tool}\n${name.toLowerCase()}`, slackId]));
    const unknown = (await rollupRows.unknownPeople(db, 500)).map(
      ({ tool, name }) => called.get(`${tool}\n${name.toLowerCase()}`) ?? name,
    );
    const names = [...new Set(unknown)].filter((name) => (unmet.get(name) ?? 0) <= now);
    for (const name of names.slice(0, meetAtOnce)) {
      unmet.set(name, now + meetAgainMs);
      try {
        if (await meet(name)) unmet.delete(name);
      } catch (error) {
        log.info({ err: error }, 'rollups.person-not-read');
        return;
      }
    }
  }

  async function rollActivity(tx: Tx, ifBusy: rollupRows.IfBusy): Promise<boolean> {
    const interactions = await rollupRows.take(tx, 'interactions', epoch(), ifBusy);
    const usage = await rollupRows.take(tx, 'usage', epoch(), ifBusy);
    if (!interactions || !usage) return false;
    const { timeZone } = settings().workspace;
    const excludedChannels = await channelIds(tx, settings().adoption.excludeChannels);
    const rules = [countedBy, ...excludedChannels.sort()].join(' ');
    const isAnew = interactions.seq === 0 || interactions.timeZone !== timeZone || interactions.rules !== rules;
    if (isAnew) await rebuildRows.takeRoom(tx);
    // Rows that are named at last count on the days on which they happened.
    const named = await rollupRows.resolveUsage(tx, knownAs());
    const back = (mark: rollupRows.Mark) => Math.max(0, mark.seq - overlapRows);
    const fresh = isAnew
      ? await allActivity(tx, timeZone)
      : await newActivity(tx, timeZone, {
          interactions: back(interactions),
          usage: named > 0 ? 0 : back(usage),
          at: new Date(interactions.at.getTime() - overlapMs),
        });
    for (const span of fresh.spans)
      await rollupRows.countActivity(tx, span, { useful: usefulAnswers, excludedChannels });
    const at = clock.now();
    await rollupRows.move(tx, 'interactions', { seq: fresh.interactions, at, timeZone, rules });
    await rollupRows.move(tx, 'usage', { seq: fresh.usage, at, timeZone, rules });
    return fresh.spans.length > 0;
  }

  /** @returns whether there may be more */
  async function rollRuns(tx: Tx, ifBusy: rollupRows.IfBusy): Promise<boolean> {
    const mark = await rollupRows.take(tx, 'runs', { ...epoch(), timeZone: '' }, ifBusy);
    if (!mark) return false;
    const { timeZone } = settings().workspace;
    if (mark.timeZone !== timeZone) {
      const seq = await rollupRows.decidedUpTo(tx);
      await countRunsAnew(tx, timeZone);
      await rollupRows.move(tx, 'runs', { seq, at: clock.now(), timeZone, rules: '' });
      return false;
    }
    const { upTo, touched } = await rollupRows.touchedRuns(
      tx,
      Math.max(0, mark.seq - overlapRows),
      runsAtOnce + overlapRows,
    );
    if (touched.length > 0) {
      await rollupRows.countTouched(tx, touched, timeZone);
      const series = await rollupRows.seriesOf(tx, touched);
      await rollupRows.saveEpisodes(tx, series, drawn(await rollupRows.endingsOf(tx, series)));
    }
    await rollupRows.move(tx, 'runs', { seq: Math.max(upTo, mark.seq), at: clock.now(), timeZone, rules: '' });
    return upTo - mark.seq >= runsAtOnce;
  }

  async function count(ifBusy: rollupRows.IfBusy): Promise<void> {
    await meetPeople();
    await together(
      db.transaction((tx) => rollActivity(tx, ifBusy)),
      countRuns(ifBusy),
    );
  }

  async function countRuns(ifBusy: rollupRows.IfBusy): Promise<void> {
    while (await db.transaction((tx) => rollRuns(tx, ifBusy)));
  }

  /** One half here and one beside it. Whoever holds the mark of the runs does this; where one fails, the mark stays, and both are done again. */
  async function countRunsAnew(tx: Tx, timeZone: string): Promise<void> {
    const count = async (own: Tx, half: rebuildRows.Half) => {
      await rebuildRows.takeRoom(own);
      await rebuildRows.countHalf(own, half, timeZone);
    };
    await together(
      count(tx, 0),
      db.transaction((other) => count(other, 1)),
    );
  }

  return {
    /** Counts all that is new, now; what another replica counts is waited for, so that nobody reads half of it. */
    roll: () => count('wait'),

    /** Counts what is new; at most every ten minutes; a week that is printed or asked for is counted up to then anyway. @returns 0, since nothing has to be told */
    async sweep(): Promise<number> {
      const now = clock.now().getTime();
      if (now - rolledAt < rollEveryMs) return 0;
      rolledAt = now;
      await count('leave');
      return 0;
    },

    /** Counts everything that is kept anew, from nothing. */
    async rebuild(): Promise<void> {
      await db.transaction(async (tx) => {
        for (const name of ['interactions', 'runs']) {
          const mark = await rollupRows.take(tx, name, epoch(), 'wait');
          if (mark) await rollupRows.move(tx, name, { ...mark, timeZone: '' });
        }
      });
      await count('wait');
    },
  };
}

/** Waits for all of them, also where one fails. */
async function together(...work: Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

export type Rollups = ReturnType<typeof createRollups>;

const keyOf = ({ connection, pipeline, partition }: Omit<rollupRows.SeriesEnding, 'at' | 'outcome' | 'run'>) =>
  JSON.stringify([connection, pipeline, partition]);

function drawn(endings: readonly rollupRows.SeriesEnding[]): rollupRows.SeriesEpisode[] {
  const bySeries = new Map<string, rollupRows.SeriesEnding[]>();
  for (const ending of endings) {
    const own = bySeries.get(keyOf(ending));
    if (own) own.push(ending);
    else bySeries.set(keyOf(ending), [ending]);
  }
  return [...bySeries.values()].flatMap((own) => {
    const [{ connection, pipeline, partition }] = own as [rollupRows.SeriesEnding];
    return episodesOf(own.map((each) => ({ ...each, fingerprint: each.fingerprint ?? undefined }))).map((episode) => ({
      ...episode,
      connection,
      pipeline,
      partition,
    }));
  });
}

async function newActivity(tx: Tx, timeZone: string, since: Parameters<typeof rollupRows.newActivity>[1]) {
  const { days: hours, ...upTo } = await rollupRows.newActivity(tx, since);
  const days = [...new Set(hours.map((hour) => dayOf(hour, timeZone)))].sort();
  return { ...upTo, spans: spansOf(days, timeZone) };
}

async function allActivity(tx: Tx, timeZone: string) {
  const { from, to, ...upTo } = await rollupRows.allActivity(tx);
  if (!from || !to) return { ...upTo, spans: [] };
  return { ...upTo, spans: [spanOf(dayOf(from, timeZone), next(dayOf(to, timeZone)), timeZone)] };
}

const next = (day: string) => dayOf(addDays(new Date(`${day}T12:00:00Z`), 1), 'UTC');

/** Days in a row as one span, so that what is counted together is read together. */
function spansOf(days: readonly string[], timeZone: string) {
  const spans: { firstDay: string; endDay: string }[] = [];
  for (const day of days) {
    const last = spans.at(-1);
    if (last?.endDay === day) last.endDay = next(day);
    else spans.push({ firstDay: day, endDay: next(day) });
  }
  return spans.map(({ firstDay, endDay }) => spanOf(firstDay, endDay, timeZone));
}

const spanOf = (firstDay: string, endDay: string, timeZone: string) => ({
  firstDay,
  endDay,
  from: startOfDay(firstDay, timeZone),
  to: startOfDay(endDay, timeZone),
  timeZone,
});
