import type { Redis } from 'ioredis';
import type { Pool } from 'pg';

/**
 * Holds `burst` posts, and one more comes in every `everyMs`. Kept as one moment a key: when the bucket will be full again (the
 * generic cell rate algorithm), so that no time is lost between windows.
 */
export interface BucketSize {
  everyMs: number;
  burst: number;
}

export interface Bucket {
  /** @returns 0 if one was taken, else ms until there is one */
  take(key: string): Promise<number>;
  /** One that was taken and not used. */
  giveBack(key: string): Promise<void>;
}

/** Shared by all that use the database; by the clock of who asks. */
export function createPostgresBucket(pool: Pool, name: string, { everyMs, burst }: BucketSize): Bucket {
  const slackMs = (burst - 1) * everyMs;
  /** Before that moment a key has nothing, as the last answer said: others can only take more, so it is not asked. */
  const emptyUntil = new Map<string, number>();
  return {
    async take(key) {
      const now = Date.now();
      const knownMs = (emptyUntil.get(key) ?? 0) - now;
      if (knownMs > 0) return knownMs;
      // One statement on the newest row, also when refused: a second look could see the row as it was before others took theirs.
      const { rows } = await pool.query<{ full: string; taken: number }>(
        `insert into rate_limits as r (key, points, expire) values ($1, 1, $2::bigint + $3::bigint)
         on conflict (key) do update set
           points = case when r.expire - $2 <= $4::bigint then 1 else 0 end,
           expire = case when r.expire - $2 <= $4::bigint then greatest(r.expire, $2) + $3 else r.expire end
         returning expire as full, points as taken`,
        [`${name}:${key}`, now, everyMs, slackMs],
      );
      const [row] = rows;
      if (!row) throw new Error('the bucket gave no answer');
      const nextAt = Number(row.full) - slackMs;
      if (nextAt > now) emptyUntil.set(key, nextAt);
      else emptyUntil.delete(key);
      return row.taken === 1 ? 0 : nextAt - now;
    },
    async giveBack(key) {
      emptyUntil.delete(key);
      await pool.query(`update rate_limits set expire = expire - $2::bigint where key = $1`, [
        `${name}:${key}`,
        everyMs,
      ]);
    },
  };
}

/** Redis tells the time, so that replicas need not agree on it. */
const takeScript = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
  local wait = full - now - tonumber(ARGV[2])
  if wait > 0 then return wait end
  full = full + tonumber(ARGV[1])
  redis.call('SET', KEYS[1], string.format('%d', full), 'PX', full - now)
  return 0`;

export function createRedisBucket(redis: Redis, name: string, { everyMs, burst }: BucketSize): Bucket {
  return {
    take: async (key) => Number(await redis.eval(takeScript, 1, `${name}:${key}`, everyMs, (burst - 1) * everyMs)),
    giveBack: async (key) => {
      await redis.eval(
        `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECRBY', KEYS[1], ARGV[1]) end`,
        1,
        `${name}:${key}`,
        everyMs,
      );
    },
  };
}

export function createMemoryBucket(nowMs: () => number, { everyMs, burst }: BucketSize): Bucket {
  const fullAt = new Map<string, number>();
  return {
    async take(key) {
      const now = nowMs();
      const full = Math.max(now, fullAt.get(key) ?? 0);
      const waitMs = full - now - (burst - 1) * everyMs;
      if (waitMs > 0) return waitMs;
      fullAt.set(key, full + everyMs);
      return 0;
    },
    async giveBack(key) {
      fullAt.set(key, (fullAt.get(key) ?? 0) - everyMs);
    },
  };
}

/** While the shared bucket does not answer, this process counts for itself: an alert must not wait for a counter. */
export function insured(bucket: Bucket, own: Bucket): Bucket {
  return {
    take: (key) => bucket.take(key).catch(() => own.take(key)),
    giveBack: (key) => bucket.giveBack(key).catch(() => own.giveBack(key)),
  };
}
