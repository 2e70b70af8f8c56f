/** Where the time comes from. Nothing below the entry points calls `new Date()` or SQL `now()`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export interface SetClock extends Clock {
  pass(ms: number): void;
}

/** A clock that stands until it is moved. */
export function createSetClock(start: Date): SetClock {
  let now = start;
  return {
    now: () => now,
    pass(ms) {
      now = new Date(now.getTime() + ms);
    },
  };
}
