import type { Actor } from '../domain/actor';
import type { ActAs, Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { createRedactor } from '../lib/redact';
import { type Connected, connectAll } from '../orchestrators/registry';
import type { Db } from '../store/db';
import { knownKeys } from '../store/pipeline-facts';

/** The orchestrators, by the names of their connections. */
export interface Connections {
  get(name: string): Reached | undefined;
  all(): Iterable<Reached>;
  close(): Promise<void>;
}
export type Reached = Pick<Connected, 'name' | 'kind' | 'orchestrator' | 'abilities'>;

/** The connections of the settings in force; built anew when these were taken anew. */
export function connectionsOf(deps: {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  unknownWord(connection: string): void;
}): Connections {
  const { db, clock, log, settings } = deps;
  const knownPipelines = (connection: string) => knownKeys(db, connection);
  let built: { of: Settings; connected: Map<string, Connected> } | undefined;

  function present(): Map<string, Connected> {
    if (built?.of === settings()) return built.connected;
    const before = built?.connected;
    const redactor = createRedactor(settings().diagnosis.redact);
    const connected = connectAll(settings().orchestrators, {
      log,
      clock,
      knownPipelines,
      unknownWord: deps.unknownWord,
      redact: (text) => redactor.redact(text).text,
    });
    built = { of: settings(), connected };
    for (const old of before?.values() ?? [])
      old.close().catch((error) => log.warn({ err: error }, 'connection.not-closed'));
    return connected;
  }

  return {
    get: (name: string) => present().get(name),
    all: () => present().values(),
    async close() {
      await Promise.all([...(built?.connected.values() ?? [])].map((each) => each.close()));
    },
  };
}

/** How the person is named to a connection. */
export function nameAs(actAs: ActAs | undefined, actor: Actor): string {
  if (typeof actAs === 'object') return actAs[actor.slackId] ?? actor.email ?? actor.name;
  if (actAs === 'emailName') return actor.email?.split('@')[0] ?? actor.name;
  return actor.email ?? actor.name;
}
