import { randomUUID } from 'node:crypto';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { runPitcrew } from './run-pitcrew';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const id = randomUUID();
const other = randomUUID();
beforeEach(async () => {
  await emptyTables(database.db, 'posts, audit');
  await database.db.query(
    `insert into posts (post_id, kind, role, channel, state, parked_reason, parked_at, next_at, created_at)
     select p, 'state', 'card', '#orders-data', 'parked', 'not_in_channel', t, t, t
     from unnest($1::uuid[]) p, (select timestamptz '2026-11-25T09:00:00Z' as t) at`,
    [[id, other]],
  );
});

const parked = (...words: string[]) => runPitcrew(['parked', ...words], { DATABASE_URL: database.url });
const waiting = async () =>
  (await database.db.query<{ n: number }>(`select count(*)::int as n from posts where state = 'waiting'`))[0]?.n;

describe('pitcrew parked', () => {
  it('lists what could not be sent, and why', async () => {
    const { code, out } = await parked();
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`${id} +2026-11-25 09:00 +#orders-data +card +Pitcrew does not see this channel +not_in_channel`),
    );
    expect(JSON.parse((await parked('--json')).out)).toHaveLength(2);
  });

  it('sends one again, or all, or drops one, each with a line in the trail', async () => {
    expect((await parked('--drop', id)).out).toBe('1 post dropped.\n');
    expect((await parked('--resend', other)).out).toBe('1 post will be sent again by the running Pitcrew.\n');
    expect(await waiting()).toBe(1);
    expect((await parked('--resend-all')).out).toBe('Nothing is set aside.\n');
    expect(await database.db.query('select kind from audit order by seq')).toEqual([
      { kind: 'drop-post' },
      { kind: 'resend-post' },
    ]);
  });

  it('says what became of it as JSON as well', async () => {
    const said = async (...words: string[]) => JSON.parse((await parked('--json', ...words)).out);
    expect(await said('--drop', id)).toEqual({ outcome: 'dropped', posts: 1 });
    expect(await said('--resend', other)).toEqual({ outcome: 'resent', posts: 1 });
    expect(await said('--resend-all')).toEqual({ outcome: 'nothing', posts: 0 });
  });

  it('fails for one that is not set aside, and says how it is asked for what makes no sense', async () => {
    expect(await parked('--resend', randomUUID())).toMatchObject({
      code: 1,
      err: expect.stringMatching(/not set aside/),
    });
    expect((await parked('--resend', 'x')).code).toBe(2);
    expect((await parked('--resend-all', '--drop', id)).code).toBe(2);
  });
});
