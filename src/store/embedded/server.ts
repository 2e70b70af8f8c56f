import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { errorCode } from '../../lib/error-code';
import type { Logger } from '../../lib/logger';
import { DatabaseFault } from '../database-fault';
import type { Binaries } from './binaries';
import type { Place } from './place';
import { commandOf, startOf } from './process-mark';

/** A server of ours that runs. */
export interface RunningServer {
  pid: number;
  port: number;
}

const superuser = 'pitcrew';
const database = 'pitcrew';
/** Long, since a start after a power loss first replays what was written last. */
const readyWithinMs = 120_000;
const stopWithinMs = 30_000;
const logFileBytes = 1_000_000;

/**
 * Sized for one machine that also runs Pitcrew and Slack's traffic, not for a server of its own.
 * No parallel queries: containers give 64 MB of shared memory, and our queries are small.
 */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** Writes an empty cluster, unless there is one. What an earlier try left half done is thrown away. */
export async function initialise({
  place,
  binaries,
  log,
}: {
  place: Place;
  binaries: Binaries;
  log: Logger;
}): Promise<void> {
  const { cluster, folder, user } = place;
  if (existsSync(cluster)) {
    const written = Number.parseInt(readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8'), 10);
    if (written === binaries.major) return;
    throw new DatabaseFault(
      `The built-in database in ${cluster} was written by PostgreSQL ${written}, and this Pitcrew brings ${binaries.major}. ` +
        'Go back to the Pitcrew that wrote it, or move the data to a PostgreSQL of yours and set DATABASE_URL.',
    );
  }
  const unfinished = `${cluster}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = path.join(folder, 'password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });

  // initdb runs as the server's user: it gets an empty folder of its own and a password file of its own.
  mkdirSync(unfinished, { mode: 0o700 });
  const handedOver = `${unfinished}.password`;
  writeFileSync(handedOver, readFileSync(passwordFile, 'utf8'), { mode: 0o600 });
  if (user.run) {
    for (const entry of [unfinished, handedOver]) chownSync(entry, user.run.uid, user.run.gid);
  }
  const started = performance.now();
  try {
    await run(binaries.initdb, [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${handedOver}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
  } finally {
    rmSync(handedOver, { force: true });
  }
  renameSync(unfinished, cluster);
  log.info({ tookMs: Math.round(performance.now() - started) }, 'database.initialised');

  function run(program: string, args: string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        ...user.run,
        cwd: folder,
        env: environment(),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const said: Buffer[] = [];
      child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
      child.on('error', (error) => reject(fault(error.message, error)));
      child.on('close', (code) => (code === 0 ? resolve() : reject(fault(Buffer.concat(said).toString('utf8')))));
    });
  }

  function fault(said: string, cause?: unknown): DatabaseFault {
    return new DatabaseFault(
      `The built-in database could not be set up in ${folder}. PostgreSQL said: ${lastWords(said)}. ` +
        'Mend that and start again, or set DATABASE_URL to a PostgreSQL of yours.',
      cause,
    );
  }
}

/** The server that runs on this cluster, whoever started it; undefined when none does. Clears what a dead one left in the way. */
export function findRunning({ cluster }: Place): RunningServer | undefined {
  const left = readPostmaster(cluster);
  if (!left) return undefined;
  if (startOf(left.pid) === undefined) return undefined; // PostgreSQL itself clears up after a dead one
  if (servesCluster(left.pid, cluster)) return { pid: left.pid, port: left.port };
  // The pid was given to another program since: PostgreSQL would take that for a running server and refuse to start.
  rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
  return undefined;
}

/** Was the program that it runs deleted or replaced since? Told by Linux only. */
export function hasLostItsPrograms({ pid }: RunningServer): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith(' (deleted)');
  } catch {
    return false;
  }
}

/** Starts the server and waits until it answers. It outlives us if we are killed; then the next start adopts it. */
export async function start(options: {
  place: Place;
  binaries: Binaries;
  extraSettings: Record<string, string>;
  log: Logger;
}): Promise<RunningServer> {
  const { place, binaries, extraSettings } = options;
  const portFile = path.join(place.folder, 'port');
  const deadline = performance.now() + readyWithinMs;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(attempt === 1 ? Number(textOf(portFile)) || 0 : 0);
    const said = await tryStart(port);
    if (typeof said !== 'string') {
      writeFileSync(portFile, String(port));
      return said;
    }
    // A lock file of a server that runs would have been adopted: this one's holder has ended, and its parent has not noticed yet.
    const passing =
      /could not bind|address already in use|pre-existing shared memory block|lock file .* already exists/i.test(said);
    if (!passing || attempt === 20 || performance.now() > deadline) {
      throw new DatabaseFault(
        `The built-in database in ${place.folder} did not start. PostgreSQL said: ${lastWords(said)}. ` +
          `All it said is in ${path.join(place.folder, 'server.log')}.`,
      );
    }
    options.log.info({ attempt, said: lastWords(said) }, 'database.start-again');
    await sleep(200); // the last processes of a killed server take a moment to notice
  }

  /** @returns the server, or what it said before it gave up. */
  async function tryStart(port: number): Promise<RunningServer | string> {
    const logFile = path.join(place.folder, 'server.log');
    const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const output = openSync(logFile, size > logFileBytes ? 'w' : 'a', 0o600);
    const from = size > logFileBytes ? 0 : size;
    const flags = Object.entries({ ...settings, ...extraSettings, port: String(port) }).flatMap(([k, v]) => [
      '-c',
      `${k}=${v}`,
    ]);
    const child = spawn(binaries.postgres, ['-D', place.cluster, ...flags], {
      ...place.user.run,
      cwd: place.folder,
      env: environment(),
      stdio: ['ignore', output, output],
      detached: true, // Ctrl-C is for us: we drain first, then stop it
    });
    closeSync(output);
    let failure: string | undefined;
    let ended = false;
    child.on('error', (error) => {
      failure = error.message;
    });
    child.on('exit', () => {
      ended = true;
    });
    child.unref();
    while (!ended && failure === undefined) {
      const postmaster = readPostmaster(place.cluster);
      if (postmaster?.ready && postmaster.pid === child.pid) return { pid: postmaster.pid, port: postmaster.port };
      if (performance.now() > deadline) {
        child.kill('SIGQUIT');
        return `it was not ready after ${readyWithinMs / 1000} s`;
      }
      await sleep(10);
    }
    return failure ?? readFileSync(logFile).subarray(from).toString('utf8');
  }
}

/** Connects as its owner, proves that it serves this very cluster, and makes the database at the first time. */
export async function openDatabase({ place, server }: { place: Place; server: RunningServer }): Promise<string> {
  const url = (name: string) => `postgres://${superuser}:${password}@127.0.0.1:${server.port}/${name}`;
  const password = readFileSync(path.join(place.folder, 'password'), 'utf8').trim();
  const client = await connectPatiently(url('postgres'), server);
  try {
    const { rows } = await client.query(
      'select current_setting($1) as folder, exists(select from pg_database where datname = $2) as made',
      ['data_directory', database],
    );
    if (rows[0].folder !== place.cluster)
      throw new DatabaseFault(
        `The server on port ${server.port} keeps its data in ${rows[0].folder}, not in ${place.cluster}. Stop it and start again.`,
      );
    if (!rows[0].made) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
  return url(database);
}

/** Ends the server: running transactions are rolled back, what was committed is kept. */
export async function stop({
  server,
  place,
  log,
}: {
  server: RunningServer;
  place: Place;
  log: Logger;
}): Promise<void> {
  const deadline = performance.now() + stopWithinMs;
  signal(server.pid, 'SIGINT'); // PostgreSQL's "fast" shutdown
  let harder = false;
  while (startOf(server.pid) !== undefined && servesCluster(server.pid, place.cluster)) {
    if (performance.now() > deadline) {
      if (harder)
        throw new DatabaseFault(
          `The built-in database (process ${server.pid}) does not stop. Stop that process by hand.`,
        );
      harder = true;
      log.warn({ pid: server.pid }, 'database.stopped-the-hard-way');
      signal(server.pid, 'SIGQUIT'); // safe as well: the next start replays the log
      await sleep(2_000);
    }
    await sleep(10);
  }
}

async function connectPatiently(connectionString: string, server: RunningServer): Promise<Client> {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const client = new Client({ connectionString, connectionTimeoutMillis: 10_000, application_name: 'pitcrew-start' });
    client.on('error', () => undefined); // the query that meets it reports it
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const code = errorCode(error);
      const starting = code === '57P03' || code === 'ECONNREFUSED' || code === 'ECONNRESET';
      if (!starting || performance.now() > deadline || startOf(server.pid) === undefined) {
        throw new DatabaseFault(
          `The built-in database runs on port ${server.port} but does not let us in: ${error instanceof Error ? error.message : error}.`,
          error,
        );
      }
      await sleep(50);
    }
  }
}

/** PostgreSQL's lock file: pid, data directory, start, port, socket folder, address, memory, status; a line each. */
function readPostmaster(cluster: string): { pid: number; port: number; ready: boolean } | undefined {
  const lines = textOf(path.join(cluster, 'postmaster.pid')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]) || 0, ready: lines[7]?.trim() === 'ready' };
}

/** A postmaster works inside its data directory and names it on its command line. */
function servesCluster(pid: number, cluster: string): boolean {
  if (commandOf(pid).includes(cluster)) return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    return false;
  }
}

/** @param wanted 0 for any. @returns that port if nobody has it, else a free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    probe.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** No PG… variable of the caller may reach the server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

/** The end of what a program said, on one line, without the time and process that PostgreSQL puts before each. */
function lastWords(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^\S+ \S+ UTC \[\d+\] /, '').trim())
    .filter(
      (line) =>
        line && !/^LOG: +database system is shut down|^child process exited|removing (data|contents)/.test(line),
    );
  return lines.slice(-2).join(' / ') || 'nothing';
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
