import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { commandOf, startOf } from '../../src/store/embedded/process-mark';
import { onEnd } from './services';

/** Folders carry the pid of the run that made them, so that a later run can end what a killed one left. */
const folderPrefix = 'pitcrew-redis-';

const programs = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];

/** @returns the address of a Redis for this run; undefined where none is named and none is installed. */
export async function startTestRedis(): Promise<string | undefined> {
  const named = process.env.PITCREW_TEST_REDIS_URL || process.env.REDIS_URL;
  if (named) return named;
  removeLeftovers();
  const started = await startRedis();
  if (started) onEnd(started.stop);
  return started?.url;
}

/** A Redis of our own on a free port, without persistence; undefined where none is installed. */
export async function startRedis(
  port?: number,
): Promise<
  { url: string; port: number; stop(): Promise<void>; kill(): Promise<void>; flush(): Promise<void> } | undefined
> {
  const program = programs.find((file) => existsSync(file));
  if (!program) return undefined;
  const chosen = port ?? (await freePort());
  const folder = mkdtempSync(path.join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const args = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(program, args, { stdio: 'ignore' });
  if (child.pid) writeFileSync(path.join(folder, 'pid'), String(child.pid));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const stop = () => end('SIGTERM');
  const url = `redis://127.0.0.1:${chosen}`;
  const client = new Redis(url, { retryStrategy: (times) => (times < 200 ? 25 : null), maxRetriesPerRequest: null });
  client.on('error', () => undefined); // until it listens
  try {
    await client.ping();
  } catch (error) {
    await stop();
    throw error;
  } finally {
    client.disconnect();
  }
  return {
    url,
    port: chosen,
    stop,
    kill: () => end('SIGKILL'),
    async flush() {
      const admin = new Redis(url);
      await admin.flushall();
      admin.disconnect();
    },
  };
}

function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const owner = Number(name.slice(folderPrefix.length).split('-')[0]);
    if (!owner || startOf(owner) !== undefined) continue;
    const folder = path.join(tmpdir(), name);
    const pidFile = path.join(folder, 'pid');
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
    if (pid && commandOf(pid).includes('redis-server')) process.kill(pid, 'SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
