import { randomUUID } from 'node:crypto';
import { errorCode } from '../../src/lib/error-code';
import { createLogger } from '../../src/lib/logger';
import { type Db, openDb } from '../../src/store/db';

/** The database that globalSetup migrated; clones of it are made by the server, in a few milliseconds. */
export const templateName = 'pitcrew_template';

export interface TestDatabase {
  db: Db;
  url: string;
  /** Closes our connections and removes it, whoever else is still connected. */
  drop(): Promise<void>;
}

/** A migrated, empty database of its own, usually one per test file. */
export async function createTestDatabase(options: { maxConnections?: number } = {}): Promise<TestDatabase> {
  return create(templateName, options);
}

/** A database with nothing in it, not even our schema. */
export async function createEmptyDatabase(options: { maxConnections?: number } = {}): Promise<TestDatabase> {
  return create('template0', options);
}

async function create(template: string, { maxConnections = 5 }: { maxConnections?: number }): Promise<TestDatabase> {
  const server = serverUrl();
  const log = createLogger('silent');
  const name = `pitcrew_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(async (admin) => {
    await admin.query(`create database ${name} template ${template}`);
  });
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const db = openDb(url, { log, maxConnections });
  return {
    db,
    url,
    async drop() {
      await db.close();
      await onServer(async (admin) => {
        await admin.query(`drop database if exists ${name} with (force)`);
      });
    },
  };

  async function onServer(work: (admin: Db) => Promise<void>): Promise<void> {
    const admin = openDb(server, { log, maxConnections: 1 });
    try {
      await work(admin);
    } finally {
      await admin.close();
    }
  }
}

/** Set by globalSetup: the server's own database, from which others are made. */
function serverUrl(): string {
  const url = process.env.PITCREW_TEST_DATABASE_URL;
  if (!url)
    throw new Error('PITCREW_TEST_DATABASE_URL is not set; tests that need a database run under jest.config.js');
  return url;
}

/**
 * Takes all rows out of these tables, and out of those that refer to them, as `truncate … cascade` does. With the few rows of a test
 * that takes milliseconds, where `truncate` makes every file of every index anew.
 *
 * @param tables  names, with commas between them
 */
export async function emptyTables(db: Db, tables: string): Promise<void> {
  const all = await withReferring(db, tables);
  // No trigger speaks up: neither keys, whose both ends go, nor what keeps the audit trail from being changed.
  const work = ['set local session_replication_role = replica', ...all.map((table) => `delete from ${table}`)];
  try {
    await db.transaction((tx) => tx.query(work.join('; ')));
  } catch (error) {
    // A database that was named may know us as an ordinary user.
    if (errorCode(error) !== notAllowed) throw error;
    await db.query(`truncate ${tables} cascade`);
  }
}

const notAllowed = '42501';

const referring = new WeakMap<Db, Map<string, Promise<string[]>>>();

/** The tables and all that refer to them, directly or not; asked once for each list. */
function withReferring(db: Db, tables: string): Promise<string[]> {
  const known = referring.get(db) ?? new Map<string, Promise<string[]>>();
  referring.set(db, known);
  const found = known.get(tables) ?? ask();
  known.set(tables, found);
  return found;

  async function ask(): Promise<string[]> {
    const rows = await db.query<{ name: string }>(
      `with recursive hit as (
         select unnest($1::text[])::regclass::oid as oid
         union select c.conrelid from pg_constraint c join hit on c.confrelid = hit.oid where c.contype = 'f'
       ) select oid::regclass::text as name from hit`,
      [tables.split(',').map((name) => name.trim())],
    );
    return rows.map(({ name }) => name);
  }
}
