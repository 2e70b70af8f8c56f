import { renderDigestPart } from '../../src/slack/digest/details';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { weekFigures } from '../support/week-figures';

const share = (hits: number, n: number) => ({ kind: 'share' as const, hits, n });
const count = (number: number) => ({ kind: 'count' as const, count: number });
const line = { connection: 'prod', rank: 1, ended: 21 };
const week = weekFigures({
  figures: {
    'weekly-active': count(60),
    'run-success': share(185, 189),
    recovery: { kind: 'spread', n: 4, median: 7_320_000, p90: 9_000_000, max: 9_000_000 },
    'requests-opened': count(9),
    'requests-solved': count(7),
    backlog: count(17),
    noise: share(0, 0),
    paved: share(0, 13),
  },
  before: {
    'weekly-active': count(20),
    'run-success': share(175, 189),
    paved: share(0, 13),
    'requests-opened': count(9),
  },
  worst: {
    top: [
      {
        ...line,
        pipeline: 'a',
        name: 'Events *<!channel>*',
        failed: 4,
        failedBefore: 1,
        url: 'https://maestro.example/runs/7',
      },
    ],
    tied: 2,
  },
  better: [{ ...line, pipeline: 'b', name: 'Orders daily', failed: 0, failedBefore: 6 }],
  askedAbout: [{ connection: 'prod', pipeline: 'a', name: 'Events', requests: 5 }],
  features: [
    { feature: 'acknowledge.v1', users: share(22, 60) },
    { feature: 'ask-form.v1', users: share(20, 60) },
    { feature: 'pipeline status', users: share(19, 60) },
  ],
  tools: [
    { tool: 'pitcrew', title: 'Pitcrew', monthly: 60, weekly: 60, daily: 19.6, teams: 0, fresh: 5, isCounter: false },
  ],
  thanks: [{ personId: 'd', helped: 3 }],
});
const of = { nameOf: () => 'Dana', command: '/pipeline' };

describe('the digest', () => {
  it('is read in seconds: what is new against last week, what fails, what is asked about, whom to thank', () => {
    const { text, blocks } = renderDigestPart('summary', week, of);
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(text.replaceAll('\u2060', '')).toBe(
      'Weekly digest of the organisation, 2026-W47 (16–22 Nov): runs as last week, more people came. 60 people used Pitcrew; up from 20 last week. 98% of runs ended well (185 of 189); 93% last week, within noise. 2 h 2 min to recover (median; 90% within 2 h 30 min, n 4, small sample). 9 requests for help, 7 solved, 17 open; as last week. Most failed runs: 1. Events *&lt;!channel&gt;* with 4 of 21 runs failed +2 tied. Better than last week: Orders daily (0 failed runs, was 6). Thank you for taking problems up: Dana (3).',
    );
    expect(JSON.stringify(blocks)).toContain('<https://maestro.example/runs/7|');
  });

  it('shows no more than is taken in at a glance, and says the rest to who listens', () => {
    const { blocks } = renderDigestPart('summary', week, of);
    const shown = JSON.stringify(blocks).replaceAll('\u2060', '');
    expect(shown).toContain(
      '*60* people used Pitcrew · _▲ from 20_\\n*98%* of runs succeeded (185/189) · _was 93%, within noise_\\n*2 h* median recovery (90% within 2.5 h, n 4, small sample)\\n*9* requests, 7 solved, 17 open · _as last week_',
    );
    expect(shown).toMatch(/1\. <[^|]*\|Events [^>]*> 4\/21, was 1\\n\+2 tied/);
    expect(shown).toContain('🟢 *Better:* Orders daily 6→0');
    expect(shown).toContain('🙏 *Thank you:* Dana (3)');
    expect(shown).not.toMatch(/\d last week|failed runs\)|paved|Asked about/);
    const words = blocks.flatMap((block) =>
      block.type === 'header' || block.type === 'section' ? (block.text?.text.split(/\s+/) ?? []) : [],
    );
    expect(words.length).toBeLessThan(80);
  });

  it('says in its thread what the message leaves out', () => {
    const { text } = renderDigestPart('reliability', week, of);
    expect(text).toContain('Asked about more than once: Events, 5 requests');
    expect(text).toContain('Pipelines on the paved path: 0% (0 of 13, small sample)');
  });

  it('names what people used as they know it, and leaves out what was not counted', () => {
    const adoption = renderDigestPart('adoption', week, of);
    expect(adoption.text).toMatch(/the button “Acknowledge”: used by 37%/);
    expect(adoption.text).toMatch(/the form “ask”: used by/);
    expect(adoption.text).toMatch(/\/pipeline status: used by/);
    const reliability = renderDigestPart('reliability', week, of);
    expect(reliability.text).not.toMatch(/none to count|too few|Noise/);
    for (const { blocks } of [adoption, reliability]) expect(checkBlocks(blocks, 'message')).toEqual([]);
  });

  it('says of each figure that it shows how it is computed, from what, and where all others are', () => {
    const { text, blocks } = renderDigestPart('definitions', { ...week, scope: 'team:orders' }, of);
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    for (const id of ['figures_activity', 'figures_runs', 'figures_episodes', 'requests']) expect(text).toContain(id);
    expect(text).toContain('/pipeline metrics orders how');
  });

  it.each([
    { what: 'too few ran before', before: { 'run-success': share(3, 3) }, says: 'too few runs to compare' },
    { what: 'nothing ran and nobody came before', before: {}, says: 'the first week' },
    {
      what: 'that is what was counted of the week before',
      before: { 'run-success': share(0, 0), 'weekly-active': count(0) },
      says: 'the first week',
    },
  ])('is not called like the week before where $what', ({ before, says }) => {
    const { text } = renderDigestPart('summary', { ...week, before }, of);
    expect(text.startsWith(`Weekly digest of the organisation, 2026-W47 (16–22 Nov): ${says}. `)).toBe(true);
  });

  it.each([
    {
      what: 'one person and one request',
      figures: { 'weekly-active': count(1), 'requests-opened': count(1) },
      says: '*1* person used Pitcrew · _from 20_',
      tells: '1 request for help',
    },
    {
      what: 'a share of few',
      figures: { 'weekly-active': count(60), paved: share(0, 2), 'retry-effect': share(2, 3) },
      says: '*2 of 3* retries worked',
      tells: '0 of 2 pipelines are on the paved path',
    },
    {
      what: 'nothing that ran',
      figures: { 'weekly-active': count(60) },
      says: 'No run ended.',
      tells: 'too few runs to compare, more people came',
    },
    {
      what: 'hardly any that failed',
      figures: { 'run-success': share(9_999, 10_000) },
      says: '*over 99.9%* of runs succeeded (9,999/10,000)',
      tells: 'over 99.9% of runs ended well',
    },
  ])('is right English of $what', ({ figures, says, tells }) => {
    const { text, blocks } = renderDigestPart('summary', { ...week, figures, worst: { top: [], tied: 0 } }, of);
    expect(JSON.stringify(blocks).replaceAll('▼ ', '')).toContain(says);
    expect(text).toContain(tells);
  });

  it.each([
    { what: 'nobody asked for help', figures: { backlog: count(2) }, says: 'Quiet week for the organisation' },
    { what: 'somebody did', figures: { 'requests-opened': count(1) }, says: '1 request for help' },
  ])('calls a week without runs and people quiet only where nobody asked: $what', ({ figures, says }) => {
    const none = { 'run-success': share(0, 0), 'weekly-active': count(0) };
    const { text } = renderDigestPart('summary', { ...week, tools: [], figures: { ...none, ...figures } }, of);
    expect(text).toContain(says);
    expect(text.includes('Quiet week')).toBe(says.startsWith('Quiet week'));
  });

  it('does not say that as many came where nobody did', () => {
    const nobody = { 'weekly-active': count(0), 'run-success': share(150, 189) };
    const before = { 'weekly-active': count(0), 'run-success': share(185, 189) };
    const { text } = renderDigestPart('summary', { ...week, figures: nobody, before }, of);
    expect(text).toContain('2026-W47 (16–22 Nov): runs went worse. 0 people');
  });

  it('compares nothing with the week before the first', () => {
    const before = { 'run-success': share(0, 0), 'weekly-active': count(0), paved: share(0, 13) };
    const { blocks } = renderDigestPart('summary', { ...week, before, better: [] }, of);
    expect(JSON.stringify(blocks)).toContain('*60* people used Pitcrew\\n');
    expect(JSON.stringify(blocks)).not.toMatch(/was \d|last week|new/);
  });
});
