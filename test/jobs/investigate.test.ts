import { createDiagnosis } from '../../src/diagnosis';
import type { Diagnosis } from '../../src/domain/diagnosis';
import { Failure } from '../../src/domain/failure';
import type { Run } from '../../src/domain/run';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createIncidents } from '../../src/incidents';
import { createInvestigator } from '../../src/jobs/investigate';
import { createLogger } from '../../src/lib/logger';
import type { Orchestrator } from '../../src/orchestrators/orchestrator';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'runs, pipelines, edges, posts, incident_members, incident_places, incidents');
});

const settings: Settings = {
  ...SettingsFile.parse({ defaultChannel: 'C0ALERTS' }),
  orchestrators: [],
  catalogue: [],
};
const run: Run = {
  pipeline: { connection: 'prod', key: 'orders_daily' },
  run: '118',
  attempt: 1,
  status: 'failed',
  step: 'load',
  error: 'boom s3cret',
  url: 'https://dana:hunter2@prod.example/118',
  owner: 's3cret',
};

async function* log(...lines: string[]): AsyncIterable<Buffer> {
  for (const line of lines) yield Buffer.from(`${line}\n`);
}

async function open(differs: Partial<Orchestrator> = {}) {
  const { db } = database;
  const clock = createSetClock();
  const logger = createLogger('silent');
  const incidents = createIncidents({
    clock,
    log: logger,
    settings: () => settings,
    channelId: async (channel) => channel,
    decided: () => undefined,
  });
  const [opened] = await db.transaction((tx) =>
    incidents.receive(tx, [
      {
        event: {
          source: 's',
          id: '118',
          kind: 'failed',
          occurredAt: clock.now(),
          connection: 'prod',
          pipeline: 'orders_daily',
          run: '118',
          attempt: 1,
          final: true,
        },
      },
    ]),
  );
  const diagnosis = createDiagnosis();
  const orchestrator: Orchestrator = { ...createScriptedOrchestrator(), fetchRun: async () => run, ...differs };
  const investigator = createInvestigator({
    db,
    clock,
    log: logger,
    orchestrator: () => orchestrator,
    diagnoseStream: (chunks) => diagnosis.diagnoseStream(chunks),
    diagnoseText: (text) => diagnosis.diagnoseText(text),
    redact: (text) => text.replaceAll('s3cret', '[redacted]'),
    incidents,
    wakeOutbox: async () => undefined,
  });
  return { investigator, clock, orchestrator, incidentId: opened?.incidentId ?? '' };
}

async function found() {
  const [row] = await database.db.query<{
    error: string | null;
    url: string | null;
    owner: string | null;
    step: string | null;
    cause: Diagnosis | null;
  }>('select m.error, m.url, m.owner, m.step, i.cause from incidents i join incident_members m using (incident_id)');
  return row;
}

describe('the investigation of a new incident', () => {
  it('completes the alert with what the run tells, without secrets', async () => {
    const { investigator, incidentId } = await open();
    await investigator.investigate(incidentId);
    expect(await found()).toMatchObject({
      error: 'boom [redacted]',
      url: 'https://prod.example/118',
      owner: '[redacted]',
      step: 'load',
    });
    await expect(investigator.waiting()).resolves.toEqual([]);
  });

  it('finds the cause in the log of the step that failed', async () => {
    const { investigator, incidentId } = await open({
      openLog: () => log('starting', 'psycopg2.errors.UndefinedTable: relation "orders" does not exist', 'exit 1'),
    });
    await investigator.investigate(incidentId);
    expect((await found())?.cause).toMatchObject({ category: 'missing_table_or_column', causeLineNo: 2 });
  });

  it('is made again for an hour while the orchestrator is away', async () => {
    const { investigator, incidentId, orchestrator, clock } = await open({
      fetchRun: () => Promise.reject(new Failure('unavailable', 'prod')),
    });
    await investigator.investigate(incidentId);
    await expect(investigator.waiting()).resolves.toEqual([incidentId]);
    clock.pass(3_600_001);
    await expect(investigator.waiting()).resolves.toEqual([]);
    clock.pass(-60_000);
    orchestrator.fetchRun = async () => run;
    for (const id of await investigator.waiting()) await investigator.investigate(id);
    expect(await found()).toMatchObject({ error: 'boom [redacted]' });
    await expect(investigator.waiting()).resolves.toEqual([]);
  });

  it('ends where asking again cannot help', async () => {
    const { investigator, incidentId } = await open({
      fetchRun: () => Promise.reject(new Failure('not-found', 'prod')),
    });
    await investigator.investigate(incidentId);
    await expect(investigator.waiting()).resolves.toEqual([]);
  });

  it('knows nothing to do about an incident that is gone', async () => {
    const { investigator } = await open();
    await investigator.investigate('22222222-2222-4222-8222-222222222222');
  });
});
