import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { limits } from '../limits';
import type { Stamps } from '../stamps';
import type { Delivery } from '../store';
import { isObject, parseJson } from '../wire';
import type { AttemptResult, Transport } from './transport';

export interface SocketModeDeps {
  appId: string;
  stamps: Stamps;
  ackDeadlineMs: number;
}

interface Waiting {
  socket: WebSocket;
  acceptsPayload: boolean;
  settle(result: AttemptResult): void;
}

/** Kinds whose acknowledgement may bring something back. */
const acceptsPayload = (delivery: Delivery): boolean =>
  delivery.kind === 'slash_commands' || ['view_submission', 'block_suggestion'].includes(delivery.type);

/** Socket Mode: one-time addresses, up to ten connections, envelopes and their acknowledgements. */
export function createSocketMode({ appId, stamps, ackDeadlineMs }: SocketModeDeps) {
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  /** By socket and envelope id; one envelope may be under way on two connections. */
  const waiting = new Map<string, Waiting[]>();
  let turn = 0;
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.socket.clientFrameBytes });

  function take(message: string): void {
    const frame = parseJson(message);
    if (!isObject(frame) || typeof frame.envelope_id !== 'string') return;
    const entry = waiting.get(frame.envelope_id)?.shift();
    entry?.settle({ outcome: 'acked', body: entry.acceptsPayload ? frame.payload : undefined });
  }

  function drop(socket: WebSocket): void {
    const index = sockets.indexOf(socket);
    if (index >= 0) sockets.splice(index, 1);
    for (const entries of waiting.values()) {
      for (const entry of entries.filter((candidate) => candidate.socket === socket)) {
        entries.splice(entries.indexOf(entry), 1);
        entry.settle({ outcome: 'unreachable', reason: 'connection_closed' });
      }
    }
  }

  server.on('connection', (socket: WebSocket) => {
    if (sockets.length >= limits.socket.connections) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close(1008);
      return;
    }
    sockets.push(socket);
    socket.on('message', (data: Buffer) => take(data.toString('utf8')));
    socket.on('close', () => drop(socket));
    // A frame that is too large ends here as well; ws itself closes with 1009.
    socket.on('error', () => drop(socket));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        debug_info: { host: 'workspace', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      }),
    );
  });

  const beat = setInterval(() => {
    for (const socket of sockets) socket.ping(`Ping from workspace (${sockets.length})`);
  }, 10_000);
  beat.unref();

  const transport: Transport = {
    via: 'socket',
    attempt(delivery, retry, onLate) {
      return new Promise((resolve) => {
        const socket = sockets[turn % Math.max(sockets.length, 1)];
        turn += 1;
        if (!socket) return resolve({ outcome: 'unreachable', reason: 'connection_failed' });
        const entries = waiting.get(delivery.id) ?? [];
        waiting.set(delivery.id, entries);
        let overdue = false;
        const deadline = setTimeout(() => {
          overdue = true;
          resolve({ outcome: 'timeout', reason: 'timeout' });
        }, ackDeadlineMs);
        entries.push({
          socket,
          acceptsPayload: acceptsPayload(delivery),
          settle(result) {
            clearTimeout(deadline);
            if (!overdue) resolve(result);
            else if (result.outcome === 'acked') onLate(result.body);
          },
        });
        socket.send(
          JSON.stringify({
            envelope_id: delivery.id,
            type: delivery.kind,
            accepts_response_payload: acceptsPayload(delivery),
            payload: delivery.payload,
            ...(delivery.kind === 'events_api' || retry.number > 0
              ? { retry_attempt: retry.number, retry_reason: retry.reason }
              : {}),
          }),
        );
      });
    },
  };

  return {
    transport,
    connections: () => sockets.length,
    /** @returns the path with query of an address that can be opened once. */
    issueAddress(): string {
      const ticket = stamps.secret();
      tickets.add(ticket);
      return `/link/?ticket=${ticket}&app_id=${appId}`;
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const ticket = new URL(request.url ?? '/', 'http://workspace').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request));
    },
    /** Announces the end of every connection, as Slack does every few hours. The app is expected to open new ones. */
    refresh(reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested'): void {
      for (const socket of sockets) socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: {} }));
    },
    /** Cuts every connection without a word. */
    cut(): void {
      for (const socket of [...sockets]) socket.terminate();
    },
    /** Says goodbye to every connection; one that does not answer within half a second is cut. */
    async stop(): Promise<void> {
      clearInterval(beat);
      for (const entries of waiting.values())
        for (const entry of entries) entry.settle({ outcome: 'unreachable', reason: 'stopped' });
      waiting.clear();
      await Promise.all([...sockets].map(goodbye));
      server.close();
    },
  };
}

const goodbye = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    const patience = setTimeout(() => socket.terminate(), 500);
    socket.once('close', () => {
      clearTimeout(patience);
      resolve();
    });
    socket.close(1001);
  });

export type SocketMode = ReturnType<typeof createSocketMode>;
