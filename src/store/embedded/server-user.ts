import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { DatabaseFault } from '../database-fault';

/** Whom the database server runs as. Without `run` it is whoever we are. */
export interface ServerUser {
  name: string;
  /** Set when we are root, whom PostgreSQL refuses to run as. */
  run?: { uid: number; gid: number };
}

/** @param cluster where the data is; when it is there already, its owner goes on owning it. */
export function chooseServerUser(cluster: string): ServerUser {
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid;
  const self = process.getuid?.() ?? -1;
  const users = readUsers();
  if (self !== 0) {
    const name = users.find((user) => user.uid === self)?.name ?? `number ${self}`;
    if (owner !== undefined && owner !== self) {
      const other = users.find((user) => user.uid === owner)?.name ?? `number ${owner}`;
      throw new DatabaseFault(
        `The built-in database in ${cluster} belongs to the user ${other}, and this is the user ${name}. ` +
          'Start Pitcrew as the user who started it first, or give it a folder of its own with PITCREW_DATA_DIR.',
      );
    }
    return { name };
  }
  const user =
    users.find((candidate) => owner !== undefined && owner !== 0 && candidate.uid === owner) ??
    users.find((candidate) => candidate.name === 'postgres') ??
    users.find((candidate) => candidate.name === 'nobody');
  if (!user) {
    throw new DatabaseFault(
      'PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody. ' +
        'Start Pitcrew as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.',
    );
  }
  return { name: user.name, run: { uid: user.uid, gid: user.gid } };
}

/** Can the server's user go into this folder? Asked of the system itself, so that access lists count too. */
export function canEnter(user: ServerUser, folder: string): boolean {
  if (!user.run) return true;
  const answer = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...user.run, cwd: '/', stdio: 'ignore' });
  return answer.status === 0;
}

function readUsers(): { name: string; uid: number; gid: number }[] {
  return textOf('/etc/passwd')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) =>
      name && uid && gid && !name.startsWith('#')
        ? [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }] // macOS writes -2 for nobody
        : [],
    );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
