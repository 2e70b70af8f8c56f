import { Failure } from '../../src/domain/failure';
import type { Interaction } from '../../src/domain/interaction';
import { createLogger } from '../../src/lib/logger';
import { createInteractions } from '../../src/reporting/interactions';
import { savePerson } from '../../src/store/person-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

const nine = new Date('2026-11-25T09:00:00Z');
const danaId = '7c0d2f4e-0000-4000-8000-000000000001';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'people, interactions');
});

const meetDana = () =>
  savePerson(
    database.db,
    danaId,
    { slackId: 'U01DANA', name: 'Dana Lee', isGuest: false, isBot: false, isDeactivated: false },
    nine,
  );
const stored = () =>
  database.db.query('select person_id, what, channel, pipeline, outcome, took_ms, at from interactions');

const status: Interaction = { slackId: 'U01DANA', what: 'pipeline status', outcome: 'ok', tookMs: 412.6 };

function open(meet: (slackId: string) => Promise<unknown> = meetDana) {
  return createInteractions({ db: database.db, meet, clock: { now: () => nine }, log: createLogger('silent') });
}

describe('an interaction', () => {
  it('is stored under the surrogate of the person', async () => {
    await meetDana();
    await open().record({ ...status, channel: 'C0ORDERS', pipeline: 'prod/orders' });
    await expect(stored()).resolves.toEqual([
      {
        person_id: danaId,
        what: 'pipeline status',
        channel: 'C0ORDERS',
        pipeline: 'prod/orders',
        outcome: 'ok',
        took_ms: 413,
        at: nine,
      },
    ]);
  });

  it('is stored for someone who is here for the first time', async () => {
    await open().record(status);
    await expect(stored()).resolves.toMatchObject([{ person_id: danaId, channel: null }]);
  });

  it('is left out without a word to the person when it cannot be stored', async () => {
    const interactions = open(async () => {
      throw new Failure('unavailable', 'Slack');
    });
    await expect(interactions.record(status)).resolves.toBeUndefined();
    await expect(stored()).resolves.toEqual([]);
  });
});
