import type { WeekFigures } from '../../src/domain/figures/week-figures';

/** A week in which nothing is known, but what is said to differ. */
export function weekFigures(differs: Partial<WeekFigures> = {}): WeekFigures {
  return {
    week: '2026-W47',
    unit: 'week',
    label: '2026-W47 (16–22 Nov)',
    scope: 'all',
    timeZone: 'UTC',
    frozenAt: new Date('2026-11-23T02:00:00Z'),
    figures: {},
    before: {},
    tools: [],
    features: [],
    worst: { top: [], tied: 0 },
    better: [],
    longest: [],
    causes: [],
    retries: [],
    recoveryMs: [],
    cohorts: [],
    trend: [],
    thanks: [],
    thumbs: [],
    repositories: [],
    askedAbout: [],
    tied: {},
    ambiguousChanges: 0,
    openChanges: 0,
    residuals: {},
    excluded: { people: 0, unknownUsers: 0 },
    ...differs,
  };
}
