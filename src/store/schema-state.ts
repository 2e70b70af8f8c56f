import type { Queryable } from './db';
import { findPending, migrationsFolder, readMigrations } from './migrate';

/**
 * Looks without touching: the name of the first migration that the database lacks.
 *
 * @throws DatabaseFault when files and schema do not belong together
 */
export async function waitingMigration(db: Queryable, folder = migrationsFolder()): Promise<string | undefined> {
  const [table] = await db.query<{ there: boolean }>(`select to_regclass('migrations') is not null as there`);
  const applied = table?.there
    ? await db.query<{ number: number; name: string; checksum: string; breaking: boolean }>(
        'select number, name, checksum, breaking from migrations order by number',
      )
    : [];
  return findPending(readMigrations(folder), applied)?.name;
}
