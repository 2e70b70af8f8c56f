import { type Budgets as Settings, SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { type Budgets, createBudgets, createClockedBudgets, paceOf } from '../../src/outbox/budgets';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { onlyWhere } from '../support/only-where';
import { until } from '../support/until';

const redisUrl = process.env.PITCREW_TEST_REDIS_URL;
const log = createLogger('silent');
const settingsWith = (differs: Partial<Settings>): Settings => ({ ...SettingsFile.parse({}).budgets, ...differs });

/** Ms to wait for a new message in this channel, 0 = it may go. */
async function waitOf(budgets: Budgets, channel: string): Promise<number> {
  const { isTaken, hold } = await budgets.takePost(channel);
  return isTaken ? 0 : (hold?.waitMs ?? 0);
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'rate_limits'));
afterEach(() => {
  jest.restoreAllMocks();
});

describe('paceOf', () => {
  it.each([
    { perMinute: 300, points: 5, seconds: 1 },
    { perMinute: 60, points: 1, seconds: 1 },
    { perMinute: 40, points: 2, seconds: 3 },
    { perMinute: 30, points: 1, seconds: 2 },
    { perMinute: 16, points: 1, seconds: 4 },
    { perMinute: 4, points: 1, seconds: 15 },
    { perMinute: 0.8, points: 1, seconds: 75 },
  ])('gives $points in $seconds s for $perMinute a minute', ({ perMinute, points, seconds }) => {
    expect(paceOf(perMinute)).toEqual({ points, seconds });
  });

  it('is never above what is asked for, and never far below', () => {
    for (let perMinute = 1; perMinute <= 400; perMinute += 0.5) {
      const { points, seconds } = paceOf(perMinute);
      expect(Number.isInteger(points) && Number.isInteger(seconds)).toBe(true);
      expect((points / seconds) * 60).toBeLessThanOrEqual(perMinute + 1e-9);
      expect((points / seconds) * 60).toBeGreaterThan(perMinute / 2);
    }
  });
});

/** Windows in PostgreSQL are counted by the program's clock, which the test sets. */
describe('budgets in PostgreSQL', () => {
  let now: number;
  beforeEach(() => {
    now = Date.UTC(2026, 10, 25, 9);
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  const open = (differs: Partial<Settings> = {}): Budgets =>
    createBudgets({ pool: database.db.pool, log, settings: settingsWith(differs) });

  it('does not ask the database again before what is used up can be there again', async () => {
    const budgets = open({ editsPerMinute: 50 });
    for (let post = 1; post <= 4; post += 1) expect(await waitOf(budgets, 'C1')).toBe(0);
    for (let edit = 1; edit <= 2; edit += 1) expect(await budgets.takeEdit('progress')).toBe(0);
    const asked = jest.spyOn(database.db.pool, 'query');
    expect(await waitOf(budgets, 'C1')).toBe(1_000);
    expect(await budgets.takeEdit('progress')).toBe(3_000);
    expect(asked).not.toHaveBeenCalled();
    now += 1_000;
    expect(await waitOf(budgets, 'C1')).toBe(0);
    now += 2_000;
    expect(await budgets.takeEdit('progress')).toBe(0);
  });

  it('gives four posts at once in each channel and then one a second, and says how long to wait', async () => {
    const budgets = open();
    for (const channel of ['C1', 'C1', 'C1', 'C1', 'C2']) expect(await waitOf(budgets, channel)).toBe(0);
    now += 400;
    expect(await waitOf(budgets, 'C1')).toBe(600);
    now += 600;
    expect(await waitOf(budgets, 'C1')).toBe(0);
    expect(await waitOf(budgets, 'C1')).toBe(1_000);
    now += 3_000;
    for (let post = 1; post <= 3; post += 1) expect(await waitOf(budgets, 'C1')).toBe(0);
    expect(await waitOf(budgets, 'C1')).toBe(1_000);
  });

  it('loses no time, however late it is asked again', async () => {
    const budgets = open();
    const end = now + 60_000;
    let posts = 0;
    while (now < end) {
      const waitMs = await waitOf(budgets, 'C1');
      if (waitMs === 0) posts += 1;
      else now += waitMs + 300;
    }
    expect(posts).toBe(63);
  });

  it('never gives more than a bucket of five takes that fills by one a second, whenever it is asked', async () => {
    const budgets = open();
    let tokens = 5;
    let filledAt = now;
    for (let ask = 0; ask < 120; ask += 1) {
      const waitMs = await waitOf(budgets, 'C1');
      // Sent at once; now and then nothing was to be sent for a while, until just before the end of a window.
      if (waitMs > 0) now += waitMs;
      else {
        tokens = Math.min(5, tokens + (now - filledAt) / 1_000) - 1;
        filledAt = now;
        expect(tokens).toBeGreaterThanOrEqual(0);
        if (ask % 7 === 0) now += 3_999;
      }
    }
  });

  it('tells what a channel holds back from what the workspace holds back from all', async () => {
    const budgets = open({ postsPerMinute: 75 });
    for (let post = 0; post < 4; post += 1) await budgets.takePost('C1');
    expect(await budgets.takePost('C1')).toEqual({ isTaken: false, hold: { waitMs: 1_000, isForAll: false } });
    await budgets.takePost('C2');
    expect(await budgets.takePost('C2')).toEqual({ isTaken: false, hold: { waitMs: 800, isForAll: true } });
  });

  it('does not use up a channel by what the workspace holds back', async () => {
    const budgets = open({ postsPerMinute: 60 });
    for (let post = 0; post < 4; post += 1) expect(await waitOf(budgets, 'C1')).toBe(0);
    for (let ask = 0; ask < 5; ask += 1) expect(await waitOf(budgets, 'C2')).toBe(1_000);
    now += 1_000;
    expect(await waitOf(budgets, 'C2')).toBe(0);
  });

  it.each([
    { perSecond: 0.5, waitMs: 2_000 },
    { perSecond: 0.3, waitMs: 4_000 },
    { perSecond: 0.7, waitMs: 2_000 },
  ])('keeps $waitMs ms between posts for $perSecond a second', async ({ perSecond, waitMs }) => {
    const budgets = open({ postsPerSecondPerChannel: perSecond });
    expect(await waitOf(budgets, 'C1')).toBe(0);
    expect(await waitOf(budgets, 'C1')).toBe(waitMs);
    now += waitMs;
    expect(await waitOf(budgets, 'C1')).toBe(0);
  });

  it('holds back posts of all channels together', async () => {
    const budgets = open({ postsPerMinute: 120 });
    const waits = [];
    for (let channel = 1; channel <= 9; channel += 1) waits.push(await waitOf(budgets, `C${channel}`));
    expect(waits).toEqual([...Array(8).fill(0), 500]);
  });

  it('gives the workspace all that its pace allows, however late it is asked again, and a fifteenth more at most', async () => {
    const budgets = open({ postsPerMinute: 600 });
    const end = now + 60_000;
    let posts = 0;
    while (now < end) {
      const waits = [];
      for (let channel = 0; channel < 12; channel += 1) waits.push(await waitOf(budgets, `C${channel}`));
      posts += waits.filter((waitMs) => waitMs === 0).length;
      now += 130;
    }
    expect(posts).toBeGreaterThan(630);
    expect(posts).toBeLessThanOrEqual(640);
  });

  it('shares a budget between replicas', async () => {
    const [one, other] = [open(), open()];
    for (const replica of [one, other, one, other]) expect(await waitOf(replica, 'C1')).toBe(0);
    expect(await waitOf(one, 'C1')).toBe(1_000);
  });

  it('gives no more than there is to many that ask at once', async () => {
    const replicas = [open(), open(), open()];
    for (let round = 0; round < 12; round += 1) {
      const channel = `C${round}`;
      const waits = await Promise.all(replicas.flatMap((each) => [1, 2, 3].map(() => waitOf(each, channel))));
      expect(waits.filter((wait) => wait === 0)).toHaveLength(4);
      now += 60_000;
    }
  });

  it('gives no more than the workspace has to many channels that ask at once, and none of it is lost by who is refused', async () => {
    const replicas = [open({ postsPerMinute: 120 }), open({ postsPerMinute: 120 }), open({ postsPerMinute: 120 })];
    const channels = Array.from({ length: 12 }, (_, n) => `C${n}`);
    for (let round = 0; round < 12; round += 1) {
      now += 60_000;
      const waits = await Promise.all(
        channels.map((channel, n) => waitOf(replicas[n % 3] ?? open(), `${channel}-${round}`)),
      );
      expect(waits.filter((wait) => wait === 0)).toHaveLength(8);
      const refused = `${channels[waits.findIndex((wait) => wait > 0)]}-${round}`;
      const rich = open({ postsPerMinute: 6_000 });
      now += 500;
      const own = await Promise.all([1, 2, 3, 4, 5].map(() => waitOf(rich, refused)));
      expect(own.filter((wait) => wait === 0)).toHaveLength(4);
    }
  });

  it('holds back what the workspace refused also where the channel cannot be given back', async () => {
    const budgets = open({ postsPerMinute: 60 });
    for (let post = 0; post < 4; post += 1) expect(await waitOf(budgets, 'C1')).toBe(0);
    const { pool } = database.db;
    const query = pool.query.bind(pool) as (...asked: unknown[]) => unknown;
    jest
      .spyOn(pool, 'query')
      .mockImplementation(((asked: unknown, ...values: unknown[]) =>
        typeof asked === 'string' && asked.startsWith('update rate_limits')
          ? Promise.reject(new Error('the connection is lost'))
          : query(asked, ...values)) as typeof pool.query);
    expect(await open({ postsPerMinute: 60 }).takePost('C2')).toEqual({
      isTaken: false,
      hold: { waitMs: 1_000, isForAll: true },
    });
  });

  it('says with the last of a burst what the next one must wait for, wherever it is counted', async () => {
    const settings = settingsWith({ postsPerMinute: 120 });
    const clocked = createClockedBudgets({ clock: { now: () => new Date(now) }, settings });
    for (const budgets of [open({ postsPerMinute: 120 }), clocked]) {
      for (let post = 1; post <= 3; post += 1) expect(await budgets.takePost('C1')).toEqual({ isTaken: true });
      expect(await budgets.takePost('C1')).toEqual({ isTaken: true, hold: { waitMs: 1_000, isForAll: false } });
      for (let post = 1; post <= 3; post += 1) expect(await budgets.takePost('C2')).toEqual({ isTaken: true });
      expect(await budgets.takePost('C3')).toEqual({ isTaken: true, hold: { waitMs: 500, isForAll: true } });
    }
  });

  it('asks the database once for a post', async () => {
    const budgets = open();
    const asked = jest.spyOn(database.db.pool, 'query');
    expect(await waitOf(budgets, 'C1')).toBe(0);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('lets files go at the pace that Slack takes them', async () => {
    const budgets = open({ filesPerMinute: 100 });
    const waits = [];
    for (let n = 0; n < 6; n += 1) waits.push(await budgets.takeFile());
    expect(waits).toEqual([0, 0, 0, 0, 0, 3_000]);
    now += 3_000;
    expect(await budgets.takeFile()).toBe(0);
  });

  it('lets views go at the pace of their own', async () => {
    const budgets = open({ viewsPerMinute: 60 });
    expect([await budgets.takeView(), await budgets.takeView(), await budgets.takeFile()]).toEqual([0, 1_000, 0]);
  });

  it('keeps a reserve of edits from progress for what people wait for', async () => {
    const budgets = open();
    const waits = [];
    for (let n = 0; n < 3; n += 1) waits.push(await budgets.takeEdit('progress'));
    expect(waits).toEqual([0, 0, 3_000]);
    for (const urgency of ['press', 'change', 'final', 'press'] as const) {
      expect(await budgets.takeEdit(urgency)).toBe(0);
    }
    expect(await budgets.takeEdit('press')).toBe(3_000);
    now += 3_000;
    expect(await budgets.takeEdit('progress')).toBe(0);
  });

  it.each([50, 20, 100])(
    'never makes more than %d edits in any minute, however hard they are asked for',
    async (perMinute) => {
      const budgets = open({ editsPerMinute: perMinute });
      const made: number[] = [];
      for (const end = now + 180_000; now < end; ) {
        const waitMs = await budgets.takeEdit('press');
        if (waitMs === 0) made.push(now);
        // Idle for a while, then a burst, so that windows begin at any time.
        now += made.length % 37 === 0 ? 7_300 : Math.min(waitMs || 10, 700);
      }
      const most = Math.max(...made.map((from) => made.filter((at) => at >= from && at < from + 60_000).length));
      expect(most).toBeLessThanOrEqual(perMinute);
      expect(most).toBeGreaterThan(perMinute * 0.6);
    },
  );

  it('counts for itself while the database does not answer', async () => {
    const lost = await createTestDatabase();
    const budgets = createBudgets({ pool: lost.db.pool, log, settings: settingsWith({}) });
    await lost.drop();
    for (let post = 1; post <= 4; post += 1) expect(await waitOf(budgets, 'C1')).toBe(0);
    expect(await waitOf(budgets, 'C1')).toBeGreaterThan(0);
    expect(await waitOf(budgets, 'C2')).toBe(0);
  });
});

const inRedis = onlyWhere(redisUrl !== undefined, 'there is no Redis; install redis-server');
inRedis.describe('budgets in Redis', () => {
  const opened: Budgets[] = [];
  const open = (differs: Partial<Settings> = {}): Budgets => {
    const budgets = createBudgets({
      pool: database.db.pool,
      redisUrl,
      log,
      settings: settingsWith({ postsPerMinute: 60_000, ...differs }),
    });
    opened.push(budgets);
    return budgets;
  };
  afterEach(() => Promise.all(opened.splice(0).map((budgets) => budgets.close())));
  const channel = () => `C${Math.random()}`;

  /** Two replicas. Until their connections stand each counts for itself. */
  async function openTwo(differs: Partial<Settings> = {}): Promise<[Budgets, Budgets]> {
    const [one, other] = [open(differs), open(differs)];
    await until(async () => {
      const name = channel();
      const asked = [one, other, one, other, one].map((replica) => waitOf(replica, name));
      const given = (await Promise.all(asked)).filter((wait) => wait === 0).length;
      return given === (differs.postsPerSecondPerChannel === undefined ? 4 : 1);
    });
    return [one, other];
  }

  it('gives four posts at once in each channel to all replicas together, and then one a second', async () => {
    const [one, other] = await openTwo();
    const name = channel();
    for (const replica of [one, other, one, other]) expect(await waitOf(replica, name)).toBe(0);
    const waitMs = await waitOf(one, name);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(1_000);
    expect(await waitOf(other, channel())).toBe(0);
  });

  it('says with the last of a burst what the next one must wait for', async () => {
    const [one, other] = await openTwo();
    const name = channel();
    for (const replica of [one, other, one]) expect(await replica.takePost(name)).toEqual({ isTaken: true });
    const { isTaken, hold } = await other.takePost(name);
    expect({ isTaken, isForAll: hold?.isForAll }).toEqual({ isTaken: true, isForAll: false });
    expect(hold?.waitMs).toBeGreaterThan(0);
    expect(hold?.waitMs).toBeLessThanOrEqual(1_000);
    expect(await one.takePost(name)).toMatchObject({ isTaken: false, hold: { isForAll: false } });
  });

  it('keeps whole seconds between posts where less than one a second is asked for', async () => {
    const [one, other] = await openTwo({ postsPerSecondPerChannel: 0.3 });
    const name = channel();
    expect(await waitOf(one, name)).toBe(0);
    const waitMs = await waitOf(other, name);
    expect(waitMs).toBeGreaterThan(3_000);
    expect(waitMs).toBeLessThanOrEqual(4_000);
  });

  it('counts for itself while Redis does not answer', async () => {
    const budgets = createBudgets({
      pool: database.db.pool,
      redisUrl: 'redis://127.0.0.1:1',
      log,
      settings: settingsWith({}),
    });
    opened.push(budgets);
    const name = channel();
    for (let post = 1; post <= 4; post += 1) expect(await waitOf(budgets, name)).toBe(0);
    expect(await waitOf(budgets, name)).toBeGreaterThan(0);
  });
});
