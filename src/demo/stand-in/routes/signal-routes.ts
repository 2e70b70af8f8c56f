import { badRequest } from '../refusal';
import type { Route } from '../router';
import { renderSignal, type Signals } from '../signals';
import { SignalBody } from '../wire';
import { parse, slot } from './reading';

/** Announcing signals and reading them back. */
export function createSignalRoutes({ signals }: { signals: Signals }): Route[] {
  return [
    {
      method: 'POST',
      pattern: '/api/v3/signals',
      handle: (call) => ({ body: renderSignal(signals.announce(parse(SignalBody, call.body))) }),
    },
    {
      method: 'GET',
      pattern: '/api/v3/signals/:name/instances/:seq',
      handle: (call) => {
        const seq = slot(call, 'seq');
        if (seq !== 'latest' && !/^\d+$/.test(seq)) throw badRequest(`For input string: "${seq}"`);
        const signal = signals.find(slot(call, 'name'), seq === 'latest' ? 'latest' : Number(seq));
        return signal ? { body: renderSignal(signal) } : {};
      },
    },
  ];
}
