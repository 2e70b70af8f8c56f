import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { type Db, openDb, type Queryable } from './db';
import { migrate } from './migrate';

/** A schema of its own beside the real one, for work that leaves nothing behind. */
export interface Scratch {
  /** Unqualified names are those of the scratch schema. */
  db: Db;
  /** The schema of the real rows, quoted: `${real}.inbox`. */
  real: string;
  drop(): Promise<void>;
}

const prefix = 'pitcrew_scratch_';

/**
 * Makes one, with the tables of this program. While it is there its maker holds a lock with its name; what a dead maker has
 * left is taken away first.
 */
export async function openScratch(real: Db, given: { url: string; clock: Clock; log: Logger }): Promise<Scratch> {
  const { url, clock, log } = given;
  const [where] = await real.query<{ schema: string }>('select quote_ident(current_schema()) as schema');
  const schema = `${prefix}${randomBytes(6).toString('hex')}`;
  // A connection that is never given back: the lock lives as long as it does.
  const pool = openDb(url, { log, maxConnections: 1 });
  const client = await pool.pool.connect();
  client.on('error', (error) => log.warn({ err: error, schema }, 'scratch.lock-lost'));
  const holder: Queryable = { query: async (sql, params) => (await client.query(sql, params)).rows };
  const db = openDb(url, { log, maxConnections: 4, schema });
  const drop = async (): Promise<void> => {
    try {
      await db.close();
      await dropSchema(holder, schema);
    } finally {
      client.release();
      await pool.close();
    }
  };
  try {
    await holder.query('select pg_advisory_lock(hashtextextended($1, 7))', [schema]);
    await takeAwayLeftovers(holder, schema, log);
    await migrate(db, { clock, log, schema });
    return { db, real: where?.schema ?? 'public', drop };
  } catch (error) {
    await drop().catch((fault) => log.warn({ err: fault, schema }, 'scratch.not-dropped'));
    throw error;
  }
}

async function takeAwayLeftovers(db: Queryable, own: string, log: Logger): Promise<void> {
  const left = await db.query<{ schema: string }>(
    `select nspname as schema from pg_namespace where starts_with(nspname, $1) and nspname <> $2`,
    [prefix, own],
  );
  for (const { schema } of left) {
    const [row] = await db.query<{ mine: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 7)) as mine', [
      schema,
    ]);
    if (!row?.mine) continue;
    await dropSchema(db, schema);
    await db.query('select pg_advisory_unlock(hashtextextended($1, 7))', [schema]);
    log.info({ schema }, 'scratch.leftover-dropped');
  }
}

/** The name is ours: letters, digits and underscores. */
async function dropSchema(db: Queryable, schema: string): Promise<void> {
  await db.query(`drop schema if exists "${schema}" cascade`);
}
