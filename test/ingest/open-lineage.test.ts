import { readLineageEvent } from '../../src/ingest/open-lineage';

const read = (value: unknown) =>
  readLineageEvent(value, { connectionOf: (namespace) => (namespace === 'airflow' ? 'airflow' : 'default') });

const at = '2026-11-25T08:59:00Z';
const runEvent = (differs: Record<string, unknown> = {}): Record<string, unknown> => ({
  eventType: 'COMPLETE',
  eventTime: at,
  producer: 'https://github.example/producer',
  schemaURL: 'https://openlineage.example/2-0-2/OpenLineage.json#/$defs/RunEvent',
  run: { runId: 'r-1' },
  job: { namespace: 'airflow', name: 'orders_daily' },
  ...differs,
});
const raw = { namespace: 'postgres://db.example:5432', name: 'shop.public.orders' };
const dwh = { namespace: 'bigquery', name: 'dwh.orders' };
const parent = { run: { runId: 'r-0' }, job: { namespace: 'airflow', name: 'orders_daily' } };

describe('a run event of OpenLineage', () => {
  it.each([
    ['START', 'started'],
    ['COMPLETE', 'succeeded'],
    ['ABORT', 'cancelled'],
    ['FAIL', 'failed'],
    ['fail', 'failed'],
  ])('of type %s is a fact %s about the run', (eventType, kind) => {
    expect(read(runEvent({ eventType }))).toMatchObject({
      kind: 'run',
      event: { kind, connection: 'airflow', pipeline: 'orders_daily', run: 'r-1', attempt: 1, final: true },
    });
  });

  it('tells error, owner, partition and tables', () => {
    const read118 = read(
      runEvent({
        eventType: 'FAIL',
        run: {
          runId: 'r-1',
          facets: {
            errorMessage: { message: 'boom', programmingLanguage: 'PYTHON', stackTrace: 'at load' },
            nominalTime: { nominalStartTime: '2026-11-24T00:00:00Z' },
          },
        },
        job: {
          namespace: 'airflow',
          name: 'orders_daily',
          facets: { ownership: { owners: [{ name: 'team:orders', type: 'OWNER' }] } },
        },
        inputs: [raw],
        outputs: [dwh],
      }),
    );
    expect(read118).toMatchObject({
      event: {
        id: `r-1:FAIL:${at}`,
        error: 'boom\nat load',
        owner: 'team:orders',
        partition: '2026-11-24T00:00:00Z',
        inputs: ['postgres://db.example:5432/shop.public.orders'],
        outputs: ['bigquery/dwh.orders'],
      },
    });
  });

  it('takes a time without offset for UTC', () => {
    expect(read(runEvent({ eventTime: '2026-11-25T08:59:00.123456' }))).toMatchObject({
      event: { occurredAt: new Date('2026-11-25T08:59:00.123Z') },
    });
    expect(read(runEvent({ eventTime: '2026-11-25T08:59:00+01:00' }))).toMatchObject({
      event: { occurredAt: new Date('2026-11-25T07:59:00Z') },
    });
  });

  it('takes the failure of a step for a fact about the whole run that is not its end', () => {
    const step = { eventType: 'FAIL', job: { namespace: 'airflow', name: 'orders_daily.load' } };
    const of = (parentFacet: object) =>
      read(runEvent({ ...step, run: { runId: 'r-1', facets: { parent: parentFacet } } }));
    const expected = {
      event: { kind: 'failed', pipeline: 'orders_daily', run: 'r-0', step: 'orders_daily.load', final: false },
    };
    expect(of(parent)).toMatchObject(expected);
    expect(of({ run: { runId: 'mid' }, job: { namespace: 'spark', name: 'mid' }, root: parent })).toMatchObject(
      expected,
    );
  });

  it('takes other news of a step for lineage alone', () => {
    expect(read(runEvent({ run: { runId: 'r-1', facets: { parent } }, inputs: [raw], outputs: [dwh] }))).toEqual({
      kind: 'lineage',
      id: `r-1:COMPLETE:${at}`,
      occurredAt: new Date(at),
      edges: [
        {
          from: 'table:postgres://db.example:5432/shop.public.orders',
          to: 'pipeline:airflow/orders_daily',
          source: 'openlineage',
          knownSince: new Date(at),
        },
        {
          from: 'pipeline:airflow/orders_daily',
          to: 'table:bigquery/dwh.orders',
          source: 'openlineage',
          knownSince: new Date(at),
        },
      ],
    });
  });

  it.each(['RUNNING', 'OTHER', 'constructor'])('takes the type %s for lineage alone', (eventType) => {
    expect(read(runEvent({ eventType }))).toMatchObject({ kind: 'lineage', edges: [] });
  });
});

describe('the other events of OpenLineage', () => {
  it('reads a job event as lineage', () => {
    const { eventType: _type, run: _run, ...job } = runEvent({ outputs: [dwh] });
    expect(read(job)).toMatchObject({
      kind: 'lineage',
      id: `job:airflow/orders_daily:OTHER:${at}`,
      edges: [{ from: 'pipeline:airflow/orders_daily', to: 'table:bigquery/dwh.orders' }],
    });
  });

  it('reads a dataset event', () => {
    expect(read({ eventTime: at, dataset: dwh })).toMatchObject({ kind: 'lineage', edges: [] });
  });

  it.each([
    { value: 7, pointer: '', message: 'must be an object' },
    { value: {}, pointer: '/eventTime', message: 'is missing' },
    { value: runEvent({ eventTime: 'now' }), pointer: '/eventTime', message: /^must be a time/ },
    { value: runEvent({ run: {} }), pointer: '/run/runId', message: 'is missing' },
    { value: runEvent({ job: undefined }), pointer: '/job', message: 'is missing' },
    { value: runEvent({ job: { name: 'x' } }), pointer: '/job/namespace', message: 'is missing' },
    { value: runEvent({ inputs: [{ name: 'x' }] }), pointer: '/inputs/0/namespace', message: 'is missing' },
  ])('refuses at $pointer: $message', ({ value, pointer, message }) => {
    expect(read(value)).toEqual({
      pointer,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
  });
});
