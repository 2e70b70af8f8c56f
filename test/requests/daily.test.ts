import { createLogger } from '../../src/lib/logger';
import { createDaily } from '../../src/requests/daily';
import { renderTriageDay } from '../../src/slack/triage-day';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { noah, openStage, priya, stageSettings } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(database.db, 'requests, request_events, request_words, triage_days, working_schedules, posts, people'),
);

const hourMs = 3_600_000;

/** At 07:50 of a Wednesday in UTC. */
async function open(daily: false | { at: string; whenNothing: boolean } = { at: '08:00', whenNothing: false }) {
  const stage = await openStage(database);
  const settings = { ...stageSettings, support: { ...stageSettings.support, daily } };
  const { db, clock } = stage;
  clock.pass(new Date('2026-11-25T07:50:00Z').getTime() - clock.now().getTime());
  const deps = { db, clock, log: createLogger('silent'), settings: () => settings };
  const make = () =>
    createDaily({
      ...deps,
      channelId: async () => 'C0TRIAGE',
      messageUrl: (channel, ts) => `https://crew.slack.com/${channel}/${ts}`,
    });
  const posted = () =>
    db.query<{ notice: Record<string, unknown> }>(
      `select notice from posts where notice ->> 'kind' = 'triage-day' order by seq`,
    );
  return { ...stage, make, posted };
}

describe('the post of the day', () => {
  it('comes once, at its hour, however many replicas and restarts there are', async () => {
    const { asked, written, pressed, clock, make, posted, all } = await open();
    await asked();
    await written(noah, 'And mine?', { ts: '1795597300.000100' });
    await pressed('ask-back-form.v1', priya, { id: (await all())[1]?.id, question: 'Which one' });
    const replicas = [make(), make()];
    expect(await replicas[0]?.sweep()).toBe(0);
    clock.pass(hourMs / 4);
    const sent = await Promise.all(replicas.map((each) => each.sweep()));
    expect(sent.sort()).toEqual([0, 1]);
    expect(await make().sweep()).toBe(0);
    const [post] = await posted();
    expect(post?.notice).toMatchObject({ fresh: 2, open: 2, unanswered: 1, overdue: 0, waiting: 1, snoozed: 0 });
    expect(post?.notice.oldest).toMatchObject({ question: 'Where is my table?' });
    clock.pass(24 * hourMs);
    // With the one before it, which is history now.
    expect(await make().sweep()).toBe(2);
    expect((await posted())[1]?.notice).toMatchObject({ fresh: 0, open: 2 });
  });

  it('follows what it names, and is one line of history when the next one is there', async () => {
    const { asked, pressed, clock, make, posted, db } = await open();
    const id = await asked();
    clock.pass(hourMs / 4);
    const daily = make();
    expect(await daily.sweep()).toBe(1);
    await db.query(`update posts set state = 'sent', ts = '1.1', channel_id = 'C0TRIAGE' where role = 'note'`);
    clock.pass(60_000);
    expect(await daily.sweep()).toBe(0);
    await pressed('solve-form.v1', priya, { id, resolution: 'It is there.' });
    clock.pass(60_000);
    expect(await daily.sweep()).toBe(1);
    expect(await daily.sweep()).toBe(0);
    expect((await posted())[0]?.notice).toMatchObject({ open: 1, pressing: [{ id, state: 'solved' }] });
    expect(await db.query(`select state, wanted_version as wanted from posts where role = 'note'`)).toEqual([
      { state: 'waiting', wanted: 2 },
    ]);
    await pressed('reopen-request.v1', priya, { id });
    clock.pass(24 * hourMs);
    expect(await daily.sweep()).toBe(2);
    const [first, second] = await posted();
    expect(first?.notice).toMatchObject({ open: 1, pressing: [], isOver: true });
    expect(second?.notice).toMatchObject({ pressing: [{ id, state: 'open' }] });
    expect(JSON.stringify(first?.notice)).not.toContain('Where is my table');
  });

  it.each([
    { title: 'on a day off', pass: 3 * 24 * hourMs + hourMs / 4 },
    { title: 'when half the day is over', pass: 6 * hourMs },
  ])('does not come $title', async ({ pass }) => {
    const { asked, clock, make, posted } = await open();
    await asked();
    clock.pass(pass);
    expect(await make().sweep()).toBe(0);
    expect(await posted()).toEqual([]);
  });

  it('says nothing where nothing waits, or one line if that is wished for, and never where it is off', async () => {
    for (const [daily, posts] of [
      [{ at: '08:00', whenNothing: false }, 0],
      [{ at: '08:00', whenNothing: true }, 1],
      [false, 0],
    ] as const) {
      await emptyTables(database.db, 'triage_days, posts, people');
      const { clock, make } = await open(daily);
      clock.pass(hourMs / 4);
      expect(await make().sweep()).toBe(posts);
      expect(await make().sweep()).toBe(0);
    }
  });

  it.each([
    { title: 'most of the team live', second: 'America/New_York', early: 0 },
    { title: 'the workspace is, where as many of the team live elsewhere', second: 'UTC', early: 1 },
  ])('comes at the hour where $title', async ({ second, early }) => {
    const { asked, clock, make, db } = await open();
    await asked();
    await db.query(
      `update people set time_zone = case slack_id when 'U0TOM' then $1 else 'America/New_York' end where slack_id in ('U0PRIYA', 'U0TOM')`,
      [second],
    );
    await db.query(
      `insert into user_groups (group_id, handle, members, fetched_at) values ('S0ENABLE', 'enable', '{U0PRIYA,U0TOM}', $1)
       on conflict (group_id) do update set members = excluded.members`,
      [clock.now()],
    );
    clock.pass(hourMs / 4);
    expect(await make().sweep()).toBe(early);
    clock.pass(5 * hourMs);
    expect(await make().sweep()).toBe(1 - early);
  });
});

describe('what it says', () => {
  const at = new Date('2026-11-25T08:00:00Z');
  const line = { number: 12, question: 'Where is <!channel>?', askedAt: new Date('2026-11-23T08:00:00Z') };
  const day = {
    kind: 'triage-day' as const,
    at,
    since: line.askedAt,
    fresh: 2,
    open: 3,
    unanswered: 2,
    overdue: 1,
    waiting: 1,
    snoozed: 0,
    pressing: [{ ...line, dueAt: line.askedAt, url: 'https://crew.slack.com/a' }],
    oldest: line,
  };

  it('is complete in words alone, and calls nobody', () => {
    const { text, blocks } = renderTriageDay(day, { timeZone: 'UTC' });
    for (const said of ['3 requests wait', '2 new', '2 without an answer', '1 overdue', 'The oldest, #12', 'was due'])
      expect(text).toContain(said);
    expect(JSON.stringify(blocks)).not.toContain('<!channel>');
    expect(JSON.stringify(blocks)).toContain('<https://crew.slack.com/a|#12>');
  });

  it('says what has become of each, and when all are solved', () => {
    const say = (...states: ('open' | 'waiting' | 'solved')[]) =>
      renderTriageDay({ ...day, pressing: states.map((state) => ({ ...line, state })) }, { timeZone: 'UTC' }).text;
    expect(say('open', 'waiting', 'solved')).toMatch(/🆕 Open #12.*\n💬 Waiting for an answer #12.*\n✅ Solved #12/);
    expect(
      JSON.stringify(renderTriageDay({ ...day, pressing: [{ ...line, state: 'solved' }] }, { timeZone: 'UTC' })),
    ).toContain('All of these are solved');
    const over = renderTriageDay({ ...day, pressing: [], isOver: true }, { timeZone: 'UTC' });
    expect([over.blocks.length, over.text]).toEqual([1, expect.stringMatching(/^3 requests waited on .* newer post/)]);
  });

  it('is one line where nothing waits', () => {
    const { blocks } = renderTriageDay({ ...day, open: 0, fresh: 0, pressing: [] }, { timeZone: 'UTC' });
    expect(blocks).toHaveLength(1);
  });
});
