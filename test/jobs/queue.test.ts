import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createManualNudges } from '../../src/jobs/manual-nudges';
import { createNudges, type NudgeDeps, type Nudges } from '../../src/jobs/queue';
import { createLogger } from '../../src/lib/logger';
import { whichHold as dueNow } from '../../src/store/due';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { onlyWhere } from '../support/only-where';
import { startRedis } from '../support/redis';
import { until } from '../support/until';

const log = createLogger('silent');
const redisUrl = process.env.PITCREW_TEST_REDIS_URL;
const unreachable = 'redis://127.0.0.1:1';
/** BullMQ waits for up to 20 s between two tries to reach a Redis that was away. */
const reconnectsWithinMs = 45_000;

let database: TestDatabase;
let prefixes = 0;
const open: Nudges[] = [];
const silent: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((nudges) => nudges.stop()));
  await Promise.all(silent.splice(0).map((server) => server.stop()));
});
afterAll(() => database.drop());

interface Options {
  redisUrl?: string;
  clock?: NudgeDeps['clock'];
  whichHold?: NudgeDeps['whichHold'];
  onLost?: (name: string) => void;
  prefix?: string;
}

function create({ prefix = freshPrefix(), ...rest }: Options): Nudges {
  const nudges = createNudges({
    databaseUrl: database.url,
    log,
    whichHold: (asked) => dueNow(database.db, asked),
    prefix,
    ...rest,
  });
  open.push(nudges);
  return nudges;
}

function freshPrefix(): string {
  prefixes += 1;
  return `t${process.pid}-${prefixes}`;
}

/** Two processes: one that only asks, as one of the web does, and one that takes. */
function createTwo(options: Omit<Options, 'prefix'>): { asker: Nudges; taker: Nudges } {
  const prefix = freshPrefix();
  return { asker: create({ ...options, prefix }), taker: create({ ...options, prefix }) };
}

/** Takes every connection, and says nothing. */
async function startSilent(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  silent.push({
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return `redis://127.0.0.1:${address.port}`;
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
  onlyWhere(here, 'there is no Redis; install redis-server').describe(
    `nudges from one process to another on ${store}`,
    () => {
      it('run what was registered, with the key they were given', async () => {
        const { asker, taker } = createTwo({ redisUrl });
        const seen: unknown[] = [];
        taker.on('deliver', async (key) => void seen.push(['deliver', key]));
        taker.on('decide', async (key) => void seen.push(['decide', key]));
        await taker.start();
        await asker.nudge('deliver', { key: 'C1:with:colons' });
        await asker.nudge('decide', { key: '42' });
        await asker.nudge('decide');
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
        await asker.nudge('last');
        await until(() => seen.includes('last'));
        expect(seen.sort()).toEqual(['a', 'b', 'last']);
      });

      it('that arrive while the same key runs lead to exactly one more run, after it', async () => {
        const { asker, taker } = createTwo({ redisUrl });
        const { passed, open } = gate();
        let started = 0;
        let atOnce = 0;
        let mostAtOnce = 0;
        taker.on(
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
        await taker.start();
        await asker.nudge('deliver', { key: 'a' });
        await until(() => started === 1);
        for (let again = 0; again < 3; again += 1) await asker.nudge('deliver', { key: 'a' });
        open();
        await until(() => started === 2);
        await asker.nudge('deliver', { key: 'other' });
        await until(() => started === 3);
        expect({ started, mostAtOnce }).toEqual({ started: 3, mostAtOnce: 1 });
      });

      it('work again for a key whose run failed', async () => {
        const { asker, taker } = createTwo({ redisUrl });
        let runs = 0;
        taker.on('deliver', async () => {
          runs += 1;
          if (runs === 1) throw new Error('Slack is away');
        });
        await taker.start();
        await asker.nudge('deliver', { key: 'a' });
        await until(() => runs === 1);
        await until(async () => {
          await asker.nudge('deliver', { key: 'a' });
          return runs > 1;
        });
      });

      it('with a delay are not early, and do not hold back one that is due at once', async () => {
        const { asker, taker } = createTwo({ redisUrl });
        const ranAfterMs: number[] = [];
        taker.on('deliver', async () => void ranAfterMs.push(performance.now() - begin));
        await taker.start();
        const begin = performance.now();
        await asker.nudge('deliver', { key: 'a', delayMs: 3_600_000 });
        await asker.nudge('deliver', { key: 'a' });
        await until(() => ranAfterMs.length === 1);
        const asked = performance.now() - begin;
        await asker.nudge('deliver', { key: 'b', delayMs: 400 });
        await asker.nudge('deliver', { key: 'b', delayMs: 400 });
        await until(() => ranAfterMs.length >= 2);
        expect(ranAfterMs[1]).toBeGreaterThanOrEqual(asked + 395); // clocks of two kinds
      });

      it('let what runs finish when they stop, and take no more', async () => {
        const { asker, taker } = createTwo({ redisUrl });
        const { passed, open } = gate();
        const seen: unknown[] = [];
        taker.on('deliver', async (key) => {
          seen.push(`${key} began`);
          await passed;
          seen.push(`${key} ended`);
        });
        await taker.start();
        await asker.nudge('deliver', { key: 'a' });
        await until(() => seen.length === 1);
        await asker.nudge('deliver', { key: 'b' });
        const stopped = taker.stop().then(() => seen.push('stopped'));
        open();
        await stopped;
        expect(seen).toEqual(['a began', 'a ended', 'stopped']);
      });

      it('leave nothing behind for the next process when they were taken', async () => {
        const prefix = freshPrefix();
        const asker = create({ redisUrl, prefix });
        const first = create({ redisUrl, prefix });
        let runs = 0;
        first.on('deliver', async () => {
          runs += 1;
          if (runs === 2) throw new Error('Slack is away');
        });
        await first.start();
        for (let n = 1; n <= 3; n += 1) {
          await asker.nudge('deliver', { key: `k${n}` });
          await until(() => runs === n);
        }
        await first.stop();
        const second = create({ redisUrl, prefix });
        const again: unknown[] = [];
        second.on('deliver', async (key) => void again.push(key));
        await second.start();
        await asker.nudge('deliver', { key: 'last' });
        await until(() => again.length > 0);
        expect(again).toEqual(['last']);
      });

      it('answer whether the queue is there', async () => {
        await expect(create({ redisUrl }).ready()).resolves.toBe(true);
      });
    },
  );
}

describe('nudges on PostgreSQL', () => {
  it('go on after the server dropped every connection', async () => {
    const { asker, taker } = createTwo({});
    const seen: unknown[] = [];
    taker.on('deliver', async (key) => void seen.push(key));
    await taker.start();
    await asker.nudge('deliver', { key: 'before' });
    await until(() => seen.length === 1);
    await database.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await until(async () => {
      await asker.nudge('deliver', { key: 'after' });
      return seen.includes('after');
    });
  });
});

describe('nudges whose queue is gone', () => {
  it.each([{ title: 'nothing listens' }, { title: 'what listens never answers', isSilent: true }])(
    'are lost within a second each, counted, and never thrown: $title',
    async ({ isSilent }) => {
      const redisUrl = isSilent ? await startSilent() : unreachable;
      const lost: string[] = [];
      const nudges = create({ redisUrl, onLost: (name) => lost.push(name) });
      const asked = Promise.all([nudges.nudge('deliver', { key: 'a' }), nudges.nudge('decide')]);
      // Timers of one process come in their order, however slow it is.
      const first = await Promise.race([asked.then(() => 'lost'), sleep(1_050).then(() => 'later than a second')]);
      expect(first).toBe('lost');
      expect(lost.sort()).toEqual(['decide', 'deliver']);
      await expect(nudges.ready()).resolves.toBe(false);
    },
  );

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

  onlyWhere(redisUrl !== undefined, 'there is no Redis; install redis-server').it(
    'are taken again when Redis is back, whether it was emptied or not there at the start',
    async () => {
      const first = await startRedis();
      if (!first) throw new Error('there is no Redis to start');
      const lost: string[] = [];
      const { asker, taker } = createTwo({ redisUrl: first.url, onLost: (name) => lost.push(name) });
      const seen: unknown[] = [];
      taker.on('deliver', async (key) => void seen.push(key));
      await first.stop();
      await taker.start();
      const askAgain = (key: string) =>
        until(
          async () => {
            await asker.nudge('deliver', { key });
            return seen.includes(key);
          },
          { withinMs: reconnectsWithinMs },
        );
      const second = await startRedis(first.port);
      await askAgain('late start');
      await second?.stop();
      await asker.nudge('deliver', { key: 'lost' });
      expect(lost).toContain('deliver');
      const third = await startRedis(first.port);
      await askAgain('emptied');
      await Promise.all([asker.stop(), taker.stop()]);
      await third?.stop();
    },
  );
});

describe('nudges of a process that takes their kind itself', () => {
  it('are run at once, though the queue is gone, and none is lost', async () => {
    const lost: string[] = [];
    const nudges = create({ redisUrl: unreachable, onLost: (name) => lost.push(name) });
    const seen: unknown[] = [];
    nudges.on('deliver', async (key) => void seen.push(key), { concurrency: 2 });
    const started = nudges.start();
    await nudges.nudge('deliver', { key: 'a' });
    await nudges.nudge('deliver');
    expect(seen).toEqual(['a', undefined]);
    await started;
    expect(lost).toEqual([]);
  });

  it('that arrive while the same key runs lead to exactly one more run, after it', async () => {
    const nudges = create({ redisUrl: unreachable });
    const gates = [gate(), gate()];
    let started = 0;
    nudges.on('deliver', () => gates[started++]?.passed ?? Promise.resolve());
    const starting = nudges.start();
    for (let asked = 0; asked < 4; asked += 1) await nudges.nudge('deliver');
    expect(started).toBe(1);
    gates[0]?.open();
    await until(() => started === 2);
    gates[1]?.open();
    await starting;
    await nudges.stop();
    expect(started).toBe(2);
  });

  it('that are due soon wait as one for each key, until the first time that was asked for', async () => {
    const nudges = create({ redisUrl: unreachable });
    const ran: unknown[] = [];
    nudges.on('deliver', async (key) => void ran.push(key));
    await nudges.start();
    for (const delayMs of [1_500, 350, 250, 300, 400]) await nudges.nudge('deliver', { key: 'a', delayMs });
    await nudges.nudge('deliver', { key: 'b', delayMs: 700 });
    await until(() => ran.includes('b'));
    expect(ran).toEqual(['a', 'b']);
  });

  it('run no more at once than was said, whether they came by the queue or not', async () => {
    const nudges = create({});
    const { passed, open } = gate();
    const seen: unknown[] = [];
    nudges.on('deliver', (key) => {
      seen.push(key);
      return passed;
    });
    nudges.on('other', async () => void seen.push('other'));
    await nudges.start();
    await nudges.nudge('deliver', { key: 'a' });
    await nudges.nudge('deliver', { key: 'b' });
    await nudges.nudge('other');
    expect(seen).toEqual(['a', 'other']);
    open();
    await until(() => seen.length === 3);
    expect(seen).toEqual(['a', 'other', 'b']);
  });

  it('are swept for with one question for all of one pace, and run only where there is something', async () => {
    const questions: string[][] = [];
    const nudges = create({
      redisUrl: unreachable,
      whichHold: (asked) => {
        questions.push(asked.map(({ name }) => name));
        return dueNow(database.db, asked);
      },
    });
    const ran = { idle: 0, busy: 0, unasked: 0 };
    let isAny = false;
    const counting = (name: keyof typeof ran) => async () => {
      ran[name] += 1;
    };
    nudges.on('idle', counting('idle'), { everyMs: 5, isDue: () => (bind) => `${bind(isAny)}::boolean` });
    nudges.on('busy', counting('busy'), { everyMs: 5, isDue: () => (bind) => `1 = ${bind(1)}::int` });
    nudges.on('unasked', counting('unasked'), { everyMs: 5 });
    const started = nudges.start();
    await until(() => ran.busy >= 3 && ran.unasked >= 3);
    expect(ran.idle).toBe(0);
    expect(new Set(questions.map(String))).toEqual(new Set(['idle,busy']));
    isAny = true;
    await until(() => ran.idle > 0);
    await started;
  });

  it('are swept for one and all where that cannot be asked', async () => {
    const nudges = create({ redisUrl: unreachable, whichHold: () => Promise.reject(new Error('no such column')) });
    const ran: string[] = [];
    for (const name of ['decide', 'deliver'])
      nudges.on(name, async () => void ran.push(name), { everyMs: 5, isDue: () => () => 'false' });
    const started = nudges.start();
    await until(() => new Set(ran).size === 2);
    await started;
  });

  it('are not swept for where one is due before the next sweep anyway', async () => {
    let nowMs = 0;
    const questions: string[] = [];
    const nudges = create({
      redisUrl: unreachable,
      clock: { now: () => new Date(nowMs) },
      whichHold: async (asked) => {
        questions.push(asked.map(({ name }) => name).join());
        return new Set();
      },
    });
    for (const name of ['deliver', 'other'])
      nudges.on(name, async () => undefined, { everyMs: 5, isDue: () => () => 'true' });
    const started = nudges.start();
    await nudges.nudge('deliver', { delayMs: 3_000 });
    const sweeps = async (n: number) => {
      const { length } = questions;
      await until(() => questions.length >= length + n);
      return questions.at(-1);
    };
    expect(await sweeps(2)).toBe('deliver,other');
    nowMs = 2_996;
    expect(await sweeps(2)).toBe('other');
    await started;
  });

  it('leave no sweep beside a run without a key that goes on', async () => {
    const nudges = create({ redisUrl: unreachable });
    const { passed, open } = gate();
    let runs = 0;
    let others = 0;
    nudges.on(
      'deliver',
      () => {
        runs += 1;
        return passed;
      },
      { everyMs: 5 },
    );
    nudges.on(
      'other',
      async () => {
        others += 1;
      },
      { everyMs: 5 },
    );
    const started = nudges.start();
    await until(() => others >= 5);
    expect(runs).toBe(1);
    open();
    await started;
  });
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

  it('are swept for only where there is something, if that can be asked', async () => {
    let now = start;
    let isAny = false;
    const nudges = createManualNudges({ now: () => now }, { whichHold: async () => new Set(isAny ? ['deliver'] : []) });
    const ran: unknown[] = [];
    nudges.on('deliver', async (key) => void ran.push(key), { everyMs: 1_000, isDue: () => () => 'true' });
    await nudges.start();
    await nudges.runDue();
    expect(ran).toEqual([]);
    isAny = true;
    now = new Date(now.getTime() + 1_000);
    await nudges.runDue();
    expect(ran).toHaveLength(1);
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
