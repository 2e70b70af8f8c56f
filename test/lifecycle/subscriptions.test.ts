import { randomUUID } from 'node:crypto';
import type { SubscriptionAnswer } from '../../src/domain/subscription';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { openTimeStage, type TimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const here = 'C0HERE';
const orders = 'C0ORDERS';

/** The whole product; `#here` can subscribe, alerts of orders_* are routed to `#orders`. */
async function open() {
  await emptyTables(database.db, 'subscriptions, follows');
  const stage = await openTimeStage(database.db, {
    settings: {
      // Looking on makes no second channel that is hit, so nothing is shown to the platform.
      platformChannel: 'C0PLATFORM',
      routes: [{ match: { pipeline: 'orders_*' }, channel: orders }],
    },
    catalogue: [
      { pipeline: 'orders_daily', tags: ['finance'], tier: 1 },
      { pipeline: 'orders_hourly', tier: 2 },
      { pipeline: 'refunds', owner: 'noah' },
    ],
    channels: [
      { id: here, name: 'here' },
      { id: orders, name: 'orders' },
    ],
  });
  const type = async (command: string, text: string, { by = 'U0DANA', channel = here } = {}) => {
    await stage.store({
      key: `command:${randomUUID()}`,
      name: `command:${command}`,
      value: { text },
      slackId: by,
      channel,
      receivedAt: stage.clock.now(),
    });
  };
  return { ...stage, type };
}

async function outcomes(): Promise<SubscriptionAnswer['kind'][]> {
  const rows = await database.db.query<{ outcome: SubscriptionAnswer['kind'] }>(
    'select outcome from presses order by seq',
  );
  return rows.map(({ outcome }) => outcome);
}

/** Why each channel has its alert. */
async function reasons(): Promise<Record<string, string>> {
  const rows = await database.db.query<{ channel: string; reason: string }>(
    `select channel, routed_by as reason from incident_places where channel = any($1)
     and incident_id in (select incident_id from incident_members where pipeline = 'orders_daily')`,
    [[here, orders]],
  );
  return Object.fromEntries(rows.map(({ channel, reason }) => [channel, reason]));
}

const toldIn = (told: TimeStage['told'], channel: string) =>
  told.filter((each) => each.channel === channel && each.how !== 'edit').map(({ how, text }) => `${how}: ${text}`);

describe('a channel that has subscribed', () => {
  it('gets alerts of what fits as well, names the subscription as the reason, and hears the end', async () => {
    const { push, play, type, told } = await open();
    await play([
      { at: '0 s', does: () => type('subscribe', 'orders_* tag:finance') },
      { at: '1 s', does: () => push('failed', 'orders_daily') },
      { at: '2 s', does: () => push('failed', 'orders_hourly', { error: 'no route to host' }) },
      { from: '1 s', to: '4 s', posts: ['orders_daily', 'orders_daily', 'orders_hourly'] },
      { at: '5 min', does: () => push('succeeded', 'orders_daily') },
      { from: '5 min', to: '5 min 2 s', posts: ['Recovered', 'Recovered'] },
    ]);
    expect(await outcomes()).toEqual(['subscribed']);
    expect(toldIn(told, here)).toEqual([
      expect.stringMatching(/^post: 🔴 Failed: orders_daily/),
      expect.stringMatching(/^reply: 🟢 Recovered/),
    ]);
    expect(toldIn(told, orders)).toHaveLength(3);
    expect(await reasons()).toEqual({ [here]: 'subscription of @dana', [orders]: 'route 1' });
    expect(told.filter((each) => each.channel === here).at(-1)?.text ?? '').toMatch(/Recovered/);
  });

  it('gets one post where the alert is routed there anyway, and where two subscriptions fit', async () => {
    const { push, play, type, told } = await open();
    await play([
      { at: '0 s', does: () => type('subscribe', 'orders_*', { channel: orders }) },
      { at: '0 s', does: () => type('subscribe', 'orders_*') },
      { at: '0 s', does: () => type('subscribe', 'tier:1', { by: 'U0NOAH' }) },
      { at: '1 s', does: () => push('failed', 'orders_daily') },
      { from: '1 s', to: '3 s', posts: ['orders_daily', 'orders_daily'] },
    ]);
    expect(toldIn(told, orders)).toHaveLength(1);
    expect(toldIn(told, here)).toHaveLength(1);
    expect(await reasons()).toEqual({ [here]: 'subscription of @dana', [orders]: 'route 1' });
  });

  it('is shown the pipeline that it asked for where another is the cause', async () => {
    const { push, play, type, told } = await open();
    const error = 'FATAL: too many connections for role "etl"';
    await play([
      { at: '0 s', does: () => type('subscribe', 'orders_hourly') },
      { at: '1 s', does: () => push('failed', 'orders_daily', { error }) },
      { from: '1 s', to: '2 s', posts: ['Failed: orders_daily'] },
      { at: '10 s', does: () => push('failed', 'orders_hourly', { error }) },
      { from: '10 s', to: '12 s', posts: [/./, /./] },
    ]);
    expect(toldIn(told, here)).toEqual([expect.stringMatching(/^post: 🔴 Failed: orders_hourly.*1 elsewhere/)]);
  });

  it('gets no more once it has unsubscribed; the alert that is there is kept up to date', async () => {
    const { push, play, type, told, db } = await open();
    await play([
      { at: '0 s', does: () => type('subscribe', 'refunds') },
      { at: '1 s', does: () => push('failed', 'refunds', { run: 'a' }) },
      { from: '1 s', to: '3 s', posts: ['refunds', 'refunds'] },
      { at: '10 s', does: () => type('unsubscribe', 'REFUNDS', { by: 'U0NOAH' }) },
      { at: '20 s', does: () => push('succeeded', 'refunds', { run: 'a', attempt: 2 }) },
      { from: '20 s', to: '22 s', posts: ['Recovered', 'Recovered'] },
      { at: '2 h', does: () => push('failed', 'refunds', { run: 'b' }) },
      { from: '2 h', to: '2 h 2 s', posts: ['refunds'] },
    ]);
    expect(await outcomes()).toEqual(['subscribed', 'unsubscribed']);
    expect(toldIn(told, here)).toHaveLength(2);
    const rows = await db.query(
      `select s.wording, made.slack_id as by, s.created_at as at, ender.slack_id as "endedBy", s.ended_at as "endedAt"
       from subscriptions s join people made using (person_id) join people ender on ender.person_id = s.ended_by`,
    );
    expect(rows).toEqual([
      {
        wording: 'refunds',
        by: 'U0DANA',
        at: new Date('2026-11-25T09:00:00Z'),
        endedBy: 'U0NOAH',
        endedAt: new Date('2026-11-25T09:00:10Z'),
      },
    ]);
  });

  it('is not repeated the alerts of others: reminders stay where the alert is routed', async () => {
    const { push, play, type, told } = await open();
    await play([
      { at: '0 s', does: () => type('subscribe', 'refunds') },
      { at: '1 s', does: () => push('failed', 'refunds') },
      { from: '1 s', to: '3 s', posts: ['refunds', 'refunds'] },
      { from: '30 min', to: '31 min', posts: ['Reminder 1'] },
    ]);
    expect(toldIn(told, here)).toHaveLength(1);
  });
});

describe('a wish that comes to nothing', () => {
  it.each([
    { title: 'a subscription by a guest', command: 'subscribe', text: 'refunds', by: 'U0GUEST', outcome: 'denied' },
    { title: 'a name that nobody bears', command: 'subscribe', text: 'nothing', outcome: 'unknown-pipeline' },
    { title: 'no name at all', command: 'subscribe', text: '', outcome: 'unclear' },
    { title: 'a filter that there is not', command: 'subscribe', text: 'a* team:x', outcome: 'unclear' },
    { title: 'a direct message', command: 'subscribe', text: 'refunds', channel: 'D0DANA', outcome: 'no-channel' },
    {
      title: 'a channel without the bot',
      command: 'subscribe',
      text: 'refunds',
      channel: 'C0SECRET',
      outcome: 'not-invited',
    },
    { title: 'what was never subscribed to', command: 'unsubscribe', text: 'refunds', outcome: 'not-subscribed' },
    { title: 'a pipeline that is not down', command: 'follow', text: 'refunds', outcome: 'nothing-to-follow' },
    { title: 'an unknown one to follow', command: 'follow', text: 'nothing', outcome: 'unknown-pipeline' },
    { title: 'what is not followed', command: 'unfollow', text: 'refunds', outcome: 'not-followed' },
  ])('$title: $outcome', async ({ command, text, by, channel, outcome }) => {
    const { play, type, db } = await open();
    await play([{ at: '0 s', does: () => type(command, text, { by, channel }) }]);
    expect(await outcomes()).toEqual([outcome]);
    expect(await db.query('select wording from subscriptions union all select pipeline from follows')).toEqual([]);
  });
});

describe('somebody who follows a pipeline', () => {
  it('is told once, in a direct message, when it is back; also where others are still down', async () => {
    const { push, play, type, told } = await open();
    const error = 'FATAL: too many connections for role "etl"';
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { error }) },
      { at: '1 s', does: () => push('failed', 'orders_hourly', { error }) },
      { from: '0 s', to: '3 s', posts: ['Failed: orders_daily', '1 more hit'] },
      { at: '4 s', does: () => type('follow', 'orders_hourly', { channel: 'D0DANA' }) },
      { at: '4 s', does: () => type('follow', 'orders_hourly', { by: 'U0GUEST' }) },
      { at: '5 s', does: () => type('follow', 'hourly') },
      { at: '10 min 1 s', does: () => push('succeeded', 'orders_hourly') },
      { from: '10 min 1 s', to: '10 min 3 s', posts: [/./, /./, /./] },
      { at: '20 min', does: () => push('failed', 'orders_hourly', { error }) },
      { from: '20 min', to: '20 min 2 s', posts: [/./] },
      { at: '21 min', does: () => push('succeeded', 'orders_hourly') },
      { from: '21 min', to: '21 min 2 s', posts: [/^🟢 Recovered/] },
    ]);
    expect(await outcomes()).toEqual(['followed', 'followed', 'followed']);
    const direct = toldIn(told, 'D-U0DANA');
    expect(direct).toEqual([expect.stringMatching(/^post: 🟢 Recovered: orders_hourly is back after 10 min, /)]);
    expect(toldIn(told, 'D-U0GUEST')).toHaveLength(1);
  });

  it('is told nothing after they have stopped', async () => {
    const { push, play, type } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'refunds') },
      { from: '0 s', to: '2 s', posts: ['refunds'] },
      { at: '3 s', does: () => type('follow', 'refunds') },
      { at: '4 s', does: () => type('unfollow', 'refunds') },
      { at: '5 min', does: () => push('succeeded', 'refunds') },
      { from: '5 min', to: '5 min 2 s', posts: [/^🟢 Recovered after/] },
    ]);
    expect(await outcomes()).toEqual(['followed', 'unfollowed']);
  });

  it('is told when its last partition is back, and that it was skipped where that is how it ended', async () => {
    const { push, play, type, told } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'refunds', { run: 'a', partition: '1' }) },
      { at: '0 s', does: () => push('failed', 'refunds', { run: 'b', partition: '2' }) },
      { from: '0 s', to: '2 s', posts: [/./, /./] },
      { at: '3 s', does: () => type('follow', 'refunds') },
      { at: '5 min', does: () => push('succeeded', 'refunds', { run: 'a', attempt: 2, partition: '1' }) },
      { from: '5 min', to: '5 min 2 s', posts: [/^🟢 Recovered after 5 min/] },
      { at: '6 min', does: () => push('skipped', 'refunds', { run: 'b', attempt: 2, partition: '2' }) },
      { from: '6 min', to: '6 min 2 s', posts: [/./, /./] },
    ]);
    expect(toldIn(told, 'D-U0DANA')).toEqual([
      expect.stringContaining('refunds was skipped, so this run will not come'),
    ]);
  });
});
