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

/** Several kinds of buckets, of which one post needs one each. */
export interface Buckets {
  /**
   * Takes one of each, or none.
   * @param keys  which bucket of each kind, in the order of the kinds
   * @returns with `empty`, the first kind that has none now, and for how long: what held it back, or would hold back the next one
   */
  take(keys: readonly string[]): Promise<{ isTaken: boolean; empty?: { kind: number; waitMs: number } }>;
}

const slackMsOf = ({ everyMs, burst }: BucketSize): number => (burst - 1) * everyMs;

/** Shared by all that use the database; by the clock of who asks. */
export function createPostgresBuckets(pool: Pool, kinds: readonly (BucketSize & { name: string })[]): Buckets {
  /** Before that moment a key has nothing, as the last answer said: others can only take more, so it is not asked. */
  const emptyUntil = new Map<string, number>();
  // One statement on the newest rows, also when refused: a second look could see a row as it was before others took theirs.
  // Each kind waits for the one before it, so that all lock in the same order.
  const steps = kinds.map((_, kind) => {
    const [key, everyMs, slackMs] = [2, 3, 4].map((nth) => `$${3 * kind + nth}`);
    return `b${kind} as (
      insert into rate_limits as r (key, points, expire)
      select ${key}::text, 1, $1::bigint + ${everyMs}::bigint ${kind > 0 ? `from b${kind - 1} where taken = 1` : ''}
      on conflict (key) do update set
        points = case when r.expire - $1 <= ${slackMs}::bigint then 1 else 0 end,
        expire = case when r.expire - $1 <= ${slackMs} then greatest(r.expire, $1) + ${everyMs} else r.expire end
      returning expire as full, points as taken
    )`;
  });
  const answers = kinds.map((_, kind) => `select ${kind} as kind, b${kind}.full, taken from b${kind}`);
  const takeSql = `with ${steps.join(', ')} ${answers.join(' union all ')} order by kind`;

  async function giveBack(key: string, { everyMs }: BucketSize): Promise<void> {
    emptyUntil.delete(key);
    await pool.query(`update rate_limits set expire = expire - $2::bigint where key = $1`, [key, everyMs]);
  }

  return {
    async take(keys) {
      const now = Date.now();
      const buckets = kinds.map((size, kind) => ({ size, key: `${size.name}:${keys[kind]}` }));
      for (const [kind, { key }] of buckets.entries()) {
        const waitMs = (emptyUntil.get(key) ?? 0) - now;
        if (waitMs > 0) return { isTaken: false, empty: { kind, waitMs } };
      }
      const { rows } = await pool.query<{ kind: number; full: string; taken: number }>({
        name: `buckets ${kinds.map(({ name }) => name).join(' ')}`,
        text: takeSql,
        values: [now, ...buckets.flatMap(({ key, size }) => [key, size.everyMs, slackMsOf(size)])],
      });
      const empty: { kind: number; waitMs: number; isRefused: boolean }[] = [];
      for (const { kind, full, taken } of rows) {
        const bucket = buckets[kind];
        if (!bucket) continue;
        const nextAt = Number(full) - slackMsOf(bucket.size);
        if (nextAt > now) emptyUntil.set(bucket.key, nextAt);
        else emptyUntil.delete(bucket.key);
        if (nextAt > now) empty.push({ kind, waitMs: nextAt - now, isRefused: taken === 0 });
      }
      const refusal = empty.find(({ isRefused }) => isRefused);
      if (!refusal) return { isTaken: true, empty: empty[0] };
      // What one kind does not let pass has not used up those before it. The answer holds also where they cannot be given back.
      for (const { key, size } of buckets.slice(0, refusal.kind)) await giveBack(key, size).catch(() => undefined);
      return { isTaken: false, empty: refusal };
    },
  };
}

/** Redis tells the time, so that replicas need not agree on it. */
const takeScript = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local full = {}
  for kind, key in ipairs(KEYS) do
    full[kind] = math.max(now, tonumber(redis.call('GET', key) or '0'))
    local wait = full[kind] - now - tonumber(ARGV[2 * kind])
    if wait > 0 then return {0, kind, wait} end
  end
  local empty, waits = 0, 0
  for kind, key in ipairs(KEYS) do
    local next = full[kind] + tonumber(ARGV[2 * kind - 1])
    redis.call('SET', key, string.format('%d', next), 'PX', next - now)
    local wait = next - now - tonumber(ARGV[2 * kind])
    if wait > 0 and empty == 0 then empty, waits = kind, wait end
  end
  return {1, empty, waits}`;

export function createRedisBuckets(redis: Redis, kinds: readonly (BucketSize & { name: string })[]): Buckets {
  const sizes = kinds.flatMap((size) => [size.everyMs, slackMsOf(size)]);
  return {
    async take(keys) {
      const named = kinds.map(({ name }, kind) => `${name}:${keys[kind]}`);
      const answer = await redis.eval(takeScript, named.length, ...named, ...sizes);
      const [taken, kind, waitMs] = answer as [number, number, number];
      return { isTaken: taken === 1, empty: kind === 0 ? undefined : { kind: kind - 1, waitMs } };
    },
  };
}

export function createMemoryBuckets(nowMs: () => number, kinds: readonly BucketSize[]): Buckets {
  const fullAt = new Map<string, number>();
  return {
    async take(keys) {
      const now = nowMs();
      const buckets = kinds.map((size, kind) => {
        const key = `${kind}:${keys[kind]}`;
        return { size, key, full: Math.max(now, fullAt.get(key) ?? 0) };
      });
      const emptyAfter = (taken: number) =>
        buckets
          .map(({ size, full }, kind) => ({ kind, waitMs: full + taken * size.everyMs - now - slackMsOf(size) }))
          .find(({ waitMs }) => waitMs > 0);
      const refusal = emptyAfter(0);
      if (refusal) return { isTaken: false, empty: refusal };
      for (const { size, key, full } of buckets) fullAt.set(key, full + size.everyMs);
      return { isTaken: true, empty: emptyAfter(1) };
    },
  };
}

/** While the shared buckets do not answer, this process counts for itself: an alert must not wait for a counter. */
export function insured(buckets: Buckets, own: Buckets): Buckets {
  return { take: (keys) => buckets.take(keys).catch(() => own.take(keys)) };
}
