import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { openDb, waitForDatabase } from '../../src/store/db';
import { openEmbedded } from '../../src/store/embedded';
import { startOf } from '../../src/store/embedded/process-mark';
import { migrate } from '../../src/store/migrate';
import { templateName } from './database';
import { quickFolder } from './quick-folder';
import { startTestRedis } from './redis';
import { endServices, onEnd } from './services';

/**
 * One PostgreSQL for the whole run, with a migrated template that each test file clones, and one Redis where there is one.
 * `PITCREW_TEST_DATABASE_URL` or `DATABASE_URL`, and `PITCREW_TEST_REDIS_URL` or `REDIS_URL`, name other ones.
 */
export default async function globalSetup(): Promise<void> {
  try {
    process.env.PITCREW_TEST_PROGRAM = layOutProgram();
    process.env.PITCREW_TEST_DATABASE_URL = await provideDatabase();
    const redisUrl = await startTestRedis();
    if (redisUrl) process.env.PITCREW_TEST_REDIS_URL = redisUrl;
  } catch (error) {
    await endServices();
    throw error;
  }
}

/**
 * Of the present sources, in one file, as a production install has it: a start costs a fraction of one from the sources.
 * @returns the `bin/pitcrew.js` that runs it
 */
function layOutProgram(): string {
  const folder = path.join(root, 'dist', 'test');
  cpSync(path.join(root, 'bin'), path.join(folder, 'bin'), { recursive: true });
  bundle(path.join(root, 'src', 'cli', 'main.ts'), path.join(folder, 'dist', 'pitcrew.js'));
  return path.join(folder, 'bin', 'pitcrew.js');
}

async function provideDatabase(): Promise<string> {
  const log = createLogger('warn');
  const url = process.env.PITCREW_TEST_DATABASE_URL || process.env.DATABASE_URL || (await startServer());
  const admin = openDb(url, { log, maxConnections: 1 });
  try {
    await waitForDatabase(admin, { timeoutMs: 15_000 });
    await admin.query(`drop database if exists ${templateName} with (force)`);
    await admin.query(`create database ${templateName} template template0`);
  } finally {
    await admin.close();
  }
  const template = openDb(Object.assign(new URL(url), { pathname: `/${templateName}` }).href, {
    log,
    maxConnections: 1,
  });
  try {
    await migrate(template, { clock: systemClock, log });
  } finally {
    await template.close();
  }
  return url;
}

/** In a folder that is named for our process: what a killed run left behind is ended and removed by the next one. */
async function startServer(): Promise<string> {
  await removeLeftovers();
  const dataDir = mkdtempSync(path.join(quickFolder(), `${folderPrefix}${process.pid}-`));
  chmodSync(dataDir, 0o755); // under root the server is another user, who must get in
  onEnd(async () => rmSync(dataDir, { recursive: true, force: true }));
  const embedded = await openEmbedded({
    dataDir,
    hold: true,
    clock: systemClock,
    log: createLogger('warn'),
    extraSettings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  onEnd(() => embedded.close());
  return embedded.url;
}

const { bundle }: { bundle(entry: string, outfile: string): void } = require('../../scripts/bundle');

const root = path.resolve(__dirname, '..', '..');
const folderPrefix = 'pitcrew-test-';

async function removeLeftovers(): Promise<void> {
  for (const place of new Set([tmpdir(), quickFolder()])) await removeLeftoversOf(place);
}

async function removeLeftoversOf(place: string): Promise<void> {
  for (const name of readdirSync(place).filter((entry) => entry.startsWith(folderPrefix))) {
    const pid = Number(name.slice(folderPrefix.length).split('-')[0]);
    if (!pid || startOf(pid) !== undefined) continue;
    const dataDir = path.join(place, name);
    if (existsSync(path.join(dataDir, 'postgres', 'cluster', 'postmaster.pid'))) {
      const left = await openEmbedded({ dataDir, hold: false, clock: systemClock, log: createLogger('warn') });
      await left.close();
    }
    rmSync(dataDir, { recursive: true, force: true });
  }
}
