/**
 * The digest of a generated year: 400 people, 5,000 pipelines, 10 million runs with 150,000 problems, 2 million interactions. From rollups, and with these
 * counted from nothing. Prints JSON; fails when a limit does not hold. `npm run bench -- digest [--runs 10000000]`.
 * Ten million runs take about ten minutes to make, and 10 GB.
 */

import { parseArgs } from 'node:util';
import { weekNamed } from '../src/domain/figures/week';
import { SettingsFile } from '../src/domain/settings';
import { systemClock } from '../src/lib/clock';
import { createLogger } from '../src/lib/logger';
import { createFigures } from '../src/reporting/figures';
import { createRollups } from '../src/reporting/rollups';
import { openDb } from '../src/store/db';
import { migrate } from '../src/store/migrate';
import { thisMachine, withBenchDatabase } from './lib/measure';
import { fillYear } from './lib/year';

const PEOPLE = 400;
const PIPELINES = 5_000;
const INTERACTIONS = 2_000_000;
const limitsMs = { fromRollups: 1_000, fromNothing: 60_000 };
const yearFrom = new Date('2025-11-24T00:00:00Z');
const week = '2026-W47';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '10000000' } },
});
const runs = Number(options.runs);
const log = createLogger('error');

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const from = performance.now();
  const result = await work();
  return { ms: Math.round(performance.now() - from), result };
}

if (!Number.isSafeInteger(runs) || runs < 1) {
  process.stderr.write('--runs is a number of runs, such as 2000000.\n');
  process.exit(2);
}

withBenchDatabase(async (url) => {
  const db = openDb(url, { log, maxConnections: 8 });
  try {
    await migrate(db, { clock: systemClock, log });
    const filled = await timed(() =>
      fillYear(db, { from: yearFrom, people: PEOPLE, pipelines: PIPELINES, runs, interactions: INTERACTIONS }),
    );
    process.stderr.write(`the year was made in ${Math.round(filled.ms / 1_000)} s\n`);
    const settings = { ...SettingsFile.parse({}), orchestrators: [], catalogue: [] };
    const rollups = createRollups({ db, clock: systemClock, log, settings: () => settings, meet: async () => false });
    const figures = createFigures({
      db,
      clock: systemClock,
      settings: () => settings,
      timetable: async () => [{ since: new Date(0), schedule: settings.workspace }],
      counters: async () => [],
    });
    const of = weekNamed(week, 'UTC');
    if (!of) throw new Error('there is such a week');
    const rebuilt = await timed(() => rollups.rebuild());
    process.stderr.write(`its rollups were counted from nothing in ${rebuilt.ms} ms\n`);
    await db.query('vacuum analyze');
    const fromRollups = await timed(() => figures.compute(of, 'all'));
    const tries = [fromRollups.ms];
    for (let again = 0; again < 4; again += 1) tries.push((await timed(() => figures.compute(of, 'all'))).ms);
    const fromNothingMs = rebuilt.ms + fromRollups.ms;
    const holds = Math.max(...tries) <= limitsMs.fromRollups && fromNothingMs <= limitsMs.fromNothing;
    const { figures: said, residuals } = fromRollups.result;
    process.stdout.write(
      `${JSON.stringify({ machine: thisMachine(), people: PEOPLE, pipelines: PIPELINES, runs, interactions: INTERACTIONS, fromRollupsMs: tries, fromNothingMs, limitsMs, holds, runSuccess: said['run-success'], weeklyActive: said['weekly-active'], residuals }, undefined, 2)}\n`,
    );
    process.exitCode = holds ? 0 : 1;
  } finally {
    await db.close();
  }
}).catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
