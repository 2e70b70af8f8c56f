import { type DbtFacts, factsOf, keyOf } from '../../src/ingest/dbt-events';
import { readDbtFiles } from '../../src/ingest/dbt-files';
import { Problem } from '../../src/lib/problem';

const now = new Date('2026-11-25T09:00:00Z');
const metadata = (kind: string, version: number, more: object = {}) => ({
  dbt_schema_version: `https://schemas.getdbt.com/dbt/${kind}/v${version}.json`,
  generated_at: '2026-11-25T08:59:00.123456Z',
  invocation_id: 'inv-1',
  ...more,
});

function manifest(nodes: Record<string, object>, more: object = {}) {
  const named = Object.entries(nodes).map(([id, node]) => [id, { unique_id: id, ...node }]);
  return { metadata: metadata('manifest', 12, { project_name: 'shop' }), nodes: Object.fromEntries(named), ...more };
}

function results(all: object[], args: object = { which: 'build', target: 'prod' }) {
  return { metadata: metadata('run-results', 6), results: all, elapsed_time: 1, args };
}

const timing = [
  { name: 'compile', started_at: '2026-11-25T08:58:00Z', completed_at: '2026-11-25T08:58:01Z' },
  { name: 'execute', started_at: '2026-11-25T08:58:01Z', completed_at: '2026-11-25T08:58:09Z' },
];
const one = (unique_id: string, status: string, more: object = {}) => ({ unique_id, status, timing, ...more });

async function read(...files: unknown[]): Promise<DbtFacts> {
  const text = files.map((file) => JSON.stringify(file)).join('\n');
  return factsOf(await readDbtFiles(inPieces(text)), 'dbt-core', now);
}

async function* inPieces(text: string, size = 7): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const test = 'test.shop.not_null_orders_id.84ef11d8fe';

describe('the results of dbt', () => {
  it('tell of a failing test how many rows fail and where its SQL is, in the name of who owns its model', async () => {
    const { events } = await read(
      manifest({
        'model.shop.orders': {
          name: 'orders',
          config: { meta: { owner: 'dana@data.example', tier: 1 } },
          tags: ['daily'],
        },
        [test]: {
          name: 'not_null_orders_id',
          attached_node: 'model.shop.orders',
          compiled_path: 'target/compiled/shop/models/schema.yml/not_null_orders_id.sql',
          original_file_path: 'models/schema.yml',
          depends_on: { nodes: ['model.shop.orders'] },
        },
      }),
      results([one(test, 'fail', { failures: 3, message: 'Got 3 results, configured to fail if != 0' })]),
    );
    expect(events).toEqual([
      {
        source: 'dbt',
        id: `inv-1/${test}/check-failed`,
        kind: 'check-failed',
        connection: 'dbt-core',
        pipeline: 'shop.not_null_orders_id',
        run: 'inv-1',
        attempt: 1,
        final: true,
        occurredAt: new Date('2026-11-25T08:58:09Z'),
        startedAt: new Date('2026-11-25T08:58:00Z'),
        endedAt: new Date('2026-11-25T08:58:09Z'),
        owner: 'dana@data.example',
        tags: ['daily'],
        tier: 1,
        environment: 'prod',
        error: [
          '3 failing rows: Got 3 results, configured to fail if != 0',
          'Compiled SQL: target/compiled/shop/models/schema.yml/not_null_orders_id.sql',
          'Defined in: models/schema.yml',
        ].join('\n'),
      },
    ]);
  });

  it.each([
    { status: 'success', kinds: ['succeeded'] },
    { status: 'pass', kinds: ['succeeded'] },
    { status: 'warn', kinds: ['succeeded'] },
    { status: 'error', kinds: ['check-failed'] },
    { status: 'fail', kinds: ['check-failed'] },
    { status: 'runtime error', kinds: ['check-failed'] },
    { status: 'partial success', kinds: ['check-failed'] },
    // Not tried: it neither failed nor mended anything.
    { status: 'skipped', kinds: [] },
    { status: 'no-op', kinds: [] },
  ])('with the status $status become $kinds', async ({ status, kinds }) => {
    const { events, refused } = await read(results([one('model.shop.orders', status)]));
    expect(events.map(({ kind }) => kind)).toEqual(kinds);
    expect(refused).toEqual([]);
  });

  it.each(['compile', 'docs', 'show', 'list', 'parse'])(
    'of dbt %s, which builds nothing, tell nothing',
    async (which) => {
      const { events } = await read(results([one('model.shop.orders', 'success')], { which }));
      expect(events).toEqual([]);
    },
  );

  it('that make no sense are named, and the others are taken', async () => {
    const { events, refused } = await read(
      results([one('model.shop.a', 'melted'), { status: 'success' }, one('model.shop.b', 'success')]),
    );
    expect(events.map(({ pipeline }) => pipeline)).toEqual(['shop.b']);
    expect(refused).toEqual([
      { index: 1, pointer: '/results/1/unique_id', message: expect.any(String) },
      { index: 0, pointer: '/results/0/status', message: 'is not a status that I know: "melted"' },
    ]);
  });

  it('are told without the manifest as well, with what they know themselves', async () => {
    const { events, graph } = await read(
      results([one('model.shop.orders', 'error', { message: 'Binder Error: no x' })]),
    );
    expect(events).toMatchObject([{ pipeline: 'shop.orders', error: 'Binder Error: no x' }]);
    expect(events[0]?.owner).toBeUndefined();
    expect(graph).toBeUndefined();
  });

  it('take the owner of the group where the model names none', async () => {
    const { events } = await read(
      manifest(
        { 'model.shop.revenue': { name: 'revenue', group: 'finance' } },
        {
          groups: { 'group.shop.finance': { name: 'finance', owner: { name: 'Finance', email: 'fin@data.example' } } },
        },
      ),
      results([one('model.shop.revenue', 'error')]),
    );
    expect(events).toMatchObject([{ owner: 'fin@data.example', team: 'finance' }]);
  });
});

it.each([
  ['model.shop.orders', 'shop.orders'],
  ['model.shop.orders.v2', 'shop.orders.v2'],
  [test, 'shop.not_null_orders_id'],
  ['test.shop.assert_totals', 'shop.assert_totals'],
  ['unit_test.shop.orders.adds_up', 'shop.orders.adds_up'],
  ['operation.shop.shop-on-run-end-0', 'shop.shop-on-run-end-0'],
])('the node %s is the pipeline %s', (id, key) => {
  expect(keyOf(id)).toBe(key);
});

describe('the manifest of dbt', () => {
  const node = (...dependsOn: string[]) => ({ depends_on: { nodes: dependsOn } });
  const files = manifest(
    {
      'model.shop.orders': node('source.shop.raw.orders', 'macro.dbt.is_incremental'),
      'model.shop.revenue': node('model.shop.orders'),
      [test]: { ...node('model.shop.orders'), attached_node: 'model.shop.orders' },
    },
    {
      sources: {
        'source.shop.raw.orders': {
          unique_id: 'source.shop.raw.orders',
          database: 'lake',
          schema: 'raw',
          identifier: 'orders_v1',
        },
      },
      exposures: {
        'exposure.shop.weekly': {
          unique_id: 'exposure.shop.weekly',
          name: 'weekly',
          label: 'Weekly revenue',
          ...node('model.shop.revenue'),
        },
      },
    },
  );

  it('tells who waits for whom: tables, models, their tests and dashboards', async () => {
    const { graph } = await read(files);
    const edges = graph?.edges.map(({ from, to }) => `${from} → ${to}`).sort();
    expect(edges).toEqual([
      'pipeline:dbt-core/shop.not_null_orders_id → pipeline:dbt-core/shop.revenue',
      'pipeline:dbt-core/shop.orders → pipeline:dbt-core/shop.not_null_orders_id',
      'pipeline:dbt-core/shop.orders → pipeline:dbt-core/shop.revenue',
      'pipeline:dbt-core/shop.revenue → dashboard:Weekly revenue',
      'table:lake.raw.orders_v1 → pipeline:dbt-core/shop.orders',
    ]);
    expect(graph).toMatchObject({ source: 'dbt-core:dbt-core/shop', invocation: 'inv-1' });
  });

  it('is read in little memory however large it is', async () => {
    const code = 'select * from orders '.repeat(5_000);
    async function* large(): AsyncIterable<Buffer> {
      yield Buffer.from(`{"metadata":${JSON.stringify(metadata('manifest', 12))},"nodes":{`);
      for (let at = 0; at < 400; at += 1) {
        const id = `model.shop.m${at}`;
        yield Buffer.from(`${at > 0 ? ',' : ''}"${id}":${JSON.stringify({ unique_id: id, raw_code: code })}`);
      }
      yield Buffer.from('}}');
    }
    const { nodes } = await readDbtFiles(large());
    expect(nodes.size).toBe(400);
    expect(JSON.stringify([...nodes.values()]).length).toBeLessThan(100_000);
  });
});

describe('what is no file of dbt', () => {
  it.each([
    { what: 'nothing', text: '', status: 400 },
    { what: 'a web page', text: '<html>', status: 400 },
    { what: 'JSON of something else', text: '{"hello":1}', status: 400 },
    { what: 'another file of dbt', text: JSON.stringify({ metadata: metadata('catalog', 1) }), status: 400 },
    {
      what: 'a file that was cut',
      text: JSON.stringify(results([one('model.shop.a', 'success')])).slice(0, -30),
      status: 400,
    },
    { what: 'two of a kind', text: JSON.stringify(results([])).repeat(2), status: 400 },
  ])('such as $what is refused', async ({ text, status }) => {
    const outcome = await readDbtFiles(inPieces(text)).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(Problem);
    expect(outcome).toMatchObject({ status });
  });
});
