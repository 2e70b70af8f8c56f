import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunRef } from '../../src/domain/run';

async function listen(server: Server, port = 0): Promise<{ url: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Hands calls on, remembers them, and can lose the answer of one that has taken effect. */
export async function startBetween(to: string) {
  const heard: string[] = [];
  /** The header `user` of what is not only read. */
  const callers: string[] = [];
  let losing: RegExp | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks);
      const { method = 'GET', url = '/' } = request;
      const call = `${method} ${url} ${body.toString('utf8')}`;
      heard.push(call);
      if (method !== 'GET') callers.push(String(request.headers.user ?? ''));
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' && !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)
          ? [[name, value]]
          : [],
      );
      try {
        const answer = await fetch(to + url, {
          method,
          headers,
          ...(body.length > 0 ? { body } : {}),
          redirect: 'manual',
        });
        const said = Buffer.from(await answer.arrayBuffer());
        if (losing?.test(call)) {
          losing = undefined;
          request.socket.destroy();
          return;
        }
        const kept = [...answer.headers].filter(
          ([name]) => !['content-encoding', 'content-length', 'transfer-encoding'].includes(name),
        );
        response.writeHead(answer.status, Object.fromEntries(kept)).end(said);
      } catch {
        request.socket.destroy();
      }
    });
  });
  const { url, close } = await listen(server);
  return {
    url,
    heard,
    callers,
    close,
    loseNext(pattern: RegExp): void {
      losing = pattern;
    },
  };
}

/** Takes what the product sends, and answers as the product expects it. */
export async function startSink(
  port: number,
  take: (body: string) => void,
  answer = { type: 'application/json', body: '{}' },
): Promise<{ close(): Promise<void> }> {
  return listen(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        take(Buffer.concat(chunks).toString('utf8'));
        response.writeHead(answer.type === 'text/xml' ? 200 : 202, { 'content-type': answer.type }).end(answer.body);
      });
    }),
    port,
  );
}

/** Runs that failed, made ahead of time: the real thing needs seconds for each. */
export function createStock(make: () => Promise<RunRef>, size: number) {
  const stock: Promise<RunRef>[] = [];
  return (): Promise<RunRef> => {
    while (stock.length < size) stock.push(make());
    const taken = stock.shift();
    for (const one of stock) one.catch(() => undefined);
    if (!taken) throw new Error('nothing in stock');
    return taken;
  };
}
