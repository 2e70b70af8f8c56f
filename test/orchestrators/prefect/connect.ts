import pino from 'pino';
import type { Target } from '../../../src/domain/target';
import { createHttp } from '../../../src/orchestrators/http';
import type { Call, Orchestrator } from '../../../src/orchestrators/orchestrator';
import { prefect } from '../../../src/orchestrators/prefect';

/** A connection named `prod` to the server at this address, and the words of its server that were not known. */
export function connectTo(url: string, keys: Record<string, unknown> = {}) {
  const signIn = 'apiKey' in keys || 'username' in keys ? {} : { username: 'admin', password: 'admin-pw' };
  const settings = prefect.settings.parse({ url, partitionParam: 'day', ...signIn, ...keys });
  const log = pino({ level: 'silent' });
  const clock = { now: () => new Date() };
  const http = createHttp({ ...prefect.address(settings), name: 'Prefect (prod)', log, clock, random: () => 0 });
  const unknown: string[] = [];
  const orchestrator: Orchestrator = prefect.connect({
    ...{ name: 'prod', settings, http, log, clock },
    unknownWord: (word) => unknown.push(word),
  });
  return { orchestrator, unknown, close: () => http.close() };
}

export function callFor(target: Target, changes: Partial<Call> = {}): Call {
  return { kind: 'retry', actor: 'dana', idempotencyKey: crypto.randomUUID(), since: new Date(), target, ...changes };
}

export const pipelineOf = (flow: string) => ({ connection: 'prod', key: `${flow}/live` });
