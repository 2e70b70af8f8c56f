import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/clock';
import { Refusal } from './refusal';
import type { JsonObject, SignalBody } from './wire';

export interface Signal {
  name: string;
  /** Per name, from 1. */
  seqId: number;
  instanceId: string;
  params: Record<string, string | number>;
  payload: JsonObject;
  requestedAt: number;
  createdAt: number;
}

export interface Match {
  value: unknown;
  operator: '=' | '>' | '>=' | '<' | '<=';
}

/** Every named parameter of the signal stands in the wanted relation. */
export function matches(signal: Signal, wanted: Record<string, Match>): boolean {
  return Object.entries(wanted).every(([name, { value, operator }]) => {
    const given = signal.params[name];
    if (given === undefined || (typeof value !== 'string' && typeof value !== 'number')) return false;
    if (operator === '=') return String(given) === String(value);
    if (operator === '>') return given > value;
    if (operator === '>=') return given >= value;
    if (operator === '<') return given < value;
    return given <= value;
  });
}

/** Signals that were announced, and who waits for one. */
export function createSignals({ clock }: { clock: Clock }) {
  const byName = new Map<string, Signal[]>();
  const known = new Set<string>();
  const listeners = new Set<(signal: Signal) => void>();

  return {
    /** @throws a 409 for one that was announced already */
    announce(body: SignalBody): Signal {
      const { name, params = {}, payload = {}, request_id, request_time, ...extra } = body;
      const identity = request_id ?? JSON.stringify([name, Object.entries(params).sort()]);
      const instanceId = createHash('sha256').update(`${name}\n${identity}`).digest('hex').slice(0, 32);
      if (known.has(instanceId)) {
        throw new Refusal(
          'CONFLICT',
          `Signal instance [${name}] with request id [${request_id ?? 'derived'}] is a duplicate`,
        );
      }
      known.add(instanceId);
      const at = clock.now().getTime();
      const all = byName.get(name) ?? [];
      const signal: Signal = {
        name,
        seqId: all.length + 1,
        instanceId,
        params,
        payload: { ...extra, ...payload },
        requestedAt: request_time ?? at,
        createdAt: at,
      };
      byName.set(name, [...all, signal]);
      for (const listener of [...listeners]) listener(signal);
      return signal;
    },
    find: (name: string, seq: number | 'latest'): Signal | undefined => {
      const all = byName.get(name) ?? [];
      return seq === 'latest' ? all.at(-1) : all[seq - 1];
    },
    newestMatch: (name: string, wanted: Record<string, Match>): Signal | undefined =>
      (byName.get(name) ?? []).findLast((signal) => matches(signal, wanted)),
    /** @returns how to stop listening */
    listen(listener: (signal: Signal) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type Signals = ReturnType<typeof createSignals>;

export const renderSignal = (signal: Signal): JsonObject => ({
  name: signal.name,
  seq_id: signal.seqId,
  instance_id: signal.instanceId,
  params: signal.params,
  payload: signal.payload,
  request_time: signal.requestedAt,
  create_time: signal.createdAt,
});
