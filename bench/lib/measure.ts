import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { openEmbedded } from '../../src/store/embedded';

/** Nearest rank, in whole ms or the unit given; `p` from 0 to 1. */
export function quantileOf(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
  return Number(value.toFixed(1));
}

/** DATABASE_URL, else an embedded PostgreSQL with its normal durability, removed afterwards. */
export async function withBenchDatabase(work: (databaseUrl: string) => Promise<void>): Promise<void> {
  if (process.env.DATABASE_URL) return work(process.env.DATABASE_URL);
  const dataDir = mkdtempSync(join(tmpdir(), 'pitcrew-bench-'));
  const embedded = await openEmbedded({ dataDir, hold: false, clock: systemClock, log: createLogger('error') });
  try {
    await work(embedded.url);
  } finally {
    await embedded.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
