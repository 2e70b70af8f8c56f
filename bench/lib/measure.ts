import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { openEmbedded } from '../../src/store/embedded';

/** Nearest rank, in whole ms or the unit given; `p` from 0 to 1. */
export function quantileOf(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
  return Number(value.toFixed(1));
}

/** Where a figure was taken. `load`: over the last 1, 5 and 15 minutes. */
export function thisMachine() {
  const load = loadavg().map((each) => Number(each.toFixed(2)));
  return { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, load };
}

/** A database of its own on the server of DATABASE_URL, else an embedded PostgreSQL with its normal durability; removed afterwards. */
export async function withBenchDatabase(work: (databaseUrl: string) => Promise<void>): Promise<void> {
  if (process.env.DATABASE_URL) return withOwnDatabase(process.env.DATABASE_URL, work);
  const dataDir = mkdtempSync(join(tmpdir(), 'pitcrew-bench-'));
  const embedded = await openEmbedded({ dataDir, hold: false, clock: systemClock, log: createLogger('error') });
  try {
    await work(embedded.url);
  } finally {
    await embedded.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function withOwnDatabase(server: string, work: (databaseUrl: string) => Promise<void>): Promise<void> {
  const name = `pitcrew_bench_${randomUUID().slice(0, 8)}`;
  const asking = new Client({ connectionString: server });
  await asking.connect();
  try {
    await asking.query(`create database ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    await work(url.href).finally(() => asking.query(`drop database if exists ${name} with (force)`));
  } finally {
    await asking.end();
  }
}
