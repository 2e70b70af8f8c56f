import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock';

/** Message stamps and ids. Stamps are `seconds.micros`, and no two are alike even when the clock stands still or goes back. */
export function createStamps(clock: Clock) {
  let lastMicros = 0;
  let count = 0;
  return {
    next(): string {
      lastMicros = Math.max(clock.now().getTime() * 1000, lastMicros + 1);
      return `${Math.floor(lastMicros / 1_000_000)}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
    },
    /** @param prefix the letter that tells the kind: V for views, F for files … */
    id(prefix: string): string {
      count += 1;
      return `${prefix}0WS${count.toString(36).toUpperCase().padStart(6, '0')}`;
    },
    secret: (bytes = 12): string => randomBytes(bytes).toString('hex'),
  };
}

export type Stamps = ReturnType<typeof createStamps>;
