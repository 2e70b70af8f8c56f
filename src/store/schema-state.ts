import type { Queryable } from './db';
import { findPending, migrationsFolder, readApplied, readMigrations } from './migrate';

/**
 * Looks without touching: the name of the first migration that the database lacks.
 *
 * @throws DatabaseFault when files and schema do not belong together
 */
export async function waitingMigration(db: Queryable, folder = migrationsFolder()): Promise<string | undefined> {
  return findPending(readMigrations(folder), await readApplied(db))?.name;
}
