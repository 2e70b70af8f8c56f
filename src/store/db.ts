import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient, types } from 'pg';
import { errorCode } from '../lib/error-code';
import type { Logger } from '../lib/logger';
import { DatabaseFault } from './database-fault';

export interface Queryable {
  /** Rows as the caller names them; the SQL beside the call is what makes that true. Times are parameters, never `now()`. */
  query<T extends object>(sql: string, params?: unknown[]): Promise<T[]>;
}

/** One open transaction. */
export type Tx = Queryable;

export interface Db extends Queryable {
  /**
   * All or nothing. Run again, up to 3 times in all, when PostgreSQL asks for it (serialisation failure, deadlock), so `work`
   * does nothing but SQL, or what may happen twice.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  readonly pool: Pool;
}

/** int8 and its arrays as numbers: our counts and sizes stay far below 2^53. Dates stay text: a day has no time zone. */
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [1016, (text) => JSON.parse(text.replaceAll('{', '[').replaceAll('}', ']').replaceAll('NULL', 'null'))],
  [types.builtins.DATE, (text) => text],
]);

/** To open a connection costs both sides more than many a query; what comes in bursts, minutes apart, shall find one open. */
const keptIdleMs = 300_000;
const keptAlways = 4;

const transactionTries = 3;
const retryable = new Set(['40001', '40P01']);

/**
 * @param options.maxConnections  upper bound of this process's pool.
 * @param options.schema  where unqualified names are looked for, instead of `public`; `replay` works in a scratch schema.
 */
export function openDb(url: string, options: { log: Logger; maxConnections?: number; schema?: string }): Db {
  const { log, maxConnections = 10, schema } = options;
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    application_name: 'pitcrew',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: keptIdleMs,
    // Of the others the pool keeps the time with a timer each, set and cleared with every statement.
    min: Math.min(keptAlways, maxConnections),
    types: {
      getTypeParser: (oid, format) => (format !== 'binary' && parsers.get(oid)) || types.getTypeParser(oid, format),
    },
    async onConnect(client) {
      // A transaction that its owner forgot must not hold locks for ever. To compile one of our statements takes longer than to run it.
      await client.query(`set timezone = 'UTC'; set idle_in_transaction_session_timeout = '60s'; set jit = off`);
      if (schema === undefined) return;
      // Scratch work is begun anew after a crash, so no commit of it waits for the disk.
      await client.query(`set search_path = ${client.escapeIdentifier(schema)}; set synchronous_commit = off`);
    },
  });
  // An idle connection that breaks (the server stopped) has no caller to tell; the next query opens another one.
  pool.on('error', (error) => log.warn({ err: error }, 'database.connection-lost'));

  async function once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const lost = (error: Error) => log.warn({ err: error }, 'database.connection-lost');
    client.on('error', lost);
    let broken = false;
    try {
      await client.query('begin');
      const result = await work(queryable(client));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      client.removeListener('error', lost);
      client.release(broken);
    }
  }

  let closing: Promise<void> | undefined;
  return {
    ...queryable(pool),
    pool,
    async transaction(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(work);
        } catch (error) {
          const code = errorCode(error);
          if (code === undefined || !retryable.has(code) || attempt === transactionTries) throw error;
          log.info({ attempt, code }, 'database.transaction-again');
          await sleep(Math.random() * 20 * attempt);
        }
      }
    },
    close() {
      closing ??= pool.end();
      return closing;
    },
  };
}

/**
 * Waits until the database answers. What waiting cannot mend (wrong password, no such database) is said at once.
 *
 * @throws DatabaseFault
 */
export async function waitForDatabase(db: Queryable, { timeoutMs }: { timeoutMs: number }): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      const code = errorCode(error);
      if (code === '28P01' || code === '28000') {
        throw new DatabaseFault(
          'The database refuses the user or password in DATABASE_URL. Correct it and start again.',
          error,
        );
      }
      if (code === '3D000') {
        throw new DatabaseFault(
          'The database named in DATABASE_URL does not exist. Create it, or correct the name.',
          error,
        );
      }
      if (performance.now() > deadline) {
        throw new DatabaseFault(
          `The database did not answer for ${Math.round(timeoutMs / 1000)} s (${code ?? reasonOf(error)}). ` +
            'Check that it runs and that DATABASE_URL leads to it.',
          error,
        );
      }
      await sleep(Math.min(250, Math.max(0, deadline - performance.now())));
    }
  }
}

function queryable(source: Pool | PoolClient): Queryable {
  return {
    async query<T extends object>(sql: string, params?: unknown[]) {
      const { rows } = await source.query<T>({ name: params && statementNameOf(sql), text: sql, values: params });
      return rows;
    },
  };
}

/**
 * Statements with parameters are prepared once a connection: to read and plan them anew each time costs PostgreSQL several times
 * what it costs to run them. Beyond so many different texts (SQL that is put together by a program) they stay unnamed, since the
 * server keeps what is named as long as the connection lives.
 */
const mostStatements = 1_000;
const statementNames = new Map<string, string>();

function statementNameOf(sql: string): string | undefined {
  const known = statementNames.get(sql);
  if (known !== undefined || statementNames.size >= mostStatements) return known;
  const name = `s${statementNames.size}`;
  statementNames.set(sql, name);
  return name;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : String(error);
}
