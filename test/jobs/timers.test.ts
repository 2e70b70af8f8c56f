import { createTimers, type TimerDeps } from '../../src/jobs/timers';
import { createLogger } from '../../src/lib/logger';
import type { Db } from '../../src/store/db';
import { createSetClock } from '../support/set-clock';

/** Every part does one thing and says that it is due under its own name. */
function timersOn(query: Db['query']) {
  const swept = new Set<string>();
  const part = (name: string) => ({
    isDue: () => () => `'${name}' = 'late'`,
    async sweep() {
      swept.add(name);
      return 0;
    },
  });
  const deps = new Proxy(
    { clock: createSetClock(), log: createLogger('silent'), db: { query } },
    { get: (own, name: string) => own[name as keyof typeof own] ?? { ...part(name), upkeep: async () => 0 } },
  ) as unknown as TimerDeps;
  const actions = { autoRetry: part('auto-retry'), outcomes: part('outcomes'), firstRuns: part('first-runs') };
  const files = { isFileDue: part('files').isDue, file: part('files').sweep };
  const all = Object.assign(Object.create(deps), { actions: { ...actions, ...files } });
  return { swept, timers: createTimers(all) };
}

describe('what comes due by the clock', () => {
  it('is looked for only by those of whom the database says that there is something', async () => {
    const { swept, timers } = timersOn(async (sql: string) => {
      const columns = [...sql.matchAll(/\('([\w-]+)' = 'late'\) as "(\d+)"/g)];
      return [Object.fromEntries(columns.map(([, name, column]) => [column, name === 'late']))] as never;
    });
    await timers.runDue();
    expect(swept.has('late')).toBe(true);
    expect(swept.has('quiet')).toBe(false);
  });

  it('is looked for by each where that question breaks, so that one condition holds up nobody', async () => {
    const { swept, timers } = timersOn(() => Promise.reject(new Error('no')));
    await timers.runDue();
    expect([...swept]).toEqual(expect.arrayContaining(['late', 'quiet', 'mutes', 'requests', 'auto-retry', 'files']));
  });
});
