import type { Change } from '../../src/domain/change';
import type { Edge } from '../../src/domain/edge';
import { Failure } from '../../src/domain/failure';
import { createDiscovery } from '../../src/ingest/discovery';
import { createDoor } from '../../src/ingest/door';
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
  await emptyTables(database.db, 'inbox, edges, changes, pipelines');
});

const since = new Date('2026-11-20T10:00:00Z');
const edge = (from: string, to: string): Edge => ({
  from: `pipeline:prod/${from}`,
  to: `pipeline:prod/${to}`,
  source: 'maestro:prod',
  knownSince: since,
});
const push = (version: string): Change => ({
  pipeline: { connection: 'prod', key: 'orders' },
  kind: 'version',
  version,
  by: 'noor',
  at: since,
});

async function* each<T>(items: T[]): AsyncIterable<T> {
  yield* items;
}

function open(able: Partial<Orchestrator>, feeds: Pick<Edge, 'from' | 'to'>[] = []) {
  const { db } = database;
  const clock = createSetClock();
  const log = createLogger('silent');
  const redact = (text: string) => text.replaceAll('hunter2', '[redacted]');
  const remembered: string[] = [];
  let wakes = 0;
  const door = createDoor({
    db,
    clock,
    log,
    sources: () => [],
    connections: () => ['prod'],
    orchestrator: () => undefined,
    redact,
    wakeDecider: async () => undefined,
    confirm: async () => undefined,
    stored: () => undefined,
  });
  const discovery = createDiscovery({
    db,
    clock,
    log,
    kinds: ['airflow', 'maestro'],
    connections: () => [
      { name: 'prod', lineageSource: 'maestro:prod', orchestrator: { ...createScriptedOrchestrator(), ...able } },
    ],
    door,
    pipelines: {
      remember: async (pipelines) => {
        remembered.push(...pipelines.map(({ key }) => key));
      },
      feeds: async () => feeds,
    },
    redact,
    async wakeDecider() {
      wakes += 1;
    },
  });
  return { discovery, clock, remembered, wakes: () => wakes };
}

const graph = () =>
  database.db.query<{ edge: string; since: Date; seen: Date }>(
    `select from_node || ' > ' || to_node as edge, known_since as since, seen_at as seen from edges order by edge`,
  );
const edges = async () => (await graph()).map((row) => row.edge.replaceAll('pipeline:prod/', ''));

describe('the graph that an orchestrator tells', () => {
  it('is kept with the time since when it is known and when it was last seen, and forgotten when it is told no more', async () => {
    let told = [edge('orders', 'revenue'), edge('revenue', 'board')];
    const { discovery, clock } = open({ lineage: () => each(told) });
    await discovery.read();
    const first = clock.now();
    clock.pass(2 * 3_600_000);
    told = [edge('orders', 'revenue'), edge('revenue', 'forecast')];
    await discovery.read();
    expect(await edges()).toEqual(['orders > revenue', 'revenue > forecast']);
    const [kept] = await graph();
    expect(kept).toMatchObject({ since, seen: clock.now() });
    expect(kept?.seen.getTime()).toBeGreaterThan(first.getTime());
  });

  it('is forgotten with its connection, and what events and the catalogue told is left alone', async () => {
    await database.db.query(
      `insert into edges (from_node, to_node, source, known_since, seen_at)
       select 'pipeline:prod/' || source, 'pipeline:prod/x', source, $1, $1
       from unnest(array['maestro:gone', 'airflow:prod', 'events', 'openlineage:maestro']) source`,
      [since],
    );
    const { discovery } = open({ lineage: () => each([edge('orders', 'revenue')]) });
    await discovery.read();
    expect(await edges()).toEqual(['events > x', 'openlineage:maestro > x', 'orders > revenue']);
  });

  it('stays as it was while the orchestrator does not answer, and edges from elsewhere are left alone', async () => {
    let away = false;
    const { discovery } = open({
      async *lineage() {
        yield edge('orders', 'revenue');
        if (away) throw new Failure('unavailable', 'prod');
        yield edge('revenue', 'board');
      },
    });
    await discovery.read();
    await database.db.query(
      `insert into edges values ('table:a', 'pipeline:prod/orders', 'openlineage', '2026-11-01', '2026-11-01')`,
    );
    away = true;
    await discovery.read();
    expect(await edges()).toEqual(['orders > revenue', 'revenue > board', 'table:a > orders']);
  });

  it('is joined by what the catalogue says is fed', async () => {
    const feed = { from: 'pipeline:prod/board', to: 'dashboard:Board report' };
    await open({}, [feed]).discovery.read();
    expect(await edges()).toEqual(['board > dashboard:Board report']);
    await open({}, []).discovery.read();
    expect(await edges()).toEqual([]);
  });

  it('holds no secret that stands in the name of a table', async () => {
    const { discovery } = open({ lineage: () => each([{ ...edge('orders', 'x'), to: 'table:pw=hunter2' }]) });
    await discovery.read();
    expect(await edges()).toEqual(['orders > table:pw=[redacted]']);
  });
});

describe('the versions of a pipeline', () => {
  const meet = () =>
    database.db.query(`insert into pipelines values ('prod', 'orders', '{}', '2026-11-25', '2026-11-25')`);
  const taken = () => database.db.query<{ id: string }>(`select id from inbox where kind = 'change' order by seq`);

  it('are taken in once when it is met, and as the same facts that are pushed or polled', async () => {
    await meet();
    const asked: string[] = [];
    const able = {
      async versions({ key }: { key: string }) {
        asked.push(key);
        return [push('2'), push('1')];
      },
    };
    const { discovery, wakes } = open(able);
    await discovery.read();
    await discovery.read();
    expect((await taken()).map(({ id }) => id)).toEqual(['change:orders:version:2', 'change:orders:version:1']);
    expect(wakes()).toBe(1);
    await database.db.query(
      `insert into changes (connection, pipeline, kind, version, at, recorded_at) values ('prod', 'orders', 'version', '1', '2026-11-20', '2026-11-20')`,
    );
    await discovery.read();
    expect(asked).toEqual(['orders', 'orders']);
  });

  it('are read also where the graph cannot be', async () => {
    await meet();
    const { discovery, remembered } = open({
      discover: () => each([{ connection: 'prod', key: 'orders', facts: {} }]),
      // biome-ignore lint/correctness/useYield: it breaks before it tells anything
      async *lineage() {
        throw new Failure('bad-response', 'prod');
      },
      versions: async () => [push('1')],
    });
    await discovery.read();
    expect(remembered).toEqual(['orders']);
    expect(await taken()).toHaveLength(1);
  });
});
