import { createManualNudges } from '../../src/jobs/manual-nudges';
import { createNudges, type Nudges } from '../../src/jobs/queue';
import { createLogger } from '../../src/lib/logger';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { startRedis } from '../support/redis';
import { until } from '../support/until';

const log = createLogger('silent');
const redisUrl = process.env.PITCREW_TEST_REDIS_URL;
const unreachable = 'redis://127.0.0.1:1';

let database: TestDatabase;
let prefixes = 0;
const open: Nudges[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((nudges) => nudges.stop()));
});
afterAll(() => database.drop());

interface Options {
  redisUrl?: string;
  onLost?: (name: string) => void;
  prefix?: string;
}

function create({ prefix = freshPrefix(), ...rest }: Options): Nudges {
  const nudges = createNudges({ databaseUrl: database.url, log, prefix, ...rest });
  open.push(nudges);
  return nudges;
}

function freshPrefix(): string {
  prefixes += 1;
  return `t${process.pid}-${prefixes}`;
}

/** A run that waits until it is let go. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

const stores = [
  { store: 'PostgreSQL', redisUrl: undefined, here: true },
  { store: 'Redis', redisUrl, here: redisUrl !== undefined },
];

for (const { store, redisUrl, here } of stores) {
  const suite = here ? describe : describe.skip;
  suite(`nudges on ${store}`, () => {
    it('run what was registered, with the key they were given', async () => {
      const nudges = create({ redisUrl });
      const seen: unknown[] = [];
      nudges.on('deliver', async (key) => void seen.push(['deliver', key]));
      nudges.on('decide', async (key) => void seen.push(['decide', key]));
      await nudges.start();
      await nudges.nudge('deliver', { key: 'C1:with:colons' });
      await nudges.nudge('decide', { key: '42' });
      await nudges.nudge('decide');
      await until(() => seen.length === 3);
      expect(seen).toEqual(
        expect.arrayContaining([
          ['deliver', 'C1:with:colons'],
          ['decide', '42'],
          ['decide', undefined],
        ]),
      );
    });

    it('are one while they wait, and one for each key', async () => {
      const prefix = freshPrefix();
      const asker = create({ redisUrl, prefix });
      for (const key of ['a', 'b', 'a', 'a', 'b']) await asker.nudge('deliver', { key });
      const taker = create({ redisUrl, prefix });
      const seen: unknown[] = [];
      taker.on('deliver', async (key) => void seen.push(key));
      taker.on('last', async () => void seen.push('last'));
      await taker.start();
      await until(() => seen.length >= 2);
      await taker.nudge('last');
      await until(() => seen.includes('last'));
      expect(seen.sort()).toEqual(['a', 'b', 'last']);
    });

    it('that arrive while the same key runs lead to exactly one more run, after it', async () => {
      const nudges = create({ redisUrl });
      const { passed, open } = gate();
      let started = 0;
      let atOnce = 0;
      let mostAtOnce = 0;
      nudges.on(
        'deliver',
        async () => {
          started += 1;
          atOnce += 1;
          mostAtOnce = Math.max(mostAtOnce, atOnce);
          if (started === 1) await passed;
          atOnce -= 1;
        },
        { concurrency: 5 },
      );
      await nudges.start();
      await nudges.nudge('deliver', { key: 'a' });
      await until(() => started === 1);
      for (let again = 0; again < 3; again += 1) await nudges.nudge('deliver', { key: 'a' });
      open();
      await until(() => started === 2);
      await nudges.nudge('deliver', { key: 'other' });
      await until(() => started === 3);
      expect({ started, mostAtOnce }).toEqual({ started: 3, mostAtOnce: 1 });
    });

    it('work again for a key whose run failed', async () => {
      const nudges = create({ redisUrl });
      let runs = 0;
      nudges.on('deliver', async () => {
        runs += 1;
        if (runs === 1) throw new Error('Slack is away');
      });
      await nudges.start();
      await nudges.nudge('deliver', { key: 'a' });
      await until(() => runs === 1);
      await until(async () => {
        await nudges.nudge('deliver', { key: 'a' });
        return runs > 1;
      });
    });

    it('with a delay are not early, and do not hold back one that is due at once', async () => {
      const nudges = create({ redisUrl });
      const ranAfterMs: number[] = [];
      const begin = performance.now();
      nudges.on('deliver', async () => void ranAfterMs.push(performance.now() - begin));
      await nudges.start();
      const asked = performance.now() - begin;
      await nudges.nudge('deliver', { key: 'a', delayMs: 400 });
      await nudges.nudge('deliver', { key: 'a', delayMs: 400 });
      await nudges.nudge('deliver', { key: 'a' });
      await until(() => ranAfterMs.length >= 2);
      expect(ranAfterMs[0]).toBeLessThan(asked + 390);
      expect(ranAfterMs.at(-1)).toBeGreaterThanOrEqual(asked + 395); // clocks of two kinds
    });

    it('are taken within 30 ms, in the middle', async () => {
      const nudges = create({ redisUrl });
      const took: number[] = [];
      let askedAt = 0;
      nudges.on('deliver', async () => void took.push(performance.now() - askedAt));
      await nudges.start();
      for (let n = 1; n <= 41; n += 1) {
        askedAt = performance.now();
        await nudges.nudge('deliver', { key: `k${n}` });
        await until(() => took.length === n);
      }
      const middle = took.slice(1).sort((a, b) => a - b)[20];
      console.log(
        store,
        took.slice(1).sort((a, b) => a - b),
      );
      expect(middle).toBeLessThan(30);
    });

    it('let what runs finish when they stop, and take no more', async () => {
      const nudges = create({ redisUrl });
      const { passed, open } = gate();
      const seen: unknown[] = [];
      nudges.on('deliver', async (key) => {
        seen.push(`${key} began`);
        await passed;
        seen.push(`${key} ended`);
      });
      await nudges.start();
      await nudges.nudge('deliver', { key: 'a' });
      await until(() => seen.length === 1);
      await nudges.nudge('deliver', { key: 'b' });
      const stopped = nudges.stop().then(() => seen.push('stopped'));
      open();
      await stopped;
      expect(seen).toEqual(['a began', 'a ended', 'stopped']);
    });

    it('leave nothing behind for the next process when they were taken', async () => {
      const prefix = freshPrefix();
      const first = create({ redisUrl, prefix });
      let runs = 0;
      first.on('deliver', async () => {
        runs += 1;
        if (runs === 2) throw new Error('Slack is away');
      });
      await first.start();
      for (let n = 1; n <= 3; n += 1) {
        await first.nudge('deliver', { key: `k${n}` });
        await until(() => runs === n);
      }
      await first.stop();
      const second = create({ redisUrl, prefix });
      const again: unknown[] = [];
      second.on('deliver', async (key) => void again.push(key));
      await second.start();
      await second.nudge('deliver', { key: 'last' });
      await until(() => again.length > 0);
      expect(again).toEqual(['last']);
    });

    it('answer whether the queue is there', async () => {
      await expect(create({ redisUrl }).ready()).resolves.toBe(true);
    });
  });
}

describe('nudges on PostgreSQL', () => {
  it('go on after the server dropped every connection', async () => {
    const nudges = create({});
    const seen: unknown[] = [];
    nudges.on('deliver', async (key) => void seen.push(key));
    await nudges.start();
    await nudges.nudge('deliver', { key: 'before' });
    await until(() => seen.length === 1);
    await database.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await until(async () => {
      await nudges.nudge('deliver', { key: 'after' });
      return seen.includes('after');
    });
  });
});

describe('nudges whose queue is gone', () => {
  it('are lost within a second each, counted, and never thrown', async () => {
    const lost: string[] = [];
    const nudges = create({ redisUrl: unreachable, onLost: (name) => lost.push(name) });
    const begin = performance.now();
    await Promise.all([nudges.nudge('deliver', { key: 'a' }), nudges.nudge('decide')]);
    expect(performance.now() - begin).toBeLessThan(1_500);
    expect(lost.sort()).toEqual(['decide', 'deliver']);
    await expect(nudges.ready()).resolves.toBe(false);
  });

  it('leave the work to the sweep, at the start and then in its time', async () => {
    const nudges = create({ redisUrl: unreachable });
    const keys: unknown[] = [];
    nudges.on('deliver', async (key) => void keys.push(key), { everyMs: 20 });
    const started = nudges.start();
    await until(() => keys.length >= 3);
    expect(new Set(keys)).toEqual(new Set([undefined]));
    await started;
  });

  it('go on sweeping when a sweep fails', async () => {
    const nudges = create({ redisUrl: unreachable });
    let sweeps = 0;
    nudges.on(
      'deliver',
      async () => {
        sweeps += 1;
        throw new Error('the database is away');
      },
      { everyMs: 10 },
    );
    const started = nudges.start();
    await until(() => sweeps >= 3);
    await started;
  });

  (redisUrl ? it : it.skip)(
    'are taken again when Redis is back, whether it was emptied or not there at the start',
    async () => {
      const first = await startRedis();
      if (!first) throw new Error('there is no Redis to start');
      const lost: string[] = [];
      const nudges = create({ redisUrl: first.url, onLost: (name) => lost.push(name) });
      const seen: unknown[] = [];
      nudges.on('deliver', async (key) => void seen.push(key));
      await first.stop();
      await nudges.start();
      const askAgain = (key: string) =>
        until(async () => {
          await nudges.nudge('deliver', { key });
          return seen.includes(key);
        });
      const second = await startRedis(first.port);
      await askAgain('late start');
      await second?.stop();
      await nudges.nudge('deliver', { key: 'lost' });
      expect(lost).toContain('deliver');
      const third = await startRedis(first.port);
      await askAgain('emptied');
      await nudges.stop();
      await third?.stop();
    },
  );
});

describe('nudges driven by hand', () => {
  const start = new Date('2026-11-25T09:00:00Z');
  function createDriven() {
    let now = start;
    const nudges = createManualNudges({ now: () => now });
    const ran: unknown[] = [];
    return { nudges, ran, pass: (ms: number) => (now = new Date(now.getTime() + ms)) };
  }

  it('run when they are due by the clock, each key once, with what they nudge in turn', async () => {
    const { nudges, ran, pass } = createDriven();
    nudges.on('decide', async (key) => {
      ran.push(`decide ${key}`);
      await nudges.nudge('deliver', { key: 'C1' });
    });
    nudges.on('deliver', async (key) => void ran.push(`deliver ${key}`));
    await nudges.start();
    await nudges.nudge('decide', { key: 'a' });
    await nudges.nudge('decide', { key: 'a' });
    await nudges.nudge('deliver', { key: 'C2', delayMs: 1_000 });
    await nudges.runDue();
    expect(ran).toEqual(['decide a', 'deliver C1']);
    expect(nudges.pending()).toEqual([{ name: 'deliver', key: 'C2', dueAt: new Date('2026-11-25T09:00:01Z') }]);
    pass(1_000);
    await nudges.runDue();
    expect(ran).toEqual(['decide a', 'deliver C1', 'deliver C2']);
  });

  it('sweep at the start and then in their time, once however long it was', async () => {
    const { nudges, ran, pass } = createDriven();
    nudges.on('deliver', async (key) => void ran.push(key), { everyMs: 5_000 });
    await nudges.start();
    await nudges.runDue();
    await nudges.runDue();
    expect(ran).toHaveLength(1);
    pass(4_999);
    await nudges.runDue();
    expect(ran).toHaveLength(1);
    pass(60_000);
    await nudges.runDue();
    expect(ran).toHaveLength(2);
  });

  it('throw what a run throws, after the others have run', async () => {
    const { nudges, ran } = createDriven();
    nudges.on('decide', async () => {
      throw new Error('no');
    });
    nudges.on('deliver', async () => void ran.push('deliver'));
    await nudges.start();
    await nudges.nudge('decide');
    await nudges.nudge('deliver');
    await expect(nudges.runDue()).rejects.toThrow('no');
    expect(ran).toEqual(['deliver']);
  });
});
