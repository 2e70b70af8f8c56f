import type { Config } from '../config';
import { systemClock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { DatabaseFault } from '../store/database-fault';
import { type Db, openDb, waitForDatabase } from '../store/db';
import { openEmbedded } from '../store/embedded';
import { waitingMigration } from '../store/schema-state';
import { CommandFailed } from './io';

/** How long a command waits for a database that does not answer yet. */
const usualWaitMs = 15_000;

/**
 * For commands that work beside the running server: attaches to its database, or starts the embedded one for their own time.
 *
 * @param given.anySchema  true for what looks at, or brings up to date, the schema itself
 * @throws CommandFailed with a sentence that says what to do
 */
export async function withDatabase<T>(
  given: { config: Pick<Config, 'databaseUrl' | 'dataDir'>; log: Logger; anySchema?: boolean; waitMs?: number },
  work: (db: Db, url: string) => Promise<T>,
): Promise<T> {
  const { config, log, anySchema = false, waitMs = usualWaitMs } = given;
  try {
    const embedded = config.databaseUrl
      ? undefined
      : await openEmbedded({ dataDir: config.dataDir, hold: false, clock: systemClock, log });
    try {
      const url = config.databaseUrl ?? embedded?.url ?? '';
      const db = openDb(url, { log, maxConnections: 4 });
      try {
        await waitForDatabase(db, { timeoutMs: waitMs });
        const waiting = anySchema ? undefined : await waitingMigration(db);
        if (waiting)
          throw new CommandFailed(`The database lacks ${waiting}. Run \`pitcrew migrate\`, or start Pitcrew once.`);
        return await work(db, url);
      } finally {
        await db.close();
      }
    } finally {
      await embedded?.close();
    }
  } catch (error) {
    if (error instanceof DatabaseFault) throw new CommandFailed(error.message);
    throw error;
  }
}
