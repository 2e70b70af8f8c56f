/**
 * The running program: `startPitcrew` opens the database, Slack and the queue, has `main/assemble.ts` wire everything around them,
 * serves, and drains. Alone in touching signals.
 */
import { registerAll } from '../handlers';
import type { Config } from './config';
import { createWebServer } from './http/server';
import { createNudges } from './jobs/queue';
import { startSweep } from './jobs/sweeps';
import { systemClock } from './lib/clock';
import type { Logger } from './lib/logger';
import { createMetrics } from './lib/metrics';
import { versionOf } from './lib/package-root';
import { patiently } from './lib/patiently';
import { assemble } from './main/assemble';
import { startTraces } from './main/traces';
import { createBudgets } from './outbox/budgets';
import type { SettingsHolder } from './settings/holder';
import { createSlackApp, type SlackApp, type SlackCredentials } from './slack/app';
import { createSlackClient } from './slack/client';
import { openDb, waitForDatabase } from './store/db';
import { whichHold } from './store/due';
import { openEmbedded } from './store/embedded';
import { migrate } from './store/migrate';
import { createPresence } from './store/presence';

/** How long a right that an orchestrator gives or takes may go unnoticed. */
const rightsEveryMs = 15 * 60_000;
/** A running Pitcrew. */
export interface Running {
  /** Where HTTP is served. */
  port: number;
  /** One line for people: where the data is kept, how Slack is reached. */
  say: string;
  /** Takes nothing new, finishes what is under way, leaves the database. */
  stop(): Promise<void>;
}

interface StartInput {
  config: Config;
  settings: SettingsHolder;
  log: Logger;
  host?: string;
}

/** After this long a stop ends, whatever is still under way. */
const stopWithinMs = 9_000;
/** Time that a stop gives to what is under way. */
const drainMs = 5_000;

/**
 * Opens the database (an embedded one where none is named), migrates under a lock, serves.
 * @throws DatabaseFault, ConfigurationFault
 */
export async function startPitcrew(input: StartInput): Promise<Running> {
  const { config, log } = input;
  const credentials = config.slack;
  if (!credentials) throw new Error('startPitcrew needs Slack credentials');
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const { port, keptIn } = await open(input, credentials, closers);
    let stopping: Promise<void> | undefined;
    return {
      port,
      say: [
        `Listening on port ${port}`,
        credentials.mode === 'socket' ? 'Slack by Socket Mode' : 'Slack by signed HTTP at /slack/events',
        keptIn ? `data in ${keptIn}` : 'data in the given database',
      ].join(' · '),
      stop() {
        stopping ??= (async () => {
          log.info('pitcrew.stopping');
          await closeAll();
          log.info('pitcrew.stopped');
        })();
        return stopping;
      },
    };
  } catch (error) {
    // What is open would keep a process alive that serves nobody.
    await closeAll().catch((fault) => log.error({ err: fault }, 'pitcrew.not-closed'));
    throw error;
  }
}

/** Opens one after the other; `closers` tells how to close what is open by now, the last first. */
async function open(
  { config, settings, log, host }: StartInput,
  credentials: SlackCredentials,
  closers: (() => Promise<unknown>)[],
): Promise<{ port: number; keptIn?: string }> {
  const clock = systemClock;
  if (config.tracesUrl) closers.push(await startTraces({ url: config.tracesUrl, version: versionOf(__dirname), log }));
  const embedded = config.databaseUrl
    ? undefined
    : await openEmbedded({ dataDir: config.dataDir, hold: true, clock, log });
  if (embedded) closers.push(embedded.close);
  const databaseUrl = embedded?.url ?? config.databaseUrl ?? '';
  const db = openDb(databaseUrl, { log, maxConnections: 20 });
  closers.push(db.close);
  await waitForDatabase(db, { timeoutMs: 60_000 });
  await migrate(db, { clock, log });

  const metrics = createMetrics();
  const slack = createSlackClient({ token: credentials.botToken, apiUrl: config.slackApiUrl, log });
  const budgets = createBudgets({
    pool: db.pool,
    redisUrl: config.redisUrl,
    log,
    settings: settings.current().budgets,
  });
  closers.push(budgets.close);
  const nudges = createNudges({
    redisUrl: config.redisUrl,
    databaseUrl,
    log,
    whichHold: (asked) => whichHold(db, asked),
    onLost: (name) => metrics.nudgesLost.inc({ name }),
  });
  const presence = createPresence({ pool: db.pool, log });
  const pitcrew = assemble({ db, clock, log, settings, slack, nudges, budgets, metrics, presence });
  closers.push(presence.close, pitcrew.close, nudges.stop);
  await patiently(Promise.all([pitcrew.channels.refresh(), pitcrew.learnAddress()]), 5_000);

  const isWeb = config.role !== 'worker';
  const isWorker = config.role !== 'web';
  if (isWorker) pitcrew.registerJobs();
  await nudges.start();
  const endLooking = startSweep(rightsEveryMs, pitcrew.rights.look);
  // One that does not answer holds up no stop.
  closers.push(() => patiently(endLooking(), 500));

  const app: SlackApp | undefined = isWeb
    ? createSlackApp({ credentials, apiUrl: config.slackApiUrl, log, slack })
    : undefined;
  if (app) registerAll(app.bolt, pitcrew.services);
  const web = createWebServer({
    log,
    door: pitcrew.door,
    health: pitcrew.health,
    metrics: pitcrew.measure,
    slack: app?.listener,
  });
  closers.push(() => web.close(drainMs));
  const port = await web.listen(config.port, host);
  if (app) {
    closers.push(app.stop);
    await connect(app, log);
  }
  log.info(
    { port, role: config.role, slack: credentials.mode, database: embedded ? 'embedded' : 'given' },
    'pitcrew.started',
  );
  return { port, ...(embedded ? { keptIn: embedded.keptIn } : {}) };
}

/** Events are stored without Slack as well: one that is away is sought in the background. @throws what Slack refuses at once */
async function connect(app: SlackApp, log: Logger): Promise<void> {
  const connecting = app.start();
  connecting.catch((error) => log.error({ err: error }, 'slack.not-connected'));
  await patiently(connecting, 5_000);
}

/** Aborted by the first SIGINT or SIGTERM, for work that cleans up behind itself; a second one ends at once. */
export function interruption(): { signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: controller.signal,
    forget() {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
    },
  };
}

/** Serves until SIGTERM or SIGINT; SIGHUP takes the settings anew after checking them. A second signal ends at once. */
export async function untilStopped(running: Running, settings: SettingsHolder): Promise<void> {
  const takeAnew = () => {
    settings.reload().catch(() => undefined);
  };
  process.on('SIGHUP', takeAnew);
  await new Promise<void>((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      process.once(signal, () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  process.removeListener('SIGHUP', takeAnew);
  // A hanging orchestrator must not outlast what supervisors allow (10 s is common). What is cut off here is taken up again by
  // the next start, as after a crash.
  const cut = setTimeout(() => process.exit(0), stopWithinMs);
  await running.stop();
  clearTimeout(cut);
}
