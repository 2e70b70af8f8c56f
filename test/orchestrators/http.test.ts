import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { z } from 'zod';
import { Failure, type FailureKind } from '../../src/domain/failure';
import { createLogger } from '../../src/lib/logger';
import { createHttp, type Http, type HttpDeps } from '../../src/orchestrators/http';
import { path } from '../../src/orchestrators/path';
import { type Heard, type LocalServer, sendJson, startServer } from './local-server';

const Yes = z.object({ yes: z.boolean() });
const nine = new Date('2026-03-02T09:00:00Z');

let server: LocalServer;
let http: Http;
let logged: string[];
let now: Date;

async function serve(
  answer: (heard: Heard, response: ServerResponse, count: number) => void,
  options: Partial<HttpDeps> = {},
): Promise<void> {
  server = await startServer(answer);
  http = create(server.url, options);
}

function create(baseUrl: string, options: Partial<HttpDeps> = {}): Http {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  // No jitter: pauses are 0 unless the server asks for one.
  return createHttp({
    name: 'Prod',
    baseUrl,
    log: createLogger('debug', sink),
    clock: { now: () => now },
    random: () => 0,
    ...options,
  });
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => 'no failure at all',
    (error: unknown) => error,
  );
  if (!(outcome instanceof Failure)) throw new Error(`Not a Failure: ${outcome}`);
  return outcome;
}

beforeEach(() => {
  logged = [];
  now = nine;
});

afterEach(async () => {
  await http.close();
  await server?.close();
});

describe('a call', () => {
  it('goes below the path of the base address, with the headers of the connection and its query', async () => {
    server = await startServer((_, response) => sendJson(response, 200, { yes: true }));
    http = create(`${server.url}/maestro/`, { headers: { Authorization: 'Bearer tok' } });
    await expect(
      http.get(path`/api/${'a b/c'}/${7}`, Yes, { query: { first: 3, cursor: undefined } }),
    ).resolves.toEqual({ yes: true });
    expect(server.heard[0]).toMatchObject({ method: 'GET', url: '/maestro/api/a%20b%2Fc/7?first=3' });
    expect(server.heard[0]?.headers).toMatchObject({ authorization: 'Bearer tok', accept: 'application/json' });
  });

  it('carries a body as JSON, and none without one', async () => {
    await serve((_, response) => sendJson(response, 200, { yes: true }));
    await http.post('/things', Yes, { body: { name: 'é' } });
    await http.put('/things/1', Yes);
    expect(server.heard[0]).toMatchObject({ body: '{"name":"é"}', headers: { 'content-type': 'application/json' } });
    expect(server.heard[1]).toMatchObject({ body: '' });
    expect(server.heard[1]?.headers['content-type']).toBeUndefined();
  });

  it('takes no more than eight turns at a time', async () => {
    let inside = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    await serve((_, response) => {
      inside += 1;
      most = Math.max(most, inside);
      waiting.push(() => {
        inside -= 1;
        sendJson(response, 200, { yes: true });
      });
      // The first eight wait for each other; those after them are answered at once.
      if (waiting.length >= 8) for (const go of waiting.splice(0)) go();
    });
    await Promise.all(Array.from({ length: 16 }, () => http.get('/x', Yes)));
    expect(most).toBe(8);
  });

  it('is logged by method, path and outcome, never with headers, query or body', async () => {
    await serve((_, response) => sendJson(response, 400, { message: 'no' }), {
      headers: { authorization: 'Bearer s3cret' },
    });
    await failureOf(http.post('/x', Yes, { body: { password: 'hunter2' }, query: { token: 'q-secret' } }));
    const lines = logged.join('');
    expect(lines).toContain('"path":"/x","outcome":"rejected"');
    expect(lines).not.toMatch(/s3cret|hunter2|q-secret/);
  });
});

describe('an id that would make another path', () => {
  it.each(['', '.', '..'])('is not found: "%s"', (id) => {
    expect(() => path`/workflows/${id}/runs`).toThrow(expect.objectContaining({ kind: 'not-found' }));
  });
});

describe('a refusal', () => {
  it.each<[number, FailureKind, FailureKind]>([
    [400, 'rejected', 'rejected'],
    [401, 'not-allowed', 'not-allowed'],
    [403, 'not-allowed', 'not-allowed'],
    [404, 'not-found', 'not-found'],
    [408, 'unavailable', 'unsure'],
    [409, 'rejected', 'rejected'],
    [412, 'rejected', 'rejected'],
    [422, 'rejected', 'rejected'],
    [429, 'rate-limited', 'rate-limited'],
    [500, 'unavailable', 'unsure'],
    [503, 'unavailable', 'unsure'],
    [304, 'bad-response', 'bad-response'],
  ])('with %i is %s when reading and %s when changing', async (status, reading, changing) => {
    await serve((_, response) => response.writeHead(status).end());
    expect((await failureOf(http.get('/x', Yes))).kind).toBe(reading);
    expect((await failureOf(http.post('/x', Yes))).kind).toBe(changing);
  });

  it.each<[string, string, string | undefined]>([
    ['a message', '{"status":"BAD_REQUEST","message":"no such\\n  version"}', 'no such version'],
    ['a detail', '{"title":"Bad Request","detail":"run id must be a number"}', 'run id must be a number'],
    ['a list of details', '{"detail":[{"loc":["body"],"msg":"field required"}]}', 'field required'],
    ['errors', '{"errors":[{"message":"unknown field"}]}', 'unknown field'],
    ['plain text', 'version is gone', 'version is gone'],
    ['a web page', '<html><body>oops</body></html>', 'Status 400.'],
    ['nothing', '', 'Status 400.'],
  ])('says what the other side said in %s', async (_form, body, said) => {
    await serve((_, response) => response.writeHead(400).end(body));
    expect((await failureOf(http.get('/x', Yes))).detail).toBe(said);
  });

  it('keeps one line of 300 characters, without secrets', async () => {
    const redact = (text: string) => text.replaceAll('pa55', '[redacted]');
    await serve((_, response) => sendJson(response, 422, { message: `pa55 ${'x'.repeat(500)}` }), { redact });
    const { detail } = await failureOf(http.get('/x', Yes));
    expect(detail).toHaveLength(300);
    expect(detail).toMatch(/^\[redacted\] x+…$/);
  });

  it('of a change with 5xx is unavailable where the adapter knows that nothing was changed', async () => {
    await serve((_, response) => sendJson(response, 503, {}));
    expect((await failureOf(http.post('/x', Yes, { unchangedAt: [503] }))).kind).toBe('unavailable');
  });

  it('that the adapter wants to read are answers where they hold JSON, and faults where they do not', async () => {
    let isJson = true;
    await serve((_, response) => {
      if (isJson) sendJson(response, 500, { yes: false });
      else response.writeHead(500).end('{"yes":false}');
    });
    await expect(http.post('/x', Yes, { readAt: [500] })).resolves.toEqual({ yes: false });
    await expect(http.query('/x', Yes, { readAt: [500] })).resolves.toEqual({ yes: false });
    expect((await failureOf(http.post('/x', Yes))).kind).toBe('unsure');
    isJson = false;
    expect((await failureOf(http.post('/x', Yes, { readAt: [500] }))).kind).toBe('unsure');
  });
});

describe('reading', () => {
  it('tries twice more when the other side is out of order', async () => {
    await serve((_, response, count) =>
      count < 3 ? sendJson(response, 502, {}) : sendJson(response, 200, { yes: true }),
    );
    await expect(http.get('/x', Yes)).resolves.toEqual({ yes: true });
    expect(server.heard).toHaveLength(3);
  });

  it('gives up after three tries', async () => {
    await serve((_, response) => sendJson(response, 500, { message: 'boom' }));
    expect(await failureOf(http.get('/x', Yes))).toMatchObject({ kind: 'unavailable', where: 'Prod', detail: 'boom' });
    expect(server.heard).toHaveLength(3);
  });

  it('tries again after a cut connection and after a time-out', async () => {
    await serve(
      (_, response, count) => {
        if (count === 1) response.destroy();
        else if (count === 3) sendJson(response, 200, { yes: true });
      },
      { timeoutMs: 100 },
    );
    await expect(http.get('/x', Yes)).resolves.toEqual({ yes: true });
    expect(server.heard).toHaveLength(3);
  });

  it('counts an answer that stops in the middle as none', async () => {
    await serve((_, response) => response.writeHead(200).write('{"yes":'), { timeoutMs: 60 });
    expect((await failureOf(http.get('/x', Yes))).kind).toBe('unavailable');
  });

  it('waits as long as Retry-After says', async () => {
    await serve((_, response, count) =>
      count === 1 ? sendJson(response, 429, {}, { 'retry-after': '1' }) : sendJson(response, 200, { yes: true }),
    );
    const startedMs = performance.now();
    await http.get('/x', Yes);
    expect(performance.now() - startedMs).toBeGreaterThan(950);
  });

  it('hands on a Retry-After that is longer than it may wait, also one that is a date', async () => {
    await serve((_, response) => sendJson(response, 429, {}, { 'retry-after': 'Mon, 02 Mar 2026 09:02:00 GMT' }));
    expect(await failureOf(http.get('/x', Yes))).toMatchObject({ kind: 'rate-limited', retryAfterMs: 120_000 });
    expect(server.heard).toHaveLength(1);
  });

  it('ends with its deadline over all tries, and says so', async () => {
    await serve(() => {});
    const startedMs = performance.now();
    const failure = await failureOf(http.get('/x', Yes, { timeoutMs: 100, deadlineMs: 150 }));
    expect(failure).toMatchObject({ kind: 'unavailable', detail: expect.stringMatching(/within 0\.1\d* s/) });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(server.heard.length).toBeLessThanOrEqual(2);
  });

  it('ends when its caller gives up', async () => {
    const caller = new AbortController();
    await serve(() => caller.abort());
    expect((await failureOf(http.get('/x', Yes, { signal: caller.signal }))).kind).toBe('unavailable');
    expect(server.heard).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['a web page', '<!doctype html><title>Sign in</title>'],
    ['broken JSON', '{"yes":'],
    ['JSON of another shape', '{"yes":"maybe"}'],
  ])('%s is a bad response and is not asked for again', async (_form, body) => {
    await serve((_, response) => response.writeHead(200).end(body));
    expect((await failureOf(http.get('/x', Yes))).kind).toBe('bad-response');
    expect(server.heard).toHaveLength(1);
  });

  it('stops in the middle of an answer that is too large', async () => {
    await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const failure = await failureOf(http.get('/x', Yes, { maxBytes: 256 * 1024 }));
    expect(failure).toMatchObject({ kind: 'bad-response', detail: 'More than 256 KiB.' });
  });

  it('does not wait for the rest of an answer that is announced to be too large', async () => {
    await serve((_, response) => void response.writeHead(200, { 'content-length': 10 * 2 ** 30 }).write('{'));
    const failure = await failureOf(http.get('/x', Yes));
    expect(failure).toMatchObject({ kind: 'bad-response', detail: 'More than 10240 KiB.' });
  });

  it.each([
    ['one in another', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['one beside the other', `[${'{},'.repeat(10_000)}{}]`],
  ])('does not read objects and lists that would fill the memory, %s', async (_how, body) => {
    await serve((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
    const failure = await failureOf(http.get('/x', Yes, { maxBytes: 100_000 }));
    expect(failure).toMatchObject({ kind: 'bad-response', detail: 'More than 3125 objects and lists.' });
  });

  it('follows a redirect on the same host', async () => {
    await serve((heard, response) =>
      heard.url === '/old'
        ? response.writeHead(307, { location: '/new' }).end()
        : sendJson(response, 200, { yes: true }),
    );
    await expect(http.get('/old', Yes)).resolves.toEqual({ yes: true });
  });

  it('refuses a redirect to another host, so that its headers stay here', async () => {
    await serve((_, response) => response.writeHead(302, { location: 'https://login.example/?next=x' }).end());
    const failure = await failureOf(http.get('/x', Yes));
    expect(failure).toMatchObject({
      kind: 'bad-response',
      detail: 'It sends us to login.example instead of answering.',
    });
  });

  it('streams a log as it comes, and tells when it breaks off', async () => {
    await serve((heard, response) => {
      response.writeHead(200).write('one ');
      if (heard.url === '/whole') response.end('two');
      else setImmediate(() => response.destroy());
    });
    const read = async (from: string) => {
      let text = '';
      for await (const chunk of http.stream(from)) text += chunk.toString();
      return text;
    };
    await expect(read('/whole')).resolves.toBe('one two');
    expect((await failureOf(read('/broken'))).kind).toBe('unavailable');
  });

  it('streams a refusal as a failure', async () => {
    await serve((_, response) => sendJson(response, 404, { message: 'no log' }));
    const read = async () => {
      for await (const _ of http.stream('/log')) throw new Error('Nothing was to come.');
    };
    expect(await failureOf(read())).toMatchObject({ kind: 'not-found', detail: 'no log' });
  });

  it('reads another address without the headers of this connection', async () => {
    await serve((_, response) => response.end('certificate'), { headers: { authorization: 'Bearer tok' } });
    await expect(http.outside(`${server.url}/cert.pem`)).resolves.toBe('certificate');
    expect(server.heard[0]?.headers.authorization).toBeUndefined();
  });
});

describe('changing', () => {
  it('is never tried twice: a lost answer is unsure', async () => {
    await serve((_, response) => response.destroy());
    expect((await failureOf(http.post('/x', Yes, { body: {} }))).kind).toBe('unsure');
    expect(server.heard).toHaveLength(1);
  });

  it('is unsure after a time-out', async () => {
    await serve(() => {});
    expect((await failureOf(http.put('/x', Yes, { timeoutMs: 80 }))).kind).toBe('unsure');
    expect(server.heard).toHaveLength(1);
  });

  it('is unsure when the answer that says yes cannot be read', async () => {
    await serve((_, response) => response.writeHead(200).end('<html>'));
    expect((await failureOf(http.post('/x', Yes))).kind).toBe('unsure');
  });

  it('is unavailable when nobody listens, since nothing was sent', async () => {
    await serve(() => {});
    await server.close();
    expect(await failureOf(http.del('/x', Yes))).toMatchObject({ kind: 'unavailable', detail: 'ECONNREFUSED' });
  });

  it('does not follow a redirect', async () => {
    await serve((heard, response) =>
      heard.url === '/x' ? response.writeHead(307, { location: '/y' }).end() : sendJson(response, 200, { yes: true }),
    );
    expect((await failureOf(http.post('/x', Yes))).kind).toBe('bad-response');
    expect(server.heard).toHaveLength(1);
  });
});

describe('a server that does not answer', () => {
  it('is spared for ten seconds after five failures in a row, longer each time, and asked again after that', async () => {
    let isUp = false;
    await serve((_, response) => sendJson(response, isUp ? 200 : 503, { yes: true }));
    await failureOf(http.get('/x', Yes)); // three tries
    await failureOf(http.get('/x', Yes)); // two more
    expect(server.heard).toHaveLength(5);
    expect(await failureOf(http.get('/x', Yes))).toMatchObject({ kind: 'unavailable', retryAfterMs: 10_000 });
    expect(server.heard).toHaveLength(5);

    now = new Date(nine.getTime() + 10_000);
    await failureOf(http.get('/x', Yes)); // one try, which fails
    expect(server.heard).toHaveLength(6);
    expect(await failureOf(http.get('/x', Yes))).toMatchObject({ retryAfterMs: 20_000 });

    isUp = true;
    now = new Date(nine.getTime() + 30_000);
    await expect(http.get('/x', Yes)).resolves.toEqual({ yes: true });
    await expect(http.get('/x', Yes)).resolves.toEqual({ yes: true });
  });

  it('is still asked for changes, which a person waits for', async () => {
    await serve((heard, response) => sendJson(response, heard.method === 'GET' ? 503 : 200, { yes: true }));
    await failureOf(http.get('/x', Yes));
    await failureOf(http.get('/x', Yes));
    await expect(http.post('/x', Yes)).resolves.toEqual({ yes: true });
  });

  it('is not taken for dead because one page of it is faulty', async () => {
    await serve((heard, response) => sendJson(response, heard.url === '/bad' ? 500 : 200, { yes: true }));
    await failureOf(http.get('/bad', Yes));
    await failureOf(http.get('/bad', Yes));
    await expect(http.get('/good', Yes)).resolves.toEqual({ yes: true });
  });
});

describe('a proxy', () => {
  const variables = ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'] as const;
  const before = new Map(variables.map((name) => [name, process.env[name]]));
  let proxy: LocalServer;
  let tunnels: string[];

  /** The environment is read when a connection is made. */
  async function through(baseUrl: string, noProxy = ''): Promise<Http> {
    tunnels = [];
    proxy = await startServer((heard, response) => {
      tunnels.push(heard.url);
      sendJson(response, 200, { yes: true });
    });
    proxy.server.on('connect', (request, socket) => {
      tunnels.push(`http://${request.url}`);
      const target = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    for (const name of variables) delete process.env[name];
    process.env.HTTP_PROXY = proxy.url;
    process.env.NO_PROXY = noProxy;
    return create(baseUrl);
  }

  beforeEach(async () => {
    server = await startServer((_, response) => sendJson(response, 200, { yes: true }));
  });
  afterEach(async () => {
    await http.close();
    await proxy.close();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('of the environment is used for hosts elsewhere', async () => {
    http = await through('http://maestro.company.example/');
    await expect(http.get('/x', Yes)).resolves.toEqual({ yes: true });
    expect(tunnels).toEqual([expect.stringContaining('maestro.company.example')]);
  });

  it('is passed by for this machine', async () => {
    http = await through(server.url);
    await expect(http.get('/x', Yes)).resolves.toEqual({ yes: true });
    expect(tunnels).toEqual([]);
    expect(server.heard).toHaveLength(1);
  });

  it('is passed by for hosts in NO_PROXY', async () => {
    http = await through('http://maestro.invalid', '.invalid');
    expect((await failureOf(http.post('/x', Yes))).kind).toBe('unavailable');
    expect(tunnels).toEqual([]);
  });
});
