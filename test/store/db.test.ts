import { createLogger } from '../../src/lib/logger';
import { openDb, waitForDatabase } from '../../src/store/db';
import { createEmptyDatabase, type TestDatabase } from '../support/database';

const log = createLogger('silent');
let database: TestDatabase;

beforeAll(async () => {
  database = await createEmptyDatabase();
  await database.db.query('create table accounts (name text primary key, cents int8 not null)');
});
afterAll(() => database.drop());

describe('a query', () => {
  it('gives whole numbers as numbers, instants as dates, days as text and json as objects', async () => {
    const rows = await database.db.query(
      `select count(*) as n, array[1::int8, null] as many, $1::timestamptz as at, '2026-11-25'::date as day, $2::jsonb as facts`,
      [new Date('2026-11-25T09:00:00.123Z'), { tier: 1 }],
    );
    expect(rows).toEqual([
      { n: 1, many: [1, null], at: new Date('2026-11-25T09:00:00.123Z'), day: '2026-11-25', facts: { tier: 1 } },
    ]);
  });

  it('reads days in UTC wherever the program runs', async () => {
    expect(await database.db.query(`select '2026-11-25T23:30:00Z'::timestamptz::date as day`)).toEqual([
      { day: '2026-11-25' },
    ]);
  });

  it('works in the schema the database was opened for', async () => {
    await database.db.query('create schema scratch; create table scratch.only_here as select 1 as one');
    const scratch = openDb(database.url, { log, schema: 'scratch' });
    expect(await scratch.query('select one from only_here')).toEqual([{ one: 1 }]);
    await scratch.close();
    await expect(database.db.query('select one from only_here')).rejects.toThrow('does not exist');
  });

  it('works again after the server dropped the idle connections', async () => {
    const db = openDb(database.url, { log, maxConnections: 2 });
    const [own] = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    const lost = new Promise((resolve) => db.pool.once('error', resolve));
    await database.db.query('select pg_terminate_backend($1)', [own?.pid]);
    await lost;
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    await db.close();
  });
});

describe('a transaction', () => {
  it('keeps all or nothing', async () => {
    const { db } = database;
    await db.transaction(async (tx) => tx.query(`insert into accounts values ('kept', 1)`));
    await expect(
      db.transaction(async (tx) => {
        await tx.query(`insert into accounts values ('lost', 1)`);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await db.query(`select name from accounts where name in ('kept', 'lost')`)).toEqual([{ name: 'kept' }]);
  });

  it('gives its connection back when it fails', async () => {
    const db = openDb(database.url, { log, maxConnections: 1 });
    for (let n = 1; n <= 3; n += 1)
      await expect(db.transaction((tx) => tx.query('select 1/0'))).rejects.toThrow('zero');
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    await db.close();
  });

  it('fails alone when its connection is lost, and leaves the next one a good one', async () => {
    const db = openDb(database.url, { log, maxConnections: 1 });
    await expect(
      db.transaction(async (tx) => {
        const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.db.query('select pg_terminate_backend($1)', [own?.pid]);
        await tx.query('select 1');
      }),
    ).rejects.toThrow();
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    await db.close();
  });

  it('is run again after a deadlock, until both are done', async () => {
    const { db } = database;
    await db.query(`insert into accounts values ('a', 0), ('b', 0)`);
    let runs = 0;
    const meet = meeting(2);
    const move = (first: string, second: string) =>
      db.transaction(async (tx) => {
        runs += 1;
        await tx.query('update accounts set cents = cents + 1 where name = $1', [first]);
        await meet();
        await tx.query('update accounts set cents = cents + 1 where name = $1', [second]);
      });
    await Promise.all([move('a', 'b'), move('b', 'a')]);
    expect(await db.query(`select name, cents from accounts where name in ('a', 'b') order by name`)).toEqual([
      { name: 'a', cents: 2 },
      { name: 'b', cents: 2 },
    ]);
    expect(runs).toBe(3);
  });

  it('is given up after three tries', async () => {
    let runs = 0;
    await expect(
      database.db.transaction(async (tx) => {
        runs += 1;
        await tx.query(`do $$ begin raise exception 'again' using errcode = '40001'; end $$`);
      }),
    ).rejects.toThrow('again');
    expect(runs).toBe(3);
  });
});

describe('waiting for the database', () => {
  it('ends when it answers', async () => {
    await waitForDatabase(database.db, { timeoutMs: 1_000 });
  });

  it.each([
    { title: 'a wrong password', change: { password: 'wrong' }, says: /refuses the user or password in DATABASE_URL/ },
    { title: 'a database that does not exist', change: { pathname: '/nowhere' }, says: /does not exist. Create it/ },
  ])('ends at once for $title', async ({ change, says }) => {
    const url = new URL(database.url);
    Object.assign(url, change);
    const db = openDb(url.href, { log });
    const begin = performance.now();
    await expect(waitForDatabase(db, { timeoutMs: 20_000 })).rejects.toThrow(says);
    expect(performance.now() - begin).toBeLessThan(5_000);
    await db.close();
  });

  it('says what to check when nobody answers in time', async () => {
    const db = openDb('postgres://pitcrew@127.0.0.1:1/pitcrew', { log });
    await expect(waitForDatabase(db, { timeoutMs: 300 })).rejects.toThrow(/ECONNREFUSED.*DATABASE_URL/);
    await db.close();
  });
});

/** The first `size` to come wait for each other; whoever comes later passes. */
function meeting(size: number): () => Promise<void> {
  let here = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    here += 1;
    if (here >= size) open();
    return all;
  };
}
