import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const seconds = (sinceMs: number) => Math.round((Date.now() - sinceMs) / 1_000);

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Programs of one product that run beside each other, each with a log in `home`. */
export function createServers(home: string, env: Record<string, string>) {
  const servers: { name: string; process: ChildProcess }[] = [];
  return {
    start(name: string, program: string, args: string[]): void {
      const log = openSync(join(home, `${name}.log`), 'a');
      const options = { cwd: home, env, stdio: ['ignore', log, log], detached: true } satisfies SpawnOptions;
      servers.push({ name, process: spawn(program, args, options) });
    },
    /** @throws Error where one has ended, or nothing is up in time */
    async untilUp(isUp: () => Promise<boolean>, withinMs: number): Promise<void> {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const dead = servers.find((server) => server.process.exitCode !== null);
        if (dead) throw new Error(`${dead.name} ended. Its log is in ${home}.`);
        if (await isUp().catch(() => false)) return;
        if (Date.now() > deadline)
          throw new Error(`It was not up within ${withinMs / 1_000} s. Its logs are in ${home}.`);
        await sleep(1_000);
      }
    },
    stop: () => stopAll(servers.map((server) => server.process)),
  };
}

/** With everything that they started: each leads a group of its own. */
async function stopAll(servers: ChildProcess[]): Promise<void> {
  const tell = (signal: NodeJS.Signals) => {
    for (const { pid } of servers) {
      try {
        if (pid !== undefined) process.kill(-pid, signal);
      } catch {
        // It has ended already.
      }
    }
  };
  tell('SIGTERM');
  const ended = Promise.all(
    servers.map((server) => (server.exitCode === null ? new Promise((resolve) => server.once('exit', resolve)) : null)),
  );
  await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
  tell('SIGKILL');
}
