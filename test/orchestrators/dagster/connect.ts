import pino from 'pino';
import type { Target } from '../../../src/domain/target';
import { dagster } from '../../../src/orchestrators/dagster';
import { createHttp } from '../../../src/orchestrators/http';
import type { Call, Orchestrator } from '../../../src/orchestrators/orchestrator';

/** A connection named `prod` to the server at this address, and the words of its server that were not known. */
export function connectTo(url: string, keys: Record<string, unknown> = {}) {
  const settings = dagster.settings.parse({ url, ...keys });
  const log = pino({ level: 'silent' });
  const clock = { now: () => new Date() };
  const http = createHttp({ ...dagster.address(settings), name: 'Dagster (prod)', log, clock, random: () => 0 });
  const unknown: string[] = [];
  const orchestrator: Orchestrator = dagster.connect({
    ...{ name: 'prod', settings, http, log, clock },
    unknownWord: (word) => unknown.push(word),
  });
  return { orchestrator, unknown, close: () => http.close() };
}

export function callFor(target: Target, changes: Partial<Call> = {}): Call {
  return { kind: 'retry', actor: 'dana', idempotencyKey: crypto.randomUUID(), since: new Date(), target, ...changes };
}

export const pipeline = (key: string) => ({ connection: 'prod', key });
export const refOf = (key: string, run: string) => ({ pipeline: pipeline(key), run });
