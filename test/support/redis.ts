import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { onEnd } from './services';

const programs = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];

/** @returns the address of a Redis for this run; undefined where none is named and none is installed. */
export async function startTestRedis(): Promise<string | undefined> {
  const named = process.env.PITCREW_TEST_REDIS_URL || process.env.REDIS_URL;
  if (named) return named;
  const started = await startRedis();
  if (started) onEnd(started.stop);
  return started?.url;
}

/** A Redis of our own on a free port, without persistence; undefined where none is installed. */
export async function startRedis(
  port?: number,
): Promise<{ url: string; port: number; stop(): Promise<void> } | undefined> {
  const program = programs.find((file) => existsSync(file));
  if (!program) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'pitcrew-redis-'));
  const chosen = port ?? (await freePort());
  const args = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
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
  return { url, port: chosen, stop };
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
