import pino from 'pino';
import type { Target } from '../../../src/domain/target';
import { airflow } from '../../../src/orchestrators/airflow';
import { createHttp } from '../../../src/orchestrators/http';
import type { Call, Orchestrator } from '../../../src/orchestrators/orchestrator';

/** A connection named `prod` to the server at this address, and the words of its server that were not known. */
export function connectTo(url: string, keys: Record<string, unknown> = {}) {
  const signIn = 'token' in keys ? {} : { username: 'op', password: 'op-pw' };
  const settings = airflow.settings.parse({ url, ...signIn, ...keys });
  const log = pino({ level: 'silent' });
  const clock = { now: () => new Date() };
  const http = createHttp({ ...airflow.address(settings), name: 'Airflow (prod)', log, clock, random: () => 0 });
  const unknown: string[] = [];
  const orchestrator: Orchestrator = airflow.connect({
    ...{ name: 'prod', settings, http, log, clock },
    unknownWord: (word) => unknown.push(word),
  });
  return { orchestrator, unknown, close: () => http.close() };
}

export function callFor(target: Target, changes: Partial<Call> = {}): Call {
  return { kind: 'retry', actor: 'dana', idempotencyKey: crypto.randomUUID(), since: new Date(), target, ...changes };
}

export const refOf = (dag: string, run: string) => ({ pipeline: { connection: 'prod', key: dag }, run });
