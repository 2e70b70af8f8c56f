import { connect, createServer, type Server, type Socket } from 'node:net';

export type GateState = 'open' | 'refuses' | 'hangs';

/** A door before a server: what goes through it can be cut, refused, or taken and never answered. */
export interface Gate {
  port: number;
  set(state: GateState): Promise<void>;
  close(): Promise<void>;
}

export async function openGate(to: { port: number }): Promise<Gate> {
  const sockets = new Set<Socket>();
  let state: GateState = 'open';
  let port = 0;
  let server = await listen();

  function listen(): Promise<Server> {
    const made = createServer((incoming) => {
      keep(incoming);
      if (state === 'hangs') return void incoming.resume();
      const outgoing = connect({ port: to.port, host: '127.0.0.1' });
      keep(outgoing);
      incoming.pipe(outgoing).pipe(incoming);
      incoming.on('close', () => outgoing.destroy());
      outgoing.on('close', () => incoming.destroy());
    });
    return new Promise((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, '127.0.0.1', () => {
        const address = made.address();
        if (address && typeof address === 'object') port = address.port;
        resolve(made);
      });
    });
  }

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  async function shut(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  return {
    get port() {
      return port;
    },
    async set(wanted) {
      if (state !== 'refuses') await shut();
      state = wanted;
      if (wanted !== 'refuses') server = await listen();
    },
    async close() {
      if (state !== 'refuses') await shut();
      state = 'refuses';
    },
  };
}
