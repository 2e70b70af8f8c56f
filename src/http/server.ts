/** The one web server: Slack's calls, the machines' door, health and metrics. In: HTTP. Out: JSON, problem JSON, Prometheus text. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Door } from '../ingest/door';
import type { MachineAnswer, MachineCall, StreamedCall } from '../ingest/machine-call';
import type { Logger } from '../lib/logger';
import { Problem } from '../lib/problem';
import { tracedFrom } from '../lib/tracing';
import { openCall, readCall } from './read-call';

export interface Health {
  /** Can events be stored? That alone decides the status; the rest is told in the body. */
  ready: boolean;
  body: Record<string, unknown>;
}

export interface WebDeps {
  log: Logger;
  door: Pick<Door, 'takeCloudEvents' | 'takeNative' | 'takeLineage' | 'takeDbt'>;
  health(): Promise<Health>;
  metrics(): Promise<{ contentType: string; body: string }>;
  /** Signed HTTP mode: what takes Slack's calls; may throw a Problem. Left out in Socket Mode. */
  slack?: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** A call that has not brought its body by then is given up. @default 15,000 */
  bodyWithinMs?: number;
}

const maxBytes = 1_000_000;
const maxLineageBytes = 5_000_000;
/** A manifest has the code of the whole project in it; it is read as it comes, and never held. */
const maxDbtBytes = 256_000_000;
const maxDbtUnderWay = 2;
/** Machines' calls that are being stored at a time; more than that only wait for the database, so they are asked to come again. */
const maxUnderWay = 200;

type Answer = (response: ServerResponse) => unknown;

/** What can be done at a path, by method. */
type Methods = Record<string, (request: IncomingMessage) => Promise<Answer>>;

export function createWebServer(deps: WebDeps) {
  const { log, door, bodyWithinMs = 15_000 } = deps;
  let underWay = 0;
  let streamsUnderWay = 0;
  let isClosing = false;

  const tooMany = () =>
    new Problem(429, 'Too many calls', 'Send this again in a second, or more events in one call.', {
      headers: { 'retry-after': '1' },
    });

  function streamed(take: (call: StreamedCall) => Promise<MachineAnswer>): Methods {
    return {
      async POST(request) {
        if (streamsUnderWay >= maxDbtUnderWay) throw tooMany();
        streamsUnderWay += 1;
        try {
          const { status, body } = await take(openCall(request, { maxBytes: maxDbtBytes, withinMs: bodyWithinMs }));
          return (response) => send(response, status, body);
        } finally {
          streamsUnderWay -= 1;
        }
      },
    };
  }

  function machines(take: (call: MachineCall) => Promise<MachineAnswer>, limit: number): Methods {
    return {
      async POST(request) {
        const call = await readCall(request, { maxBytes: limit, withinMs: bodyWithinMs });
        if (underWay >= maxUnderWay) throw tooMany();
        underWay += 1;
        try {
          const { status, body } = await take(call);
          return (response) => send(response, status, body);
        } finally {
          underWay -= 1;
        }
      },
    };
  }

  function reading(read: () => Promise<Answer>): Methods {
    return { GET: read, HEAD: read };
  }

  const routes = new Map<string, Methods>([
    ['/healthz', reading(async () => (response) => send(response, 200, { status: 'alive' }))],
    [
      '/readyz',
      reading(async () => {
        const { ready, body } = await deps.health();
        return (response) => send(response, ready ? 200 : 503, body);
      }),
    ],
    [
      '/metrics',
      reading(async () => {
        const { contentType, body } = await deps.metrics();
        return (response) => response.writeHead(200, { 'content-type': contentType }).end(body);
      }),
    ],
    ['/ingest/events', machines((call) => door.takeCloudEvents(call), maxBytes)],
    ['/api/v1/lineage', machines((call) => door.takeLineage(call), maxLineageBytes)],
    ['/api/v1/dbt', streamed((call) => door.takeDbt(call))],
  ]);
  const { slack } = deps;
  if (slack) routes.set('/slack/events', { POST: async (request) => (response) => slack(request, response) });

  function methodsAt(path: string): Methods | undefined {
    const connection = /^\/ingest\/([A-Za-z0-9._-]{1,63})$/.exec(path)?.[1];
    return (
      routes.get(path) ?? (connection ? machines((call) => door.takeNative(connection, call), maxBytes) : undefined)
    );
  }

  async function answer(request: IncomingMessage, path: string): Promise<Answer> {
    const methods = methodsAt(path);
    if (!methods) throw new Problem(404, 'Not found', `There is nothing at ${path}.`);
    const take = Object.hasOwn(methods, request.method ?? '') ? methods[request.method ?? ''] : undefined;
    if (!take) {
      const allow = Object.keys(methods).join(', ');
      throw new Problem(405, 'Method not allowed', `Use ${allow}.`, { headers: { allow } });
    }
    if (path.startsWith('/slack') || request.method !== 'POST') return take(request);
    const about = { 'http.request.method': 'POST', 'url.path': path };
    return tracedFrom(request.headers, 'POST', about, () => take(request));
  }

  const server: Server = createServer((request, response) => {
    const path = pathOf(request);
    // A connection that is kept alive has nothing more to say to a server that goes.
    response.once('close', () => isClosing && setImmediate(() => server.closeIdleConnections()));
    answer(request, path)
      .then((respond) => respond(response))
      .catch((error) => refuse(request, response, error));
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 65_000;

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const problem =
      error instanceof Problem
        ? error
        : new Problem(500, 'Something went wrong', 'It was logged. Please send this again later.');
    if (problem !== error) log.error({ err: error }, 'http.fault');
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const headers: Record<string, string> = { ...problem.extra.headers, 'content-type': 'application/problem+json' };
    if (!request.complete) {
      answerAndPart(request, response, problem, headers);
      return;
    }
    send(response, problem.status, problem.toJSON(), headers);
  }

  /**
   * The rest of the body is not wanted. A connection that is closed on unread bytes is reset, which can take the answer with it;
   * so the answer is written whole, what still comes is thrown away for a moment, and only then the connection is closed.
   */
  function answerAndPart(
    request: IncomingMessage,
    response: ServerResponse,
    problem: Problem,
    headers: Record<string, string>,
  ): void {
    const json = JSON.stringify(problem.toJSON());
    response.writeHead(problem.status, { ...headers, connection: 'close', 'content-length': Buffer.byteLength(json) });
    response.write(json);
    request.resume();
    setTimeout(() => {
      response.end();
      request.destroy();
    }, lingerMs).unref();
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
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

export type WebServer = ReturnType<typeof createWebServer>;

const lingerMs = 500;

/** The path as sent, without the query. Not parsed as an address: `//` would be none, and must not break anything. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const json = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}
