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

const tools = ['Pitcrew', 'Dataflow', 'Notebooks with GPU', 'Catalogue', 'prod-airflow-eu'];
const pipeline = (rank: number, name: string) => ({
  connection: 'prod',
  pipeline: name,
  name,
  rank,
  failed: 20 - rank,
  ended: 60,
  failedBefore: 50,
  url: `https://airflow.example/${name}`,
});

/** A week of a large organisation, with something in every list and for every chart. */
export const busyWeek = weekFigures({
  figures: {
    'weekly-active': { kind: 'count', count: 78 },
    'run-success': { kind: 'share', hits: 9_540, n: 9_800 },
    recovery: { kind: 'spread', n: 83, median: 1_320_000, p90: 18_000_000, max: 111_600_000 },
    'requests-opened': { kind: 'count', count: 7 },
    'requests-solved': { kind: 'count', count: 4 },
    backlog: { kind: 'count', count: 3 },
  },
  before: { 'weekly-active': { kind: 'count', count: 73 }, 'run-success': { kind: 'share', hits: 9_100, n: 9_800 } },
  tools: tools.map((title, at) => ({
    tool: title,
    title,
    monthly: 300 - 50 * at,
    weekly: 210 - 40 * at,
    daily: 40,
    teams: 3,
    fresh: 2,
    isCounter: false,
    ...(at < 2 ? { goal: 320 } : {}),
  })),
  causes: ['missing_table_or_column', 'upstream_data_late', 'out_of_memory', 'credentials_expired', 'unknown'].map(
    (cause, at) => ({ cause, problems: 30 - 6 * at }),
  ),
  worst: {
    top: ['orders_daily', 'customer_segments_weekly_rebuild', 'stock_eu'].map((name, at) => pipeline(at + 1, name)),
    tied: 2,
  },
  better: ['finance_close', 'returns', 'prices'].map((name, at) => pipeline(at + 1, name)),
  askedAbout: ['orders_daily', 'stock_eu'].map((name, at) => ({ ...pipeline(at + 1, name), requests: 4 - at })),
  thanks: [4, 3, 2].map((helped) => ({ personId: `p${helped}`, helped })),
  recoveryMs: Array.from({ length: 83 }, (_, at) => 60_000 * (1 + at * at)),
  cohorts: Array.from({ length: 8 }, (_, at) => ({
    week: `2026-W${40 + at}`,
    size: 6 + at,
    active: Array.from({ length: 8 - at }, (_each, later) => Math.max(1, 6 + at - 2 * later)),
  })),
  trend: Array.from({ length: 8 }, (_, at) => ({
    week: `2026-W${40 + at}`,
    newcomers: 3 + (at % 3),
    returning: 50 + 3 * at,
    resurrecting: at % 4,
    runs: { hits: 1, n: 1 },
    tools: Object.fromEntries(tools.map((name, n) => [name, 210 - 40 * n + ((at * (n + 3)) % 11) * 3])),
    requests: { opened: 4 + (at % 5), reopened: at % 2, solved: 3 + (at % 6), open: 2 + (at % 3) },
  })),
});
