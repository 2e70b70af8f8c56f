import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { type EmbeddedDatabase, openEmbedded } from '../../src/store/embedded';
import { startOf } from '../../src/store/embedded/process-mark';
import { until } from '../../test/support/until';

/** A PostgreSQL of its own with its normal durability, which can be killed and started again at the same address. */
export interface KillablePostgres {
  url: string;
  /** kill -9 to the server and all processes that it has. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops and removes it. */
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<KillablePostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pitcrew-verify-'));
  chmodSync(dataDir, 0o755); // under root the server is another user, who must get in
  const log = createLogger('silent');
  const open = () => openEmbedded({ dataDir, hold: false, clock: systemClock, log });
  const opened: EmbeddedDatabase[] = [await open()];
  const url = opened[0]?.url ?? '';
  const pidFile = join(opened[0]?.keptIn ?? '', 'cluster', 'postmaster.pid');
  return {
    url,
    async kill() {
      const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
      for (const each of [pid, ...childrenOf(pid)]) {
        try {
          process.kill(each, 'SIGKILL');
        } catch {
          // Gone already.
        }
      }
      await until(() => startOf(pid) === undefined, { what: 'the end of PostgreSQL' });
    },
    async start() {
      const again = await open();
      opened.push(again);
      if (again.url !== url) throw new Error('PostgreSQL came back at another address');
    },
    async stop() {
      for (const each of opened) await each.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function childrenOf(pid: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (child && parent === pid ? [child] : []));
}
