import { setImmediate as turn } from 'node:timers/promises';
import { createPresses } from '../../src/actions/presses';
import type { Press } from '../../src/domain/press';
import { createLogger } from '../../src/lib/logger';
import { type Db, openDb } from '../../src/store/db';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { until } from '../support/until';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'presses');
});

const press = (key: string): Press => ({
  key,
  name: 'retry-run.v1',
  value: { run: '118' },
  slackId: 'U01DANA',
  channel: 'C0ORDERS',
  messageTs: '1764061200.000100',
  receivedAt: new Date('2026-11-25T09:00:00Z'),
});
const forEver = () => new AbortController().signal;

function open(db: Db = database.db, wake: (key: string) => Promise<void> = async () => undefined) {
  const woken: string[] = [];
  const presses = createPresses({
    db,
    wake(key) {
      woken.push(key);
      return wake(key);
    },
  });
  return { presses, woken };
}

async function isThere(key: string): Promise<boolean> {
  return (await database.db.query('select 1 from presses where press_key = $1', [key])).length > 0;
}

/** The database, with something happening between the end of the work and its commit. */
function beforeCommit(happens: () => void): Db {
  const { db } = database;
  return {
    ...db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        const result = await work(tx);
        happens();
        return result;
      }),
  };
}

describe('storing a press', () => {
  it('stores it once, and wakes the worker once', async () => {
    const { presses, woken } = open();
    await expect(presses.storeOnce(press('a'), forEver())).resolves.toBe('stored');
    await expect(presses.storeOnce(press('a'), forEver())).resolves.toBe('repeat');
    expect(woken).toEqual(['a']);
    await expect(presses.whoAsked('a')).resolves.toEqual({
      slackId: 'U01DANA',
      at: new Date('2026-11-25T09:00:00Z'),
      triggerId: undefined,
    });
    await expect(presses.whoAsked('b')).resolves.toBeUndefined();
  });

  it('takes one of many that come at the same moment', async () => {
    const { presses } = open();
    const answers = await Promise.all(Array.from({ length: 8 }, () => presses.storeOnce(press('a'), forEver())));
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'repeat')).toHaveLength(7);
  });

  it('does not wait for a queue that is slow, nor mind one that is gone', async () => {
    const slow = open(database.db, () => new Promise(() => undefined));
    await expect(slow.presses.storeOnce(press('a'), forEver())).resolves.toBe('stored');
    const gone = open(database.db, () => Promise.reject(new Error('no queue')));
    await expect(gone.presses.storeOnce(press('b'), forEver())).resolves.toBe('stored');
  });

  it('does not begin when it is too late already', async () => {
    const { presses, woken } = open();
    await expect(presses.storeOnce(press('a'), AbortSignal.abort())).resolves.toBe('too-late');
    await expect(isThere('a')).resolves.toBe(false);
    expect(woken).toEqual([]);
  });

  it('does not take a press that was given up while its insert waited', async () => {
    const { db } = database;
    const { presses, woken } = open();
    const patience = new AbortController();
    let answer: string | undefined;
    await db.transaction(async (tx) => {
      await tx.query('lock table presses in exclusive mode');
      const storing = presses.storeOnce(press('a'), patience.signal);
      await until(async () => (await waitingInserts(tx)) === 1, { what: 'the insert' });
      patience.abort();
      answer = await storing;
    });
    expect(answer).toBe('too-late');
    // Behind the insert in the queue for the table: when we have it, the insert has ended one way or the other.
    await db.transaction((tx) => tx.query('lock table presses in access exclusive mode'));
    await expect(isThere('a')).resolves.toBe(false);
    expect(woken).toEqual([]);
    await expect(presses.storeOnce(press('a'), forEver())).resolves.toBe('stored');
  });

  it('does not take a press that was given up while it waited for a connection', async () => {
    const narrow = await createTestDatabase({ maxConnections: 1 });
    try {
      const { presses } = open(narrow.db);
      const patience = new AbortController();
      await narrow.db.transaction(async () => {
        const storing = presses.storeOnce(press('a'), patience.signal);
        await turn();
        patience.abort();
        await expect(storing).resolves.toBe('too-late');
      });
      expect(await narrow.db.query('select 1 from presses')).toEqual([]);
    } finally {
      await narrow.drop();
    }
  });

  it('waits for the word of the database once the commit is on its way', async () => {
    const patience = new AbortController();
    const { presses, woken } = open(beforeCommit(() => patience.abort()));
    await expect(presses.storeOnce(press('a'), patience.signal)).resolves.toBe('stored');
    await expect(isThere('a')).resolves.toBe(true);
    expect(woken).toEqual(['a']);
  });

  it('passes on what the database says when it takes nothing', async () => {
    const { presses } = open(
      beforeCommit(() => {
        throw new Error('connection lost');
      }),
    );
    await expect(presses.storeOnce(press('a'), forEver())).rejects.toThrow('connection lost');
    await expect(isThere('a')).resolves.toBe(false);
  });

  it('is certainly not taken while nobody answers at the address of the database', async () => {
    const db = openDb('postgres://nobody@127.0.0.1:1/none', { log: createLogger('silent') });
    const { presses, woken } = open(db);
    await expect(presses.storeOnce(press('a'), forEver())).resolves.toBe('away');
    expect(woken).toEqual([]);
    await db.close();
  });

  it('says the truth whenever it is given up', async () => {
    const { presses } = open();
    const said = await Promise.all(
      Array.from({ length: 120 }, async (_, turns) => {
        const patience = new AbortController();
        const storing = presses.storeOnce(press(`race-${turns}`), patience.signal);
        for (let passed = 0; passed < turns; passed += 1) await turn();
        patience.abort();
        return { key: `race-${turns}`, answer: await storing };
      }),
    );
    await database.db.transaction((tx) => tx.query('lock table presses in access exclusive mode'));
    for (const { key, answer } of said) {
      expect({ key, answer, there: await isThere(key) }).toEqual({ key, answer, there: answer === 'stored' });
    }
  });
});

async function waitingInserts(db: { query: Db['query'] }): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*) from pg_locks where not granted and relation = 'presses'::regclass
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return row?.count ?? 0;
}
