import type { Change } from '../domain/change';
import type { Edge } from '../domain/edge';
import { Failure } from '../domain/failure';
import type { Pipeline } from '../domain/pipeline';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Orchestrator } from '../orchestrators/orchestrator';
import * as changeRows from '../store/change-rows';
import type { Db } from '../store/db';
import * as edgeRows from '../store/edge-rows';
import * as inboxRows from '../store/inbox-rows';
import type { Door } from './door';
import { edgeWithoutSecrets, type Redact } from './without-secrets';

export interface DiscoveryDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  /** `lineageSource`: the `source` of the edges that its `lineage` tells. */
  /** Of orchestrators; the `lineageSource` of a connection begins with its own, and a colon. */
  kinds: string[];
  connections(): { name: string; lineageSource: string; orchestrator: Orchestrator }[];
  door: Pick<Door, 'entries'>;
  pipelines: {
    remember(pipelines: readonly Pipeline[]): Promise<void>;
    /** What the catalogue says is fed by what. */
    feeds(): Promise<Pick<Edge, 'from' | 'to'>[]>;
  };
  redact: Redact;
  wakeDecider(): Promise<void>;
}

/** Pipelines whose history of versions is read in one go; the rest have their turn the next time. */
const historiesAtOnce = 50;
const catalogueSource = 'catalogue';

/**
 * What the orchestrators have, read anew from time to time: pipelines with their facts, the graph between them, and for those that we
 * have just met the versions so far (later ones come as news). A connection that does not answer keeps what was known.
 */
export function createDiscovery(deps: DiscoveryDeps) {
  const { db, clock, log } = deps;

  async function readGraph(source: string, told: AsyncIterable<Edge>): Promise<void> {
    const edges: Edge[] = [];
    for await (const edge of told) edges.push(edgeWithoutSecrets(edge, deps.redact));
    await db.transaction((tx) => edgeRows.replace(tx, source, edges, clock.now()));
  }

  async function readHistories(connection: string, orchestrator: Orchestrator): Promise<void> {
    if (!orchestrator.versions) return;
    const known: Change[] = [];
    for (const pipeline of await changeRows.withoutHistory(db, connection, historiesAtOnce)) {
      known.push(...(await orchestrator.versions(pipeline)));
    }
    if (known.length === 0) return;
    const fresh = await inboxRows.store(db, deps.door.entries(connection, { events: [], changes: known }), clock.now());
    if (fresh.some(Boolean)) await deps.wakeDecider();
  }

  async function readConnection(name: string, lineageSource: string, orchestrator: Orchestrator): Promise<void> {
    const parts: [what: string, read: () => Promise<void>][] = [
      ['pipelines', async () => orchestrator.discover && deps.pipelines.remember(await all(orchestrator.discover()))],
      ['lineage', async () => orchestrator.lineage && readGraph(lineageSource, orchestrator.lineage())],
      ['versions', () => readHistories(name, orchestrator)],
    ];
    for (const [what, read] of parts) {
      try {
        await read();
      } catch (error) {
        if (error instanceof Failure)
          log.warn({ connection: name, what, failure: error.kind, detail: error.detail }, 'discovery.failed');
        else log.error({ err: error, connection: name, what }, 'discovery.fault');
      }
    }
  }

  async function readCatalogue(): Promise<void> {
    const at = clock.now();
    const feeds = await deps.pipelines.feeds();
    const edges = feeds.map((feed) => ({ ...feed, source: catalogueSource, knownSince: at }));
    await db.transaction((tx) => edgeRows.replace(tx, catalogueSource, edges, at));
  }

  /** What hung on a connection that was taken out of the settings hangs on nothing that we know of any more. */
  async function forgetOthers(): Promise<void> {
    const sources = deps.connections().map(({ lineageSource }) => lineageSource);
    const dropped = await edgeRows.dropOfOthers(db, deps.kinds, sources);
    if (dropped > 0) log.info({ dropped }, 'discovery.forgotten');
  }

  return {
    async read(): Promise<void> {
      await Promise.all(
        deps
          .connections()
          .map(({ name, lineageSource, orchestrator }) => readConnection(name, lineageSource, orchestrator)),
      );
      await readCatalogue();
      await forgetOthers();
    },
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
