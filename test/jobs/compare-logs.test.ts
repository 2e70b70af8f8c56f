import { createDiagnosis } from '../../src/diagnosis';
import { Failure } from '../../src/domain/failure';
import { spanNamed } from '../../src/domain/figures/week';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createIncidents } from '../../src/incidents';
import { createLogComparison } from '../../src/jobs/compare-logs';
import { createInvestigator } from '../../src/jobs/investigate';
import { createLogger } from '../../src/lib/logger';
import type { Orchestrator } from '../../src/orchestrators/orchestrator';
import { createFigures } from '../../src/reporting/figures';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(database.db, 'log_causes, runs, pipelines, posts, incident_members, incident_places, incidents'),
);

const settings: Settings = { ...SettingsFile.parse({ defaultChannel: 'C0ALERTS' }), orchestrators: [], catalogue: [] };
const minuteMs = 60_000;
const noTable = 'psycopg2.errors.UndefinedTable: relation "orders" does not exist';
const noRoom = 'OSError: [Errno 28] No space left on device';
const noHost = 'socket.gaierror: [Errno -2] Name or service not known: db.example';

/** Failures go the whole way: decided, investigated, compared, counted. `logs`: by run; none = it cannot be read. */
function begin(logs: Record<string, string | undefined>, at = '2026-11-18T10:00:00.000Z') {
  const { db } = database;
  const clock = createSetClock(at);
  const log = createLogger('silent');
  const diagnosis = createDiagnosis();
  const read: string[] = [];
  const world: { away: boolean } = { away: false };
  const orchestrator: Orchestrator = {
    ...createScriptedOrchestrator(),
    fetchRun: async ({ pipeline, run }) => ({ pipeline, run, attempt: 1, status: 'failed', step: 'load' }),
    async *openLog({ run, attempt, step }) {
      if (world.away) throw new Failure('unavailable', 'prod');
      const text = logs[run];
      if (text === undefined) throw new Failure('not-found', 'prod');
      read.push(`${run}/${attempt}/${step}`);
      yield Buffer.from(`starting\n${text}\nexit 1\n`);
    },
  };
  const incidents = createIncidents({
    clock,
    log,
    settings: () => settings,
    channelId: async (channel) => channel,
    decided: () => undefined,
  });
  const ways = { db, clock, log, orchestrator: () => orchestrator, settings: () => settings };
  const diagnoseStream = (chunks: AsyncIterable<Buffer>) => diagnosis.diagnoseStream(chunks);
  const investigator = createInvestigator({
    ...ways,
    diagnoseStream,
    diagnoseText: (text) => diagnosis.diagnoseText(text),
    redact: (text) => text,
    incidents,
    wakeOutbox: async () => undefined,
  });
  const comparison = createLogComparison({ ...ways, diagnoseStream });
  const figures = createFigures({
    db,
    clock,
    settings: () => settings,
    timetable: async () => [{ since: new Date(0), schedule: settings.workspace }],
    counters: async () => [],
  });
  return {
    clock,
    read,
    world,
    async fail(run: string, error: string, attempt = 1, kind: 'failed' | 'late' = 'failed') {
      clock.pass(minuteMs);
      await db.transaction((tx) =>
        incidents.receive(tx, [
          {
            event: {
              source: 's',
              id: `${run}/${attempt}`,
              kind,
              occurredAt: clock.now(),
              connection: 'prod',
              pipeline: `of-${run}`,
              run,
              attempt,
              final: true,
              error,
            },
            cause: diagnosis.diagnoseText(error),
          },
        ]),
      );
      for (const id of await investigator.waiting()) await investigator.investigate(id);
    },
    async quiet(sweeps = 5) {
      clock.pass(11 * minuteMs);
      for (let n = 0; n < sweeps; n += 1) await comparison.sweep();
    },
    sweep: () => comparison.sweep(),
    async told(name = '2026-W47') {
      const week = spanNamed(name, 'UTC');
      if (!week) throw new Error('there is such a week');
      const { figures: all } = await figures.compute(week, 'all');
      return Object.fromEntries(
        (['precision', 'recall', 'unread'] as const).map((part) => {
          const value = all[`grouping-${part}`];
          return [part, value?.kind === 'share' ? `${value.hits} of ${value.n}` : undefined];
        }),
      );
    },
  };
}

describe('the comparison of logs', () => {
  it('tells which problems were put together rightly, and what was missed', async () => {
    const { fail, quiet, told, read } = begin({
      a1: noTable,
      a2: noTable,
      b1: noTable.replace('orders', 'stock'),
      b2: noRoom,
      c1: noHost,
      d1: noHost,
      e1: 'all is well',
    });
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    await fail('b1', 'Process ended with exit code 1');
    await fail('b2', 'Process ended with exit code 1');
    await fail('c1', 'the loader gave up');
    await fail('d1', 'the sender went away');
    await fail('e1', 'not over by its deadline', 1, 'late');
    await quiet();
    expect(read.slice(-2).sort()).toEqual(['a2/1/load', 'b2/1/load']);
    expect(await told()).toEqual({ precision: '1 of 2', recall: '1 of 2', unread: '0 of 6' });
  });

  it('judges the run that joined, though it failed again since', async () => {
    const { fail, quiet, read, told } = begin({ a1: noTable, a2: noTable });
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    await fail('a2', 'No space left on device', 2);
    await quiet();
    expect(read.at(-1)).toBe('a2/1/load');
    expect(await told()).toMatchObject({ precision: '1 of 1' });
  });

  it('waits until nothing joins any more, and reads one log at a time', async () => {
    const { fail, sweep, clock, read } = begin({ a1: noTable, a2: noTable, b1: noRoom, b2: noRoom });
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    await fail('b1', 'No space left on device');
    await fail('b2', 'No space left on device');
    const before = read.length;
    await sweep();
    expect(read).toHaveLength(before);
    clock.pass(11 * minuteMs);
    await Promise.all([sweep(), sweep(), sweep()]);
    await sweep();
    expect(read).toHaveLength(before + 2);
  });

  it('counts what cannot be read, and does not ask for it again', async () => {
    const { fail, quiet, told } = begin({ a1: noTable, b1: undefined, b2: noRoom });
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    await fail('b1', 'No space left on device');
    await fail('b2', 'No space left on device');
    await quiet();
    expect(await told()).toEqual({ precision: '0 of 0', recall: '0 of 0', unread: '3 of 4' });
  });

  it('asks again while the orchestrator is away, for a day', async () => {
    const { fail, quiet, world, told, clock } = begin({ a1: noTable, a2: noTable }, '2026-11-22T22:00:00.000Z');
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    world.away = true;
    await quiet();
    expect(await told()).toMatchObject({ precision: '0 of 0', unread: '1 of 2' });
    world.away = false;
    clock.pass(23 * 3_600_000);
    await quiet();
    expect(await told()).toMatchObject({ precision: '1 of 1', unread: '0 of 2' });
  });

  it('leaves alone what began longer ago: its log may be gone', async () => {
    const { fail, quiet, told, clock } = begin({ a1: noTable, a2: noTable });
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    clock.pass(24 * 3_600_000);
    await quiet();
    expect(await told()).toMatchObject({ precision: '0 of 0', unread: '1 of 2' });
  });

  it('reads no more logs in a week than are drawn', async () => {
    const { fail, quiet, read } = begin({ a1: noTable, a2: noTable });
    await fail('a1', 'relation "orders" does not exist');
    await fail('a2', 'relation "orders" does not exist');
    await database.db.query(
      `with those as (
         insert into incidents (incident_id, state, opened_at, last_failed_at, closed_at, reason, saved_at)
         select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'recovered', i.opened_at, i.opened_at, i.opened_at, i.reason, i.saved_at
         from incidents i, generate_series(1, 50) n returning incident_id, opened_at)
       insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, first_failed_at, last_failed_at, failures)
       select incident_id, 'prod', 'p', incident_id::text, 'failed', 'recovered', 'same-cause', 'r', 1, opened_at, opened_at, 1 from those`,
    );
    const before = read.length;
    await quiet();
    expect(read).toHaveLength(before);
  });
});
