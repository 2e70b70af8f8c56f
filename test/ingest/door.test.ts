import { createHmac, randomUUID } from 'node:crypto';
import { Failure } from '../../src/domain/failure';
import type { Source } from '../../src/domain/settings';
import { createDoor, type DoorDeps } from '../../src/ingest/door';
import type { MachineAnswer, MachineCall, StreamedCall } from '../../src/ingest/machine-call';
import { createLogger } from '../../src/lib/logger';
import { Problem } from '../../src/lib/problem';
import type { Normalised, Orchestrator } from '../../src/orchestrators/orchestrator';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock } from '../support/set-clock';
import { until } from '../support/until';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'inbox');
});

const sources: Source[] = [
  { name: 'airflow', token: 'airflow-token' },
  { name: 'dbt', token: 'dbt-token' },
  { name: 'ci', hmac: { secret: 'ci-secret', header: 'x-signature-256', algorithm: 'sha256' } },
];

function open(differs: Partial<DoorDeps> = {}) {
  const seen = { wakes: 0, confirmed: [] as string[], counted: [] as [string, number][] };
  const door = createDoor({
    db: database.db,
    clock: createSetClock(),
    log: createLogger('silent'),
    sources: () => sources,
    connections: () => ['prod'],
    orchestrator: () => undefined,
    redact: (text) => text.replaceAll('s3cret', '[redacted]'),
    async wakeDecider() {
      seen.wakes += 1;
    },
    async confirm(url) {
      seen.confirmed.push(url);
    },
    stored: (source, count) => seen.counted.push([source, count]),
    ...differs,
  });
  return { door, seen };
}

const event = (id: string, differs: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id,
  source: '/jobs',
  type: 'io.pitcrew.run.failed.v1',
  data: { pipeline: 'orders_daily', run: '118' },
  ...differs,
});

function call(body: unknown, headers: Record<string, string> = {}): MachineCall {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { headers: { authorization: 'Bearer airflow-token', ...headers }, rawBody: bytes, body: bytes };
}
const structured = (body: unknown, headers: Record<string, string> = {}) =>
  call(body, { 'content-type': 'application/cloudevents+json; charset=utf-8', ...headers });
const batch = (body: unknown, headers: Record<string, string> = {}) =>
  call(body, { 'content-type': 'application/cloudevents-batch+json', ...headers });

async function problem(answer: Promise<MachineAnswer>): Promise<Record<string, unknown>> {
  return answer.then(
    ({ status }) => {
      throw new Error(`it was answered with ${status}`);
    },
    (error) => {
      if (error instanceof Problem) return error.toJSON();
      throw error;
    },
  );
}

async function rows(): Promise<{ source: string; id: string; kind: string; payload: Record<string, unknown> }[]> {
  return database.db.query('select source, id, kind, payload from inbox order by seq');
}

describe('CloudEvents at the door', () => {
  it('are stored when they are answered', async () => {
    const { door, seen } = open();
    await expect(door.takeCloudEvents(structured(event('e1')))).resolves.toEqual({
      status: 202,
      body: { stored: 1, duplicates: 0, refused: [] },
    });
    expect(await rows()).toEqual([
      {
        source: 'airflow:/jobs',
        id: 'e1',
        kind: 'run',
        payload: {
          source: 'airflow:/jobs',
          id: 'e1',
          kind: 'failed',
          occurredAt: '2026-11-25T09:00:00.000Z',
          connection: 'prod',
          pipeline: 'orders_daily',
          run: '118',
          attempt: 1,
          final: true,
        },
      },
    ]);
    expect(seen).toEqual({ wakes: 1, confirmed: [], counted: [['airflow', 1]] });
  });

  it('come as a batch, of which duplicates and refused ones are counted', async () => {
    const { door } = open();
    await door.takeCloudEvents(structured(event('e1')));
    const answer = await door.takeCloudEvents(
      batch([event('e1'), event('e2'), event('e2'), event('e3', { data: { run: '118' } }), 7]),
    );
    expect(answer).toEqual({
      status: 202,
      body: {
        stored: 1,
        duplicates: 2,
        refused: [
          { index: 3, pointer: '/data/pipeline', message: 'is missing' },
          { index: 4, pointer: '', message: 'must be an object' },
        ],
      },
    });
    expect((await rows()).map(({ id }) => id)).toEqual(['e1', 'e2']);
  });

  it('come in the binary form, with headers that are percent-encoded or quoted', async () => {
    const { door } = open();
    const headers = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'caf%C3%A9 100%25',
      'ce-source': '"/jobs \\"nightly\\""',
      'ce-type': 'io.pitcrew.run.failed.v1',
      'ce-time': '2026-11-25T10:00:00+02:00',
      'ce-traceparent': '00-abc-def-01',
    };
    await door.takeCloudEvents(call({ pipeline: 'orders_daily', run: 118 }, headers));
    expect(await rows()).toMatchObject([
      {
        source: 'airflow:/jobs "nightly"',
        id: 'café 100%',
        payload: { run: '118', occurredAt: '2026-11-25T08:00:00.000Z' },
      },
    ]);
  });

  it('store changes and usage too', async () => {
    const { door } = open();
    await door.takeCloudEvents(
      batch([
        event('c1', { type: 'io.pitcrew.change.deployed.v1', data: { pipeline: 'orders_daily', version: 7 } }),
        event('u1', {
          type: 'io.pitcrew.usage.v1',
          data: { tool: 'dataflow', person: 'dana@acme.example', action: 'deploy' },
        }),
      ]),
    );
    expect(await rows()).toMatchObject([
      { kind: 'change', payload: { pipeline: { connection: 'prod', key: 'orders_daily' }, version: '7' } },
      { kind: 'usage', payload: { tool: 'dataflow', person: 'dana@acme.example' } },
    ]);
  });

  it('are known by source and id: two sources may use the same id', async () => {
    const { door } = open();
    const of = (token: string, source: string) =>
      door.takeCloudEvents(structured(event('e1', { source }), { authorization: `Bearer ${token}` }));
    for (const [token, source] of [
      ['airflow-token', '/jobs'],
      ['airflow-token', '/other'],
      ['dbt-token', '/jobs'],
    ] as const)
      await expect(of(token, source)).resolves.toMatchObject({ body: { stored: 1 } });
    await expect(of('dbt-token', '/jobs')).resolves.toMatchObject({ status: 202, body: { stored: 0, duplicates: 1 } });
  });

  it('are stored once when the same call comes many times at once', async () => {
    const { door } = open();
    const many = Array.from({ length: 50 }, (_, index) => event(`e${index}`));
    const answers = await Promise.all(Array.from({ length: 6 }, () => door.takeCloudEvents(batch(many))));
    const counts = answers.map(({ body }) => body as { stored: number; duplicates: number });
    expect(counts.reduce((sum, { stored }) => sum + stored, 0)).toBe(50);
    expect(counts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(250);
  });

  it.each([
    { given: ['prod'], connection: 'prod' },
    { given: ['prod', 'lab'], connection: 'default' },
    { given: [], connection: 'default' },
  ])('that name no orchestrator belong to $connection, of $given', async ({ given, connection }) => {
    const { door } = open({ connections: () => given });
    await door.takeCloudEvents(structured(event('e1')));
    expect(await rows()).toMatchObject([{ payload: { connection } }]);
  });

  it('may be signed', async () => {
    const { door } = open();
    const body = JSON.stringify(event('e1'));
    const signature = `sha256=${createHmac('sha256', 'ci-secret').update(body).digest('hex')}`;
    const signed = structured(body, { authorization: '', 'x-signature-256': signature });
    await expect(door.takeCloudEvents(signed)).resolves.toMatchObject({ status: 202 });
    expect(await rows()).toMatchObject([{ source: 'ci:/jobs' }]);
  });

  it('may not be signed in the binary form, whose headers no signature covers', async () => {
    const { door } = open();
    const body = Buffer.from(JSON.stringify({ pipeline: 'orders_daily', run: '118' }));
    const headers = {
      'content-type': 'application/json',
      'x-signature-256': createHmac('sha256', 'ci-secret').update(body).digest('hex'),
      'ce-specversion': '1.0',
      'ce-id': 'e1',
      'ce-source': '/jobs',
      'ce-type': 'io.pitcrew.run.failed.v1',
    };
    await expect(door.takeCloudEvents({ headers, body, rawBody: body })).rejects.toMatchObject({
      status: 415,
      detail: expect.stringContaining('A signature covers the body alone'),
    });
    expect(await rows()).toEqual([]);
  });

  it('keep what PostgreSQL has no room for out of their texts', async () => {
    const { door } = open();
    await expect(door.takeCloudEvents(structured(event('e\u0000null')))).resolves.toMatchObject({
      body: { stored: 1 },
    });
    const answer = await door.takeCloudEvents(
      batch([
        event('e\u0000ins', {
          data: { pipeline: 'orders\u0000daily', run: '118', error: 'cut \ud83d here\u0000', tags: ['\udc00a'] },
        }),
        event('eins', {}),
        event('e2', { data: { pipeline: 'orders', run: '1', error: 'the text \\u0000 and 🦀' } }),
      ]),
    );
    expect(answer).toMatchObject({ status: 202, body: { stored: 2, duplicates: 1 } });
    expect(await rows()).toMatchObject([
      { id: 'enull' },
      { id: 'eins', payload: { pipeline: 'ordersdaily', error: 'cut  here', tags: ['a'] } },
      { id: 'e2', payload: { error: 'the text \\u0000 and 🦀' } },
    ]);
  });

  it('have their long errors cut in the middle, and say so', async () => {
    const { door } = open();
    const error = `first ${'x'.repeat(40_000)} last`;
    await door.takeCloudEvents(structured(event('e1', { data: { pipeline: 'orders', run: '1', error } })));
    const [row] = await rows();
    const kept = String(row?.payload.error);
    expect(kept.length).toBeLessThan(20_100);
    expect(kept).toMatch(/^first x+\n… 20011 characters left out …\nx+ last$/);
  });
});

describe('a call that brings nothing', () => {
  it('is refused with the list of what was wrong', async () => {
    const { door, seen } = open();
    await expect(problem(door.takeCloudEvents(batch([event('', {}), event('e2', { type: 'x' })])))).resolves.toEqual({
      type: 'about:blank',
      title: 'No event was taken',
      status: 400,
      detail: '/id is empty.',
      stored: 0,
      duplicates: 0,
      refused: [
        { index: 0, pointer: '/id', message: 'is empty' },
        { index: 1, pointer: '/type', message: expect.stringMatching(/^is not a type/) },
      ],
    });
    expect(seen.wakes).toBe(0);
  });

  it.each([
    { title: 'an empty batch', given: batch([]), status: 400 },
    { title: 'no list for a batch', given: batch(event('e1')), status: 400 },
    { title: 'broken JSON', given: structured('{"id":'), status: 400 },
    { title: 'nothing', given: structured(''), status: 400 },
    {
      title: 'a form that is no CloudEvent',
      given: call(event('e1'), { 'content-type': 'application/json' }),
      status: 415,
    },
    { title: 'no form at all', given: call(event('e1')), status: 415 },
    {
      title: 'more than 1,000 events',
      given: batch(Array.from({ length: 1_001 }, (_, i) => event(`e${i}`))),
      status: 413,
    },
    { title: 'an unknown token', given: structured(event('e1'), { authorization: 'Bearer x' }), status: 401 },
    { title: 'no token', given: structured(event('e1'), { authorization: '' }), status: 401 },
  ])('is answered with $status for $title', async ({ given, status }) => {
    const { door } = open();
    await expect(problem(door.takeCloudEvents(given))).resolves.toMatchObject({ status });
    expect(await rows()).toEqual([]);
  });

  it('takes 1,000 events at once', async () => {
    const { door } = open();
    const answer = await door.takeCloudEvents(batch(Array.from({ length: 1_000 }, (_, i) => event(`e${i}`))));
    expect(answer).toMatchObject({ status: 202, body: { stored: 1_000 } });
  });

  it('says how to name a source where there is none', async () => {
    const { door } = open({ sources: () => [] });
    await expect(problem(door.takeCloudEvents(structured(event('e1'))))).resolves.toMatchObject({
      status: 401,
      title: 'No source is configured',
    });
  });

  it('is asked to come again when the database takes nothing', async () => {
    const broken = { ...database.db, query: () => Promise.reject(new Error('connection lost')) };
    const { door, seen } = open({ db: broken });
    await expect(problem(door.takeCloudEvents(structured(event('e1'))))).resolves.toMatchObject({ status: 503 });
    expect(seen.wakes).toBe(0);
  });
});

describe('waking the decider', () => {
  it('keeps no call waiting, and is done once for all that came meanwhile', async () => {
    let wakes = 0;
    let release = (): void => undefined;
    const { door } = open({
      wakeDecider: () => {
        wakes += 1;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    });
    for (let index = 0; index < 20; index += 1) await door.takeCloudEvents(structured(event(`e${index}`)));
    expect(wakes).toBe(1);
    release();
    await until(() => wakes === 2);
    release();
    await door.takeCloudEvents(structured(event('e99')));
    await until(() => wakes === 3);
  });

  it('fails without harm', async () => {
    const { door } = open({ wakeDecider: () => Promise.reject(new Error('no queue')) });
    await expect(door.takeCloudEvents(structured(event('e1')))).resolves.toMatchObject({ status: 202 });
  });
});

describe("an orchestrator's own form", () => {
  const fact = (id: string) => ({
    source: 'maestro:prod',
    id,
    kind: 'failed' as const,
    occurredAt: new Date('2026-11-25T08:59:00Z'),
    connection: 'prod',
    pipeline: 'orders_daily',
    run: '118',
    attempt: 1,
    final: true,
  });
  const speaking = (
    normalised: Normalised | Failure,
    authenticate?: Orchestrator['authenticate'],
  ): Partial<DoorDeps> => ({
    orchestrator: (name) =>
      name === 'prod'
        ? {
            ...createScriptedOrchestrator(),
            authenticate,
            normalise(delivery) {
              if (normalised instanceof Failure) throw normalised;
              expect(delivery.body).toBe('{"own":"form"}');
              return normalised;
            },
          }
        : undefined,
  });
  const own = call('{"own":"form"}');
  const change = {
    pipeline: { connection: 'prod', key: 'orders_daily' },
    kind: 'version' as const,
    version: '7',
    at: new Date('2026-11-25T08:00:00Z'),
  };

  it('is read by its adapter', async () => {
    const { door } = open(speaking({ events: [fact('1'), fact('2')], changes: [change] }));
    await expect(door.takeNative('prod', own)).resolves.toEqual({
      status: 202,
      body: { stored: 3, duplicates: 0, refused: [] },
    });
    await expect(door.takeNative('prod', own)).resolves.toMatchObject({ body: { stored: 0, duplicates: 3 } });
    expect((await rows()).map(({ source }) => source)).toEqual(['maestro:prod', 'maestro:prod', 'changes:prod']);
  });

  it('is taken in but for what its adapter refuses, which is named', async () => {
    const refused = [{ index: 0, pointer: '', message: 'There is no workflow id.' }];
    const { door } = open(speaking({ events: [fact('1')], refused }));
    await expect(door.takeNative('prod', own)).resolves.toEqual({
      status: 202,
      body: { stored: 1, duplicates: 0, refused },
    });
  });

  it('is taken in, with nothing stored, for a kind that is not followed', async () => {
    const { door } = open(speaking({ events: [] }));
    await expect(door.takeNative('prod', own)).resolves.toMatchObject({ status: 202, body: { stored: 0 } });
  });

  it('is refused for an unknown connection', async () => {
    const { door } = open(speaking({ events: [] }));
    await expect(problem(door.takeNative('lab', own))).resolves.toMatchObject({
      status: 404,
      title: 'Unknown connection',
    });
  });

  it('is refused when the adapter does not understand it', async () => {
    const { door } = open(speaking(new Failure('bad-response', 'prod', { detail: 'There is no workflow id.' })));
    await expect(problem(door.takeNative('prod', own))).resolves.toMatchObject({
      status: 400,
      title: 'Not understood',
      detail: 'There is no workflow id.',
    });
  });

  it.each([
    { signature: 'verified', token: '', status: 202 },
    { signature: 'refused', token: 'Bearer airflow-token', status: 401 },
    { signature: 'not-signed', token: 'Bearer airflow-token', status: 202 },
    { signature: 'not-signed', token: '', status: 401 },
  ] as const)(
    'is answered with $status when it is $signature, with the token "$token"',
    async ({ signature, token, status }) => {
      const { door } = open(speaking({ events: [fact('1')] }, async () => signature));
      const answer = door.takeNative('prod', call('{"own":"form"}', { authorization: token }));
      if (status === 202) await expect(answer).resolves.toMatchObject({ status });
      else await expect(problem(answer)).resolves.toMatchObject({ status });
      expect(await rows()).toHaveLength(status === 202 ? 1 : 0);
    },
  );

  it.each([
    {
      title: 'its signature cannot be checked',
      given: () => open(speaking({ events: [fact('1')] }, () => Promise.reject(new Failure('unavailable', 'prod')))),
    },
    {
      title: 'its subscription cannot be confirmed',
      given: () => {
        const confirm = () => Promise.reject(new Error('fetch failed'));
        return open({ ...speaking({ events: [], confirm: 'https://sns.example/confirm' }), confirm });
      },
    },
  ])('is asked for again when $title', async ({ given }) => {
    await expect(problem(given().door.takeNative('prod', own))).resolves.toMatchObject({
      status: 503,
      title: 'Not taken',
    });
    expect(await rows()).toEqual([]);
  });

  it('confirms a subscription', async () => {
    const { door, seen } = open(speaking({ events: [], confirm: 'https://sns.example/confirm' }));
    await expect(door.takeNative('prod', own)).resolves.toMatchObject({ status: 202 });
    expect(seen.confirmed).toEqual(['https://sns.example/confirm']);
  });
});

describe('lineage', () => {
  const lineage = (runId: string, differs: Record<string, unknown> = {}) => ({
    eventType: 'FAIL',
    eventTime: '2026-11-25T08:59:00Z',
    run: { runId },
    job: { namespace: 'prod', name: 'orders_daily' },
    ...differs,
  });

  it('comes one by one or as a list, of runs and of tables', async () => {
    const { door } = open();
    await expect(door.takeLineage(call(lineage('r1')))).resolves.toMatchObject({ status: 202, body: { stored: 1 } });
    await expect(
      door.takeLineage(
        call([lineage('r1'), lineage('r2', { eventType: 'RUNNING', outputs: [{ namespace: 'bq', name: 'dwh' }] }), {}]),
      ),
    ).resolves.toMatchObject({
      body: { stored: 1, duplicates: 1, refused: [{ index: 2, pointer: '/eventTime', message: 'is missing' }] },
    });
    expect(await rows()).toMatchObject([
      { source: 'airflow:openlineage', kind: 'run', payload: { connection: 'prod', kind: 'failed', run: 'r1' } },
      { source: 'airflow:openlineage', kind: 'lineage', payload: { edges: [{ to: 'table:bq/dwh' }] } },
    ]);
  });

  it.each([
    { title: 'nothing that is understood', given: call([{}]), status: 400 },
    { title: 'an empty list', given: call([]), status: 400 },
    { title: 'too many', given: call(Array(1_001).fill({})), status: 413 },
    { title: 'no token', given: call(lineage('r1'), { authorization: '' }), status: 401 },
  ])('is refused with $status for $title', async ({ given, status }) => {
    await expect(problem(open().door.takeLineage(given))).resolves.toMatchObject({ status });
  });
});

describe('the files of dbt', () => {
  const metadata = (kind: string) => ({
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${kind}.json`,
    invocation_id: 'inv-1',
    generated_at: '2026-11-25T08:59:00Z',
  });
  const manifest = {
    metadata: { ...metadata('manifest/v12'), project_name: 'shop' },
    nodes: { 'model.shop.b': { unique_id: 'model.shop.b', depends_on: { nodes: ['model.shop.a'] } } },
  };
  const ran = (results: object[]) => ({ metadata: metadata('run-results/v6'), results, args: { which: 'build' } });
  const failed = { unique_id: 'model.shop.a', status: 'error', message: 'Binder Error: no s3cret' };
  const passed = { unique_id: 'model.shop.b', status: 'success' };

  function files(parts: unknown[], headers: Record<string, string>, query = ''): StreamedCall {
    const body = Buffer.from(parts.map((part) => JSON.stringify(part)).join('\n'));
    return {
      headers,
      query: new URLSearchParams(query),
      async *read(onRaw) {
        onRaw(body);
        yield body;
      },
    };
  }
  const token = { authorization: 'Bearer dbt-token' };

  it('become events and the graph of the project, once however often they are sent', async () => {
    const { door } = open();
    const send = () => door.takeDbt(files([manifest, ran([failed, passed])], token));
    await expect(send()).resolves.toEqual({ status: 202, body: { stored: 3, duplicates: 0, refused: [] } });
    await expect(send()).resolves.toEqual({ status: 202, body: { stored: 0, duplicates: 3, refused: [] } });
    expect(await rows()).toMatchObject([
      {
        source: 'dbt:dbt:dbt-core',
        kind: 'run',
        payload: {
          kind: 'check-failed',
          pipeline: 'shop.a',
          connection: 'dbt-core',
          error: 'Binder Error: no [redacted]',
        },
      },
      { kind: 'run', payload: { kind: 'succeeded', pipeline: 'shop.b' } },
      { kind: 'lineage', payload: { whole: 'dbt-core:dbt-core/shop' } },
    ]);
  });

  it('of a second deployment are kept apart by the connection that is named', async () => {
    const { door } = open();
    await door.takeDbt(files([ran([failed])], token));
    const answer = await door.takeDbt(files([ran([failed])], token, 'connection=dbt-staging'));
    expect(answer.body).toMatchObject({ stored: 1, duplicates: 0 });
    await expect(problem(door.takeDbt(files([], token, 'connection=a/b')))).resolves.toMatchObject({ status: 400 });
  });

  it('are taken by a signature of the body as it travelled, and refused with a wrong one', async () => {
    const { door } = open();
    const body = JSON.stringify(ran([failed]));
    const signature = createHmac('sha256', 'ci-secret').update(body).digest('hex');
    const signed = (value: string) => files([ran([failed])], { 'x-signature-256': value });
    await expect(door.takeDbt(signed(`sha256=${signature}`))).resolves.toMatchObject({ status: 202 });
    await expect(problem(door.takeDbt(signed('0'.repeat(64))))).resolves.toMatchObject({ status: 401 });
  });

  it('of nobody we know are not even read', async () => {
    const unread: StreamedCall = {
      ...files([], { authorization: 'Bearer wrong' }),
      read: () => {
        throw new Error('it was read');
      },
    };
    await expect(problem(open().door.takeDbt(unread))).resolves.toMatchObject({ status: 401 });
  });

  it('that bring nothing but what makes no sense are refused as a whole', async () => {
    const nonsense = ran([{ unique_id: 'model.shop.a', status: 'melted' }]);
    await expect(problem(open().door.takeDbt(files([nonsense], token)))).resolves.toMatchObject({ status: 400 });
  });

  it('of a large project are stored as a whole', async () => {
    const many = Array.from({ length: 2_500 }, (_, at) => ({ unique_id: `model.shop.m${at}`, status: 'success' }));
    const answer = await open().door.takeDbt(files([ran(many)], token));
    expect(answer.body).toMatchObject({ stored: 2_500, duplicates: 0 });
  });
});

describe('secrets', () => {
  it('never reach the database, wherever in an event they stand', async () => {
    const { door } = open();
    const id = randomUUID();
    await door.takeCloudEvents(
      batch([
        event(id, {
          data: {
            pipeline: 'orders_daily',
            run: '118',
            step: 'load s3cret',
            error: `at the end of what is kept: ${'x'.repeat(9_967)}s3cret${'y'.repeat(30_000)} s3cret`,
            url: 'https://dana:hunter2@airflow.example/run?token=s3cret',
            logUrl: 'https://ghp_short@logs.example/118',
            owner: 's3cret',
            team: 's3cret',
            tags: ['tier1', 's3cret'],
            environment: 's3cret',
            inputs: ['postgres://etl:s3cret@db.example/orders'],
            outputs: ['s3cret'],
          },
        }),
        event('c1', {
          type: 'io.pitcrew.change.deployed.v1',
          data: {
            pipeline: 'orders',
            by: 's3cret',
            note: 's3cret',
            branch: 's3cret',
            url: 'https://a:hunter2@git.example/x',
          },
        }),
        event('u1', {
          type: 'io.pitcrew.usage.v1',
          data: {
            tool: 's3cret',
            person: 'U1',
            action: 's3cret',
            team: 's3cret',
            repository: 'https://a:hunter2@git.example',
          },
        }),
      ]),
    );
    await door.takeLineage(
      call({
        eventType: 'OTHER',
        eventTime: '2026-11-25T08:59:00Z',
        job: { namespace: 'prod', name: 'orders' },
        inputs: [{ namespace: 'postgres://etl:s3cret@db.example', name: 'orders' }],
      }),
    );
    await database.db.transaction(async (tx) => {
      const entries = door.entries('prod', { events: [{ ...polled, error: 's3cret', owner: 's3cret' }] });
      expect(JSON.stringify(entries)).not.toContain('s3cret');
      await tx.query('select 1');
    });
    const [row] = await database.db.query<{ all: string }>('select string_agg(inbox::text, $1) as all from inbox', [
      '\n',
    ]);
    expect(row?.all).not.toMatch(/s3cret|s3cre|hunter2|ghp_short/);
    const [run] = await rows();
    expect(run?.payload).toMatchObject({
      url: 'https://airflow.example/run?token=[redacted]',
      logUrl: 'https://logs.example/118',
      owner: '[redacted]',
      tags: ['tier1', '[redacted]'],
      inputs: ['postgres://etl:[redacted]@db.example/orders'],
    });
  });

  it('keeps the address by which an owner is known, where the field is nothing else', async () => {
    const { door } = open();
    const owned = (id: string, owner: string) => event(id, { data: { pipeline: 'orders', run: id, owner } });
    await door.takeCloudEvents(
      batch([owned('e1', 'dana@data.example'), owned('e2', 'dana@data.example token s3cret')]),
    );
    expect((await rows()).map(({ payload }) => payload)).toMatchObject([
      { owner: 'dana@data.example' },
      { owner: expect.not.stringContaining('s3cret') },
    ]);
  });

  const polled = {
    source: 'maestro:prod',
    id: 'p1',
    kind: 'failed' as const,
    occurredAt: new Date('2026-11-25T08:59:00Z'),
    connection: 'prod',
    pipeline: 'orders_daily',
    run: '118',
    attempt: 1,
    final: true,
  };
});
