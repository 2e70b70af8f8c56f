/** Puts the figures of one week together. In: rollups, incidents, actions, requests, the catalogue. Out: `WeekFigures`, as printed and kept. */
import { runSuccess } from '../domain/figures/reliability';
import { dayAfter, upToNow, type Week, weekAfter } from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { Settings } from '../domain/settings';
import type { Timetable } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { type ActivitySitting, type AdoptionDeps, createAdoption } from './adoption';
import { createReliability, type Sitting } from './reliability';
import { askedAbout, flowOf, type SupportScope, supportOf } from './support';
import type { Values } from './values';
import { worthOf } from './worth';

export interface FiguresDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Working hours as they were and are. */
  timetable(): Promise<Timetable>;
  counters: AdoptionDeps['counters'];
}

export function createFigures(deps: FiguresDeps) {
  const { db, clock } = deps;
  const adoption = createAdoption(deps);
  const reliability = createReliability({ ...deps, eligible: adoption.eligible });

  async function parts(week: Week, scope: string, { activity, pipelines }: Sittings, figuresAlone = false) {
    const [people, work] = await Promise.all([
      adoption.compute(week, scope, activity),
      reliability.compute(week, scope, { now: clock.now(), sitting: pipelines, figuresAlone }),
    ]);
    const of = scopeOf(scope, people, work);
    const help = await supportOf(deps, week, of);
    const worth = await worthOf(deps, week, of.people);
    return { people, work, help: { ...help, ...worth, figures: { ...help.figures, ...worth.figures } } };
  }

  /** Figures alone: what was printed of a week, or counted now where it never was. */
  async function printedOrRecounted(week: Week, scope: string, sitting: Sittings): Promise<Values> {
    const printed = await figureRows.printed(db, week.name, scope);
    if (printed) return printed.figures;
    const { people, work, help } = await parts(week, scope, sitting, true);
    return { ...people.figures, ...work.figures, ...help.figures };
  }

  return {
    eligible: adoption.eligible,
    unmet: adoption.unmet,
    keepEligible: adoption.keepEligible,
    notePaved: () => reliability.notePaved(clock.now()),

    /**
     * As far as is known now. What was printed of the week before is what it is compared with; one that is not over is compared with
     * nothing.
     */
    async compute(whole: Week, scope: string): Promise<WeekFigures> {
      const now = clock.now();
      const week = upToNow(whole, now);
      const sitting = { pipelines: reliability.sit(scope), activity: adoption.sit(week) };
      const last = weekAfter(week, -1);
      const [{ people, work, help }, before] = await Promise.all([
        parts(week, scope, sitting),
        week === whole ? printedOrRecounted(last, scope, sitting) : {},
      ]);
      const { weeks } = people;
      const { lifecycles, ...lists } = await people.lists();
      const runs = new Map(
        (
          await figureRows.runWeeks(db, {
            first: weeks[0]?.days[0] ?? '',
            end: dayAfter(week),
            own: work.ownPipelines,
          })
        ).map((each) => [each.monday, each]),
      );
      const of = scopeOf(scope, people, work);
      const flow = help.figures.backlog ? await Promise.all(weeks.map((each) => flowOf(deps, each, of))) : [];
      const trend = lifecycles.map(({ week: name, fresh, returning, resurrecting, tools }, index) => {
        const own = runs.get(weeks[index]?.days[0] ?? '');
        const requests = flow[index];
        return {
          week: name,
          newcomers: fresh,
          returning,
          resurrecting,
          tools,
          runs: runSuccess(own ? [own] : []),
          ...(requests ? { requests } : {}),
        };
      });
      const { asked, tied: askedTied } = await askedAbout(deps, week, work);
      const { isOwn: _isOwn, ownPipelines: _ownPipelines, nameOf, figures, ...rest } = work;
      return {
        week: week.name,
        unit: week.unit,
        label: week.label,
        scope,
        timeZone: week.timeZone,
        frozenAt: now,
        figures: { ...people.figures, ...figures, ...help.figures },
        before,
        ...lists,
        trend,
        residuals: { ...people.residuals, ...help.residuals },
        excluded: people.excluded,
        thumbs: help.thumbs,
        askedAbout: asked.map((each) => ({ ...each, name: nameOf(each) })),
        ...rest,
        tied: { ...work.tied, askedAbout: askedTied },
      };
    },
  };
}

interface Sittings {
  pipelines: Sitting;
  activity: ActivitySitting;
}

/** Whose requests a scope has. */
function scopeOf(
  scope: string,
  { eligible }: { eligible: ReadonlySet<string> | undefined },
  { isOwn }: Pick<SupportScope, 'isOwn'>,
): SupportScope {
  return { isOwn, ...(scope === 'all' ? {} : { people: eligible ?? new Set<string>() }) };
}

export type Figures = ReturnType<typeof createFigures>;
