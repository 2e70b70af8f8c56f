import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../src/lib/logger';
import { type Db, openDb } from '../../src/store/db';
import type { Workspace } from '../../src/workspace';
import { type Product, startProduct, startSmallWorkspace } from '../../test/support/product';
import { startRedis } from '../../test/support/redis';
import type { Target } from '../../test/support/run-stream';
import { type Gate, openGate } from './gate';
import { type KillablePostgres, startPostgres } from './postgres';
import { Skipped } from './row';

/** One Pitcrew, or several side by side, with all that it stands on, each part of which can be broken. */
export interface Stage {
  workspace: Workspace;
  /** Between Pitcrew and Slack. */
  gate: Gate;
  postgres: KillablePostgres;
  redis: { flush(): Promise<void>; restart(downMs: number): Promise<void> };
  db: Db;
  random(): number;
  channelOf(team: number): string;
  /** Replicas that take events, in turn, those that are up. */
  target: Target;
  /** kill -9 to this replica, also while it starts; then it is started again. */
  killReplica(index?: number): Promise<void>;
  /** Settles when all replicas are up. */
  allUp(): Promise<void>;
  /** Lines of level error, by what they say; and how often a replica ended by itself. */
  troubles(): Record<string, number>;
  close(): Promise<void>;
}

type Role = 'all' | 'web' | 'worker';

export interface StageOptions {
  program: string;
  random(): number;
  teams: number;
  /** One replica for each. @default ['all'] */
  roles?: Role[];
  /** How Slack comes in. @default 'socket' */
  mode?: 'socket' | 'http';
  /** The Node that runs Pitcrew. @default the one that runs this */
  node?: string;
  queue?: 'postgres' | 'redis';
  /** What the workspace lets through. With `off`, Pitcrew is given wide budgets too, and shows no storm cards. @default 'off' */
  budgets?: 'slack' | 'off';
  /** More lines of pitcrew.yaml. */
  settings?: string[];
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { program, random, teams, roles = ['all'], mode = 'socket', queue = 'postgres', budgets = 'off' } = options;
  const closers: (() => Promise<unknown>)[] = [];
  const { workspace, slack, channels } = await startSmallWorkspace({ budgets, channels: teams, mode });
  closers.push(() => workspace.stop());
  const gate = await openGate({ port: Number(new URL(slack.SLACK_API_URL ?? '').port) });
  closers.push(() => gate.close());
  const postgres = await startPostgres();
  closers.push(() => postgres.stop());
  const db = openDb(postgres.url, { log: createLogger('silent'), maxConnections: 2 });
  closers.push(() => db.close());
  let redis = queue === 'redis' ? await startRedis() : undefined;
  closers.push(async () => redis?.stop());
  if (queue === 'redis' && !redis) {
    await close();
    throw new Skipped('Redis is not installed');
  }

  const settings = [
    ...(budgets === 'off'
      ? ['budgets: { postsPerMinute: 6000, editsPerMinute: 6000 }', 'noise: { stormAbovePostsPerMinute: 100000 }']
      : []),
    'teams:',
    ...channels.map(({ name }) => `  - { name: ${name}, channel: "#${name}", members: { usergroup: S0TEAM } }`),
    ...(options.settings ?? []),
  ].join('\n');
  const crew = roles.map(createReplica);
  const troubles: Record<string, number> = {};
  const note = (what: string) => {
    troubles[what] = (troubles[what] ?? 0) + 1;
  };
  closers.push(() => Promise.all(crew.map((replica) => replica.end())));
  await Promise.all(crew.map((replica) => replica.up())).catch(async (error) => {
    await close();
    throw error;
  });

  function createReplica(role: Role, index: number) {
    let product: Product | undefined;
    let killer = new AbortController();
    let starting = start();

    async function start(): Promise<void> {
      killer = new AbortController();
      const { signal: killed } = killer;
      const started = await startProduct({
        databaseUrl: postgres.url,
        redisUrl: redis?.url,
        slack: { ...slack, SLACK_API_URL: `http://127.0.0.1:${gate.port}/api/` },
        settings,
        env: { PITCREW_ROLE: role },
        program,
        node: options.node,
        killed,
      }).catch((error) => {
        if (killed.aborted) return undefined;
        throw error;
      });
      if (!started) return;
      product = started;
      if (mode === 'http' && role !== 'worker') workspace.deliverTo(`${started.url}/slack/events`);
      started.process.once('exit', (code, signal) => {
        if (product === started) product = undefined;
        countErrors(started.log);
        if (!killed.aborted) note(`replica ${index} ended by itself with ${code ?? signal}`);
      });
    }

    return {
      /** While it is up and takes events. */
      door: () => (role === 'worker' ? undefined : product),
      up: () => starting,
      async kill() {
        const { process: running } = product ?? {};
        const ended = running && new Promise<void>((resolve) => running.once('exit', () => resolve()));
        killer.abort();
        await ended;
        await starting.catch(() => undefined);
        starting = start();
      },
      async end() {
        killer.abort();
        await starting.catch(() => undefined);
        await product?.kill();
      },
    };
  }

  function countErrors(log: string[]): void {
    for (const line of log) {
      if (line.startsWith('{') && !line.includes('"level":50')) continue;
      note(/"msg":"([^"]+)"/.exec(line)?.[1] ?? line.slice(0, 160));
    }
  }

  async function close(): Promise<void> {
    for (const closer of closers.splice(0).reverse()) await closer();
  }

  let turn = 0;
  return {
    workspace,
    gate,
    postgres,
    db,
    random,
    channelOf: (team) => channels[team]?.id ?? '',
    redis: {
      async flush() {
        await redis?.flush();
      },
      async restart(downMs) {
        const port = redis?.port;
        await redis?.kill();
        await sleep(downMs);
        redis = await startRedis(port);
      },
    },
    target() {
      turn += 1;
      const up = crew.flatMap((replica) => replica.door() ?? []);
      return up[turn % Math.max(1, up.length)];
    },
    killReplica: async (index = 0) => crew[index]?.kill(),
    async allUp() {
      await Promise.all(crew.map((replica) => replica.up()));
    },
    troubles: () => troubles,
    close,
  };
}
