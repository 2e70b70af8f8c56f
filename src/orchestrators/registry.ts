import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { type Abilities, type Ability, abilities, abilitiesOf, type Lacks } from '../domain/ability';
import { type ActionKind, actionKinds } from '../domain/action';
import { Failure } from '../domain/failure';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { airflow } from './airflow';
import { dagster } from './dagster';
import { dbt } from './dbt';
import { genericHttp } from './generic-http';
import { createHttp, type Http } from './http';
import { maestro } from './maestro';
import type { Connection, Orchestrator, OrchestratorKind } from './orchestrator';
import { prefect } from './prefect';

/** A kind whose settings are checked where they are used, so that kinds with different settings fit into one list. */
export interface RegisteredKind {
  id: string;
  title: string;
  lacks: Lacks;
  /** Checks the keys of one entry of `orchestrators` besides `name`, `kind` and `actAs`. May be given what it made before. */
  check(keys: unknown): z.ZodSafeParseResult<unknown>;
  /** The schema behind `check`, for whoever must name the keys. */
  settings: z.ZodType;
  /** @throws ZodError if the settings were not checked */
  connect(
    settings: unknown,
    connection: Omit<Connection<unknown>, 'http' | 'settings'>,
    deps: Pick<ConnectDeps, 'random' | 'redact' | 'dispatcher' | 'timeoutMs'>,
  ): { orchestrator: Orchestrator; http: Http };
}

function register<Settings>(kind: OrchestratorKind<Settings>): RegisteredKind {
  return {
    id: kind.id,
    title: kind.title,
    lacks: kind.lacks,
    check: (keys) => kind.settings.safeParse(keys),
    settings: kind.settings,
    connect: (unchecked, connection, deps) => {
      const settings = kind.settings.parse(unchecked);
      const { log, clock } = connection;
      const http = createHttp({
        ...kind.address(settings),
        ...deps,
        name: `${kind.title} (${connection.name})`,
        log,
        clock,
      });
      return { orchestrator: kind.connect({ ...connection, settings, http }), http };
    },
  };
}

/** All kinds, one line for each. A test holds this list equal to the folders beside this file. */
export const kinds: readonly RegisteredKind[] = [
  register(airflow),
  register(dagster),
  register(dbt),
  register(genericHttp),
  register(maestro),
  register(prefect),
];

export function kindOf(id: string): RegisteredKind | undefined {
  return kinds.find((kind) => kind.id === id);
}

/** What this connection can do: read from the keys that are there, always in the same order. */
export function ableTo(orchestrator: Orchestrator): Ability[] {
  return abilities.filter((ability) =>
    isChange(ability) ? orchestrator.actions[ability] !== undefined : orchestrator[ability] !== undefined,
  );
}

const isChange = (ability: Ability): ability is ActionKind => actionKinds.some((kind) => kind === ability);

/** One entry of `orchestrators`: `settings` is what `check` of its kind made of the entry's own keys. */
export interface ConnectionEntry {
  name: string;
  kind: string;
  settings: unknown;
}

export interface Connected<Entry extends ConnectionEntry = ConnectionEntry> {
  name: string;
  kind: { id: string; title: string };
  orchestrator: Orchestrator;
  /** As its product and its settings have it; what release and credential take away, `createRights` knows. */
  abilities: Abilities;
  entry: Entry;
  http: Http;
  close(): Promise<void>;
}

export interface ConnectDeps {
  log: Logger;
  clock: Clock;
  random?: () => number;
  redact?: (text: string) => string;
  dispatcher?: Dispatcher;
  /** For one try of one call, in place of what the kind allows for. */
  timeoutMs?: number;
  /** Counts words of the product that its adapter does not know. */
  unknownWord?: (connection: string) => void;
  /** Keys of pipelines that were met in events of the connection. */
  knownPipelines?: (connection: string) => Promise<string[]>;
}

/**
 * Builds every connection; calls nothing yet.
 * @throws Failure `rejected` for a kind that is not in the list
 */
export function connectAll<Entry extends ConnectionEntry>(
  entries: readonly Entry[],
  deps: ConnectDeps,
): Map<string, Connected<Entry>> {
  const { log, clock, knownPipelines, unknownWord, ...rest } = deps;
  return new Map(
    entries.map((entry): [string, Connected<Entry>] => {
      const { name } = entry;
      const kind = kindOf(entry.kind);
      if (!kind)
        throw new Failure('rejected', name, { detail: `There is no kind of orchestrator named "${entry.kind}".` });
      const known = knownPipelines && (() => knownPipelines(name));
      const own = log.child({ connection: name });
      const noted = (word: string) => {
        own.warn({ word: word.slice(0, 100) }, 'orchestrator.unknown-word');
        unknownWord?.(name);
      };
      const { orchestrator, http } = kind.connect(
        entry.settings,
        { name, clock, known, log: own, unknownWord: noted },
        rest,
      );
      const { id, title } = kind;
      const able = abilitiesOf(
        ableTo(orchestrator),
        (ability) => kind.lacks[ability] ?? `${kind.title} has no such thing.`,
      );
      return [
        name,
        { name, kind: { id, title }, orchestrator, abilities: able, entry, http, close: () => http.close() },
      ];
    }),
  );
}
