import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { createInjectedFaults } from './injected-faults';
import type { RecordedCall } from './options';
import { pause } from './publisher';
import { badRequest, Problem, Refusal } from './refusal';
import { type Answer, matchRoute, type Route } from './router';
import type { SnsTopic } from './sns';

export interface ServerDeps {
  clock: Clock;
  routes: Route[];
  faults: ReturnType<typeof createInjectedFaults>;
  topic: SnsTopic;
  requests: RecordedCall[];
  log: Logger;
}

/** A create request may have 256 KB of JSON; this is the most that any body may have. */
const mostBodyBytes = 1_048_576;
const mostDefinitionBytes = 262_144;

interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** HTTP around the routes: bodies, content types, both shapes of errors, injected faults. */
export function createHttpServer({ clock, routes, faults, topic, requests, log }: ServerDeps) {
  const sockets = new Set<Socket>();
  const stopping = new AbortController();

  async function answer(method: string, url: URL, headers: Record<string, string>, raw: string): Promise<Reply> {
    try {
      const { route, slots } = matchRoute(routes, method, url.pathname);
      const body = bodyOf(method, headers, raw);
      const answered = await route.handle({
        slots,
        query: url.searchParams,
        body,
        user: () => headers.user ?? refuseNameless(),
      });
      return json(answered);
    } catch (error) {
      if (error instanceof Problem) {
        return {
          status: error.http,
          headers: { 'content-type': 'application/problem+json', ...error.headers },
          text: JSON.stringify(error.body(url.pathname)),
        };
      }
      if (error instanceof Refusal) return json({ status: error.http, body: error.body() });
      log.error({ err: error, method, path: url.pathname }, 'stand-in.call-broke');
      const refusal = new Refusal('INTERNAL_ERROR', error instanceof Error ? error.message : String(error));
      return json({ status: 500, body: refusal.body() });
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const raw = await readBody(request);
    if (url.pathname.startsWith('/sns/')) return reply(response, answerOfTopic(url));
    requests.push({
      method,
      path: url.pathname + url.search,
      user: headers.user,
      headers,
      body: parsedOrText(raw),
      at: clock.now(),
    });
    const fault = faults.take(method, url.pathname + url.search);
    if (fault?.kind === 'close') return void request.socket.destroy();
    if (fault?.kind === '500') {
      return reply(
        response,
        json({
          status: 500,
          body: { status: 'INTERNAL_ERROR', message: 'Connection is not available, request timed out' },
        }),
      );
    }
    if (fault?.kind === '429') {
      const retryAfter = String(fault.options.retryAfterSeconds ?? 1);
      return reply(response, {
        status: 429,
        headers: { 'content-type': 'text/plain', 'retry-after': retryAfter },
        text: 'Too Many Requests',
      });
    }
    if (fault?.kind === 'html') {
      const status = fault.options.status ?? 502;
      const page = `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body>\r\n<center><h1>${status} Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n`;
      return reply(response, { status, headers: { 'content-type': 'text/html' }, text: page });
    }
    const answered = await answer(method, url, headers, raw);
    if (fault?.kind === 'drop-answer') return void request.socket.destroy();
    if (fault?.kind === 'delay') await pause(fault.options.delayMs ?? 1000, stopping.signal);
    reply(response, answered);
  }

  function answerOfTopic(url: URL): Reply {
    if (url.pathname === '/sns/SimpleNotificationService.pem') {
      return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, text: topic.certificatePem() };
    }
    const confirmed =
      url.searchParams.get('Action') === 'ConfirmSubscription'
        ? topic.confirm(url.searchParams.get('Token') ?? '')
        : undefined;
    return confirmed
      ? { status: 200, headers: { 'content-type': 'text/xml' }, text: confirmed }
      : {
          status: 400,
          headers: { 'content-type': 'text/xml' },
          text: '<ErrorResponse><Error><Code>InvalidParameter</Code></Error></ErrorResponse>',
        };
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'stand-in.serve-broke');
      request.socket.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  return {
    /** @returns the port that was taken */
    listen: (port: number): Promise<number> =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    close(): Promise<void> {
      stopping.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

/** PUT and DELETE carry no body; validate is the one exception. */
function bodyOf(method: string, headers: Record<string, string>, raw: string): unknown {
  if (method !== 'POST' && raw === '') return undefined;
  if (method === 'GET' || method === 'DELETE') return undefined;
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Problem(415, `Content-Type '${headers['content-type'] ?? 'null'}' is not supported.`, {
      accept: 'application/json',
    });
  }
  if (raw === '') return undefined;
  if (Buffer.byteLength(raw) > mostDefinitionBytes) {
    throw badRequest(
      `workflow create request size [${Buffer.byteLength(raw)}] bytes is too large, limit [${mostDefinitionBytes}] bytes`,
    );
  }
  try {
    return JSON.parse(raw);
  } catch (error) {
    throw badRequest(`JSON parse error: ${unreadableAs(raw, error)}`);
  }
}

/** In the words of its reader where the text ends too early; else in those of ours. */
function unreadableAs(raw: string, error: unknown): string {
  const [opened] = raw.trimStart();
  if ((opened === '{' || opened === '[') && !/[}\]]\s*$/.test(raw))
    return `Unexpected end-of-input: expected close marker for ${opened === '{' ? 'Object' : 'Array'} (start marker at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: 1])`;
  return error instanceof Error ? error.message : String(error);
}

function refuseNameless(): never {
  throw badRequest('the user name cannot be null');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostBodyBytes) throw new Error('the body is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsedOrText(raw: string): unknown {
  if (raw === '') return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

const json = ({ status = 200, body }: Answer): Reply =>
  body === undefined
    ? { status, headers: {}, text: '' }
    : { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };

function reply(response: ServerResponse, { status, headers, text }: Reply): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}
