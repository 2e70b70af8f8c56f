/** Puts the figures of one week together. In: rollups, incidents, actions, requests, the catalogue. Out: `WeekFigures`, as printed and kept. */
import { runSuccess } from '../domain/figures/reliability';
import { dayOf, type Week, weekAfter } from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { Settings } from '../domain/settings';
import type { Timetable } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { createAdoption } from './adoption';
import { createReliability } from './reliability';
import { supportOf } from './support';
import type { Values } from './values';
import { worthOf } from './worth';

export interface FiguresDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Working hours as they were and are. */
  timetable(): Promise<Timetable>;
}

export function createFigures(deps: FiguresDeps) {
  const { db, clock } = deps;
  const adoption = createAdoption(deps);
  const reliability = createReliability({ ...deps, eligible: adoption.eligible });

  async function parts(week: Week, scope: string) {
    const [people, work] = await Promise.all([
      adoption.compute(week, scope),
      reliability.compute(week, scope, clock.now()),
    ]);
    const could = scope === 'all' ? undefined : (people.eligible ?? new Set<string>());
    const help = await supportOf(deps, week, { isOwn: work.isOwn, ...(could ? { people: could } : {}) });
    const worth = await worthOf(deps, week, could);
    return { people, work, help: { ...help, ...worth, figures: { ...help.figures, ...worth.figures } } };
  }

  return {
    eligible: adoption.eligible,

    /** As far as is known now. What was printed of the week before is what it is compared with. */
    async compute(week: Week, scope: string): Promise<WeekFigures> {
      const now = clock.now();
      const { people, work, help } = await parts(week, scope);
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
        figures: { ...people.figures, ...figures, ...help.figures },
        before,
        tools: people.tools,
        features: people.features,
        cohorts: people.cohorts,
        trend,
        residuals: { ...people.residuals, ...help.residuals },
        excluded: people.excluded,
        thumbs: help.thumbs,
        ...rest,
      };
    },

    /** Figures alone, of a week that was never printed. */
    async recount(week: Week, scope: string): Promise<Values> {
      const { people, work, help } = await parts(week, scope);
      return { ...people.figures, ...work.figures, ...help.figures };
    },
  };
}

export type Figures = ReturnType<typeof createFigures>;
