import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { DatabaseFault } from './database-fault';
import type { Db, Queryable, Tx } from './db';

/** One file of `migrations/`: `0001_start.sql`. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
  /** Of the text with line ends made equal, so that a checkout on another system is the same file. */
  checksum: string;
  /** Its comment holds a line `-- breaking`: an older program cannot work on the schema after it. */
  breaking: boolean;
}

/** A row of the table `migrations`. */
export interface Applied {
  number: number;
  name: string;
  checksum: string;
  breaking: boolean;
}

/**
 * Brings the schema up to date: each file in a transaction of its own, its row written first, under a lock, so any number of
 * starters at once are harmless and a crash leaves whole steps.
 *
 * @param options.schema  the schema to make and fill, instead of the connection's own.
 * @returns the names applied now, oldest first; empty when there was nothing to do.
 * @throws DatabaseFault when a file was changed, is missing or out of order, or the schema is too new for this program.
 */
export async function migrate(
  db: Db,
  options: { clock: Clock; log: Logger; folder?: string; schema?: string },
): Promise<string[]> {
  const { clock, log, folder = migrationsFolder(), schema } = options;
  const files = readMigrations(folder);
  const done: string[] = [];
  for (;;) {
    const next = await db.transaction(async (tx) => {
      await enter(tx, schema);
      const pending = findPending(files, await readApplied(tx));
      if (pending) await apply(tx, pending, clock.now());
      return pending;
    });
    if (!next) return done;
    log.info({ migration: next.name, schema }, 'database.migrated');
    done.push(next.name);
  }
}

/**
 * The next file to apply.
 *
 * @throws DatabaseFault when files and schema do not belong together.
 */
export function findPending(files: Migration[], applied: Applied[]): Migration | undefined {
  for (const row of applied) {
    const file = files.find((candidate) => candidate.number === row.number);
    if (file && file.checksum !== row.checksum) {
      throw new DatabaseFault(
        `The migration ${file.name} was changed after it had been applied (as ${row.name}). ` +
          'Take the change back, and put what it was meant to do into a new file.',
      );
    }
    if (!file && row.number > (files.at(-1)?.number ?? 0)) {
      if (row.breaking) {
        throw new DatabaseFault(
          `The database was migrated by a newer Pitcrew (${row.name}), which this one cannot work with. Start the newer one.`,
        );
      }
    } else if (!file) {
      throw new DatabaseFault(
        `The migration ${row.name} was applied to the database, but its file is gone. Put it back.`,
      );
    }
  }
  const newest = Math.max(0, ...applied.map((row) => row.number));
  const pending = files.filter((file) => !applied.some((row) => row.number === file.number));
  const late = pending.find((file) => file.number < newest);
  if (late) {
    throw new DatabaseFault(
      `The migration ${late.name} comes before others that were applied already. Give it the next free number.`,
    );
  }
  return pending[0];
}

/** @throws DatabaseFault when two files have one number or a number is left out. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file): Migration => {
      const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
      if (number === undefined) {
        throw new DatabaseFault(
          `The file ${path.join(folder, file)} is not named like a migration (0001_what_it_does.sql).`,
        );
      }
      const sql = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n');
      return {
        number: Number(number),
        name: file.slice(0, -'.sql'.length),
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
        breaking: /^-- breaking\b/im.test(sql),
      };
    });
  files.forEach((file, index) => {
    if (file.number !== index + 1) {
      throw new DatabaseFault(
        `The migrations in ${folder} must be numbered without gaps: ${file.name} stands where number ${index + 1} belongs.`,
      );
    }
  });
  return files;
}

/** `migrations/` of this package, from the sources as well as from `dist/`. */
export function migrationsFolder(from = __dirname): string {
  const folder = path.join(from, 'migrations');
  if (existsSync(path.join(from, 'package.json')) && existsSync(folder)) return folder;
  const above = path.dirname(from);
  if (above === from)
    throw new DatabaseFault('The folder migrations is missing from this installation. Install Pitcrew anew.');
  return migrationsFolder(above);
}

async function enter(tx: Tx, schema: string | undefined): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`pitcrew.migrate.${schema ?? ''}`]);
  if (schema !== undefined) {
    const quoted = `"${schema.replaceAll('"', '""')}"`;
    await tx.query(`create schema if not exists ${quoted}`);
    await tx.query(`set local search_path = ${quoted}`);
  }
  await tx.query(`create table if not exists migrations (
    number integer primary key,
    name text not null,
    checksum text not null,
    breaking boolean not null,
    at timestamptz not null
  )`);
}

/** What was applied, oldest first; empty for a database that was never migrated. */
export async function readApplied(source: Queryable): Promise<Applied[]> {
  const [table] = await source.query<{ there: boolean }>(`select to_regclass('migrations') is not null as there`);
  if (!table?.there) return [];
  return source.query<Applied>('select number, name, checksum, breaking from migrations order by number');
}

async function apply(tx: Tx, migration: Migration, at: Date): Promise<void> {
  await tx.query('insert into migrations (number, name, checksum, breaking, at) values ($1, $2, $3, $4, $5)', [
    migration.number,
    migration.name,
    migration.checksum,
    migration.breaking,
    at,
  ]);
  await tx.query(migration.sql);
}
