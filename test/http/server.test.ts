import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createWebServer, type WebDeps, type WebServer } from '../../src/http/server';
import type { MachineAnswer, MachineCall } from '../../src/ingest/machine-call';
import { createLogger } from '../../src/lib/logger';
import { Problem } from '../../src/lib/problem';
import { until } from '../support/until';

let server: WebServer | undefined;
let agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents) agent.destroy();
  agents = [];
  await server?.close(100);
  server = undefined;
});

const stored: MachineAnswer = { status: 202, body: { stored: 1, duplicates: 0, refused: [] } };

async function open(differs: Partial<WebDeps> = {}) {
  const calls: { way: string; call: MachineCall }[] = [];
  const take = (way: string) => async (call: MachineCall) => {
    calls.push({ way, call });
    return stored;
  };
  server = createWebServer({
    log: createLogger('silent'),
    door: {
      takeCloudEvents: take('events'),
      takeLineage: take('lineage'),
      async takeDbt(call) {
        const parts: Buffer[] = [];
        const raw: Buffer[] = [];
        for await (const part of call.read((chunk) => raw.push(chunk))) parts.push(part);
        return take(`dbt?${call.query}`)({
          headers: call.headers,
          rawBody: Buffer.concat(raw),
          body: Buffer.concat(parts),
        });
      },
      takeNative: (connection, call) => take(connection)(call),
    },
    health: async () => ({ ready: true, body: { status: 'ready' } }),
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'pitcrew_up 1\n' }),
    ...differs,
  });
  const port = await server.listen(0, '127.0.0.1');
  return { port, calls };
}

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function send(
  port: number,
  method: string,
  path: string,
  { body, headers = {}, agent }: { body?: Buffer | string; headers?: Record<string, string>; agent?: Agent } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', method, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** A connection by hand, for what no well-behaved client sends. */
async function raw(port: number): Promise<{ socket: Socket; heard(): string; closed(): boolean }> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  let closed = false;
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return { socket, heard: () => heard, closed: () => closed };
}

function expectProblem(reply: Reply, status: number): void {
  expect(reply.status).toBe(status);
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(reply.text)).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
}

describe('the paths', () => {
  it.each([
    { path: '/ingest/events', way: 'events' },
    { path: '/ingest/events?source=x', way: 'events' },
    { path: '/api/v1/lineage', way: 'lineage' },
    { path: '/api/v1/dbt?connection=shop', way: 'dbt?connection=shop' },
    { path: '/ingest/prod', way: 'prod' },
    { path: '/ingest/lab-2.eu_west', way: 'lab-2.eu_west' },
  ])('POST $path is taken by $way', async ({ path, way }) => {
    const { port, calls } = await open();
    const reply = await send(port, 'POST', path, { body: '{"id":1}', headers: { 'X-Thing': 'a' } });
    expect(reply.status).toBe(202);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.text)).toEqual(stored.body);
    expect(calls).toMatchObject([{ way, call: { headers: { 'x-thing': 'a' } } }]);
    expect(calls[0]?.call.body.toString()).toBe('{"id":1}');
  });

  it.each([
    '/',
    '/ingest',
    '/ingest/',
    '/ingest/a/b',
    '/ingest/a%20b',
    '/api/v1/lineage/',
    '//',
    '//ingest',
    '/%',
    '/../healthz',
  ])('there is nothing at %s', async (path) => {
    const { port } = await open();
    expectProblem(await send(port, 'POST', path), 404);
  });

  it.each([
    { method: 'GET', path: '/ingest/events', allow: 'POST' },
    { method: 'PUT', path: '/api/v1/lineage', allow: 'POST' },
    { method: 'DELETE', path: '/ingest/prod', allow: 'POST' },
    { method: 'POST', path: '/healthz', allow: 'GET, HEAD' },
    { method: 'POST', path: '/metrics', allow: 'GET, HEAD' },
  ])('$method $path is answered with what is allowed', async ({ method, path, allow }) => {
    const { port } = await open();
    const reply = await send(port, method, path);
    expectProblem(reply, 405);
    expect(reply.headers.allow).toBe(allow);
  });

  it('survives what is no address at all', async () => {
    const { port } = await open({ slack: (_request, response) => response.end() });
    const { socket, heard } = await raw(port);
    socket.write('GET // HTTP/1.1\r\nHost: x\r\n\r\nGET http://[ HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => heard().split('HTTP/1.1 404').length === 3);
    socket.destroy();
    expect((await send(port, 'GET', '/healthz')).status).toBe(200);
  });
});

describe('health and metrics', () => {
  it('is alive as long as it answers', async () => {
    const { port } = await open({ health: () => Promise.reject(new Error('no database')) });
    const reply = await send(port, 'GET', '/healthz');
    expect(reply).toMatchObject({ status: 200, text: '{"status":"alive"}' });
    expect((await send(port, 'HEAD', '/healthz')).text).toBe('');
  });

  it.each([
    { ready: true, status: 200 },
    { ready: false, status: 503 },
  ])('answers $status when ready is $ready, with all it knows', async ({ ready, status }) => {
    const { port } = await open({ health: async () => ({ ready, body: { queue: 'answers' } }) });
    expect(await send(port, 'GET', '/readyz')).toMatchObject({ status, text: '{"queue":"answers"}' });
  });

  it('gives the metrics in the form of Prometheus', async () => {
    const { port } = await open();
    const reply = await send(port, 'GET', '/metrics');
    expect(reply).toMatchObject({ status: 200, text: 'pitcrew_up 1\n' });
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

describe('what goes wrong is a problem document', () => {
  const failing = (error: unknown): Partial<WebDeps> => ({
    door: {
      takeCloudEvents: () => Promise.reject(error),
      takeLineage: async () => stored,
      takeDbt: async () => stored,
      takeNative: async () => stored,
    },
  });

  it('with the members and headers that the door gave it', async () => {
    const problem = new Problem(400, 'No event was taken', '/id is missing.', {
      headers: { 'retry-after': '5' },
      members: { stored: 0, duplicates: 0, refused: [{ index: 0, pointer: '/id', message: 'is missing' }] },
    });
    const { port } = await open(failing(problem));
    const reply = await send(port, 'POST', '/ingest/events', { body: '{}' });
    expectProblem(reply, 400);
    expect(reply.headers['retry-after']).toBe('5');
    expect(JSON.parse(reply.text)).toEqual({
      type: 'about:blank',
      title: 'No event was taken',
      status: 400,
      detail: '/id is missing.',
      stored: 0,
      duplicates: 0,
      refused: [{ index: 0, pointer: '/id', message: 'is missing' }],
    });
  });

  it('without a word of what broke inside', async () => {
    const { port } = await open(failing(new Error('password=hunter2')));
    const reply = await send(port, 'POST', '/ingest/events', { body: '{}' });
    expectProblem(reply, 500);
    expect(reply.text).not.toContain('hunter2');
  });

  it('with 429 and a time to come again, when more calls are being stored than the database can serve', async () => {
    let release = (): void => undefined;
    const full = new Promise<MachineAnswer>((resolve) => {
      release = () => resolve(stored);
    });
    let taken = 0;
    const { port } = await open({
      door: {
        takeCloudEvents: () => {
          taken += 1;
          return full;
        },
        takeLineage: async () => stored,
        takeDbt: async () => stored,
        takeNative: async () => stored,
      },
    });
    const waiting = Array.from({ length: 200 }, () => send(port, 'POST', '/ingest/events', { body: '{}' }));
    await until(() => taken === 200);
    const reply = await send(port, 'POST', '/ingest/events', { body: '{}' });
    expectProblem(reply, 429);
    expect(reply.headers['retry-after']).toBe('1');
    release();
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([202]));
    expect((await send(port, 'POST', '/ingest/events', { body: '{}' })).status).toBe(202);
  });
});

describe('bodies', () => {
  const mega = 1_000_000;

  it.each([
    { path: '/ingest/events', bytes: mega, status: 202 },
    { path: '/ingest/events', bytes: mega + 1, status: 413 },
    { path: '/ingest/prod', bytes: mega + 1, status: 413 },
    { path: '/api/v1/lineage', bytes: 5 * mega, status: 202 },
    { path: '/api/v1/lineage', bytes: 5 * mega + 1, status: 413 },
  ])('of $bytes bytes at $path are answered with $status', async ({ path, bytes, status }) => {
    const { port, calls } = await open();
    const reply = await send(port, 'POST', path, { body: Buffer.alloc(bytes, 'x') });
    if (status === 413) expectProblem(reply, 413);
    else expect(reply.status).toBe(status);
    expect(calls).toHaveLength(status === 202 ? 1 : 0);
  });

  it('that never end are cut off, and told why', async () => {
    const { port } = await open();
    const { socket, heard, closed } = await raw(port);
    socket.write('POST /ingest/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const pour = setInterval(() => socket.write(chunk), 1);
    try {
      await until(() => heard().includes('HTTP/1.1 413'));
      expect(heard()).toMatch(/^content-type: application\/problem\+json\r$/im);
      expect(heard()).toMatch(/^connection: close\r$/im);
      await until(closed);
    } finally {
      clearInterval(pour);
    }
  });

  it('that come too slowly are given up, and told why', async () => {
    const { port } = await open({ bodyWithinMs: 60 });
    const { socket, heard, closed } = await raw(port);
    socket.write('POST /ingest/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx');
    await until(() => heard().includes('HTTP/1.1 408'));
    expect(heard()).toContain('application/problem+json');
    await until(closed);
  });

  it('whose sender goes away harm nobody', async () => {
    const { port, calls } = await open();
    const { socket } = await raw(port);
    socket.write('POST /ingest/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx');
    socket.destroy();
    expect((await send(port, 'POST', '/ingest/events', { body: '{}' })).status).toBe(202);
    expect(calls).toHaveLength(1);
  });

  it('may be packed; the signature is of what was sent', async () => {
    const { port, calls } = await open();
    const packed = gzipSync('{"id":1}');
    const reply = await send(port, 'POST', '/ingest/events', { body: packed, headers: { 'content-encoding': 'GZIP' } });
    expect(reply.status).toBe(202);
    expect(calls[0]?.call.body.toString()).toBe('{"id":1}');
    expect(calls[0]?.call.rawBody.equals(packed)).toBe(true);
  });

  it('of dbt may be packed as well, are given on as they come, and larger than any other', async () => {
    const { port, calls } = await open();
    const files = Buffer.alloc(6 * mega, '{"id":1}');
    const packed = gzipSync(files);
    const reply = await send(port, 'POST', '/api/v1/dbt', { body: packed, headers: { 'content-encoding': 'gzip' } });
    expect(reply.status).toBe(202);
    expect(calls[0]?.call.body.equals(files)).toBe(true);
    expect(calls[0]?.call.rawBody.equals(packed)).toBe(true);
  });

  it.each([
    { what: 'that are cut', body: gzipSync('{}').subarray(0, 12) },
    { what: 'that are not packed', body: Buffer.from('{}') },
  ])('of dbt $what are refused', async ({ body }) => {
    const { port } = await open();
    expectProblem(await send(port, 'POST', '/api/v1/dbt', { body, headers: { 'content-encoding': 'gzip' } }), 400);
  });

  it('of dbt that come too slowly are given up, and told why', async () => {
    const { port } = await open({ bodyWithinMs: 60 });
    const { socket, heard, closed } = await raw(port);
    socket.write('POST /api/v1/dbt HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx');
    await until(() => heard().includes('HTTP/1.1 408'));
    await until(closed);
  });

  it('that unpack to more than is allowed are refused', async () => {
    const { port, calls } = await open();
    const bomb = gzipSync(Buffer.alloc(200_000_000), { level: 9 });
    expect(bomb.length).toBeLessThan(mega);
    const before = process.memoryUsage().arrayBuffers;
    expectProblem(
      await send(port, 'POST', '/ingest/events', { body: bomb, headers: { 'content-encoding': 'gzip' } }),
      413,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(calls).toEqual([]);
  });

  it.each([
    { encoding: 'gzip', body: 'not packed', status: 400 },
    { encoding: 'gzip', body: '', status: 400 },
    { encoding: 'br', body: '{}', status: 415 },
    { encoding: 'gzip, gzip', body: '{}', status: 415 },
  ])('said to be $encoding and not so are refused with $status', async ({ encoding, body, status }) => {
    const { port } = await open();
    const reply = await send(port, 'POST', '/ingest/events', { body, headers: { 'content-encoding': encoding } });
    expectProblem(reply, status);
    if (status === 415) expect(reply.headers['accept-encoding']).toBe('gzip');
  });

  it('leave the connection usable for the next call', async () => {
    const { port } = await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    for (const path of ['/ingest/events', '/nowhere', '/healthz'])
      await send(port, path === '/healthz' ? 'GET' : 'POST', path, {
        body: path === '/healthz' ? undefined : '{}',
        agent,
      });
    expect((await send(port, 'POST', '/ingest/events', { body: '{}', agent })).status).toBe(202);
  });
});

describe('Slack', () => {
  it('is handed over to whoever takes its calls, untouched', async () => {
    const { port } = await open({
      slack(slackCall, response) {
        const chunks: Buffer[] = [];
        slackCall.on('data', (chunk) => chunks.push(chunk));
        slackCall.on('end', () => response.end(`${slackCall.method} ${Buffer.concat(chunks)}`));
      },
    });
    expect((await send(port, 'POST', '/slack/events?x=1', { body: 'payload' })).text).toBe('POST payload');
  });

  it('calls by POST alone; another method is refused before it gets there', async () => {
    const { port } = await open({
      slack() {
        throw new Error('unhandled method');
      },
    });
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await send(port, method, '/slack/events');
      expect(reply).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    }
    expect((await send(port, 'GET', '/healthz')).status).toBe(200);
  });

  it.each([
    {
      title: 'refuses',
      slack: async () => {
        throw new Problem(401, 'Not signed by Slack');
      },
      status: 401,
    },
    {
      title: 'breaks',
      slack: () => {
        throw new Error('a fault of ours');
      },
      status: 500,
    },
  ])('hears a problem when the one who takes its calls $title', async ({ slack, status }) => {
    const { port } = await open({ slack });
    expectProblem(await send(port, 'POST', '/slack/events', { body: 'payload' }), status);
    expect((await send(port, 'GET', '/healthz')).status).toBe(200);
  });

  it('has no place here in Socket Mode', async () => {
    const { port } = await open();
    expectProblem(await send(port, 'POST', '/slack/events', { body: 'payload' }), 404);
  });
});

describe('closing', () => {
  it('finishes what is under way, takes nothing new, and does not wait for idle connections', async () => {
    let release = (): void => undefined;
    let taken = false;
    const { port } = await open({
      door: {
        takeCloudEvents: () => {
          taken = true;
          return new Promise((resolve) => {
            release = () => resolve(stored);
          });
        },
        takeLineage: async () => stored,
        takeDbt: async () => stored,
        takeNative: async () => stored,
      },
    });
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    await send(port, 'GET', '/healthz', { agent });
    const underWay = send(port, 'POST', '/ingest/events', { body: '{}', agent });
    await until(() => taken);
    const began = performance.now();
    const closing = server?.close(20_000);
    await expect(send(port, 'GET', '/healthz')).rejects.toThrow(/ECONNREFUSED/);
    release();
    expect((await underWay).status).toBe(202);
    await closing;
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('waits no longer than it is given', async () => {
    let taken = false;
    const { port } = await open({
      door: {
        takeCloudEvents: () => {
          taken = true;
          return new Promise(() => undefined);
        },
        takeLineage: async () => stored,
        takeDbt: async () => stored,
        takeNative: async () => stored,
      },
    });
    const lost = send(port, 'POST', '/ingest/events', { body: '{}' });
    const outcome = expect(lost).rejects.toThrow();
    await until(() => taken);
    await server?.close(50);
    await outcome;
  });

  it('says which port could not be had', async () => {
    const { port } = await open();
    const other = createWebServer({
      log: createLogger('silent'),
      door: {
        takeCloudEvents: async () => stored,
        takeLineage: async () => stored,
        takeDbt: async () => stored,
        takeNative: async () => stored,
      },
      health: async () => ({ ready: true, body: {} }),
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
    });
    await expect(other.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
