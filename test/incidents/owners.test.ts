import { randomUUID } from 'node:crypto';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** `orders_daily` feeds two pipelines of finance and one of planning. */
async function open() {
  await emptyTables(database.db, 'posts, presses, incidents, runs, pipelines');
  const stage = await openTimeStage(database.db, {
    settings: {
      teams: [
        { name: 'finance', channel: 'C0FINANCE' },
        { name: 'planning', channel: 'C0PLANNING' },
      ],
    },
    catalogue: [
      {
        pipeline: 'orders_daily',
        orchestrator: 'default',
        feeds: ['revenue', 'forecast', 'margin', 'dashboard:Board report'],
      },
      { pipeline: 'revenue', orchestrator: 'default', title: 'Revenue', team: 'finance' },
      { pipeline: 'margin', orchestrator: 'default', team: 'finance' },
      { pipeline: 'forecast', orchestrator: 'default', team: 'planning' },
      { pipeline: 'lonely' },
    ],
    channels: [
      { id: 'C0FINANCE', name: 'finance' },
      { id: 'C0PLANNING', name: 'planning' },
    ],
  });
  const tell = (key = 'orders_daily', by = 'U0DANA') =>
    stage.store({
      key: `button:${randomUUID()}`,
      name: 'tell-owners.v1',
      value: { connection: 'default', key },
      slackId: by,
      channel: 'C0HERE',
      receivedAt: stage.clock.now(),
    });
  const outcomes = async () =>
    (await database.db.query<{ outcome: string }>('select outcome from presses order by seq')).map(
      (row) => row.outcome,
    );
  const posts = () =>
    stage.told.filter(({ channel }) => channel === 'C0FINANCE' || channel === 'C0PLANNING').map(({ text }) => text);
  return { ...stage, tell, outcomes, posts };
}

describe('telling those who wait', () => {
  it('posts once in each channel what waits there, since when and why', async () => {
    const { push, play, tell, outcomes, posts } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { error: 'relation "orders" does not exist' }) },
      { from: '0 s', to: '2 s', posts: ['Failed: orders_daily'] },
      { at: '1 min', does: () => tell() },
      { from: '1 min', to: '1 min 2 s', posts: [/Revenue, margin|margin, Revenue/, /forecast/] },
    ]);
    expect(await outcomes()).toEqual(['told']);
    for (const text of posts())
      expect(text).toMatch(/^orders_daily has been in trouble since .*relation "orders" does not exist/);
  });

  it('does so once an hour at most, whoever asks', async () => {
    const { play, tell, outcomes, posts } = await open();
    await play([
      { at: '0 s', does: () => tell() },
      { from: '0 s', to: '2 s', posts: [/./, /./] },
      { at: '50 min', does: () => tell('orders_daily', 'U0NOAH') },
      { from: '50 min', to: '51 min', posts: [] },
      { at: '61 min', does: () => tell('orders_daily', 'U0NOAH') },
      { from: '61 min', to: '62 min', posts: [/./, /./] },
    ]);
    expect(await outcomes()).toEqual(['told', 'told-already', 'told']);
    expect(posts()).toHaveLength(4);
    expect(posts()[0]).toContain('no open failure is known');
  });

  it('says that nobody waits', async () => {
    const { play, tell, outcomes, posts } = await open();
    await play([
      { at: '0 s', does: () => tell('lonely') },
      { from: '0 s', to: '2 s', posts: [] },
    ]);
    expect(await outcomes()).toEqual(['nobody-waits']);
    expect(posts()).toEqual([]);
  });
});
