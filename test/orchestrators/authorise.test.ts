import pino from 'pino';
import { z } from 'zod';
import { type Authorise, endOfToken, keepToken } from '../../src/orchestrators/authorise';
import { createHttp, type Http } from '../../src/orchestrators/http';
import { type LocalServer, sendJson, startServer } from './local-server';

const nine = new Date('2026-03-02T09:00:00Z');
const Yes = z.object({ yes: z.boolean() });
const Issued = z.object({ token: z.string() });

let server: LocalServer;
let http: Http;
let now: Date;
let issued: number;
/** Tokens that the server takes no more. */
let refused: Set<string>;

/** A server that gives tokens for 10 minutes and takes those that are not refused. */
async function serve(): Promise<void> {
  server = await startServer((heard, response) => {
    if (heard.url === '/sign-in') {
      issued += 1;
      return sendJson(response, 200, { token: `t${issued}` });
    }
    const shown = heard.headers.authorization ?? '';
    return shown === '' || refused.has(shown) ? sendJson(response, 401, {}) : sendJson(response, 200, { yes: true });
  });
  const authorise: Authorise = ({ clock, post }) =>
    keepToken(clock, async () => {
      const { token } = await post('/sign-in', Issued, { body: {} });
      return { headers: { authorization: token }, endsAt: new Date(clock.now().getTime() + 600_000) };
    });
  http = createHttp({
    name: 'Prod',
    baseUrl: server.url,
    log: pino({ level: 'silent' }),
    clock: { now: () => now },
    authorise,
  });
}

const calls = () => server.heard.map(({ method, url, headers }) => `${method} ${url} ${headers.authorization ?? '-'}`);

beforeEach(async () => {
  now = nine;
  issued = 0;
  refused = new Set();
  await serve();
});
afterEach(async () => {
  await http.close();
  await server.close();
});

describe('signing in', () => {
  it('happens once for all calls, before the first', async () => {
    await Promise.all([http.get('/a', Yes), http.get('/a', Yes), http.post('/b', Yes)]);
    expect(calls().filter((call) => call.includes('/sign-in'))).toEqual(['POST /sign-in -']);
    expect(calls().filter((call) => call.endsWith(' t1'))).toHaveLength(3);
  });

  it('happens again a minute before the token ends', async () => {
    await http.get('/a', Yes);
    now = new Date(nine.getTime() + 539_000);
    await http.get('/a', Yes);
    expect(issued).toBe(1);
    now = new Date(nine.getTime() + 541_000);
    await http.get('/a', Yes);
    expect(issued).toBe(2);
  });

  it('happens once more when the token is refused, and the call is made again, also a change', async () => {
    await http.get('/a', Yes);
    refused.add('t1');
    await expect(http.post('/b', Yes)).resolves.toEqual({ yes: true });
    expect(calls().slice(-3)).toEqual(['POST /b t1', 'POST /sign-in -', 'POST /b t2']);
  });

  it('renews a stream as well', async () => {
    await http.get('/a', Yes);
    refused.add('t1');
    const chunks: Buffer[] = [];
    for await (const chunk of http.stream('/log')) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('{"yes":true}');
  });

  it('is given up after a second refusal, which is told as one', async () => {
    refused = new Set(['t1', 't2']);
    await expect(http.get('/a', Yes)).rejects.toMatchObject({ kind: 'not-allowed', status: 401 });
    expect(issued).toBe(2);
  });
});

describe('the end of a token', () => {
  const tokenOf = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

  it.each<[string, string, Date | undefined]>([
    ['is read from it', tokenOf({ exp: 1_772_442_000 }), new Date('2026-03-02T09:00:00Z')],
    ['is not known without its claim', tokenOf({ sub: 'x' }), undefined],
    ['is not known of another kind of token', 'a1b2c3', undefined],
    ['is not known of what is no JSON', 'a.b.c', undefined],
  ])('%s', (_title, token, end) => {
    expect(endOfToken(token)).toEqual(end);
  });
});

describe('the clock of the other side', () => {
  it('is known from its answers', async () => {
    expect(http.serverNow()).toEqual(nine);
    await http.get('/a', Yes);
    const apartMs = Math.abs(http.serverNow().getTime() - Date.now());
    expect(apartMs).toBeLessThan(60_000);
  });
});
