import type { ServerResponse } from 'node:http';
import { Failure } from '../../src/domain/failure';
import { createDoor } from '../../src/ingest/door';
import { createPoller } from '../../src/ingest/poller';
import { createLogger } from '../../src/lib/logger';
import type { Orchestrator } from '../../src/orchestrators/orchestrator';
import { connectAll, kindOf, kinds } from '../../src/orchestrators/registry';
import { startForwarder } from '../orchestrators/forwarder';
import { exampleAt } from '../orchestrators/generic-http/bench';
import { startScheduler } from '../orchestrators/generic-http/scheduler';
import { type Heard, type LocalServer, startServer } from '../orchestrators/local-server';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { benches } from '../support/kinds';
import { until } from '../support/until';

let database: TestDatabase;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'inbox, polls');
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const log = createLogger('silent');

/** Its keys in pitcrew.yaml, for a server at this address. */
const settingsOf: Record<string, (url: string) => Record<string, unknown>> = {
  airflow: (url) => ({ url, token: 'ours' }),
  dagster: (url) => ({ url, token: 'ours' }),
  dbt: (url) => ({ url, account: 7, token: 'ours' }),
  'generic-http': exampleAt,
  maestro: (url) => ({ url, headers: { authorization: 'ours' }, poll: { everySeconds: 30, pipelines: ['orders'] } }),
  prefect: (url) => ({ url: `${url}/api`, apiKey: 'ours' }),
};

/** A connection as the configuration makes one, but with less patience where that is what is tried: 10 s is what one call has. */
function connect(
  kind: string,
  name: string,
  settings: Record<string, unknown>,
  timeoutMs = 5_000,
  clock = { now: () => new Date() },
): Orchestrator {
  const checked = kindOf(kind)?.check(settings);
  if (!checked?.success) throw new Error(`The settings are not taken: ${checked?.error}`);
  const entry = { name, kind, settings: checked.data };
  const connected = connectAll([entry], { log, clock, random: () => 0, timeoutMs }).get(name);
  if (!connected) throw new Error('Nothing was connected.');
  closers.push(connected.close);
  return connected.orchestrator;
}

/** Polls all of them once. */
function pollerOf(orchestrators: Record<string, Orchestrator>) {
  // Every poll is due.
  let turn = 0;
  const clock = { now: () => new Date(Date.now() + turn * 3_600_000) };
  const door = createDoor({
    ...{ db: database.db, clock, log, redact: (text: string) => text, sources: () => [] },
    connections: () => Object.keys(orchestrators),
    orchestrator: () => undefined,
    wakeDecider: async () => undefined,
    confirm: async () => undefined,
    stored: () => undefined,
  });
  const poller = createPoller({
    ...{ db: database.db, clock, log, door, wakeDecider: async () => undefined },
    polled: () => Object.keys(orchestrators).map((name) => ({ name, everySeconds: 30 })),
    orchestrator: (name) => orchestrators[name],
  });
  return {
    async poll(): Promise<void> {
      turn += 1;
      await poller.pollDue();
    },
  };
}

async function factsOf(connection: string): Promise<string[]> {
  const rows = await database.db.query<{ id: string }>('select id from inbox where connection = $1 order by seq', [
    connection,
  ]);
  return rows.map(({ id }) => id);
}

async function faultOf(connection: string): Promise<string | undefined> {
  const [row] = await database.db.query<{ fault: string | null }>('select fault from polls where connection = $1', [
    connection,
  ]);
  return row?.fault ?? undefined;
}

interface Bad {
  answer(heard: Heard, response: ServerResponse, count: number): void;
  /** What the poll is said to have failed for, and what `pitcrew doctor` says. */
  says: RegExp;
  timeoutMs?: number;
}

const json = (response: ServerResponse, body: string, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
const page = (response: ServerResponse, status: number) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>Please sign in</h1></html>');
const away = /No answer within|UND_ERR_SOCKET|ECONNRESET|Status 50[03]|not answered several times|did not answer/;
const strange = /bad-response|in a form I do not know/;
const refused = /not-allowed|with the rights I have/;

const bad: Record<string, Bad> = {
  'never answers': { answer: () => undefined, says: away, timeoutMs: 60 },
  'begins an answer and never ends it': {
    answer: (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":'),
    says: away,
    timeoutMs: 60,
  },
  'cuts every connection': { answer: (_, response) => response.destroy(), says: away },
  'is out of order': { answer: (_, response) => response.writeHead(503).end(), says: away },
  'shows a page of an error': { answer: (_, response) => page(response, 500), says: away },
  'shows a page to sign in': { answer: (_, response) => page(response, 200), says: strange },
  'breaks off in the middle of its JSON': { answer: (_, response) => json(response, '{"a":[{'), says: strange },
  'answers with JSON of another shape': {
    // For the kind that is set up by configuration what it says when it is pinged has no shape.
    answer: ({ url }, response) => json(response, url.includes('/ping') ? '{}' : '{"colour":["red"]}'),
    says: /bad-response|in a form I do not know|`runs\.items` finds nothing/,
  },
  'does not know us': { answer: (_, response) => json(response, '{"detail":"Who are you?"}', 401), says: refused },
  'may not be read by us': { answer: (_, response) => json(response, '{"detail":"Not for you"}', 403), says: refused },
};

it('each kind is tried', () => {
  const ids = kinds.map(({ id }) => id).sort();
  expect(Object.keys(settingsOf).sort()).toEqual(ids);
  expect(Object.keys(benches).sort()).toEqual(ids);
});

describe.each(Object.keys(settingsOf))('an orchestrator of the kind %s', (kind) => {
  const at = (url: string) => settingsOf[kind]?.(url) ?? {};

  async function serve(answer: Bad['answer']): Promise<LocalServer> {
    const server = await startServer(answer);
    closers.push(server.close);
    return server;
  }

  it.each(Object.entries(bad))(
    'that %s harms no other connection, and both the poll and the doctor say what is wrong',
    async (_title, { answer, says, timeoutMs }) => {
      const server = await serve(answer);
      const good = await startScheduler([{ code: 'orders', label: 'Orders', goes: () => 'KO' }]);
      closers.push(good.close);
      const orchestrators = {
        bad: connect(kind, 'bad', at(server.url), timeoutMs),
        good: connect('generic-http', 'good', exampleAt(good.url)),
      };
      const poller = pollerOf(orchestrators);
      await poller.poll();
      good.make('orders');
      await poller.poll();
      await until(async () => (await factsOf('good')).length > 0, { what: 'the failure of the good one' });
      expect(await factsOf('good')).toEqual(['orders/40/1/failed']);
      await until(async () => (await faultOf('bad')) !== undefined, { what: 'the fault of the bad one' });
      expect(await faultOf('bad')).toMatch(says);
      expect(await factsOf('bad')).toEqual([]);
      const faults = (await orchestrators.bad.check()).filter(({ ok }) => !ok);
      expect(faults.map(({ say }) => say).join('\n')).toMatch(says);
      for (const { fix } of faults) expect(fix).toEqual(expect.stringMatching(/\S/));
    },
  );

  it('that answers with 10 GB is left after the most that an answer may have', async () => {
    const chunk = Buffer.alloc(256 * 1024, '[0,');
    let sent = 0;
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(10_000_000_000) });
      const pour = (): void => {
        while (!response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) break;
        }
      };
      response.on('drain', pour);
      pour();
    });
    const outcome = await outcomeOf(connect(kind, 'bad', at(server.url), 20_000).poll?.(undefined));
    expect(outcome).toMatchObject({ kind: 'bad-response', detail: expect.stringMatching(/^More than \d+ KiB\.$/) });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('that redirects to another host is not followed: the key stays here', async () => {
    const thief = await serve((_, response) => json(response, '{}'));
    const elsewhere = thief.url.replace('127.0.0.1', 'localhost');
    const server = await serve((_, response) => response.writeHead(302, { location: `${elsewhere}/x` }).end());
    const orchestrator = connect(kind, 'bad', at(server.url));
    expect(await outcomeOf(orchestrator.poll?.(undefined))).toMatchObject({
      kind: 'bad-response',
      detail: expect.stringContaining('sends us to localhost'),
    });
    expect((await orchestrator.check()).map(({ say }) => say).join('\n')).toContain('sends us to localhost');
    expect(thief.heard).toEqual([]);
  });

  it('that comes and goes is caught up with: each change once, and nothing is skipped', async () => {
    const bench = await benches[kind]?.();
    if (!bench) throw new Error('There is no bench.');
    closers.push(bench.close);
    let isAway = false;
    let laterMs = 0;
    const between = await startForwarder(String(bench.settings.url), { isAway: () => isAway });
    closers.push(between.close);
    const clock = { now: () => new Date(Date.now() + laterMs) };
    const orchestrator = connect(kind, 'bad', { ...bench.settings, url: between.url }, 5_000, clock);
    const wanted: string[] = [];
    const told: string[] = [];
    let cursor = (await orchestrator.poll?.(undefined))?.cursor;
    for (let turn = 0; turn < 4; turn += 1) {
      isAway = turn % 2 === 0;
      laterMs += 120_000; // whoever did not answer several times is left in peace for a while
      wanted.push((await bench.failed()).run.run);
      const news = await outcomeOf(orchestrator.poll?.(cursor));
      if (news instanceof Failure) continue;
      told.push(...news.events.filter((event) => event.kind === 'failed').map(({ run }) => run));
      cursor = JSON.parse(JSON.stringify(news.cursor));
    }
    expect(told.sort()).toEqual(wanted.sort());
  });
});

type News = Awaited<ReturnType<NonNullable<Orchestrator['poll']>>>;

async function outcomeOf(poll: Promise<News> | undefined): Promise<News | Failure> {
  try {
    const news = await poll;
    if (!news) throw new Error('It cannot poll.');
    return news;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const row = (no: number) => ({ exec_no: no, flow: { code: 'x' }, state: { word: 'OK' }, began: 1, ended: 2 });
const now = () => new Date().toISOString();

/** Lists that go on, with totals that lie, as each product would give them. */
const endless: Record<string, (heard: Heard, count: number) => unknown> = {
  airflow({ url }, count) {
    if (url.endsWith('/version')) return { version: '3.3.2' };
    if (!url.includes('/dagRuns')) return {};
    const runs = Array.from({ length: 100 }, (_, nth) => ({
      ...{ dag_id: 'x', dag_run_id: `run_${count}_${nth}`, run_type: 'manual', state: 'success' },
      ...{ start_date: now(), end_date: now() },
    }));
    return { dag_runs: url.includes('state=running') ? [] : runs, total_entries: 1_000_000_000_000 };
  },
  dagster({ body }, count) {
    if (/^\{"query":"query CountRuns/.test(body)) return { data: { runsOrError: { __typename: 'Runs', count: 1 } } };
    if (!/^\{"query":"query Runs/.test(body)) return { data: { version: '1.13.28', job: null, retry: null } };
    const at = Date.now() / 1_000;
    const results = Array.from({ length: 200 }, (_, nth) => ({
      ...{ runId: `run_${count}_${nth}`, jobName: 'x', status: 'SUCCESS', tags: [] },
      ...{ creationTime: at, startTime: at, endTime: at },
    }));
    return { data: { runsOrError: { __typename: 'Runs', results } } };
  },
  dbt({ url }, count) {
    const at = now();
    const data = Array.from({ length: 100 }, (_, nth) => ({
      ...{ id: count * 100 + nth, job_definition_id: 1, status: 3, created_at: at, started_at: at, finished_at: null },
    }));
    return url.includes('/runs/') ? { data, extra: { pagination: { total_count: 1_000_000_000_000 } } } : { data: {} };
  },
  'generic-http': ({ url }, count) =>
    url.includes('/ping') ? {} : { payload: { rows: [row(count)], more: `t${count}` } },
  maestro({ url }) {
    if (!url.includes('/instances')) return { workflow_id: 'orders', active_version_id: 1, latest_version_id: 1 };
    const instance = {
      ...{ workflow_id: 'orders', workflow_instance_id: 7, workflow_run_id: 1_000_000_000, status: 'FAILED' },
      ...{ create_time: 1, start_time: 1, end_time: 2, initiator: { type: 'MANUAL' } },
    };
    return url.includes('/runs/') ? instance : { elements: [instance], page_info: { has_next_page: true } };
  },
  prefect({ url }, count) {
    if (url.endsWith('/version')) return '3.9.1';
    if (url.endsWith('/count')) return 1_000_000_000_000;
    if (!url.includes('/flow_runs/')) return { id: 'f', name: 'flow' };
    return Array.from({ length: 200 }, (_, nth) => ({
      ...{ id: `run_${count}_${nth}`, flow_id: 'f', run_count: 1, start_time: now(), end_time: now() },
      state: { id: `s${count}_${nth}`, type: 'RUNNING', timestamp: now() },
    }));
  },
};

describe.each(Object.entries(endless))('a list of runs of the kind %s that does not end', (kind, answer) => {
  it('is left, and the poll says so', async () => {
    const server = await startServer((heard, response, count) => json(response, JSON.stringify(answer(heard, count))));
    closers.push(server.close);
    const orchestrator = connect(kind, 'bad', settingsOf[kind]?.(server.url) ?? {});
    // A list that is read in parts is left at the part that is too much.
    let outcome = await outcomeOf(orchestrator.poll?.(kind === 'maestro' ? oldPlace : undefined));
    for (let part = 0; part < 20 && !(outcome instanceof Failure); part += 1)
      outcome = await outcomeOf(orchestrator.poll?.(outcome.cursor));
    expect(outcome).toMatchObject({ kind: 'bad-response', detail: expect.stringContaining('does not end') });
  });
});

/** Where a poll of Maestro has got to that knows one pipeline without runs. */
const oldPlace = { pipelines: { orders: { newest: 0, seen: {}, active: 1, latest: 1 } } };

it('a page that is told again and again is left', async () => {
  const again = JSON.stringify({ payload: { rows: [row(1)], more: 'again' } });
  const server = await startServer(({ url }, response) => json(response, url.includes('/ping') ? '{}' : again));
  closers.push(server.close);
  expect(await outcomeOf(connect('generic-http', 'bad', exampleAt(server.url)).poll?.(undefined))).toMatchObject({
    kind: 'bad-response',
    detail: expect.stringContaining('does not end'),
  });
});

it('runs whose state is not where the mapping says are told as that, not as nothing', async () => {
  const rows = JSON.stringify({ payload: { rows: [{ ...row(1), state: {} }] } });
  const server = await startServer(({ url }, response) => json(response, url.includes('/ping') ? '{}' : rows));
  closers.push(server.close);
  expect(await outcomeOf(connect('generic-http', 'bad', exampleAt(server.url)).poll?.(undefined))).toMatchObject({
    kind: 'bad-response',
    detail: expect.stringContaining('`runs.fields.status` finds nothing'),
  });
});
