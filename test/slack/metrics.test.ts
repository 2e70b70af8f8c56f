import { readMetricsAsk } from '../../src/domain/figures/ask';
import { definitionOf, figureIds } from '../../src/domain/figures/definitions';
import type { WeekFigures } from '../../src/domain/figures/week-figures';
import { figuresCsv } from '../../src/reporting/explore';
import { renderMetrics } from '../../src/slack/digest/metrics';
import { sizeOf } from '../../src/slack/message';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { weekFigures } from '../support/week-figures';

describe('what is typed after metrics', () => {
  it.each([
    { text: '', ask: {} },
    { text: 'orders', ask: { team: 'orders' } },
    { text: 'last 8 weeks', ask: { count: 8 } },
    { text: 'last month', ask: { unit: 'month' } },
    { text: 'last 3 months', ask: { unit: 'month', count: 3 } },
    { text: 'orders Last Quarter csv', ask: { team: 'orders', unit: 'quarter', file: 'csv' } },
    { text: 'last week', ask: {} },
    { text: 'this week', ask: { isCurrent: true } },
    { text: 'orders this month how', ask: { team: 'orders', unit: 'month', isCurrent: true, how: true } },
    { text: 'Data platform last 4 weeks how', ask: { team: 'Data platform', count: 4, how: true } },
    { text: 'last 999 weeks CSV', ask: { count: 26, file: 'csv' } },
    { text: 'last 99 quarters', ask: { unit: 'quarter', count: 4 } },
    { text: 'last 0 weeks json', ask: { file: 'json' } },
    { text: 'orders how 2', ask: { team: 'orders', how: true, page: 2 } },
    { text: 'HOW 3 last month', ask: { unit: 'month', how: true, page: 3 } },
    { text: 'team 2', ask: { team: 'team 2' } },
    { text: 'know-how', ask: { team: 'know-how' } },
  ])('"$text" is read as it is meant', ({ text, ask }) => {
    expect(readMetricsAsk(text)).toEqual({ unit: 'week', count: 1, isCurrent: false, how: false, page: 1, ...ask });
  });
});

const week = (name: string, people: number): WeekFigures =>
  weekFigures({
    week: name,
    label: `${name} (16–22 Nov)`,
    scope: 'team:orders',
    figures: {
      'weekly-active': { kind: 'count', count: people },
      'run-success': { kind: 'share', hits: 90, n: 100 },
      recovery: { kind: 'spread', n: 3, median: 60_000, p90: 120_000, max: 120_000 },
    },
    before: { 'weekly-active': { kind: 'count', count: 12 }, 'run-success': { kind: 'share', hits: 50, n: 100 } },
    excluded: { people: 2, unknownUsers: 1 },
  });

describe('the answer to metrics', () => {
  const context = { command: '/pipeline' };
  it('has n, and an arrow only where the change is more than noise', () => {
    const { text, blocks } = renderMetrics(
      { kind: 'weeks', weeks: [week('2026-W47', 14)], how: false, page: 1 },
      context,
    );
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(text).toBe(
      'Team orders, 2026-W47 (16–22 Nov). People active in the week: 14 · 2 more than last week (+17%), within noise. Runs that ended well: 90% (90 of 100) · ▲ last week 50% (50 of 100). Time to recover: median 1 min, 90% within 2 min (n 3, small sample).',
    );
  });

  it('says how each is computed, within which interval, and from what', () => {
    const { text } = renderMetrics({ kind: 'weeks', weeks: [week('2026-W47', 14)], how: true, page: 1 }, context);
    expect(text).toContain('95% interval 83% to 94%');
    expect(text).toContain('Runs whose final state');
    expect(text).toContain('figures_runs');
  });

  it('speaks of months where it is about one', () => {
    const month = { ...week('2026-10', 14), unit: 'month' as const, label: 'October 2026' };
    const { text } = renderMetrics({ kind: 'weeks', weeks: [month], how: true, page: 1 }, context);
    expect(text).toContain(
      'October 2026. People active in the month: 14 · 2 more than last month (+17%), within noise',
    );
    expect(text).toContain('in the calendar month');
    expect(text).not.toMatch(/\bweek\b/);
  });

  it('shows several weeks beside each other', () => {
    const { text } = renderMetrics(
      { kind: 'weeks', weeks: [week('2026-W47', 14), week('2026-W46', 12)], how: false, page: 1 },
      context,
    );
    expect(text).toContain('People active in the week, W47: 14, W46: 12');
  });

  it('says how all are computed on as many pages as Slack takes, none of them too large', () => {
    const value = { kind: 'share' as const, hits: 90, n: 100 };
    const full = {
      ...week('2026-W47', 14),
      scope: 'all',
      figures: Object.fromEntries(figureIds.map((id) => [id, value])),
    };
    const titles: string[] = [];
    for (let page = 1; ; page += 1) {
      const { blocks } = renderMetrics({ kind: 'weeks', weeks: [full], how: true, page }, context);
      expect(checkBlocks(blocks, 'message')).toEqual([]);
      expect(sizeOf(blocks)).toBeLessThan(12_000);
      const said = JSON.stringify(blocks);
      titles.push(...figureIds.filter((id) => said.includes(`${definitionOf(id, 'week').title}: *`)));
      if (!said.includes(`/pipeline metrics how ${page + 1}`)) break;
    }
    expect(new Set(titles)).toEqual(new Set(figureIds));
  });

  it('asks for the file of the same team, and leaves out what was never counted', () => {
    const of = (name: string) => {
      const one = week(name, 14);
      return { ...one, figures: { ...one.figures, noise: { kind: 'share' as const, hits: 0, n: 0 } } };
    };
    const { text, blocks } = renderMetrics(
      { kind: 'weeks', weeks: [of('2026-W47'), of('2026-W46')], how: false, page: 1 },
      context,
    );
    expect(JSON.stringify(blocks)).toContain('/pipeline metrics orders last 2 weeks csv');
    expect(text).not.toContain('Noise');
  });

  it('names the teams that there are', () => {
    const { text } = renderMetrics({ kind: 'unknown-team', name: '<!channel>', known: ['orders'] }, context);
    expect(text).toBe('I know no team &lt;!channel&gt;. There are orders.');
  });

  it('exports one figure a line', () => {
    expect(
      figuresCsv([week('2026-W47', 14)])
        .split('\n')
        .slice(0, 3),
    ).toEqual([
      'week,scope,figure,title,kind,count,n,median or mean,p90,said',
      '2026-W47,team:orders,weekly-active,People active in the week,count,14,,,,14',
      '2026-W47,team:orders,run-success,Runs that ended well,share,90,100,,,90% (90 of 100)',
    ]);
  });
});
