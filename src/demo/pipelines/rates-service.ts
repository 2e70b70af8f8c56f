import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** In every block of this many calls, the first few meet an outage. */
const blockOfCalls = 7;
const callsInOutage = 3;

/** A service on the network that is sometimes down: it resets the connections of the first calls of each block. */
export function createRatesService() {
  let calls = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    const place = calls % blockOfCalls;
    calls += 1;
    if (place < callsInOutage) {
      request.socket.resetAndDestroy();
      return;
    }
    const date = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('date') ?? '';
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ base: 'EUR', date, rates: { USD: 1.0841, GBP: 0.8327, CHF: 0.9362, PLN: 4.3129 } }));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    start: (): Promise<string> =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
        });
      }),
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
