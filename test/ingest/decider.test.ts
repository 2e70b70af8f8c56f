import { createDiagnosis } from '../../src/diagnosis';
import { Failure } from '../../src/domain/failure';
import type { PipelineEvent } from '../../src/domain/pipeline-event';
import type { Run } from '../../src/domain/run';
import { createDecider, type DeciderDeps, withRun } from '../../src/ingest/decider';
import { createLogger } from '../../src/lib/logger';
import * as inboxRows from '../../src/store/inbox-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'inbox, changes, usage, edges, runs, pipelines');
});

const at = new Date('2026-11-25T08:59:00Z');
const fact = (id: string, differs: Partial<PipelineEvent> = {}): PipelineEvent => ({
  source: 'airflow:/jobs',
  id,
  kind: 'failed',
  occurredAt: at,
  connection: 'prod',
  pipeline: 'orders_daily',
  run: id,
  attempt: 1,
  final: true,
  ...differs,
});

const incidentId = '11111111-1111-4111-8111-111111111111';

function open(differs: Partial<DeciderDeps> = {}) {
  const clock = createSetClock();
  const received: { event: PipelineEvent; fingerprint?: string }[][] = [];
  const diagnosis = createDiagnosis();
  const decider = createDecider({
    db: database.db,
    clock,
    log: createLogger('silent'),
    orchestrator: () => undefined,
    diagnose: (error) => diagnosis.diagnoseText(error),
    redact: (text) => text.replaceAll('s3cret', '[redacted]'),
    async receive(tx, batch) {
      if (batch.some(({ event }) => event.pipeline === 'poison')) throw new Error('a fault of ours, with s3cret');
      await tx.query('select 1');
      received.push(batch.map(({ event, cause }) => ({ event, fingerprint: cause?.fingerprint })));
      return batch.map(({ event }) =>
        event.kind === 'failed'
          ? { reason: 'first-failure', incidentId, opened: true }
          : { reason: 'no-incident', opened: false },
      );
    },
    ...differs,
  });
  return { decider, clock, received };
}

async function bring(...events: PipelineEvent[]): Promise<void> {
  await inboxRows.store(
    database.db,
    events.map((event) => ({
      source: event.source,
      id: event.id,
      kind: 'run',
      connection: event.connection,
      payload: event,
      occurredAt: event.occurredAt,
    })),
    at,
  );
}

interface Row {
  id: string;
  reason: string | null;
  decided: boolean;
  attempts: number;
  fault: string | null;
}

async function rows(): Promise<Row[]> {
  return database.db.query<Row>(
    'select id, reason, decided_at is not null as decided, attempts, fault from inbox order by seq',
  );
}

describe('the decider', () => {
  it('decides what waits, once, and says what is left to be done', async () => {
    await bring(fact('1'), fact('2', { kind: 'succeeded' }));
    const { decider, received } = open();
    await expect(decider.decideBatch()).resolves.toEqual({ count: 2, touched: [incidentId], opened: [incidentId] });
    await expect(decider.decideBatch()).resolves.toEqual({ count: 0, touched: [], opened: [] });
    expect(received).toHaveLength(1);
    expect(await rows()).toMatchObject([
      { id: '1', reason: 'first-failure', decided: true },
      { id: '2', reason: 'no-incident', decided: true },
    ]);
  });

  it('takes the oldest first, a batch at a time', async () => {
    await bring(...['1', '2', '3', '4', '5'].map((id) => fact(id)));
    const { decider, received } = open();
    for (let batch = 0; batch < 3; batch += 1) await decider.decideBatch(2);
    expect(received.map((batch) => batch.map(({ event }) => event.id))).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('shares what waits among replicas, each fact to one', async () => {
    await bring(...Array.from({ length: 40 }, (_, index) => fact(String(index))));
    const replicas = Array.from({ length: 4 }, () => open());
    await Promise.all(
      replicas.map(async ({ decider }) => {
        while ((await decider.decideBatch(5)).count > 0);
      }),
    );
    const seen = replicas.flatMap(({ received }) => received.flat().map(({ event }) => event.id));
    expect(seen).toHaveLength(40);
    expect(new Set(seen).size).toBe(40);
  });

  it('gives failures the fingerprint of their own error text', async () => {
    const error = 'psycopg2.errors.UndefinedTable: relation "orders" does not exist';
    await bring(
      fact('1', { error }),
      fact('2'),
      fact('3', { error, kind: 'succeeded' }),
      fact('4', { error, final: false }),
    );
    const { decider, received } = open();
    await decider.decideBatch();
    const prints = received.flat().map(({ fingerprint }) => fingerprint);
    expect(prints).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), undefined, undefined, prints[0]]);
  });

  it('keeps changes, usage and edges, and who made a change as a user of that orchestrator', async () => {
    await inboxRows.store(
      database.db,
      [
        {
          source: 's',
          id: 'c',
          kind: 'change',
          occurredAt: at,
          payload: { pipeline: { connection: 'prod', key: 'orders' }, kind: 'deployed', version: '7', by: 'dana', at },
        },
        {
          source: 's',
          id: 'u',
          kind: 'usage',
          occurredAt: at,
          payload: { tool: 'dataflow', person: 'U1', action: 'deploy', count: 3, at },
        },
        {
          source: 's',
          id: 'l',
          kind: 'lineage',
          occurredAt: at,
          payload: { edges: [{ from: 'table:a', to: 'pipeline:prod/orders', source: 'openlineage', knownSince: at }] },
        },
      ],
      at,
    );
    const { decider, received } = open();
    await expect(decider.decideBatch()).resolves.toMatchObject({ count: 3 });
    expect(received).toEqual([]);
    expect(await database.db.query('select connection, pipeline, kind, version, by_whom, at from changes')).toEqual([
      { connection: 'prod', pipeline: 'orders', kind: 'deployed', version: '7', by_whom: 'dana', at },
    ]);
    expect(await database.db.query('select tool, person, action, count, at from usage')).toEqual([
      { tool: 'dataflow', person: 'U1', action: 'deploy', count: 3, at },
      { tool: 'prod', person: 'dana', action: 'deploy', count: 1, at },
    ]);
    expect(await database.db.query('select from_node, to_node from edges')).toEqual([
      { from_node: 'table:a', to_node: 'pipeline:prod/orders' },
    ]);
    expect((await rows()).map(({ reason }) => reason)).toEqual(['change', 'usage', 'lineage']);
  });

  it('forget what a source that tells its whole graph tells no more, and nothing of others', async () => {
    const edge = (from: string, source: string) => ({ from, to: 'pipeline:dbt-core/shop.b', source, knownSince: at });
    const graph = (id: string, edges: object[], whole?: string) => ({
      source: 's',
      id,
      kind: 'lineage' as const,
      occurredAt: at,
      payload: { edges, whole },
    });
    const whole = 'dbt-core:dbt-core/shop';
    const { decider } = open();
    await inboxRows.store(database.db, [graph('1', [edge('table:a', whole), edge('table:old', whole)], whole)], at);
    await inboxRows.store(database.db, [graph('2', [edge('table:other', 'openlineage')])], at);
    await decider.decideBatch();
    await inboxRows.store(database.db, [graph('3', [edge('table:a', whole)], whole)], at);
    await decider.decideBatch();
    expect(await database.db.query('select from_node from edges order by 1')).toEqual([
      { from_node: 'table:a' },
      { from_node: 'table:other' },
    ]);
  });
});

describe('a fact that breaks the decider', () => {
  it('does not keep the others of its batch from being decided', async () => {
    await bring(fact('1'), fact('2', { pipeline: 'poison' }), fact('3'));
    const { decider } = open();
    await expect(decider.decideBatch()).resolves.toMatchObject({ count: 2 });
    expect(await rows()).toMatchObject([
      { id: '1', decided: true },
      { id: '2', decided: false, attempts: 1, fault: 'a fault of ours, with [redacted]' },
      { id: '3', decided: true },
    ]);
  });

  it('is left alone for a while, longer each time, and set aside after five tries', async () => {
    await bring(fact('1', { pipeline: 'poison' }));
    const { decider, clock } = open();
    const triedAt: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      const [before] = await rows();
      await decider.decideBatch();
      const [after] = await rows();
      if (before?.attempts !== after?.attempts) triedAt.push(second);
      clock.pass(1_000);
    }
    expect(triedAt).toEqual([0, 2, 6, 14, 30]);
    expect(await rows()).toMatchObject([{ decided: true, attempts: 5, reason: 'fault' }]);
  });

  it('is not what is wrong while the database is away', async () => {
    await bring(fact('1'));
    const { decider } = open({
      receive: () => Promise.reject(Object.assign(new Error('lost'), { code: '57P01' })),
    });
    await expect(decider.decideBatch()).rejects.toThrow('lost');
    expect(await rows()).toMatchObject([{ decided: false, attempts: 0, fault: null }]);
  });

  it('is decided like any other once what broke it has passed', async () => {
    let isBroken = true;
    await bring(fact('1'));
    const { decider, clock } = open({
      async receive(_tx, batch) {
        if (isBroken) throw new Error('a fault of ours');
        return batch.map(() => ({ reason: 'nothing-new', opened: false }));
      },
    });
    await decider.decideBatch();
    isBroken = false;
    clock.pass(2_000);
    await expect(decider.decideBatch()).resolves.toMatchObject({ count: 1 });
    expect(await rows()).toMatchObject([{ decided: true, reason: 'nothing-new', fault: null }]);
  });

  it('does not stand in the way of what comes later', async () => {
    await bring(fact('1', { pipeline: 'poison' }));
    const { decider, received } = open();
    await decider.decideBatch();
    await bring(fact('2'), fact('3'));
    await expect(decider.decideBatch()).resolves.toMatchObject({ count: 2 });
    expect(received).toHaveLength(1);
  });

  it('may be one that nobody can read', async () => {
    await bring(fact('1'));
    await database.db.query(
      `insert into inbox (source, id, kind, payload, occurred_at, received_at) values ('s', 'x', 'run', '{"kind":"?"}', $1, $1)`,
      [at],
    );
    const { decider } = open();
    await decider.decideBatch();
    expect(await rows()).toMatchObject([{ decided: true }, { decided: false, attempts: 1 }]);
  });
});

describe('an event that lacks what people need', () => {
  const run: Run = {
    pipeline: { connection: 'prod', key: 'orders_daily' },
    run: '1',
    attempt: 1,
    status: 'failed',
    partition: '2026-11-24',
    step: 'load',
    error: 'boom s3cret \u0000',
    url: 'https://dana:hunter2@prod.example/1',
    logUrl: 'https://logs.example/1',
    owner: 's3cret',
    tags: ['tier1'],
    startedAt: new Date('2026-11-25T08:00:00Z'),
    endedAt: at,
  };
  const bare = { needsReading: true };
  const reading = (fetchRun: () => Promise<Run>): Partial<DeciderDeps> => ({
    orchestrator: (name) => (name === 'prod' ? { ...createScriptedOrchestrator(), fetchRun } : undefined),
  });

  it('is completed by reading the run, without secrets', async () => {
    await bring(fact('1', bare));
    const { decider, received } = open(reading(async () => run));
    await decider.decideBatch();
    expect(received.flat().map(({ event }) => event)).toMatchObject([
      {
        needsReading: false,
        partition: '2026-11-24',
        step: 'load',
        error: 'boom [redacted] ',
        url: 'https://prod.example/1',
        logUrl: 'https://logs.example/1',
        owner: '[redacted]',
        tags: ['tier1'],
        startedAt: run.startedAt,
      },
    ]);
  });

  it('takes the partition as the orchestrator writes it, so that one day never becomes two', async () => {
    await bring(fact('1', { ...bare, partition: '20261124' }));
    const { decider, received } = open(reading(async () => run));
    await decider.decideBatch();
    expect(received.flat().map(({ event }) => event.partition)).toEqual(['2026-11-24']);
  });

  it('stays as it is when the orchestrator does not know it, or is not there', async () => {
    await bring(fact('1', bare), fact('2', { ...bare, connection: 'lab' }));
    const { decider, received } = open(reading(() => Promise.reject(new Failure('not-found', 'prod'))));
    await decider.decideBatch();
    expect(received.flat().map(({ event }) => [event.id, event.error])).toEqual([
      ['1', undefined],
      ['2', undefined],
    ]);
  });

  it('waits one second in all for an orchestrator that does not answer, also when the batch breaks', async () => {
    let asked = 0;
    await bring(
      ...Array.from({ length: 8 }, (_, index) => fact(String(index), bare)),
      fact('9', { pipeline: 'poison' }),
    );
    const { decider } = open(
      reading(() => {
        asked += 1;
        return new Promise(() => undefined);
      }),
    );
    const began = performance.now();
    await expect(decider.decideBatch()).resolves.toMatchObject({ count: 8 });
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(asked).toBe(8);
  });

  it.each([
    { title: 'its own error', event: fact('1', { error: 'mine' }), gives: { error: 'mine' } },
    { title: 'its own step', event: fact('1', { step: 'mine' }), gives: { step: 'mine' } },
    {
      title: 'no error of a run that has failed, for a success',
      event: fact('1', { kind: 'succeeded' }),
      gives: { error: undefined },
    },
  ])('keeps $title', ({ event, gives }) => {
    expect(withRun(event, run, (text) => text)).toMatchObject(gives);
  });
});
