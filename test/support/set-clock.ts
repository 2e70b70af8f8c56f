import type { Clock } from '../../src/lib/clock';

export interface SetClock extends Clock {
  pass(ms: number): void;
}

/** A clock that stands until it is moved. */
export function createSetClock(start = '2026-11-25T09:00:00.000Z'): SetClock {
  let now = new Date(start);
  return {
    now: () => now,
    pass(ms) {
      now = new Date(now.getTime() + ms);
    },
  };
}
