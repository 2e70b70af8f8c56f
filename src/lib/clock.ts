/** Where the time comes from. Nothing below the entry points calls `new Date()` or SQL `now()`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
