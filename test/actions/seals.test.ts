import { randomUUID } from 'node:crypto';
import { createSeals, verifyAudit } from '../../src/actions/seals';
import * as auditRows from '../../src/store/audit-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

const nine = new Date('2026-11-24T09:00:00Z');
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'audit, audit_unsealed, audit_seals'));

const write = (count = 1) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      auditRows.append(database.db, {
        at: nine,
        actionId: randomUUID(),
        what: 'asked',
        kind: 'retry',
        connection: 'prod',
        pipeline: `orders_${index}`,
        detail: { reason: 'ünïcode "quotes"', nested: { b: 2, a: [1, null] } },
      }),
    ),
  );
const seals = () => createSeals({ db: database.db, clock: { now: () => nine } });
/** As somebody would who owns the database and means ill. */
async function behindItsBack(sql: string): Promise<void> {
  await database.db.transaction(async (tx) => {
    await tx.query(`set local session_replication_role = replica`);
    await tx.query(sql);
  });
}

describe('the seals of the audit trail', () => {
  it('hold for a trail that nobody touched, and say what still waits', async () => {
    await write(5);
    await expect(seals().sweep()).resolves.toBe(5);
    await write(3);
    await seals().sweep();
    await write(2);
    await expect(verifyAudit(database.db)).resolves.toMatchObject({ ok: true, seals: 2, rows: 8, waiting: 2 });
  });

  it('hold for an empty trail', async () => {
    await expect(seals().sweep()).resolves.toBe(0);
    await expect(verifyAudit(database.db)).resolves.toEqual({ ok: true, seals: 0, rows: 0, waiting: 0 });
  });

  it('take a long trail in batches', async () => {
    await database.db.query(
      `insert into audit (at, what, kind) select $1, 'asked', 'retry' from generate_series(1, 2500)`,
      [nine],
    );
    await expect(seals().sweep()).resolves.toBe(2_500);
    await expect(verifyAudit(database.db)).resolves.toMatchObject({ ok: true, seals: 3, rows: 2_500 });
  });

  it('cover a row that was committed after later ones', async () => {
    await database.db.transaction(async (slow) => {
      await auditRows.append(slow, { at: nine, what: 'asked', kind: 'retry', pipeline: 'slow' });
      await write(3);
      await seals().sweep();
    });
    await seals().sweep();
    await expect(verifyAudit(database.db)).resolves.toMatchObject({ ok: true, seals: 2, rows: 4, waiting: 0 });
  });

  it('are made by one replica at a time, each row once', async () => {
    await write(40);
    const made = await Promise.all([seals().sweep(), seals().sweep(), seals().sweep()]);
    await seals().sweep();
    expect(made.reduce((sum, rows) => sum + rows, 0)).toBe(40);
    await expect(verifyAudit(database.db)).resolves.toMatchObject({ ok: true, rows: 40, waiting: 0 });
  });

  it.each([
    {
      title: 'a changed row',
      sql: `update audit set pipeline = 'refunds' where seq = (select min(seq) from audit)`,
      says: /rows \d+ to \d+ was changed/,
    },
    {
      title: 'a changed detail',
      sql: `update audit set detail = detail || '{"size": 1}' where seq = (select max(seq) from audit)`,
      says: /was changed/,
    },
    {
      title: 'a row taken out',
      sql: 'delete from audit where seq = (select min(seq) from audit)',
      says: /covers 3 rows, of which 2 are there/,
    },
    {
      title: 'a row put in',
      sql: `insert into audit (at, what, kind) values ('2026-11-24', 'asked', 'retry')`,
      says: /1 row stands in no seal/,
    },
    { title: 'a seal taken out', sql: 'delete from audit_seals where no = 1', says: /follows on seal 0/ },
    {
      title: 'a seal made anew',
      sql: `update audit_seals set hash = repeat('0', 64) where no = 1`,
      says: /does not continue|was changed/,
    },
  ])('break by $title', async ({ sql, says }) => {
    await write(3);
    await seals().sweep();
    await write(2);
    await seals().sweep();
    await behindItsBack(sql);
    const verified = await verifyAudit(database.db);
    expect(verified.ok).toBe(false);
    expect(JSON.stringify(verified)).toMatch(says);
  });

  it('miss a row that was taken out before it was sealed', async () => {
    await write(2);
    await behindItsBack('delete from audit where seq = (select min(seq) from audit)');
    await seals().sweep();
    const verified = await verifyAudit(database.db);
    expect(JSON.stringify(verified)).toContain('1 row was taken out before it was sealed');
  });

  it('cannot be changed by accident', async () => {
    await write();
    await seals().sweep();
    await expect(database.db.query('delete from audit_seals')).rejects.toThrow('append only');
    await expect(database.db.query('delete from audit')).rejects.toThrow('append only');
  });
});
