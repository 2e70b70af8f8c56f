import type { WeekFigures } from '../../src/domain/figures/week-figures';
import { drawCharts } from '../../src/slack/pictures/charts';
import { weekFigures } from '../support/week-figures';

const empty = weekFigures();
const tool = { monthly: 180, weekly: 90, daily: 40, teams: 3, fresh: 2, isCounter: false };
const full: WeekFigures = {
  ...empty,
  figures: { recovery: { kind: 'spread', n: 3, median: 1_320_000, p90: 18_000_000, max: 111_600_000 } },
  tools: [
    { ...tool, tool: 'dataflow', title: 'Dataflow', goal: 300 },
    { ...tool, tool: 'x', title: '</text><script>"&\u202e', monthly: 12 },
  ],
  causes: [
    { cause: 'missing_table_or_column', problems: 14 },
    { cause: 'unknown', problems: 2 },
  ],
  thumbs: [],
  repositories: [],
  recoveryMs: [60_000, 1_320_000, 111_600_000],
  cohorts: [
    { week: '2026-W46', size: 6, active: [6, 2] },
    { week: '2026-W47', size: 3, active: [3] },
  ],
  trend: [
    {
      week: '2026-W46',
      newcomers: 6,
      returning: 60,
      resurrecting: 1,
      runs: { hits: 1, n: 1 },
      tools: { Pitcrew: 67, Dataflow: 210 },
      requests: { opened: 4, reopened: 1, solved: 3, open: 2 },
    },
    {
      week: '2026-W47',
      newcomers: 3,
      returning: 64,
      resurrecting: 2,
      runs: { hits: 1, n: 1 },
      tools: { Pitcrew: 69, Dataflow: 230 },
      requests: { opened: 6, reopened: 0, solved: 7, open: 1 },
    },
  ],
};

it('draws nothing where there is nothing to show', async () => {
  expect(await drawCharts(empty)).toEqual([]);
});

it('draws pictures that a phone can show, each with its finding in words', async () => {
  const charts = await drawCharts(full);
  expect(charts.map(({ name, alt }) => `${name}: ${alt}`)).toEqual([
    'active-people-2026-W47.png: 69 people were active: 64 returning, 2 back again, 3 new; in the week before: 67',
    'tools-2026-W47.png: Dataflow has the most people in 28 days, 180; in the week: Dataflow 90, </text><script>"& 90; </text><script>"& 12 in 28 days; below their goal: Dataflow (300)',
    'tools-by-week-2026-W47.png: Dataflow had the most people in the week, 230; Dataflow 230, in the week before: 210; Pitcrew 69, in the week before: 67',
    'retention-2026-W47.png: Of those who were new, 33% (2 of 6, small sample) came back the week after; W46: 6 new, then 2',
    'causes-2026-W47.png: The commonest cause was missing table or column: 14 of 16 problems; then unknown 2',
    'recovery-2026-W47.png: Half of 3 problems were over within 22 min, nine of ten within 5 h, the longest took 1 d 7 h; < 5 min: 1, < 15 min: 0, < 1 h: 1, < 4 h: 0, < 1 d: 0, longer: 1',
    'requests-2026-W47.png: 6 requests came, 7 were solved, 1 is open at the week’s end; came in the week before: 5; open in the week before: 2',
  ]);
  for (const { png } of charts) {
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1_440);
    expect(png.byteLength).toBeLessThan(400_000);
  }
});
