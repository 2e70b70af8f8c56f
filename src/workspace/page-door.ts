import { readFile } from 'node:fs/promises';
import type http from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import type { PageActs } from './page-acts';
import type { PageState } from './page-state';
import type { Store } from './store';
import { type JsonObject, objectOf, parseJson, textOf } from './wire';

export interface PageDoorDeps {
  store: Store;
  state: PageState;
  acts: PageActs;
}

const folder = join(__dirname, 'page');
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Nothing from elsewhere runs here; pictures in messages may come from anywhere. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const hues = [12, 32, 150, 172, 200, 222, 262, 292, 330];

/** A round picture with initials; the same name always has the same colour. */
function avatar(name: string): string {
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const sum = [...name].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  const hue = hues[sum % hues.length] ?? 200;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72" rx="16" fill="hsl(${hue} 48% 40%)"/><text x="36" y="46" font-family="system-ui,sans-serif" font-size="28" font-weight="600" fill="#fff" text-anchor="middle">${initials}</text></svg>`;
}

/** The page in the browser: its files, what it shows, what people do on it, and word of every change. */
export function createPageDoor({ store, state, acts }: PageDoorDeps) {
  const listeners = new Set<http.ServerResponse>();
  let pending: NodeJS.Timeout | undefined;
  const stopListening = store.onChange(() => {
    pending ??= setTimeout(() => {
      pending = undefined;
      for (const listener of listeners) listener.write('data: changed\n\n');
    }, 40);
  });

  function json(response: http.ServerResponse, body: JsonObject, status = 200): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }

  async function sendFile(response: http.ServerResponse, name: string): Promise<void> {
    const path = normalize(join(folder, name));
    const type = types[extname(path)];
    if (!path.startsWith(folder + sep) || type === undefined) {
      response.writeHead(404).end();
      return;
    }
    try {
      const content = await readFile(path);
      response.writeHead(200, {
        'content-type': type,
        'content-security-policy': policy,
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  function live(request: http.IncomingMessage, response: http.ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('data: hello\n\n');
    listeners.add(response);
    request.on('close', () => listeners.delete(response));
  }

  function show(response: http.ServerResponse, query: URLSearchParams): void {
    const userId = query.get('as') ?? '';
    const people = [...store.users.values()].filter((person) => !person.isBot && !person.deleted);
    const me = people.find((person) => person.id === userId) ?? people[0];
    if (!me) {
      json(response, { error: 'nobody' }, 404);
      return;
    }
    const channelId = query.get('channel');
    const threadTs = query.get('thread');
    json(
      response,
      state.read({
        userId: me.id,
        ...(channelId ? { channelId } : {}),
        ...(threadTs ? { threadTs } : {}),
        inspect: query.get('inspect') === '1',
        seen: query.get('seen') === '1',
      }),
    );
  }

  /** Only pages served from here may act: the host is this machine, and other origins cannot send JSON without asking. */
  const isOurs = (request: http.IncomingMessage) =>
    /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '') &&
    (request.headers['content-type'] ?? '').startsWith('application/json');

  async function route(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    url: URL,
    readBody: () => Promise<Buffer>,
  ): Promise<void> {
    const [first = '', second = '', third = ''] = url.pathname.split('/').slice(1);
    if (url.pathname === '/page-api/act' && request.method === 'POST') {
      if (!isOurs(request)) return json(response, { error: 'refused' }, 403);
      const body = objectOf(parseJson((await readBody()).toString('utf8')));
      return json(response, await acts.perform(textOf(body.as) ?? '', body));
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405).end();
      return;
    }
    if (url.pathname === '/') return sendFile(response, 'index.html');
    if (url.pathname === '/page-api/state') return show(response, url.searchParams);
    if (url.pathname === '/page-api/live') return live(request, response);
    if (url.pathname === '/page/avatar.svg') {
      response.writeHead(200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' });
      response.end(avatar(url.searchParams.get('name') ?? '?'));
      return;
    }
    if (first === 'page') return sendFile(response, decodeURIComponent(url.pathname.slice('/page/'.length)));
    if (first === 'archives') {
      const thread = url.searchParams.get('thread_ts');
      const ts = third.replace(/^p(\d+)(\d{6})$/, '$1.$2');
      response.writeHead(302, { location: `/#/${second}${ts ? `/${thread ?? ts}` : ''}` }).end();
      return;
    }
    response.writeHead(404).end();
  }

  return {
    handle: route,
    stop(): void {
      stopListening();
      clearTimeout(pending);
      for (const listener of listeners) listener.end();
    },
  };
}

export type PageDoor = ReturnType<typeof createPageDoor>;
