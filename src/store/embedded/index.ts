import { existsSync } from 'node:fs';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import { DatabaseFault } from '../database-fault';
import { provideBinaries } from './binaries';
import { createClaims } from './claims';
import { choosePlace } from './place';
import { findRunning, hasLostItsPrograms, initialise, openDatabase, start, stop } from './server';

// A real PostgreSQL inside the data folder, for a start with nothing else installed.
// In: the data folder and whether we mean to hold it (`serve`, `demo`). Out: an address to connect to, and how to leave.
// It is stopped by whoever leaves last; killed users do not count, and a server that lost its user is adopted.

export interface EmbeddedDatabase {
  url: string;
  /** The folder with the data; said to the person in one line. */
  keptIn: string;
  /** It was running already: another command uses it, or its starter was killed. */
  adopted: boolean;
  /** Leaves it; stops the server if nobody else uses it. May be called again. */
  close(): Promise<void>;
}

/**
 * @param options.hold  true for `serve` and `demo`, of which a folder takes only one; others attach.
 * @param options.extraSettings  PostgreSQL settings on top of ours; the tests switch durability off.
 * @param options.packageRoot  the folder of the package with PostgreSQL's programs; found by itself.
 * @throws DatabaseFault with a sentence that says what to do
 */
export async function openEmbedded(options: {
  dataDir: string;
  hold: boolean;
  clock: Clock;
  log: Logger;
  extraSettings?: Record<string, string>;
  packageRoot?: string;
}): Promise<EmbeddedDatabase> {
  const { dataDir, hold, clock, log, extraSettings = {}, packageRoot } = options;
  if (process.platform === 'win32') {
    throw new DatabaseFault(
      'The built-in database does not run on Windows itself. Start Pitcrew inside WSL, or set DATABASE_URL to a PostgreSQL of yours.',
    );
  }
  const place = choosePlace({ dataDir, log });
  const claims = createClaims({ folder: place.folder, clock });

  return claims.takeTurn(async () => {
    const holder = claims.users().find((user) => user.hold);
    if (hold && holder) {
      throw new DatabaseFault(
        `Pitcrew is running on this data folder already (process ${holder.pid} on ${holder.host}, since ${holder.since}). ` +
          'Stop that one first, or give this one a folder of its own with PITCREW_DATA_DIR.',
      );
    }
    const running = await findUsable();
    const server = running ?? (await startNew());
    const url = await openDatabase({ place, server });
    const leave = claims.add(hold);
    log.info({ keptIn: place.folder, port: server.port, adopted: running !== undefined }, 'database.opened');
    let closing: Promise<void> | undefined;
    const leaveIt = async () => {
      leave();
      if (claims.users().length > 0) return;
      const last = findRunning(place);
      if (last) await stop({ server: last, place, log });
    };
    return {
      url,
      keptIn: place.folder,
      adopted: running !== undefined,
      close() {
        closing ??= existsSync(place.folder) ? claims.takeTurn(leaveIt) : stop({ server, place, log });
        return closing;
      },
    };
  });

  /** A server whose programs were replaced under it (npm ci) cannot load what it needs: it makes way for a new one. */
  async function findUsable() {
    const running = findRunning(place);
    if (!running || !hasLostItsPrograms(running) || claims.users().length > 0) return running;
    await stop({ server: running, place, log });
    return undefined;
  }

  async function startNew() {
    const binaries = provideBinaries({ place, packageRoot, log });
    await initialise({ place, binaries, log });
    return start({ place, binaries, extraSettings, log });
  }
}
