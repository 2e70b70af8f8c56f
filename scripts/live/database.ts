import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { openEmbedded } from '../../src/store/embedded';

/**
 * A PostgreSQL of its own, gone with the run. Under root it is another user, who must get in.
 *
 * @param driver  of Python, for its address; left out = a plain address
 */
export async function openDatabase(driver?: string): Promise<{ url: string; close(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pitcrew-live-database-'));
  chmodSync(dataDir, 0o755);
  const extraSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
  const log = createLogger('warn');
  const { url, close } = await openEmbedded({ dataDir, hold: true, clock: systemClock, log, extraSettings });
  return {
    url: url.replace(/^postgres(ql)?:/, driver ? `postgresql+${driver}:` : 'postgresql:'),
    async close() {
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
