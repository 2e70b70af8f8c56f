import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import type { Logger } from '../lib/logger';

/** Where nudges lie until a worker takes them. Two of a kind: Redis, or PostgreSQL in a schema of its own. */
export interface QueueStore {
  /** Rejects while the store cannot be used; may be tried again. */
  connect(): Promise<void>;
  openQueue(name: string): Closable & Pick<Queue, 'add'>;
  openWorker(name: string, concurrency: number, run: (data: unknown) => Promise<void>): Closable;
  ping(): Promise<void>;
  /** Ends the connections without waiting for answers. */
  close(): Promise<void>;
}

interface Closable {
  close(): Promise<void>;
}

/** BullMQ's name for it; with a pool of ours, which can be shared, it takes no other, and leaves the search path to us. */
const schema = 'bullmq';

const queueOptions = {
  // Finished jobs are of no use: what happened is in the database. The event stream is not read by us.
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
};

/** A job whose worker was killed is taken up again after at most 75 s, however often that happened; sweeps find its work sooner. */
const workerOptions = {
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  lockDuration: 15_000,
  stalledInterval: 60_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
};

/** Of connections that wait for work. */
const keptIdleMs = 300_000;

/** PostgreSQL tells of what comes; in case that was lost, a worker asks by itself so often. */
const askAgainSeconds = 60;

export function createRedisStore({ url, prefix, log }: { url: string; prefix: string; log: Logger }): QueueStore {
  const report = reporter(log);
  const connectSoon = { retryStrategy: (times: number) => Math.min(50 * 2 ** times, 2_000), lazyConnect: true };
  // A caller never waits for a Redis that is gone; a worker waits as long as it takes.
  const asking = new Redis(url, { ...connectSoon, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const taking = new Redis(url, { ...connectSoon, maxRetriesPerRequest: null });
  for (const connection of [asking, taking]) connection.on('error', report);
  return {
    async connect() {
      await Promise.all([asking, taking].map((connection) => untilReady(connection)));
    },
    openQueue(name) {
      const queue = new Queue(name, { ...queueOptions, prefix, connection: asking });
      queue.on('error', report);
      return queue;
    },
    openWorker(name, concurrency, run) {
      const options = { ...workerOptions, prefix, concurrency, connection: taking };
      const worker = new Worker(name, (job) => run(job.data), options);
      worker.on('error', report);
      return worker;
    },
    async ping() {
      await asking.ping();
    },
    async close() {
      asking.disconnect();
      taking.disconnect();
    },
  };
}

export function createPostgresStore({ url, log }: { url: string; log: Logger }): QueueStore {
  const report = reporter(log);
  const open = (max: number) => {
    const pool = new Pool({
      connectionString: url,
      max,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      // A worker looks for stalled jobs every minute: by then it shall not have to log in again.
      idleTimeoutMillis: keptIdleMs,
      application_name: 'pitcrew-queue',
      async onConnect(client) {
        await client.query(`set search_path = ${schema}`);
      },
    });
    pool.setMaxListeners(0); // each queue and worker listens to its errors
    pool.on('error', report);
    return pool;
  };
  const asking = open(4);
  const taking: Pool[] = [];
  return {
    async connect() {
      const client = await asking.connect();
      client.on('error', report);
      try {
        await runMigrations(client, schema);
      } finally {
        client.removeListener('error', report);
        client.release();
      }
    },
    openQueue(name) {
      const queue = new Queue(name, { ...queueOptions, connection: asking }, createPostgresBackend);
      queue.on('error', report);
      return queue;
    },
    openWorker(name, concurrency, run) {
      const pool = open(3); // one of them listens
      taking.push(pool);
      const options = { ...workerOptions, drainDelay: askAgainSeconds, concurrency, connection: pool };
      const worker = new Worker(name, (job) => run(job.data), options, createPostgresBackend);
      worker.on('error', report);
      return worker;
    },
    async ping() {
      await asking.query('select 1');
    },
    async close() {
      await Promise.all([asking, ...taking].map((pool) => pool.end()));
    },
  };
}

function untilReady(connection: Redis): Promise<void> {
  if (connection.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    connection.once('ready', resolve);
    connection.once('end', () => reject(new Error('the connection was closed')));
    if (connection.status === 'wait') connection.connect().catch(() => undefined); // it goes on trying by itself
  });
}

/** A store that is gone complains many times a second; one line in 10 s is enough. */
function reporter(log: Logger): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + 10_000;
    log.warn({ err: error }, 'queue.trouble');
  };
}
