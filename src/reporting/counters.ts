import { readFile } from 'node:fs/promises';
import { type Counter, countersOf } from '../domain/figures/counters';
import type { Settings } from '../domain/settings';
import type { Logger } from '../lib/logger';

/** Reads what tools say of their own use, anew each time: it is a small file that others append to. Never throws. */
export function createCounters({ settings, log }: { settings(): Pick<Settings, 'adoption'>; log: Logger }) {
  return async (week: string): Promise<Counter[]> => {
    const path = settings().adoption.counters;
    if (path === undefined) return [];
    try {
      const { counters, faults } = countersOf(await readFile(path, 'utf8'), week);
      if (faults.length > 0) log.warn({ lines: faults.slice(0, 20), faults: faults.length }, 'counters.faulty-lines');
      return counters;
    } catch (error) {
      log.warn({ err: error }, 'counters.not-read');
      return [];
    }
  };
}
