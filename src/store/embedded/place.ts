import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Logger } from '../../lib/logger';
import { DatabaseFault } from '../database-fault';
import { canEnter, chooseServerUser, type ServerUser } from './server-user';

export interface Place {
  /** The folder that holds everything of the built-in database. An absolute path without links. */
  folder: string;
  /** PostgreSQL's own data directory, inside it. Absent until the first start. */
  cluster: string;
  user: ServerUser;
}

/**
 * Where the database is kept: `<data folder>/postgres`, unless the server's user cannot go there (we are root, below a home
 * that is closed to others). Then it is a folder of the system, and `<data folder>/postgres/kept-in` says which.
 */
export function choosePlace(options: { dataDir: string; log: Logger; systemFolders?: string[] }): Place {
  const { dataDir, log, systemFolders = ['/var/lib', '/var/tmp', tmpdir()] } = options;
  const folder = path.join(makeFolder(dataDir), 'postgres');
  makeFolder(folder);
  const pointer = readPointer(folder);
  if (pointer) {
    // Was the data folder moved, it takes its database along; was it copied, the original keeps it.
    const copied = pointer.of !== folder && existsSync(path.join(pointer.of, 'kept-in'));
    if (!copied) {
      if (pointer.of !== folder) writePointer(folder, pointer.keptIn);
      return placeAt(pointer.keptIn);
    }
    log.info({ folder, copiedFrom: pointer.of }, 'database.folder-was-copied');
  }
  const place = placeAt(folder);
  if (canEnter(place.user, folder)) return place;
  if (existsSync(place.cluster)) {
    throw new DatabaseFault(
      `The user ${place.user.name}, whom the built-in database runs as, can no longer enter ${folder}. ` +
        `Let others pass through the folders above it again (chmod o+x), or set DATABASE_URL.`,
    );
  }
  const project = path.basename(path.resolve(folder, '..', '..')).replaceAll(/[^\w.-]/g, '_');
  const elsewhere = makeFolder(path.join(makeSystemFolder(systemFolders), `${project}-${shortHash(folder)}`));
  const other = placeAt(elsewhere);
  if (!canEnter(other.user, elsewhere)) {
    throw new DatabaseFault(
      `The user ${other.user.name}, whom the built-in database runs as, can enter neither ${folder} nor ${elsewhere}. ` +
        'Set PITCREW_DATA_DIR to a folder that it can enter, or set DATABASE_URL.',
    );
  }
  writePointer(folder, elsewhere);
  return other;
}

function placeAt(folder: string): Place {
  const cluster = path.join(folder, 'cluster');
  return { folder, cluster, user: chooseServerUser(cluster) };
}

/** Folders that we make can be passed by the server's user, whatever the umask; what is secret inside is closed by itself. */
function makeFolder(folder: string): string {
  if (!existsSync(folder)) {
    makeFolder(path.dirname(path.resolve(folder)));
    try {
      mkdirSync(folder);
      if (process.getuid?.() === 0) chmodSync(folder, 0o711);
    } catch (error) {
      if (!existsSync(folder)) {
        throw new DatabaseFault(
          `The folder ${folder} for the built-in database cannot be made. ` +
            'Set PITCREW_DATA_DIR to a folder that Pitcrew may write to, or set DATABASE_URL.',
          error,
        );
      }
    }
  }
  return realpathSync(folder);
}

/** Only root needs one. The first is kept over restarts of the machine, the last may not be. */
function makeSystemFolder(parents: string[]): string {
  for (const parent of parents) {
    try {
      return makeFolder(path.join(parent, 'pitcrew'));
    } catch {
      // Read-only; the next one may do.
    }
  }
  throw new DatabaseFault(
    `None of ${parents.join(', ')} can hold the built-in database. Set PITCREW_DATA_DIR to a folder that can, or set DATABASE_URL.`,
  );
}

function readPointer(folder: string): { of: string; keptIn: string } | undefined {
  try {
    const { of, keptIn } = JSON.parse(readFileSync(path.join(folder, 'kept-in'), 'utf8'));
    return typeof of === 'string' && typeof keptIn === 'string' ? { of, keptIn } : undefined;
  } catch {
    return undefined;
  }
}

function writePointer(folder: string, keptIn: string): void {
  writeFileSync(path.join(folder, 'kept-in'), `${JSON.stringify({ of: folder, keptIn })}\n`);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
