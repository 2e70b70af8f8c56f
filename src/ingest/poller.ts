import { Failure } from '../domain/failure';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import * as inboxRows from '../store/inbox-rows';
import * as pollRows from '../store/poll-rows';
import type { Door } from './door';

export interface PollerDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  /** Connections that are polled, and how often. */
  polled(): { name: string; everySeconds: number }[];
  orchestrator(connection: string): Orchestrator | undefined;
  door: Pick<Door, 'entries'>;
  wakeDecider(): Promise<void>;
}

/** A poller that holds a connection longer than this has died. */
const leaseMs = 120_000;

/** Push is never trusted alone: connections that can be polled are read, from a stored cursor, whatever came in by itself. */
export function createPoller(deps: PollerDeps) {
  const { db, clock, log } = deps;

  async function pollOne(connection: string, everySeconds: number): Promise<void> {
    const orchestrator = deps.orchestrator(connection);
    if (!orchestrator?.poll) return;
    const now = clock.now();
    const claimed = await pollRows.claim(db, connection, now, everySeconds * 1_000, leaseMs);
    if (!claimed) return;
    try {
      const { events, changes = [], cursor } = await orchestrator.poll(claimed.cursor);
      const entries = deps.door.entries(connection, events, changes);
      // Facts and cursor together: after a crash the same stretch is read again, and known facts are known.
      const stored = await db.transaction(async (tx) => {
        const fresh = await inboxRows.store(tx, entries, clock.now());
        await pollRows.advance(tx, connection, cursor, clock.now());
        return fresh.filter(Boolean).length;
      });
      if (stored > 0) {
        log.info({ connection, stored }, 'poll.stored');
        await deps.wakeDecider();
      }
    } catch (error) {
      const fault = error instanceof Failure ? error.message : String(error);
      await pollRows.stumble(db, connection, fault, clock.now());
      if (error instanceof Failure) log.warn({ connection, failure: error.kind, detail: error.detail }, 'poll.failed');
      else log.error({ err: error, connection }, 'poll.fault');
    }
  }

  return {
    /** Polls every connection whose turn it is, all at once, so that a slow one delays nobody else. */
    async pollDue(): Promise<void> {
      await Promise.all(deps.polled().map(({ name, everySeconds }) => pollOne(name, everySeconds)));
    },
  };
}

export type Poller = ReturnType<typeof createPoller>;
