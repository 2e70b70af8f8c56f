/** The one web server: Slack's calls, the machines' door, health and metrics. In: HTTP. Out: JSON, problem JSON, Prometheus text. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Door, MachineAnswer, MachineCall } from '../ingest/door';
import type { Logger } from '../lib/logger';
import { Problem } from '../lib/problem';

export interface Health {
  /** Can events be stored? That alone decides the status; the rest is told in the body. */
  ready: boolean;
  body: Record<string, unknown>;
}

export interface WebDeps {
  log: Logger;
  door: Pick<Door, 'takeCloudEvents' | 'takeNative' | 'takeLineage'>;
  health(): Promise<Health>;
  metrics(): Promise<{ contentType: string; body: string }>;
  /** Signed HTTP mode: what takes Slack's calls. Left out in Socket Mode. */
  slack?: (request: IncomingMessage, response: ServerResponse) => void;
}

const maxBytes = 1_000_000;
const maxLineageBytes = 5_000_000;
/** A call that has not brought its body by then is given up. */
const bodyWithinMs = 15_000;
const unzip = promisify(gunzip);

type Route = (call: () => Promise<MachineCall>, request: IncomingMessage) => Promise<MachineAnswer>;

export function createWebServer(deps: WebDeps) {
  const { log, door } = deps;

  function route(path: string): { methods: Record<string, Route>; maxBytes: number } | undefined {
    if (path === '/ingest/events')
      return { methods: { POST: async (call) => door.takeCloudEvents(await call()) }, maxBytes };
    if (path === '/api/v1/lineage') {
      return { methods: { POST: async (call) => door.takeLineage(await call()) }, maxBytes: maxLineageBytes };
    }
    const connection = /^\/ingest\/([A-Za-z0-9._-]{1,63})$/.exec(path)?.[1];
    if (connection) return { methods: { POST: async (call) => door.takeNative(connection, await call()) }, maxBytes };
    return undefined;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const method = request.method ?? 'GET';
    if (path === '/healthz') return send(response, 200, { status: 'alive' });
    if (path === '/readyz') {
      const { ready, body } = await deps.health();
      return send(response, ready ? 200 : 503, body);
    }
    if (path === '/metrics') {
      const { contentType, body } = await deps.metrics();
      response.writeHead(200, { 'content-type': contentType }).end(body);
      return;
    }
    const found = route(path);
    if (!found) throw new Problem(404, 'Not found', `There is nothing at ${path}.`);
    const take = found.methods[method];
    if (!take) {
      const allow = Object.keys(found.methods).join(', ');
      throw new Problem(405, 'Method not allowed', `Use ${allow}.`, { headers: { allow } });
    }
    const { status, body } = await take(() => readCall(request, found.maxBytes), request);
    send(response, status, body);
  }

  const server: Server = createServer((request, response) => {
    if (deps.slack && new URL(request.url ?? '/', 'http://localhost').pathname === '/slack/events') {
      deps.slack(request, response);
      return;
    }
    answer(request, response).catch((error) => refuse(response, error));
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 65_000;

  function refuse(response: ServerResponse, error: unknown): void {
    const problem =
      error instanceof Problem
        ? error
        : new Problem(500, 'Something went wrong', 'It was logged. Please send this again later.');
    if (problem.status >= 500 && !(error instanceof Problem)) log.error({ err: error }, 'http.fault');
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    send(response, problem.status, problem.toJSON(), {
      ...problem.extra.headers,
      'content-type': 'application/problem+json',
    });
  }

  return {
    async listen(port: number, host?: string): Promise<number> {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.removeListener('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    },
    /** Takes no new calls and waits for those under way, at most `withinMs`. */
    async close(withinMs: number): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

export type WebServer = ReturnType<typeof createWebServer>;

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const json = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}

/** Body as sent (for signatures) and unpacked, each within `limit` bytes. @throws Problem 400, 408, 413, 415 */
async function readCall(request: IncomingMessage, limit: number): Promise<MachineCall> {
  const tooLarge = () => new Problem(413, 'Too large', `At most ${limit} bytes a call.`);
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge();

  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(new Error('too slow')), bodyWithinMs);
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(408, 'The body did not come', 'The connection was cut, or the body took too long.');
  } finally {
    clearTimeout(timer);
  }
  const rawBody = Buffer.concat(chunks);
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (!encoding || encoding === 'identity') return { headers, rawBody, body: rawBody };
  if (encoding !== 'gzip')
    throw new Problem(415, 'Unknown encoding', 'Send the body plain or with Content-Encoding: gzip.');
  try {
    return { headers, rawBody, body: await unzip(rawBody, { maxOutputLength: limit }) };
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new Problem(400, 'Malformed gzip', 'The body cannot be unpacked.');
  }
}
