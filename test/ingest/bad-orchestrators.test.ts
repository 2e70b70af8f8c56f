import type { ServerResponse } from 'node:http';
import { createDoor } from '../../src/ingest/door';
import { createPoller } from '../../src/ingest/poller';
import { createLogger } from '../../src/lib/logger';
import { genericHttp } from '../../src/orchestrators/generic-http';
import { createHttp } from '../../src/orchestrators/http';
import type { Orchestrator } from '../../src/orchestrators/orchestrator';
import { exampleAt } from '../orchestrators/generic-http/bench';
import { startScheduler } from '../orchestrators/generic-http/scheduler';
import { type Heard, startServer } from '../orchestrators/local-server';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
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

/** A connection as the configuration makes one, but with less patience: 0.2 s instead of 10. */
function connect(name: string, url: string, timeoutMs = 200): Orchestrator {
  const settings = genericHttp.settings.parse(exampleAt(url));
  const clock = { now: () => new Date() };
  const deps = { ...genericHttp.address(settings), name: `Scheduler (${name})`, log, clock, random: () => 0 };
  const http = createHttp({ ...deps, timeoutMs });
  closers.push(http.close);
  return genericHttp.connect({ name, settings, http, log, clock, unknownWord: () => undefined });
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
}

const row = (no: number) => ({ exec_no: no, flow: { code: 'x' }, state: { word: 'OK' }, began: 1, ended: 2 });
const json = (response: ServerResponse, body: string) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);

const bad: Record<string, Bad> = {
  'that never answers': {
    answer: () => undefined,
    says: /No answer within 0\.2 s|UND_ERR_SOCKET|ECONNRESET|Status 503|not answered several times/,
  },
  'that cuts every connection': {
    answer: (_, response) => response.destroy(),
    says: /No answer within 0\.2 s|UND_ERR_SOCKET|ECONNRESET|Status 503|not answered several times/,
  },
  'that is out of order': {
    answer: (_, response) => response.writeHead(503).end(),
    says: /No answer within 0\.2 s|UND_ERR_SOCKET|ECONNRESET|Status 503|not answered several times/,
  },
  'that shows a page to sign in': {
    answer: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
    says: /a web page instead of JSON/,
  },
  'that breaks off in the middle of its JSON': {
    answer: (_, response) => json(response, '{"payload":{"rows":['),
    says: /not JSON/,
  },
  'that answers with JSON of another shape': {
    answer: ({ url }, response) => json(response, url.includes('/ping') ? '{}' : '{"payload":{"rows":{"exec_no":1}}}'),
    says: /`runs\.items` is no list/,
  },
  'whose runs have no state': {
    answer: ({ url }, response) =>
      json(response, url.includes('/ping') ? '{}' : JSON.stringify({ payload: { rows: [{ ...row(1), state: {} }] } })),
    says: /`runs\.fields\.status` finds nothing/,
  },
  'whose pages do not end': {
    answer: ({ url }, response, count) =>
      json(
        response,
        url.includes('/ping') ? '{}' : JSON.stringify({ payload: { rows: [row(count)], more: `t${count}` } }),
      ),
    says: /does not end/,
  },
  'that tells the same page again and again': {
    answer: ({ url }, response) =>
      json(response, url.includes('/ping') ? '{}' : JSON.stringify({ payload: { rows: [row(1)], more: 'again' } })),
    says: /does not end/,
  },
};

describe.each(Object.entries(bad))('an orchestrator %s', (_title, { answer, says }) => {
  it('harms no other connection, and both the poll and the doctor say what is wrong', async () => {
    const server = await startServer(answer);
    const good = await startScheduler([{ code: 'orders', label: 'Orders', goes: () => 'KO' }]);
    closers.push(server.close, good.close);
    const orchestrators = { bad: connect('bad', server.url), good: connect('good', good.url) };
    const poller = pollerOf(orchestrators);
    // A list that goes on is read in parts, until it is too long to be one.
    const isFound = async () => {
      await poller.poll();
      return (await faultOf('bad')) !== undefined;
    };
    await until(isFound, { what: 'the fault of the bad one' });
    expect(await faultOf('bad')).toMatch(says);
    good.make('orders');
    await poller.poll();
    await until(async () => (await factsOf('good')).length > 0, { what: 'the failure of the good one' });
    expect(await factsOf('good')).toEqual(['orders/40/1/failed']);
    expect(await factsOf('bad')).toEqual([]);
    const faults = (await orchestrators.bad.check()).filter(({ ok }) => !ok);
    expect(faults.map(({ say }) => say).join('\n')).toMatch(says);
    for (const { fix } of faults) expect(fix).toEqual(expect.stringMatching(/\S/));
  });
});

it('an answer of 10 GB is left after 10 MiB', async () => {
  const chunk = Buffer.alloc(256 * 1024, '[0,');
  let sent = 0;
  const server = await startServer((_, response) => {
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
  closers.push(server.close);
  const outcome = await connect('bad', server.url, 10_000)
    .poll?.(undefined)
    .catch((error: unknown) => error);
  expect(outcome).toMatchObject({ kind: 'bad-response', detail: 'More than 10240 KiB.' });
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

it('a redirect to another host is not followed: the key stays here', async () => {
  const thief = await startServer((_, response) => json(response, '{}'));
  const elsewhere = thief.url.replace('127.0.0.1', 'localhost');
  const server = await startServer((_, response) => response.writeHead(302, { location: `${elsewhere}/x` }).end());
  closers.push(thief.close, server.close);
  const orchestrator = connect('bad', server.url);
  const outcome = await orchestrator.poll?.(undefined).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ kind: 'bad-response', detail: expect.stringContaining('sends us to localhost') });
  expect((await orchestrator.check()).map(({ say }) => say).join('\n')).toContain('sends us to localhost');
  expect(thief.heard).toEqual([]);
});

it('one that comes and goes is caught up with: each change once, and nothing is skipped', async () => {
  const scheduler = await startScheduler([{ code: 'orders', label: 'Orders', goes: () => 'KO' }]);
  let isAway = false;
  const server = await startServer((heard, response) => {
    if (isAway) return void response.writeHead(503).end();
    void fetch(`${scheduler.url}${heard.url}`, { headers: { 'x-api-key': String(heard.headers['x-api-key']) } })
      .then(async (answer) =>
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()),
      )
      .catch(() => response.destroy());
  });
  closers.push(scheduler.close, server.close);
  const orchestrator = connect('bad', server.url);
  const told: string[] = [];
  let cursor = (await orchestrator.poll?.(undefined))?.cursor;
  for (let turn = 0; turn < 6; turn += 1) {
    isAway = turn % 2 === 0;
    scheduler.make('orders');
    const news = await orchestrator.poll?.(cursor).catch(() => undefined);
    told.push(...(news?.events.map(({ id }) => id) ?? []));
    cursor = news?.cursor ?? cursor;
  }
  expect(told).toEqual([40, 41, 42, 43, 44, 45].map((no) => `orders/${no}/1/failed`));
});
