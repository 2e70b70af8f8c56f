import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api } from './api';
import { mimeOf, takeUpload } from './api/files';
import type { Services } from './api/method';
import type { SocketMode } from './delivery/socket-mode';
import type { PageDoor } from './page-door';
import type { ResponseUrls } from './response-urls';
import { isObject, type JsonObject, parseJson } from './wire';

export interface ServerDeps {
  port: number;
  api: Api;
  services: Services;
  sockets: SocketMode;
  responseUrls: ResponseUrls;
  pageDoor: PageDoor;
}

const bodyLimitBytes = 50_000_000;

function readBody(request: http.IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyLimitBytes) reject(new Error('body too large'));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Web API arguments: the query, and a body of JSON, form fields or a multipart form. */
async function argumentsOf(request: http.IncomingMessage, url: URL, body: Buffer): Promise<JsonObject | undefined> {
  const type = request.headers['content-type'] ?? '';
  const query = Object.fromEntries(url.searchParams);
  if (body.length === 0) return query;
  if (type.startsWith('application/json')) {
    const value = parseJson(body.toString('utf8'));
    return isObject(value) ? { ...query, ...value } : undefined;
  }
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    return { ...query, ...Object.fromEntries(form) };
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
}

/** One HTTP server for everything: Web API, uploads, `response_url`, Socket Mode, and the page. */
export function createServer({ port, api, services, sockets, responseUrls, pageDoor }: ServerDeps) {
  async function callMethod(request: http.IncomingMessage, response: http.ServerResponse, url: URL): Promise<void> {
    const name = url.pathname.slice('/api/'.length);
    const args = await argumentsOf(request, url, await readBody(request));
    if (args === undefined) return json(response, 200, { ok: false, error: 'invalid_json' });
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const inBody = typeof args.token === 'string' ? args.token : undefined;
    const answer = api.call(name, args, bearer ?? inBody);
    if (answer.cut) {
      request.socket.destroy();
      return;
    }
    const send = () => json(response, answer.status, answer.body, answer.headers);
    if (answer.delayMs > 0) setTimeout(send, answer.delayMs);
    else send();
  }

  function json(
    response: http.ServerResponse,
    status: number,
    body: JsonObject,
    headers: Record<string, string> = {},
  ): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(JSON.stringify(body));
  }

  function sendFile(response: http.ServerResponse, id: string): void {
    const file = services.store.files.get(id);
    if (!file?.bytes) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': mimeOf(file),
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    });
    response.end(file.bytes);
  }

  async function route(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://workspace');
    const parts = url.pathname.split('/').slice(1);
    if (parts[0] === 'api') return callMethod(request, response, url);
    if (parts[0] === 'response' && request.method === 'POST') {
      const result = responseUrls.use(parts[1] ?? '', parseJson((await readBody(request)).toString('utf8')));
      response.writeHead(result.status, { 'content-type': 'application/json' });
      response.end(result.body);
      return;
    }
    if (parts[0] === 'upload') {
      const type = request.headers['content-type'] ?? '';
      const result = await takeUpload(services, parts[1] ?? '', await readBody(request), type);
      response.writeHead(result.status, { 'content-type': 'text/plain' });
      response.end(result.body);
      return;
    }
    if (parts[0] === 'files') return sendFile(response, parts[2] ?? '');
    return pageDoor.handle(request, response, url, () => readBody(request));
  }

  const server = http.createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else json(response, 500, { ok: false, error: 'internal_error', message: String(error) });
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));

  return {
    start: (): Promise<number> =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          const address: AddressInfo | string | null = server.address();
          if (typeof address === 'object' && address !== null) resolve(address.port);
          else reject(new Error('The workspace has no port.'));
        });
      }),
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
