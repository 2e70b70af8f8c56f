import { Failure } from '../../src/domain/failure';
import type { PipelineEvent } from '../../src/domain/pipeline-event';
import { createDoor } from '../../src/ingest/door';
import { createPoller } from '../../src/ingest/poller';
import { createLogger } from '../../src/lib/logger';
import type { Cursor, Orchestrator } from '../../src/orchestrators/orchestrator';
import type { Db } from '../../src/store/db';
import { createPresence } from '../../src/store/presence';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock } from '../support/set-clock';
import { until } from '../support/until';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'inbox, polls');
});

const fact = (connection: string, id: string): PipelineEvent => ({
  source: `maestro:${connection}`,
  id,
  kind: 'failed',
  occurredAt: new Date('2026-11-25T08:59:00Z'),
  connection,
  pipeline: 'orders_daily',
  run: id,
  attempt: 1,
  final: true,
});

type Poll = NonNullable<Orchestrator['poll']>;

/** An orchestrator that counts: each poll finds the next fact after its cursor. */
function counting(connection: string, asked: Cursor[] = []): Poll {
  return async (cursor) => {
    asked.push(cursor);
    const next = (typeof cursor === 'number' ? cursor : 0) + 1;
    return { events: [fact(connection, String(next))], cursor: next };
  };
}

function open(
  polls: Record<string, Poll | undefined>,
  {
    db = database.db,
    clock = createSetClock(),
    presence,
  }: { db?: Db; clock?: ReturnType<typeof createSetClock>; presence?: { name(): Promise<string | undefined> } } = {},
) {
  const seen = { wakes: 0 };
  const log = createLogger('silent');
  const door = createDoor({
    db,
    clock,
    log,
    sources: () => [],
    connections: () => Object.keys(polls),
    orchestrator: () => undefined,
    redact: (text) => text,
    wakeDecider: async () => undefined,
    confirm: async () => undefined,
    stored: () => undefined,
  });
  const poller = createPoller({
    db,
    clock,
    log,
    door,
    polled: () => Object.keys(polls).map((name) => ({ name, everySeconds: 30 })),
    orchestrator: (name) => ({ ...createScriptedOrchestrator(), poll: polls[name] }),
    async wakeDecider() {
      seen.wakes += 1;
    },
    presence,
  });
  return { poller, clock, seen };
}

async function stored(): Promise<string[]> {
  const rows = await database.db.query<{ what: string }>(`select source || ' ' || id as what from inbox order by seq`);
  return rows.map(({ what }) => what);
}

async function pollOf(connection: string) {
  const [row] = await database.db.query<{ cursor: unknown; fault: string | null; claimed_until: Date | null }>(
    'select cursor, fault, claimed_until from polls where connection = $1',
    [connection],
  );
  return row;
}

describe('polling', () => {
  it('reads on from where it was, when its turn has come', async () => {
    const asked: Cursor[] = [];
    const { poller, clock, seen } = open({ prod: counting('prod', asked) });
    await poller.pollDue();
    await poller.pollDue();
    clock.pass(29_000);
    await poller.pollDue();
    expect(asked).toEqual([undefined]);
    clock.pass(1_000);
    await poller.pollDue();
    expect(asked).toEqual([undefined, 1]);
    expect(await stored()).toEqual(['maestro:prod 1', 'maestro:prod 2']);
    expect(seen.wakes).toBe(2);
  });

  it('goes on at once while more is there already, ten times at most', async () => {
    const asked: Cursor[] = [];
    const next = counting('prod', asked);
    const last = 25;
    const poll: Poll = async (cursor) => {
      const news = await next(cursor);
      return { ...news, isBehind: Number(news.cursor) < last };
    };
    const { poller, clock } = open({ prod: poll });
    await poller.pollDue();
    await until(() => asked.length >= 10, { what: 'ten stretches' });
    await until(async () => (await stored()).length === 10, { what: 'what was found to be stored' });
    await poller.pollDue();
    expect(asked).toHaveLength(10);
    clock.pass(30_000);
    await poller.pollDue();
    await until(() => asked.length >= 20, { what: 'ten more' });
    await until(async () => (await stored()).length === 20, { what: 'what was found to be stored' });
  });

  it('goes on in another process, which does not begin anew', async () => {
    const asked: Cursor[] = [];
    const clock = createSetClock();
    await open({ prod: counting('prod', asked) }, { clock }).poller.pollDue();
    clock.pass(30_000);
    await open({ prod: counting('prod', asked) }, { clock }).poller.pollDue();
    expect(asked).toEqual([undefined, 1]);
  });

  it('is done by one process at a time', async () => {
    const asked: Cursor[] = [];
    const clock = createSetClock();
    const processes = Array.from({ length: 5 }, () => open({ prod: counting('prod', asked) }, { clock }));
    await Promise.all(processes.map(({ poller }) => poller.pollDue()));
    expect(asked).toHaveLength(1);
  });

  it('stores facts and cursor together, or neither', async () => {
    const { db } = database;
    const broken: Db = {
      ...db,
      transaction: (work) =>
        db.transaction(async (tx) => {
          await work(tx);
          throw new Error('the process ends here');
        }),
    };
    const { poller, clock } = open({ prod: counting('prod') }, { db: broken });
    await poller.pollDue();
    expect(await stored()).toEqual([]);
    expect(await pollOf('prod')).toMatchObject({ cursor: null });
    clock.pass(30_000);
    await open({ prod: counting('prod') }, { clock }).poller.pollDue();
    expect(await stored()).toEqual(['maestro:prod 1']);
    expect(await pollOf('prod')).toMatchObject({ cursor: 1, fault: null });
  });

  it('takes a stretch that is read twice for one', async () => {
    const { poller, clock, seen } = open({ prod: async () => ({ events: [fact('prod', '1')], cursor: 1 }) });
    await poller.pollDue();
    clock.pass(30_000);
    await poller.pollDue();
    expect(await stored()).toEqual(['maestro:prod 1']);
    expect(seen.wakes).toBe(1);
  });

  it('takes over at once from a process that showed that it lived, and died', async () => {
    const asked: Cursor[] = [];
    const clock = createSetClock();
    const presence = createPresence({ pool: database.db.pool, log: createLogger('silent') });
    const busy = open({ prod: () => new Promise(() => undefined) }, { clock, presence });
    void busy.poller.pollDue();
    await until(async () => (await pollOf('prod')) !== undefined);
    const { poller } = open({ prod: counting('prod', asked) }, { clock });
    clock.pass(60_000);
    await poller.pollDue();
    expect(asked).toEqual([]);
    await presence.close();
    await until(async () => {
      await poller.pollDue();
      return asked.length > 0;
    });
    expect(asked).toEqual([undefined]);
  });

  it('takes over after two minutes from a process that does not show whether it lives', async () => {
    const asked: Cursor[] = [];
    const clock = createSetClock();
    // Never to come back: as far as the database can tell, dead.
    const dead = open({ prod: () => new Promise(() => undefined) }, { clock });
    void dead.poller.pollDue();
    await until(async () => (await pollOf('prod')) !== undefined);
    const { poller } = open({ prod: counting('prod', asked) }, { clock });
    clock.pass(119_000);
    await poller.pollDue();
    expect(asked).toEqual([]);
    clock.pass(1_000);
    await poller.pollDue();
    expect(asked).toEqual([undefined]);
  });

  it('asks nothing of a connection that cannot be polled', async () => {
    const { poller } = open({ prod: undefined });
    await poller.pollDue();
    expect(await pollOf('prod')).toBeUndefined();
  });
});

describe('a connection in trouble', () => {
  it('harms no other, keeps its cursor, and is asked again at its next turn', async () => {
    let isDown = true;
    const count = counting('prod');
    const { poller, clock } = open({
      prod: async (cursor) => {
        if (isDown) throw new Failure('unavailable', 'prod', { detail: 'connect ECONNREFUSED' });
        return count(cursor);
      },
      lab: counting('lab'),
    });
    await poller.pollDue();
    expect(await stored()).toEqual(['maestro:lab 1']);
    expect(await pollOf('prod')).toEqual({
      cursor: null,
      fault: 'unavailable: prod: connect ECONNREFUSED',
      claimed_until: null,
    });
    isDown = false;
    clock.pass(30_000);
    await poller.pollDue();
    expect((await stored()).sort()).toEqual(['maestro:lab 1', 'maestro:lab 2', 'maestro:prod 1']);
    expect(await pollOf('prod')).toMatchObject({ fault: null });
  });

  it('keeps nothing of a fault that nobody has worded, since that may hold a secret', async () => {
    const { poller } = open({ prod: () => Promise.reject(new Error('GET https://etl:hunter2@prod.example')) });
    await poller.pollDue();
    expect((await pollOf('prod'))?.fault).toBe('a fault of Pitcrew; see its log');
  });

  it('that is slow delays nobody else, and is not asked twice meanwhile', async () => {
    let asked = 0;
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { poller, clock } = open({
      prod: async () => {
        asked += 1;
        await slow;
        return { events: [fact('prod', '1')], cursor: 1 };
      },
      lab: counting('lab'),
    });
    await poller.pollDue();
    clock.pass(30_000);
    await poller.pollDue();
    clock.pass(120_000);
    await poller.pollDue();
    expect(await stored()).toEqual(['maestro:lab 1', 'maestro:lab 2', 'maestro:lab 3']);
    expect(asked).toBe(1);
    release();
    await until(async () => (await stored()).includes('maestro:prod 1'));
  });
});
