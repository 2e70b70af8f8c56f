import type { Clock } from '../../lib/clock';
import type { Faults } from '../faults';
import type { Stamps } from '../stamps';
import { type Attempt, type Delivery, keep, type Store } from '../store';
import type { JsonObject } from '../wire';
import type { AttemptResult, Transport } from './transport';

export interface DeliveriesDeps {
  clock: Clock;
  store: Store;
  stamps: Stamps;
  faults: Faults;
  transport: () => Transport;
  retryDelaysMs: number[];
}

export type Outcome =
  | { acked: true; body: unknown; tookMs: number }
  | { acked: false; error: 'operation_timeout' | 'dispatch_failed'; tookMs: number };

/**
 * Brings things to the app and remembers every try. Events come again until they are acknowledged (three more tries);
 * what a person waits for fails for them at once, and over a socket its envelope comes once more.
 */
export function createDeliveries({ clock, store, stamps, faults, transport, retryDelaysMs }: DeliveriesDeps) {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function tryOnce(delivery: Delivery, number: number, reason: string): Promise<AttemptResult> {
    const way = transport();
    const attempt: Attempt = {
      at: clock.now(),
      via: way.via,
      outcome: 'waiting',
      retry: number,
      ...(reason ? { reason } : {}),
    };
    delivery.attempts.push(attempt);
    const startedMs = performance.now();
    const result = await way.attempt(delivery, { number, reason }, (body) => {
      attempt.outcome = 'late';
      attempt.tookMs = Math.round(performance.now() - startedMs);
      delivery.answer = body;
      store.changed('deliveries');
    });
    attempt.outcome = result.outcome;
    attempt.tookMs = Math.round(performance.now() - startedMs);
    if (result.outcome === 'acked') delivery.answer = result.body;
    store.changed('deliveries');
    return result;
  }

  const settled = (delivery: Delivery) =>
    delivery.attempts.some((attempt) => attempt.outcome === 'acked' || attempt.outcome === 'late');

  function retryLater(delivery: Delivery, number: number, reason: string, delaysMs: number[]): void {
    const delayMs = delaysMs[number - 1];
    if (delayMs === undefined || stopped) return;
    const timer = setTimeout(async () => {
      timers.delete(timer);
      if (settled(delivery) || stopped) return;
      const result = await tryOnce(delivery, number, reason);
      if (result.outcome !== 'acked' && !result.noRetry) retryLater(delivery, number + 1, result.reason, delaysMs);
    }, delayMs);
    timers.add(timer);
  }

  function open(kind: Delivery['kind'], type: string, payload: JsonObject): Delivery {
    const delivery: Delivery = { id: stamps.secret(16), kind, type, payload, attempts: [] };
    keep(store.deliveries, delivery);
    return delivery;
  }

  async function start(delivery: Delivery): Promise<AttemptResult> {
    if (faults.deliversTwice()) {
      const both = [tryOnce(delivery, 0, ''), tryOnce(delivery, 1, 'http_timeout')] as const;
      const [first, second] = await Promise.all(both);
      return first.outcome === 'acked' ? first : second;
    }
    return tryOnce(delivery, 0, '');
  }

  return {
    /** For events: nobody waits. */
    announce(type: string, payload: JsonObject): Delivery {
      const delivery = open('events_api', type, payload);
      void start(delivery).then((result) => {
        if (result.outcome !== 'acked' && !result.noRetry) retryLater(delivery, 1, result.reason, retryDelaysMs);
      });
      return delivery;
    },
    /** For commands and interactions: a person waits, at most until the deadline. */
    async ask(kind: 'interactive' | 'slash_commands', type: string, payload: JsonObject): Promise<Outcome> {
      const delivery = open(kind, type, payload);
      const startedMs = performance.now();
      let result = await start(delivery);
      // The connection broke before the answer: the envelope goes to another connection, once, while the person waits.
      if (result.outcome === 'unreachable' && result.reason === 'connection_closed')
        result = await tryOnce(delivery, 1, 'connection_closed');
      const tookMs = Math.round(performance.now() - startedMs);
      if (result.outcome === 'acked') return { acked: true, body: result.body, tookMs };
      if (result.outcome === 'timeout' && transport().via === 'socket') retryLater(delivery, 1, 'timeout', [0]);
      return { acked: false, error: result.outcome === 'timeout' ? 'operation_timeout' : 'dispatch_failed', tookMs };
    },
    /** Sends a delivery of the past once more, as Slack does when it is not sure. */
    async redeliver(delivery: Delivery): Promise<AttemptResult> {
      const number = delivery.attempts.length;
      return tryOnce(delivery, number, transport().via === 'http' ? 'http_timeout' : 'timeout');
    },
    stop(): void {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
