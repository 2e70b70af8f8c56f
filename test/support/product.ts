import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { botScopes } from '../../src/demo/bot-scopes';
import { createWorkspace, type Workspace } from '../../src/workspace';

/** Pitcrew as operators run it: a process of its own, started by its own command. */
export interface Product {
  port: number;
  url: string;
  ingestToken: string;
  /** Its pitcrew.yaml; read anew on SIGHUP. */
  settingsFile: string;
  process: ChildProcess;
  /** Log lines so far, newest last. */
  log: string[];
  /** Ends it without a word, as a crash does. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Outside of the tests, the program of this clone. */
const bin = process.env.PITCREW_TEST_PROGRAM ?? join(__dirname, '..', '..', 'bin', 'pitcrew.js');
const startWithinMs = 90_000;

export async function startProduct(options: {
  databaseUrl: string;
  redisUrl?: string;
  slack: Record<string, string>;
  settings: string;
  port?: number;
  env?: Record<string, string>;
  /** Another `bin/pitcrew.js` than that of this clone. */
  program?: string;
  /** The Node that runs it. @default the one that runs this */
  node?: string;
  /** For Node itself, before the program. */
  nodeArgs?: string[];
  /** How long it may take to be up. Default 30 s. */
  withinMs?: number;
  /** Kills it, while it is not up yet as well. */
  killed?: AbortSignal;
}): Promise<Product> {
  const { withinMs = startWithinMs } = options;
  const folder = mkdtempSync(join(tmpdir(), 'pitcrew-product-'));
  const file = join(folder, 'pitcrew.yaml');
  writeFileSync(file, options.settings);
  const ingestToken = 'product-test-token';
  const child = spawn(
    options.node ?? process.execPath,
    [...(options.nodeArgs ?? []), options.program ?? bin, 'serve', '--json'],
    {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        DATABASE_URL: options.databaseUrl,
        ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
        PITCREW_CONFIG: file,
        PITCREW_DATA_DIR: folder,
        PITCREW_INGEST_TOKEN: ingestToken,
        PORT: String(options.port ?? 0),
        LOG_LEVEL: 'info',
        ...options.slack,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      signal: options.killed,
    },
  );
  child.on('error', () => undefined); // so an abort is told
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  ended.then(() => rmSync(folder, { recursive: true, force: true }));

  const port = await new Promise<number>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${log.slice(-20).join('\n')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`Pitcrew was not up within ${withinMs} ms`);
    }, withinMs);
    ended.then((code) => {
      clearTimeout(timer);
      fail(`Pitcrew ended with ${code} before it was up`);
    });
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line).port);
    });
  });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    ingestToken,
    settingsFile: file,
    process: child,
    log,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** A small strict workspace with one team channel, and the environment that leads Pitcrew to it. */
export async function startSmallWorkspace(
  options: { budgets?: 'slack' | 'off'; channels?: number; mode?: 'socket' | 'http'; port?: number } = {},
): Promise<{ workspace: Workspace; slack: Record<string, string>; channels: { id: string; name: string }[] }> {
  const app = {
    appId: 'A0TEST',
    botUserId: 'U0BOT',
    botName: 'Pitcrew',
    botToken: 'xoxb-test',
    appToken: 'xapp-test',
    signingSecret: 'test-signing-secret',
  };
  const channels = Array.from({ length: options.channels ?? 1 }, (_, index) => ({
    id: `C0TEAM${index}`,
    name: `team-${index}`,
  }));
  const workspace = createWorkspace({
    budgets: options.budgets ?? 'slack',
    port: options.port,
    apps: [
      {
        ...app,
        scopes: botScopes(),
        commands: ['/pipeline'],
        escapeCommands: true,
        botEvents: [],
      },
    ],
    people: [
      { id: 'U0DANA', name: 'dana', realName: 'Dana Whitfield', email: 'dana@shop.example', timeZone: 'Europe/Berlin' },
      { id: 'U0NOAH', name: 'noah', realName: 'Noah Lindqvist', email: 'noah@shop.example', timeZone: 'Europe/Berlin' },
      {
        id: 'U0GUEST',
        name: 'gus',
        realName: 'Gus Partner',
        email: 'gus@partner.example',
        timeZone: 'Europe/Berlin',
        isGuest: true,
      },
    ],
    channels: channels.map((channel) => ({ ...channel, members: ['U0DANA', 'U0NOAH', 'U0GUEST', 'U0BOT'] })),
    userGroups: [{ id: 'S0TEAM', handle: 'team', name: 'Team', members: ['U0DANA'] }],
  });
  const { apiUrl } = await workspace.start();
  const proof: Record<string, string> =
    options.mode === 'http' ? { SLACK_SIGNING_SECRET: app.signingSecret } : { SLACK_APP_TOKEN: app.appToken };
  return { workspace, channels, slack: { SLACK_BOT_TOKEN: app.botToken, SLACK_API_URL: apiUrl, ...proof } };
}

/** Posts CloudEvents as a pipeline would. */
export async function postEvents(product: Pick<Product, 'url' | 'ingestToken'>, events: object[]): Promise<Response> {
  return fetch(`${product.url}/ingest/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json', authorization: `Bearer ${product.ingestToken}` },
    body: JSON.stringify(events),
  });
}

let eventCount = 0;
export function failedEvent(pipeline: string, data: Record<string, unknown> = {}): Record<string, unknown> {
  return runEvent('failed', pipeline, { error: `relation "${inLetters(pipeline)}_raw" does not exist`, ...data });
}

/** Digits in a name may be a date or a shard, which one cause may spread over; letters make another table. */
function inLetters(name: string): string {
  return name.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
}

function runEvent(type: string, pipeline: string, data: Record<string, unknown> = {}): Record<string, unknown> {
  eventCount += 1;
  return {
    specversion: '1.0',
    id: `e${eventCount}-${pipeline}`,
    source: '/test',
    type: `io.pitcrew.run.${type}.v1`,
    time: new Date().toISOString(),
    data: { pipeline, run: `r${eventCount}`, ...data },
  };
}
