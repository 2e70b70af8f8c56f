import * as clock from '../../src/lib/clock';

export type { SetClock } from '../../src/lib/clock';

export function createSetClock(start = '2026-11-25T09:00:00.000Z'): clock.SetClock {
  return clock.createSetClock(new Date(start));
}
