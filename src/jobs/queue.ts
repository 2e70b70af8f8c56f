import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Clock, systemClock } from '../lib/clock';
import { isDatabaseAway } from '../lib/error-code';
import type { Logger } from '../lib/logger';
import type { Condition } from '../store/due';
import { createPostgresStore, createRedisStore, type QueueStore } from './queue-store';
import { startSweep } from './sweeps';

/**
 * Asking that something be looked at soon. The facts are in the database: a nudge that is lost only makes us late, until
 * the sweep of the same name finds the same work. Whoever asks and can take it, does so at once; the queue carries a nudge
 * to another process where this one does not take its kind, or has its hands full.
 */
export interface Nudges {
  /**
   * Asks that `name` be run soon, or in `delayMs`. Called after the commit of what it is about. While one with the same key
   * waits that is due no later, another changes nothing; while one with the same key runs, another leads to one more run after it.
   * Without a key, the name alone counts. Never throws, and takes at most a second, also when the queue is gone.
   */
  nudge(name: string, options?: { key?: string; delayMs?: number }): Promise<void>;
  /**
   * Says what runs; before `start`. Whatever `run` throws is logged, and left to the sweep.
   *
   * @param options.concurrency  runs at a time in this process, default 1
   * @param options.everyMs  sweep: `run` without a key, first at the start, then so often, in each process; left out while a
   * run without a key is under way here
   * @param options.isDue  the sweep runs it only where this holds: one question for all lanes that are swept as often
   * @param options.isNudged  false = only swept for, default true
   */
  on(name: string, run: Run, options?: LaneOptions): void;
  /** Begins to sweep and to take nudges; a queue that does not answer yet is tried again in the background. */
  start(): Promise<void>;
  /** Takes no more, and waits for what runs. */
  stop(): Promise<void>;
  /** Does the queue answer, within a second? */
  ready(): Promise<boolean>;
}

export type Run = (key: string | undefined) => Promise<void>;

export interface LaneOptions {
  concurrency?: number;
  everyMs?: number;
  isDue?(): Condition;
  isNudged?: boolean;
}

interface Lane {
  run: Run;
  concurrency: number;
  everyMs?: number;
  isDue?(): Condition;
  isNudged: boolean;
  /** What runs in this process, by its key, and whether it was asked for again meanwhile. */
  running: Map<string | undefined, { again: boolean }>;
  /** Let on those that wait for one of these to end. */
  held: (() => void)[];
}

const isFull = ({ running, concurrency }: Lane, key: string | undefined): boolean =>
  !running.has(key) && running.size >= concurrency;

const JobData = z.object({ key: z.string().optional() });

/** How long a caller waits for the queue to take a nudge. */
const nudgeWithinMs = 1_000;
const firstConnectWithinMs = 1_000;
const closeWithinMs = 2_000;
/** A nudge that is due within this is waited for here. Should this process end before, a sweep finds its work. */
const soonMs = 60_000;
/** Delayed nudges are due at a multiple of this, so that equal ones can be told: never early, this much late at most. */
const delayStepMs = 100;

export interface NudgeDeps {
  /** Redis if set, else the queue is in the database. */
  redisUrl?: string;
  databaseUrl: string;
  log: Logger;
  /** Asks whether there is anything for the lanes that are swept. */
  whichHold(asked: readonly { name: string; holds: Condition }[]): Promise<Set<string>>;
  /** Parts the queues of several installations on one Redis. */
  prefix?: string;
  clock?: Clock;
  /** Told of each nudge that the queue did not take; for counting. */
  onLost?: (name: string) => void;
}

export function createNudges({
  redisUrl,
  databaseUrl,
  log,
  whichHold,
  prefix = 'pitcrew',
  clock = systemClock,
  onLost,
}: NudgeDeps): Nudges {
  const store = redisUrl
    ? createRedisStore({ url: redisUrl, prefix, log })
    : createPostgresStore({ url: databaseUrl, log });
  const lanes = new Map<string, Lane>();
  const queues = new Map<string, ReturnType<QueueStore['openQueue']>>();
  const workers: { close(): Promise<void> }[] = [];
  const sweeps: (() => Promise<void>)[] = [];
  /** Of nudges that are due soon: a timer is more exact than the queue, and costs it nothing. Lost ones are swept for. */
  const soon = new Map<string, { timer: NodeJS.Timeout; dueMs: number }>();
  const underWay = new Set<Promise<void>>();
  let connected: Promise<void> | undefined;
  let taking: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let lost = 0;

  /** One connect for all who ask; a failed one is forgotten, so that the next who asks tries anew. */
  function connect(): Promise<void> {
    connected ??= store.connect().catch((error) => {
      connected = undefined;
      throw error;
    });
    return connected;
  }

  async function add(name: string, key: string | undefined, delayMs: number): Promise<void> {
    await connect();
    const queue = queues.get(name) ?? store.openQueue(queueName(name));
    queues.set(name, queue);
    const { id, delay } = identify(key, delayMs, clock.now().getTime());
    await queue.add(name, { key }, { delay, deduplication: { id, keepLastIfActive: true } });
  }

  function execute(name: string, { run }: Lane, key: string | undefined): Promise<void> {
    const running = run(key)
      .catch((error) => {
        if (isDatabaseAway(error)) log.warn({ err: error, nudge: name, key }, 'nudge.put-off');
        else log.error({ err: error, nudge: name, key }, 'nudge.failed');
      })
      .finally(() => underWay.delete(running));
    underWay.add(running);
    return running;
  }

  /** Runs it, and once more if it was asked for meanwhile. */
  async function runHere(name: string, lane: Lane, key: string | undefined): Promise<void> {
    const known = lane.running.get(key);
    if (known) {
      known.again = true;
      return;
    }
    const asked = { again: true };
    lane.running.set(key, asked);
    while (asked.again) {
      asked.again = false;
      await execute(name, lane, key);
      if (stopping) break;
    }
    lane.running.delete(key);
    lane.held.shift()?.();
  }

  /** Runs the lanes of one pace that have something to do, unless they are at it or soon will be. A slow one holds up no other. */
  async function sweep(everyMs: number): Promise<void> {
    const idle = [...lanes].filter(([name, { everyMs: pace, running }]) => {
      const soonest = soon.get(placeOf(name, undefined))?.dueMs ?? Number.POSITIVE_INFINITY;
      return pace === everyMs && !running.has(undefined) && soonest > clock.now().getTime() + everyMs;
    });
    const asked = idle.flatMap(([name, { isDue }]) => (isDue ? [{ name, holds: isDue() }] : []));
    const due = await whichHold(asked).catch((error) => {
      log.warn({ err: error }, 'sweep.not-asked');
      return new Set(asked.map(({ name }) => name));
    });
    for (const [name, lane] of idle) if (!lane.isDue || due.has(name)) void runHere(name, lane, undefined);
  }

  /** What the queue brings waits here for its turn, so that no more runs at once in this process than was said. */
  async function takeFromQueue(name: string, lane: Lane, key: string | undefined): Promise<void> {
    while (isFull(lane, key)) await new Promise<void>((resolve) => lane.held.push(resolve));
    if (!stopping) await runHere(name, lane, key);
  }

  /** @returns false where the queue must find somebody who can */
  function takeHere(name: string, key: string | undefined): boolean {
    const lane = lanes.get(name);
    if (!lane || !taking || isFull(lane, key)) return false;
    void runHere(name, lane, key);
    return true;
  }

  async function takeNudges(): Promise<void> {
    for (let waitMs = 100; !stopping; waitMs = Math.min(2 * waitMs, 5_000)) {
      try {
        await connect();
        break;
      } catch (error) {
        log.warn({ err: error }, 'queue.not-there-yet');
        await sleep(waitMs);
      }
    }
    if (stopping) return;
    for (const [name, lane] of lanes) {
      if (!lane.isNudged) continue;
      workers.push(
        store.openWorker(queueName(name), lane.concurrency, (data) =>
          takeFromQueue(name, lane, JobData.parse(data).key),
        ),
      );
    }
    log.info({ queue: redisUrl ? 'redis' : 'postgres', nudges: [...lanes.keys()] }, 'queue.started');
  }

  async function give(name: string, key: string | undefined, delayMs: number): Promise<void> {
    try {
      await within(nudgeWithinMs, add(name, key, delayMs));
      if (lost > 0) log.info({ lost }, 'queue.takes-nudges-again');
      lost = 0;
    } catch (error) {
      queues
        .get(name)
        ?.close()
        .catch(() => undefined); // opened anew: some failures stick to the object
      queues.delete(name);
      if (lost === 0) log.warn({ err: error, nudge: name }, 'nudge.lost');
      lost += 1;
      onLost?.(name);
    }
  }

  /** One waits for each key, the one that is due first: what many ask for at a time is done once. */
  function giveSoon(name: string, key: string | undefined, delayMs: number): void {
    const of = placeOf(name, key);
    const dueMs = clock.now().getTime() + delayMs;
    const waiting = soon.get(of);
    if (waiting && waiting.dueMs <= dueMs) return;
    clearTimeout(waiting?.timer);
    const timer = setTimeout(() => {
      soon.delete(of);
      if (!stopping && !takeHere(name, key)) void give(name, key, 0);
    }, delayMs);
    timer.unref();
    soon.set(of, { timer, dueMs });
  }

  async function stopAll(): Promise<void> {
    for (const { timer } of soon.values()) clearTimeout(timer);
    soon.clear();
    await Promise.all(sweeps.map((end) => end()));
    const closing = Promise.all([...workers, ...queues.values()].map((one) => one.close()));
    closing.catch(() => undefined);
    while (underWay.size > 0) await Promise.all(underWay);
    await within(closeWithinMs, closing).catch((error) => log.warn({ err: error }, 'queue.closed-without-answer'));
    await within(closeWithinMs, store.close()).catch(() => undefined);
  }

  return {
    async nudge(name, { key, delayMs = 0 } = {}) {
      if (stopping) return;
      if (delayMs > 0 && delayMs <= soonMs) return giveSoon(name, key, delayMs);
      if (delayMs <= 0 && takeHere(name, key)) return;
      await give(name, key, delayMs);
    },

    on(name, run, { concurrency = 1, everyMs, isDue, isNudged = true } = {}) {
      if (taking) throw new Error(`${name} was registered after the start`);
      if (lanes.has(name)) throw new Error(`${name} is registered twice`);
      lanes.set(name, { run, concurrency, everyMs, isDue, isNudged, running: new Map(), held: [] });
    },

    async start() {
      if (taking) return;
      taking = takeNudges();
      for (const everyMs of new Set([...lanes.values()].flatMap((lane) => lane.everyMs ?? []))) {
        sweeps.push(startSweep(everyMs, () => sweep(everyMs)));
      }
      await within(firstConnectWithinMs, taking).catch(() => undefined);
    },

    stop() {
      stopping ??= stopAll();
      return stopping;
    },

    async ready() {
      try {
        await within(
          nudgeWithinMs,
          connect().then(() => store.ping()),
        );
        return true;
      } catch {
        return false;
      }
    },
  };

  function queueName(name: string): string {
    return redisUrl ? name : `${prefix}-${name}`;
  }
}

/** Where a nudge that is due soon waits. */
const placeOf = (name: string, key: string | undefined): string => JSON.stringify([name, key]);

/** What makes two nudges the same one. */
function identify(key: string | undefined, delayMs: number, nowMs: number): { id: string; delay: number } {
  const id = key === undefined ? 'all' : `key-${key}`;
  if (delayMs <= 0) return { id, delay: 0 };
  const dueMs = Math.ceil((nowMs + delayMs) / delayStepMs) * delayStepMs;
  return { id: `${id}@${dueMs}`, delay: dueMs - nowMs };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const timeout = new AbortController();
  work.catch(() => undefined); // late failures are nobody's any more
  try {
    return await Promise.race([
      work,
      sleep(ms, undefined, { signal: timeout.signal }).then(() => {
        throw new Error(`no answer within ${ms} ms`);
      }),
    ]);
  } finally {
    timeout.abort();
  }
}
