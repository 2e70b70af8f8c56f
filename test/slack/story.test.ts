import type { Notice, NoticeKind } from '../../src/domain/notice';
import { Notice as NoticeSchema } from '../../src/domain/notice';
import { limits } from '../../src/slack/limits';
import { textsOf } from '../../src/slack/message';
import { renderNotice } from '../../src/slack/story';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { later, nameOf, nine } from './views';

const story = { name: 'orders_daily', timeZone: 'Europe/Berlin', nameOf };
const url = 'https://maestro.example/runs/7';
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_each, index) => `line ${from + index}: step failed`).join('\n');

const autoId = '5a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b';

const notices: Notice[] = [
  {
    kind: 'failed-again',
    at: nine,
    pipeline: 'orders_daily',
    run: '8',
    attempt: 3,
    step: 'load',
    error: 'no <space>',
    url,
  },
  { kind: 'joined', at: nine, pipelines: ['refunds', 'stock'], count: 9, total: 10, why: 'same-cause' },
  { kind: 'joined', at: nine, pipelines: ['revenue'], count: 1, total: 11, why: 'downstream' },
  { kind: 'member-recovered', at: nine, pipelines: ['refunds'], count: 1, left: 9 },
  { kind: 'running-again', at: nine, run: '9', attempt: 4, url },
  { kind: 'acknowledged', at: nine, by: 'UPRIYA' },
  { kind: 'acknowledge-expired', at: nine },
  { kind: 'muted', at: nine, by: 'UPRIYA', until: later(60) },
  { kind: 'unmuted', at: nine, by: 'UPRIYA', hid: 3 },
  { kind: 'unmuted', at: nine, hid: 1 },
  { kind: 'skipped', at: nine, by: 'UDANA', why: 'unneeded' },
  { kind: 'closing-undone', at: nine, by: 'UDANA' },
  { kind: 'flapping', at: later(180), pipeline: 'orders_daily', times: 3, since: nine },
  { kind: 'calmed', at: later(600), pipeline: 'orders_daily', times: 7, since: nine, isUp: true },
  { kind: 'calmed', at: later(600), pipeline: 'orders_daily', times: 7, since: nine, isUp: false },
  { kind: 'mute-ended', at: nine, pipeline: 'orders', mutedBy: 'UPRIYA', alerts: 2, failures: 3, hid: 1, lastAt: nine },
  { kind: 'mute-ended', at: nine, pipeline: 'orders', mutedBy: 'UPRIYA', by: 'UDANA', alerts: 0, failures: 0, hid: 2 },
  { kind: 'maintenance-ended', at: nine, name: 'move', alerts: 1, pipelines: ['orders'], count: 1 },
  {
    kind: 'maintenance-ended',
    at: nine,
    name: 'a *b*',
    alerts: 9,
    pipelines: ['orders', 'crm', 'a', 'b', 'c'],
    count: 8,
  },
  { kind: 'action-asked', at: nine, by: 'UDANA', action: 'retry', what: 'run 7' },
  { kind: 'action-settled', at: nine, by: 'UDANA', action: 'stop', outcome: 'succeeded', url },
  { kind: 'action-settled', at: nine, by: 'UDANA', action: 'retry', outcome: 'refused', say: 'Changes are frozen.' },
  { kind: 'action-settled', at: nine, by: 'UDANA', action: 'retry', outcome: 'unsure' },
  {
    kind: 'consent',
    at: nine,
    by: 'UDANA',
    action: 'backfill',
    what: '31 partitions of orders_daily',
    outcome: 'asked',
    say: 'This needs a yes from people with the role *operator*.',
    calls: 'S0OPER',
  },
  {
    kind: 'consent',
    at: nine,
    by: 'UDANA',
    action: 'backfill',
    what: '31 partitions of orders_daily',
    outcome: 'approved',
    say: 'go ahead',
  },
  {
    kind: 'consent',
    at: nine,
    by: 'UDANA',
    action: 'backfill',
    what: '31 partitions of orders_daily',
    outcome: 'declined',
  },
  {
    kind: 'consent',
    at: nine,
    by: 'UDANA',
    action: 'backfill',
    what: '31 partitions of orders_daily',
    outcome: 'withdrawn',
  },
  { kind: 'consent', at: nine, action: 'backfill', what: '31 partitions of orders_daily', outcome: 'expired' },
  {
    kind: 'consent',
    at: nine,
    by: 'UDANA',
    action: 'retry',
    what: 'run 7',
    outcome: 'broken',
    say: 'the close is tonight',
  },
  {
    kind: 'bulk',
    at: nine,
    by: 'UDANA',
    action: 'retry',
    what: 'paused',
    of: '14 runs of orders_daily and users_daily',
  },
  {
    kind: 'bulk',
    at: nine,
    action: 'retry',
    what: 'stopped-itself',
    say: 'the first one failed; 13 wait. Resume to go on, or cancel the rest',
  },
  { kind: 'bulk-switched', at: nine, by: 'UDANA', to: 'off', reason: 'the warehouse is upgraded', count: 2 },
  { kind: 'bulk-switched', at: nine, by: 'UDANA', to: 'on', count: 1 },
  {
    kind: 'nothing-began',
    at: nine,
    action: 'retry',
    what: 'run 7 of orders_daily',
    waitedMs: 600_000,
    usuallyMs: 30_000,
  },
  {
    kind: 'bulk-ended',
    at: nine,
    by: 'UDANA',
    action: 'retry',
    outcome: 'failed',
    total: 14,
    succeeded: 11,
    failed: 2,
    left: 1,
    tookMs: 5_400_000,
    reasons: [{ say: 'Out of memory: Java heap space.', count: 2, names: ['orders_daily run 7', 'users_daily run 9'] }],
  },
  {
    kind: 'log',
    at: nine,
    by: 'UDANA',
    pipeline: 'orders_daily',
    step: 'load',
    text: lines(120, 164),
    lines: 45,
    fromLine: 120,
    url,
  },
  { kind: 'log-missing', at: nine, by: 'UDANA', pipeline: 'orders_daily', say: 'The log of load is empty.', url },
  { kind: 'recovered', at: nine, tookMs: 720_000, by: 'UDANA', how: 'retry', mentions: ['SORDERS'] },
  { kind: 'recovered', at: nine, tookMs: 720_000, by: 'UNKNOWN', how: 'retry', mentions: [] },
  { kind: 'recovered', at: nine, tookMs: 5_400_000, how: 'by-itself', mentions: [] },
  { kind: 'recovered', at: nine, tookMs: 5_400_000, by: 'UDANA', how: 'retry', action: 'skip', mentions: [] },
  { kind: 'recovered', at: nine, tookMs: 5_400_000, how: 'elsewhere', mentions: [] },
  {
    kind: 'members',
    at: nine,
    by: 'UDANA',
    members: [
      { pipeline: 'refunds', partition: '', isOver: false },
      { pipeline: 'stock & <!channel>', partition: '2026-11-25', isOver: true },
    ],
    count: 2,
  },
  {
    kind: 'members',
    at: nine,
    by: 'UDANA',
    members: Array.from({ length: 300 }, (_each, index) => ({
      pipeline: `shop & co. ${index}`,
      partition: '2026-11-25',
      isOver: index > 200,
    })),
    count: 9_800,
    url: 'https://files.example/F2',
  },
  {
    kind: 'members',
    at: nine,
    by: 'UDANA',
    members: [{ pipeline: 'refunds', partition: '', isOver: false }],
    count: 3,
  },
  { kind: 'skipped', at: nine, by: 'UPRIYA' },
  { kind: 'reopened', at: nine, pipeline: 'orders_daily', error: 'again' },
  { kind: 'reminder', at: nine, count: 1, of: 3, mention: 'SORDERS' },
  { kind: 'reminder', at: nine, count: 3, of: 3 },
  { kind: 'reminder', at: nine, count: 1, of: 3, late: true },
  { kind: 'caught-up', at: nine, facts: ['orders_daily failed at 09:14', 'retried by dana', '<!channel>'] },
  { kind: 'storm-grew', at: nine },
  { kind: 'storm-listed', at: nine, count: 812, url: 'https://files.example/F1' },
  { kind: 'followed-ended', at: nine, pipeline: 'orders_daily', outcome: 'recovered', tookMs: 720_000, url },
  { kind: 'followed-ended', at: nine, pipeline: 'orders_daily', outcome: 'skipped', tookMs: 720_000 },
  {
    kind: 'owners-told',
    at: nine,
    by: 'UDANA',
    connection: 'prod',
    pipeline: 'orders_daily',
    name: 'orders_daily',
    waiting: ['Revenue', 'forecast'],
    count: 30,
    since: nine,
    cause: 'OutOfMemoryError',
    url,
  },
  { kind: 'action-asked', at: nine, by: 'UDANA', action: 'retry', what: 'run 7', auto: autoId },
  ...(['suggested', 'allowed', 'stopped', 'did-not-help', 'not-allowed'] as const).map(
    (what): Notice => ({
      kind: 'auto-retry',
      at: nine,
      id: autoId,
      what,
      ...(what === 'suggested' ? {} : { by: 'UDANA' }),
      ...(what === 'not-allowed' ? { say: 'Only members of *orders* may retry this.' } : {}),
      pipeline: 'orders_daily',
      cause: 'Rate limited',
      fixed: 9,
      tried: 10,
    }),
  ),
  ...(['succeeded', 'failed', 'cancelled', 'skipped', 'not-over', 'none-came'] as const).map(
    (outcome): Notice => ({
      kind: 'first-run',
      at: nine,
      actionId: autoId,
      pipeline: 'orders_daily',
      version: '11',
      outcome,
      ...(outcome === 'none-came' || outcome === 'not-over' ? {} : { tookMs: 720_000, url }),
      ...(outcome === 'failed' ? { cause: 'KeyError: <day>' } : {}),
      back: { connection: 'prod', key: 'orders_daily', version: '12' },
    }),
  ),
  { kind: 'bulk-listed', at: nine, action: 'retry', count: 1_400, fileId: 'F3', url: 'https://files.example/F3' },
  { kind: 'digest', at: nine, week: '2026-W47', scope: 'all', part: 'summary' },
  {
    kind: 'digest-chart',
    at: nine,
    title: '31 people active',
    alt: '31 people were active: 20 returning',
    fileId: 'F4',
  },
  { kind: 'request', at: nine, what: 'claimed', number: 12, by: 'UPRIYA' },
  { kind: 'request', at: nine, what: 'assigned', number: 12, by: 'UPRIYA', to: 'UDANA', say: 'by *noon* <!channel>' },
  { kind: 'request', at: nine, what: 'solved', number: 12, by: 'UPRIYA', say: '<https://evil.example|click>' },
  { kind: 'request', at: nine, what: 'merged', number: 12, by: 'UPRIYA', into: 13 },
  { kind: 'request', at: nine, what: 'reopened', number: 12, by: 'UDANA' },
  { kind: 'request', at: nine, what: 'needs-help-still', number: 12, by: 'UDANA' },
  { kind: 'request', at: nine, what: 'due-soon', number: 12, clock: 'first-response', dueAt: later(600) },
  {
    kind: 'request',
    at: nine,
    what: 'answers',
    number: 12,
    requestId: '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
    answers: [
      { id: '5a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b', number: 3, question: '<!here> where?', resolution: '*Here*' },
      {
        id: '6a1c9a2e-7d7f-8a39-9d53-1d7f7b1f0a0b',
        runbook: 'a/b.md',
        question: 'Orders › Late',
        resolution: '1. <!here>\n\n2. *There*',
      },
    ],
  },
  {
    kind: 'request',
    at: nine,
    what: 'run-recovered',
    number: 12,
    requestId: '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
  },
  { kind: 'you-asked', at: nine, by: 'UPRIYA', items: [], say: 'One step can be retried *alone*.', url },
  { kind: 'pulse', at: nine, quarter: '2026-Q4' },
  {
    kind: 'asked-often',
    at: nine,
    groupId: '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
    question: 'Where is *my* table?',
    times: 3,
    days: 28,
    numbers: [7, 9, 12],
  },
  {
    kind: 'triage-day',
    at: nine,
    since: nine,
    fresh: 2,
    open: 3,
    unanswered: 1,
    overdue: 1,
    waiting: 1,
    snoozed: 0,
    pressing: [{ number: 12, question: 'Where is *my* table?', askedAt: nine, dueAt: nine, name: 'priya', url }],
    oldest: { number: 7, question: 'Where is it?', askedAt: nine },
  },
  {
    kind: 'asked-often',
    at: nine,
    groupId: '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
    question: 'Where is *my* table?',
    times: 3,
    days: 28,
    numbers: [7, 9, 12],
    settled: { how: 'dismissed', by: 'UPRIYA' },
  },
  {
    kind: 'triage-day',
    at: nine,
    since: nine,
    fresh: 2,
    open: 3,
    unanswered: 1,
    overdue: 1,
    waiting: 1,
    snoozed: 0,
    pressing: [],
    isOver: true,
  },
  { kind: 'request', at: nine, what: 'task-reopened', number: 12, by: 'UPRIYA', say: 'ask *Mei*' },
  { kind: 'failed-again', at: nine, pipeline: 'a*b', run: '8', attempt: 3, ended: { by: 'UDANA', kind: 'kill' }, url },
  {
    kind: 'failed-again',
    at: nine,
    pipeline: 'crm',
    run: '8',
    attempt: 3,
    error: 'x',
    ended: { by: 'UDANA', kind: 'stop' },
  },
];

describe.each(notices.map((notice, index) => ({ notice, title: `${index + 1}: ${notice.kind}` })))(
  'the story $title',
  ({ notice }) => {
    const message = renderNotice(notice, story);
    const shown = textsOf(message.blocks).join('\n');

    it('is taken by Slack', () => {
      expect(checkBlocks(message.blocks, 'message')).toEqual([]);
      expect(message.text.length).toBeLessThanOrEqual(limits.message.textAdvised);
    });

    it('is a whole sentence with the sound off', () => {
      expect(message.text).toMatch(/[.…]$/);
      expect(message.text).not.toMatch(/<!date|undefined|NaN|\.\./);
    });

    it('reads like this', () => {
      expect(message.text).toMatchSnapshot();
      expect(shown).toMatchSnapshot();
    });

    it('calls nobody, unless it is a reminder, or a wish for a yes, that says whom', () => {
      const calls = `${message.text}\n${shown}`.match(/<[@!](?!date)[^>]*>/g) ?? [];
      const called = notice.kind === 'reminder' ? notice.mention : notice.kind === 'consent' ? notice.calls : undefined;
      expect([...new Set(calls)]).toEqual(called ? [`<!subteam^${called}>`] : []);
    });
  },
);

describe('whether the cause was right', () => {
  const incidentId = '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b';
  const log: Notice = {
    kind: 'log',
    at: nine,
    by: 'UDANA',
    pipeline: 'orders_daily',
    text: 'no',
    lines: 1,
    fromLine: 1,
  };
  const back: Notice = { kind: 'recovered', at: nine, tookMs: 60_000, how: 'by-itself', mentions: [] };
  const pressable = (notice: Notice, cause?: string) =>
    [
      ...JSON.stringify(renderNotice(notice, { ...story, incidentId, cause }).blocks).matchAll(
        /"action_id":"([^"]+)"/g,
      ),
    ].map(([, id]) => id);

  it.each([
    { title: 'beside the log', notice: log, cause: 'Timed out', ids: ['cause-right.v1', 'cause-wrong.v1'] },
    { title: 'with the end', notice: back, cause: 'Timed out', ids: ['cause-right.v1', 'cause-wrong.v1'] },
    {
      title: 'not where a retry ended it: then whether that helped',
      notice: { ...back, how: 'retry' as const, actionId: incidentId },
      cause: 'Timed out',
      ids: ['it-helped.v1', 'no-help.v1'],
    },
    {
      title: 'not where a retry came to nothing: then whether that helped',
      notice: { kind: 'failed-again' as const, at: nine, pipeline: 'x', run: 'r1', attempt: 2, actionId: incidentId },
      cause: 'Timed out',
      ids: ['it-helped.v1', 'no-help.v1'],
    },
    { title: 'not where none is named', notice: log, cause: undefined, ids: [] },
  ])('is asked $title', ({ notice, cause, ids }) => expect(pressable(notice, cause)).toEqual(ids));
});

describe('stories', () => {
  it('are told of every kind of notice', () => {
    const kinds = NoticeSchema.options.map((option) => option.shape.kind.value).sort();
    const told = [...new Set(notices.map(({ kind }): NoticeKind => kind))].sort();
    expect(told).toEqual(kinds);
  });

  it('name by a mention only whom they cannot name by name', () => {
    const asked: Notice = { kind: 'action-asked', at: nine, by: 'UNEW', action: 'retry', what: 'run 7' };
    expect(renderNotice(asked, story).text).toContain('<@UNEW>');
  });
});

describe('a log in the thread', () => {
  const log = (text: string, more: object = {}): Notice => ({
    kind: 'log',
    at: nine,
    by: 'UDANA',
    pipeline: 'orders_daily',
    text,
    lines: text.split('\n').length,
    fromLine: 1,
    ...more,
  });
  const shownOf = (notice: Notice) => textsOf(renderNotice(notice, story).blocks);

  it('says which lines it shows, and where the earlier ones are', () => {
    const [head] = shownOf(log(lines(120, 164), { fromLine: 120, url }));
    expect(head).toBe(`Log of *orders_daily*, lines 120–164; <${url}|earlier lines>`);
  });

  it('says when the earlier ones are nowhere to be had', () => {
    const [head] = shownOf(log(lines(120, 164), { fromLine: 120 }));
    expect(head).toBe('Log of *orders_daily*, lines 120–164; earlier lines are not shown');
  });

  it('keeps the end, where the reason stands, and counts right', () => {
    const [head, body = ''] = shownOf(log(lines(1, 500)));
    const first = Number(/lines (\d+)–500/.exec(head ?? '')?.[1]);
    expect(first).toBeGreaterThan(1);
    expect(body.startsWith(`\`\`\`\nline ${first}:`)).toBe(true);
    expect(body.endsWith('line 500: step failed\n```')).toBe(true);
  });

  it.each([
    { title: 'one line that is far too long', text: '&'.repeat(20_000) },
    { title: 'fences of its own', text: '```\n<!channel>\n```\n`x`' },
    { title: 'nothing', text: '' },
    { title: 'colour codes', text: '\u001b[31mred\u001b[0m' },
  ])('stands $title', ({ text }) => {
    const message = renderNotice(log(text), story);
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
    const [, body = ''] = textsOf(message.blocks);
    expect(body.split('```')).toHaveLength(3);
    expect(body).not.toMatch(/[<>\u001b]/);
  });
});

describe('the list of all who are hit', () => {
  const list = (retriable?: number): Notice => ({
    kind: 'members',
    at: nine,
    by: 'UDANA',
    members: [{ pipeline: 'refunds', partition: '', isOver: false }],
    count: 14,
    ...(retriable === undefined ? {} : { retriable }),
  });
  const incidentId = '11111111-1111-4111-8111-111111111111';
  const drawn = (notice: Notice) =>
    JSON.stringify(renderNotice(notice, { name: 'orders_daily', timeZone: 'UTC', incidentId }).blocks);

  it('offers the plan of a retry for all of them that can be retried, and none for one alone', () => {
    expect(drawn(list(14))).toContain('"text":"Retry all 14"');
    expect(drawn(list(14))).toContain('Retry all: runs that failed as orders_daily did');
    for (const few of [undefined, 0, 1]) expect(drawn(list(few))).not.toContain('retry-all');
  });
});
