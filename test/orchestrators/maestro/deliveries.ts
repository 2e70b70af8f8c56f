import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../../src/orchestrators/orchestrator';

type Json = Record<string, unknown>;

/** A delivery or answer of `test/fixtures/maestro`, with other values where the test wants them. */
export function fixture(name: string, changes: Json = {}): Json {
  const text = readFileSync(join(__dirname, '../../fixtures/maestro', `${name}.json`), 'utf8');
  return { ...JSON.parse(text), ...changes };
}

export function deliveryOf(body: unknown, headers: Record<string, string> = {}): Delivery {
  return {
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receivedAt: new Date('2026-03-02T10:00:02Z'),
  };
}
