import { randomUUID } from 'node:crypto';
import * as actionRows from '../../src/store/action-rows';
import * as incidentRows from '../../src/store/incident-rows';
import * as switchRows from '../../src/store/switch-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, lee, openStage, type Stage } from './stage';

let database: TestDatabase;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  stage = await openStage(database.db);
  await emptyTables(database.db, 'incidents, auto_retries');
});

const cause = { title: 'Rate limited', category: 'rate-limit', retryable: 'yes', causeLine: '429', fingerprint: 'f1' };

/** Run `run` has failed of the cause. @returns its incident */
async function failure(run: string, fingerprint = 'f1'): Promise<string> {
  const id = randomUUID();
  const at = stage.clock.now();
  await database.db.query(`update incident_members set state = 'recovered', ended_at = $1`, [at]);
  await incidentRows.save(
    database.db,
    [
      {
        id,
        state: 'open',
        openedAt: at,
        lastFailedAt: at,
        reason: 'first-failure',
        fingerprint,
        cause: { ...cause, fingerprint } as never,
        members: [
          {
            connection: 'prod',
            pipeline: 'orders_daily',
            partition: '',
            trouble: 'failed',
            state: 'failed',
            via: 'first',
            run,
            attempt: 1,
            firstFailedAt: at,
            lastFailedAt: at,
            troubles: [at],
            failures: 1,
            channel: 'C0ORDERS',
          },
        ],
        places: [{ channel: 'C0ORDERS', routedBy: 'default', threads: true, createdAt: at }],
      },
    ],
    at,
  );
  stage.clock.pass(1_000);
  return id;
}

const target = (run: string) => ({
  kind: 'run' as const,
  run: { pipeline: { connection: 'prod', key: 'orders_daily' }, run, attempt: 1 },
});

/** People retry so many failures of one cause by hand, and it helps, or does not. */
async function retried(history: string, prefix = 'r'): Promise<void> {
  for (const [n, each] of [...history].entries()) {
    const run = `${prefix}${n}`;
    const incidentId = await failure(run);
    stage.orchestrator.fates.set(run, each === '+' ? 'succeeded' : 'failed');
    await stage.asked({ target: target(run), incidentId, turn: run });
    await stage.settle();
  }
}

const sweep = () => stage.actions.autoRetry.sweep();

async function said() {
  return database.db.query<{ what: string; say: string | null; by: string | null }>(
    `select fact ->> 'what' as what, fact ->> 'by' as by, fact ->> 'say' as say from told where what = 'auto-retry' order by seq`,
  );
}

async function suggestedId(): Promise<string> {
  const [row] = await database.db.query<{ id: string }>(
    'select auto_id as id from auto_retries where ended_at is null',
  );
  if (!row) throw new Error('nothing is suggested');
  return row.id;
}

async function allowed(): Promise<string> {
  await retried('++++++');
  await sweep();
  const id = await suggestedId();
  const answer = await database.db.transaction((tx) => stage.actions.autoRetry.allow(tx, { id, actor: dana }));
  expect(answer).toEqual({ outcome: 'allowed' });
  stage.clock.pass(60_000);
  return id;
}

async function autoActions() {
  return database.db.query<{ run: string; state: string; by: string }>(
    `select target #>> '{run,run}' as run, state, slack_id as by from actions where auto_id is not null order by seq`,
  );
}

describe('a retry that helps again and again', () => {
  it('is suggested to go by itself once, where it was pressed last', async () => {
    await retried('+++++');
    expect(await sweep()).toBe(0);
    await retried('+', 's');
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await said()).toEqual([expect.objectContaining({ what: 'suggested' })]);
  });

  it('is not suggested where it fails too often', async () => {
    await retried('+-++-+++');
    expect(await sweep()).toBe(0);
  });

  it('is judged without those that somebody killed on their way', async () => {
    await retried('+-');
    expect(await actionRows.evidence(database.db, 'f1')).toMatchObject({ fixed: 1, tried: 2 });
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, connection, pipeline, target, asked_at,
         tried_at, settled_at)
       select gen_random_uuid(), 'kill', 'succeeded', 'kill', person_id, slack_id, connection, pipeline, target, asked_at,
         tried_at, settled_at from actions where state = 'failed'`,
    );
    expect(await actionRows.evidence(database.db, 'f1')).toMatchObject({ fixed: 1, tried: 1 });
  });

  it('goes by itself, in the name of who allowed it, once that is allowed', async () => {
    await allowed();
    await failure('n1');
    stage.orchestrator.fates.set('n1', 'succeeded');
    expect(await sweep()).toBe(1);
    await stage.settle();
    expect(await autoActions()).toEqual([{ run: 'n1', state: 'succeeded', by: 'U01DANA' }]);
    expect(await sweep()).toBe(0);
    const trail = await database.db.query<{ what: string }>(
      `select what from audit where person_id = $1 and (detail ? 'auto') order by seq`,
      [dana.personId],
    );
    expect(trail.map(({ what }) => what)).toEqual(['allowed', 'asked']);
  });

  it('does not go for another cause, for what failed before the leave was given, or for what a person has retried', async () => {
    await failure('old');
    await retried('++++++');
    await sweep();
    const id = await suggestedId();
    await failure('before');
    await database.db.transaction((tx) => stage.actions.autoRetry.allow(tx, { id, actor: dana }));
    expect(await sweep()).toBe(0);
    await failure('other', 'f2');
    expect(await sweep()).toBe(0);
    const incidentId = await failure('taken');
    await stage.asked({ actor: lee, target: target('taken'), incidentId, turn: 'taken' });
    expect(await sweep()).toBe(0);
    expect(await autoActions()).toEqual([]);
  });

  it('goes three times in 24 hours and no more', async () => {
    await allowed();
    for (const run of ['n1', 'n2', 'n3', 'n4']) {
      await failure(run);
      await sweep();
      await stage.settle();
    }
    expect((await autoActions()).map(({ run }) => run)).toEqual(['n1', 'n2', 'n3']);
    stage.clock.pass(24 * 3_600_000);
    await failure('n5');
    await sweep();
    expect((await autoActions()).map(({ run }) => run)).toEqual(['n1', 'n2', 'n3', 'n5']);
  });

  it('ends when one does not help, says so, and can be allowed again', async () => {
    const id = await allowed();
    await failure('n1');
    stage.orchestrator.fates.set('n1', 'failed');
    await sweep();
    await stage.settle();
    expect(await sweep()).toBe(1);
    expect((await said()).map(({ what }) => what)).toEqual(['suggested', 'did-not-help']);
    await failure('n2');
    expect(await sweep()).toBe(0);
    const again = await database.db.transaction((tx) => stage.actions.autoRetry.allow(tx, { id, actor: lee }));
    expect(again).toEqual({ outcome: 'allowed' });
    stage.clock.pass(1_000);
    await failure('n3');
    expect(await sweep()).toBe(1);
    expect((await autoActions()).map(({ by }) => by)).toEqual(['U01DANA', 'U02LEE']);
  });

  it('waits while all bulk work is off, or in a freeze', async () => {
    await allowed();
    await failure('n1');
    stage.policy.verdict = { verdict: 'deny', reason: 'Changes are frozen.', whoMay: '', freeze: 'year end' };
    expect(await sweep()).toBe(0);
    stage.policy.verdict = { verdict: 'allow', reason: '', whoMay: '' };
    const off = { by: 'U03OLGA', at: stage.clock.now() };
    await database.db.transaction((tx) => switchRows.switchOff(tx, 'bulk', off));
    expect(await sweep()).toBe(0);
    await database.db.query('delete from switches');
    expect(await sweep()).toBe(1);
  });

  it('ends when who allowed it may not any more, and says why', async () => {
    await allowed();
    await failure('n1');
    stage.policy.verdict = { verdict: 'deny', reason: 'Only members of *orders* may retry this.', whoMay: '' };
    expect(await sweep()).toBe(1);
    expect(await autoActions()).toEqual([]);
    expect((await said()).at(-1)).toEqual({
      what: 'not-allowed',
      by: 'U01DANA',
      say: 'Only members of *orders* may retry this.',
    });
  });

  it('is allowed by those alone who may retry, and stopped by any of them', async () => {
    await retried('++++++');
    await sweep();
    const id = await suggestedId();
    stage.policy.verdict = { verdict: 'deny', reason: 'Only they may.', whoMay: 'them' };
    expect(await database.db.transaction((tx) => stage.actions.autoRetry.allow(tx, { id, actor: lee }))).toEqual({
      outcome: 'denied',
      why: 'Only they may.',
      whoMay: 'them',
    });
    stage.policy.verdict = { verdict: 'allow', reason: '', whoMay: '' };
    await database.db.transaction((tx) => stage.actions.autoRetry.allow(tx, { id, actor: dana }));
    expect(await stage.actions.autoRetry.listed()).toEqual([
      expect.objectContaining({ pipeline: 'orders_daily', cause: 'Rate limited', by: 'U01DANA', done: 0, today: 0 }),
    ]);
    const place = { incidentId: randomUUID(), channel: 'C0ORDERS' };
    expect(await database.db.transaction((tx) => stage.actions.autoRetry.stop(tx, { id, actor: lee, place }))).toEqual({
      outcome: 'stopped',
    });
    expect(await stage.actions.autoRetry.listed()).toEqual([]);
    expect((await said()).at(-1)).toEqual({ what: 'stopped', by: 'U02LEE', say: null });
  });
});
