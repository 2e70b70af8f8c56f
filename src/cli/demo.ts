import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import { readEnvironment } from '../config';
import { systemClock } from '../lib/clock';
import { orThrow } from '../lib/configuration-fault';
import type { DemoWorld, DemoWorldOptions } from '../lib/demo-world';
import { createLogger } from '../lib/logger';
import { kinds } from '../orchestrators/registry';
import { openSettings } from '../settings/holder';
import { loadSettings } from '../settings/load';
import { DatabaseFault } from '../store/database-fault';
import { openDb } from '../store/db';
import { openEmbedded } from '../store/embedded';
import { CommandFailed, type Io, UsageFault } from './io';
import { loadMain } from './serve';

const pagePort = 4400;
const databaseName = 'pitcrew_demo';

export function demoCommand(io: Io): Command {
  return new Command('demo')
    .description(
      'Start everything on this machine: a Slack workspace in the browser, an orchestrator whose pipelines fail, and Pitcrew.',
    )
    .option('--smoke', 'go through the main job by itself; exit 0 only if every step was seen')
    .option('--json', 'print the addresses, or the steps of --smoke, as JSON lines')
    .action(async (options: { smoke?: boolean; json?: boolean }) => {
      const say = (words: string, facts: Record<string, unknown>) =>
        io.stdout.write(options.json ? `${JSON.stringify(facts)}\n` : `${words}\n`);
      try {
        await demo(io, options.smoke ?? false, say);
      } catch (error) {
        if (error instanceof DatabaseFault) throw new CommandFailed(error.message);
        throw error;
      }
    });
}

type Say = (words: string, facts: Record<string, unknown>) => void;

async function demo(io: Io, smoke: boolean, say: Say): Promise<void> {
  const startWorld = findWorld();
  const { startPitcrew, untilStopped } = loadMain();
  const startedAt = performance.now();
  const base = orThrow(readEnvironment(io.env));
  // The demo is for eyes: only what goes wrong is logged, unless asked for more.
  const log = createLogger(io.env.LOG_LEVEL ? base.logLevel : 'error', io.stderr);
  const embedded = await openEmbedded({ dataDir: base.dataDir, hold: true, clock: systemClock, log });
  const databaseUrl = await freshDatabase(embedded.url);
  const pitcrewPort = await freePort();
  const world = await startWorld({ databaseUrl, pitcrewPort, pagePort: smoke ? 0 : pagePort, log });

  const folder = join(base.dataDir, 'demo');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'pitcrew.yaml');
  for (const [name, text] of Object.entries(world.files)) writeFileSync(join(folder, name), text);
  const env = {
    ...world.env,
    DATABASE_URL: databaseUrl,
    PITCREW_CONFIG: file,
    PITCREW_DATA_DIR: base.dataDir,
    PORT: String(pitcrewPort),
  };
  const config = orThrow(readEnvironment(env, { slack: true }));
  const settings = await openSettings({ load: () => loadSettings({ config, env, kinds }), log });
  const running = await startPitcrew({ config, settings, log, host: '127.0.0.1' });
  const stop = async () => {
    await running.stop();
    await world.stop();
    await embedded.close();
  };

  const readyMs = Math.round(performance.now() - startedAt);
  say(
    `Open ${world.pageUrl}\nReady after ${(readyMs / 1_000).toFixed(1)} s. The database is kept in ${embedded.keptIn}; each demo begins afresh. Ctrl+C ends it.`,
    { open: world.pageUrl, readyMs, keptIn: embedded.keptIn, pitcrewPort },
  );
  try {
    await world.begin();
    if (smoke) await drive(world, say);
    else await untilStopped({ ...running, stop: async () => undefined }, settings);
  } finally {
    await stop();
  }
}

async function drive(world: DemoWorld, say: Say): Promise<void> {
  const began = performance.now();
  try {
    await world.driveMainJob((step) => {
      const atMs = Math.round(performance.now() - began);
      say(`${(atMs / 1_000).toFixed(1).padStart(6)} s  ${step}`, { atMs, step });
    });
  } catch (error) {
    throw new CommandFailed(`The smoke run failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  say('All steps were seen.', { ok: true });
}

/** Loaded while running, since a production install does not have it. */
function findWorld(): (options: DemoWorldOptions) => Promise<DemoWorld> {
  const folder = join(__dirname, '..', 'demo');
  if (!existsSync(join(folder, 'index.ts'))) {
    throw new UsageFault('The demo is not part of a production install. Run it in a clone: npm run demo');
  }
  const { startWorld }: { startWorld: (options: DemoWorldOptions) => Promise<DemoWorld> } = require(folder);
  return startWorld;
}

async function freshDatabase(url: string): Promise<string> {
  const admin = openDb(url, { log: createLogger('silent'), maxConnections: 1 });
  try {
    await admin.query(`drop database if exists ${databaseName} with (force)`);
    await admin.query(`create database ${databaseName}`);
  } finally {
    await admin.close();
  }
  return Object.assign(new URL(url), { pathname: `/${databaseName}` }).href;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
