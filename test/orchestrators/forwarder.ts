import { type LocalServer, startServer } from './local-server';

interface Forwarding {
  /** Says what the server did, in other words. */
  reword?(answer: string): string;
  isAway?(): boolean;
}

/** Stands before a server, hands every call on to it, and can change its words or be out of order in its place. `url` has the server's path. */
export async function startForwarder(
  to: string,
  { reword = (answer) => answer, isAway = () => false }: Forwarding,
): Promise<LocalServer> {
  const server = await startServer(({ method, url, headers, body }, response) => {
    if (isAway()) return void response.writeHead(503).end();
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...kept } = headers;
    const asked = { method, headers: kept as Record<string, string>, ...(body ? { body } : {}) };
    void fetch(new URL(url, to), asked)
      .then(async (answer) => {
        const said = reword(await answer.text());
        const type = answer.headers.get('content-type') ?? 'application/json';
        const date = answer.headers.get('date') ?? new Date().toUTCString();
        response.writeHead(answer.status, { 'content-type': type, date }).end(said);
      })
      .catch(() => response.destroy());
  });
  return { ...server, url: server.url + new URL(to).pathname.replace(/\/$/, '') };
}
