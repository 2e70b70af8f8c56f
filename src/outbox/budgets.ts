import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { BurstyRateLimiter, RateLimiterPostgres, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Urgency } from '../domain/post';
import type { Budgets as Settings } from '../domain/settings';
import type { Logger } from '../lib/logger';

/** What Slack takes from us, shared by all replicas. */
export interface Budgets {
  /** A new message in this channel. @returns 0 if it may go now, else ms to wait */
  takePost(channel: string): Promise<number>;
  /** An edit, somewhere in the workspace. Progress may use up the steady part only; people and changes also the reserve. */
  takeEdit(urgency: Urgency): Promise<number>;
  close(): Promise<void>;
}

/** Of the edits of a minute, this part is kept for bursts of what people wait for. */
const reserveShare = 0.2;

export function createBudgets(deps: { pool: Pool; redisUrl?: string; log: Logger; settings: Settings }): Budgets {
  const { pool, redisUrl, log, settings } = deps;
  const redis = redisUrl ? new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false }) : undefined;
  redis?.on('error', (error) => log.warn({ err: error }, 'budgets.redis-lost'));
  const limiter = (keyPrefix: string, points: number, durationSeconds: number) =>
    redis
      ? new RateLimiterRedis({
          storeClient: redis,
          keyPrefix: `pitcrew:${keyPrefix}`,
          points,
          duration: durationSeconds,
        })
      : new RateLimiterPostgres({
          storeClient: pool,
          storeType: 'pool',
          tableName: 'rate_limits',
          tableCreated: true,
          clearExpiredByTimeout: false,
          keyPrefix,
          points,
          duration: durationSeconds,
        });

  const channel = limiter('post', 1, 1 / settings.postsPerSecondPerChannel);
  const workspace = limiter('posts', Math.max(1, Math.floor(settings.postsPerMinute / 6)), 10);
  const reserved = Math.floor(settings.editsPerMinute * reserveShare);
  const steady = limiter('edit', 1, 60 / Math.max(1, settings.editsPerMinute - reserved));
  const bursty = reserved > 0 ? new BurstyRateLimiter(steady, limiter('edit-reserve', reserved, 60)) : steady;

  return {
    async takePost(name) {
      const waitMs = await take(channel, name);
      return waitMs > 0 ? waitMs : take(workspace, 'all');
    },
    async close() {
      redis?.disconnect();
    },
    takeEdit: (urgency) => take(urgency === 'progress' ? steady : bursty, 'all'),
  };
}

async function take(limiter: { consume(key: string): Promise<RateLimiterRes> }, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refused) {
    // The counter itself does not answer: Slack's own 429 still holds us back, and an alert must not wait for a counter.
    if (!(refused instanceof RateLimiterRes)) return 0;
    return Math.max(50, refused.msBeforeNext);
  }
}
