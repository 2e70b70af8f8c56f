import { randomUUID } from 'node:crypto';
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
