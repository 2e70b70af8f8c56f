import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import {
  BurstyRateLimiter,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Urgency } from '../domain/post';
import type { Budgets as Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import {
  type BucketSize,
  type Buckets,
  createMemoryBuckets,
  createPostgresBuckets,
  createRedisBuckets,
  insured,
} from './buckets';

/** What holds a post back, or would hold back the next: the budget of its channel, or of the workspace, which holds back those of all. */
export interface Hold {
  waitMs: number;
  isForAll: boolean;
}

/** What Slack takes from us, shared by all replicas. */
export interface Budgets {
  /** A new message in this channel. @returns whether it may go now, and what the next one in this channel must wait for, if anything */
  takePost(channel: string): Promise<{ isTaken: boolean; hold?: Hold }>;
  /** An edit, somewhere in the workspace. Progress may use up the steady part only; people and changes also the reserve. */
  takeEdit(urgency: Urgency): Promise<number>;
  /** A file. @returns 0 if it may go now, else ms to wait */
  takeFile(): Promise<number>;
  /** A view: a dialog or a Home tab. @returns 0 if it may go now, else ms to wait; a dialog that a person opened goes all the same */
  takeView(): Promise<number>;
  close(): Promise<void>;
}

/** So many points in each window of so many seconds. Windows are of whole seconds: the counters know no others. */
export interface Pace {
  points: number;
  seconds: number;
}

/** Windows are kept this short, so that what is refused waits no longer. */
const longestWindowSeconds = 6;

/** The pace that comes nearest to so many a minute, and never above it, in the shortest windows. */
export function paceOf(perMinute: number): Pace {
  let best: Pace = { points: 1, seconds: Math.ceil(60 / perMinute) };
  for (let seconds = 1; seconds <= longestWindowSeconds; seconds += 1) {
    const points = Math.floor((perMinute * seconds) / 60);
    if (points / seconds > best.points / best.seconds) best = { points, seconds };
  }
  return best;
}

/**
 * Slack takes about one post a second in a channel, and short bursts of five: we take four, so that what comes together is told
 * together and one is left for what our clock and Slack's do not agree on. Slower paces keep their posts apart.
 */
function channelBucket(perSecond: number): BucketSize {
  return perSecond >= 1 ? { everyMs: 1_000, burst: 4 } : { everyMs: 1_000 * Math.ceil(1 / perSecond), burst: 1 };
}

/**
 * For the workspace Slack speaks of hundreds a minute. What the pace gives in four seconds may come at once, so that many channels
 * that begin together each have their burst, and no time is lost between windows.
 */
function workspaceBucket(perMinute: number): BucketSize {
  return { everyMs: Math.ceil(60_000 / perMinute), burst: Math.max(1, Math.floor(perMinute / 15)) };
}

/** What a post needs one of each: of its channel, and of the workspace. */
function postBuckets(settings: Settings): [BucketSize, BucketSize] {
  return [channelBucket(settings.postsPerSecondPerChannel), workspaceBucket(settings.postsPerMinute)];
}

/**
 * Edits flow steadily, and a reserve is kept for bursts of what people wait for. In any 60 s, however the windows lie, both
 * together stay within the setting: 50 = 42 (two in each window of 3 s, 21 windows touched) + 8 (the reserve of 4, two windows touched).
 */
const steadyShare = 0.8;
const reserveShare = 0.08;

/** What each counter counts. */
function pacesOf(settings: Settings) {
  return {
    files: paceOf(settings.filesPerMinute),
    views: paceOf(settings.viewsPerMinute),
    steady: paceOf(settings.editsPerMinute * steadyShare),
    reserve: { points: Math.floor(settings.editsPerMinute * reserveShare), seconds: 60 },
  };
}

export function createBudgets(deps: { pool: Pool; redisUrl?: string; log: Logger; settings: Settings }): Budgets {
  const { pool, redisUrl, log, settings } = deps;
  const redis = redisUrl ? new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false }) : undefined;
  redis?.on('error', (error) => log.warn({ err: error }, 'budgets.redis-lost'));

  function limiter(keyPrefix: string, { points, seconds }: Pace) {
    // While the shared counter does not answer, this process counts for itself: an alert must not wait for a counter.
    const insuranceLimiter = new RateLimiterMemory({ keyPrefix, points, duration: seconds });
    // What is used up stays so until its window ends: it is not asked again before.
    const common = { points, duration: seconds, insuranceLimiter, inMemoryBlockOnConsumed: points };
    return redis
      ? new RateLimiterRedis({ ...common, storeClient: redis, keyPrefix: `pitcrew:${keyPrefix}` })
      : new RateLimiterPostgres({
          ...common,
          storeClient: pool,
          storeType: 'pool',
          tableName: 'rate_limits',
          tableCreated: true,
          clearExpiredByTimeout: false,
          keyPrefix,
        });
  }

  const paces = pacesOf(settings);
  const [channel, workspace] = postBuckets(settings);
  const posts = insured(
    redis
      ? createRedisBuckets(redis, [
          { ...channel, name: 'pitcrew:bucket' },
          { ...workspace, name: 'pitcrew:workspace' },
        ])
      : createPostgresBuckets(pool, [
          { ...channel, name: 'bucket' },
          { ...workspace, name: 'workspace' },
        ]),
    createMemoryBuckets(() => Date.now(), [channel, workspace]),
  );
  const files = limiter('files', paces.files);
  const views = limiter('views', paces.views);
  const steady = limiter('edit', paces.steady);
  const bursty =
    paces.reserve.points > 0 ? new BurstyRateLimiter(steady, limiter('edit-reserve', paces.reserve)) : steady;

  return {
    takePost: (name) => takePost(posts, name),
    takeEdit: (urgency) => take(urgency === 'progress' ? steady : bursty, 'all'),
    takeFile: () => take(files, 'all'),
    takeView: () => take(views, 'all'),
    async close() {
      redis?.disconnect();
    },
  };
}

/** The same pace, counted in this process by the clock it is given. */
export function createClockedBudgets({ clock, settings }: { clock: Clock; settings: Settings }): Budgets {
  const paces = pacesOf(settings);
  const posts = createMemoryBuckets(() => clock.now().getTime(), postBuckets(settings));
  const files = clockedWindows(clock, paces.files);
  const views = clockedWindows(clock, paces.views);
  const steady = clockedWindows(clock, paces.steady);
  const reserve = clockedWindows(clock, paces.reserve);
  return {
    takePost: (channel) => takePost(posts, channel),
    async takeEdit(urgency) {
      const waitMs = steady.take('all');
      return waitMs > 0 && urgency !== 'progress' ? Math.min(waitMs, reserve.take('all')) : waitMs;
    },
    takeFile: async () => files.take('all'),
    takeView: async () => views.take('all'),
    close: async () => undefined,
  };
}

/** A window begins with the first point that is taken in it. */
function clockedWindows(clock: Clock, { points, seconds }: Pace) {
  const windows = new Map<string, { endsMs: number; taken: number }>();
  return {
    /** @returns ms to wait, 0 = taken */
    take(key: string): number {
      const nowMs = clock.now().getTime();
      const known = windows.get(key);
      const window = known && known.endsMs > nowMs ? known : { endsMs: nowMs + seconds * 1_000, taken: 0 };
      windows.set(key, window);
      if (window.taken >= points) return Math.max(leastWaitMs, window.endsMs - nowMs);
      window.taken += 1;
      return 0;
    },
  };
}

async function takePost(posts: Buckets, channel: string): Promise<{ isTaken: boolean; hold?: Hold }> {
  const { isTaken, empty } = await posts.take([channel, 'all']);
  return { isTaken, hold: empty && { waitMs: Math.max(leastWaitMs, empty.waitMs), isForAll: empty.kind > 0 } };
}

/** At least this long between two asks, so that a window that ends at once is not asked in a tight loop. */
const leastWaitMs = 50;

async function take(limiter: { consume(key: string): Promise<RateLimiterRes> }, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(leastWaitMs, refused.msBeforeNext);
    throw refused;
  }
}
