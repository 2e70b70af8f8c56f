import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { storable } from '../lib/storable';
import { traced } from '../lib/tracing';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import * as inboxRows from '../store/inbox-rows';
import * as pollRows from '../store/poll-rows';
import type { Presence } from '../store/presence';
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
  /** That this process lives; without it, only the lease tells whether another one does. */
  presence?: Pick<Presence, 'name'>;
}

/** A poller that holds a connection longer than this is given up. One whose process has died is at once. */
const leaseMs = 120_000;
const patienceMs = 1_000;
const stretchesAtOnce = 10;

/** Push is never trusted alone: connections that can be polled are read, from a stored cursor, whatever came in by itself. */
export function createPoller(deps: PollerDeps) {
  const { db, clock, log } = deps;

  async function pollOne(connection: string, everySeconds: number): Promise<void> {
    // What is behind after an absence is not made to wait for its turn, nor does it keep the turn for ever.
    for (let stretch = 0; stretch < stretchesAtOnce; stretch += 1)
      if (!(await pollStretch(connection, stretch === 0 ? everySeconds : 0))) return;
  }

  /** @returns whether more is there already */
  async function pollStretch(connection: string, everySeconds: number): Promise<boolean> {
    const orchestrator = deps.orchestrator(connection);
    if (!orchestrator?.poll) return false;
    const now = clock.now();
    const claimed = await pollRows.claim(db, connection, now, everySeconds * 1_000, {
      holder: await deps.presence?.name(),
      leaseMs,
    });
    if (!claimed) return false;
    try {
      const poll = orchestrator.poll.bind(orchestrator, claimed.cursor);
      const found = await traced('poll', { 'pitcrew.connection': connection }, poll);
      const { cursor, isBehind = false, ...news } = found;
      const entries = deps.door.entries(connection, news);
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
      return isBehind;
    } catch (error) {
      // Only what the adapter worded is kept: its failures are without secrets, and a fault of ours is read in the log.
      const fault = error instanceof Failure ? storable(error.message) : 'a fault of Pitcrew; see its log';
      if (error instanceof Failure) log.warn({ connection, failure: error.kind, detail: error.detail }, 'poll.failed');
      else log.error({ err: error, connection }, 'poll.fault');
      await pollRows
        .stumble(db, connection, fault, clock.now())
        .catch((lost) => log.warn({ err: lost, connection }, 'poll.not-given-back'));
      return false;
    }
  }

  const underWay = new Map<string, Promise<void>>();

  function start(connection: string, everySeconds: number): void {
    if (underWay.has(connection)) return;
    const polling = pollOne(connection, everySeconds)
      .catch((error) => log.error({ err: error, connection }, 'poll.fault'))
      .finally(() => underWay.delete(connection));
    underWay.set(connection, polling);
  }

  return {
    /**
     * Polls every connection whose turn it is, all at once. Waits for them at most `patienceMs`: a slow one goes on by itself, and
     * nobody else's turn is delayed by it.
     */
    async pollDue(): Promise<void> {
      for (const { name, everySeconds } of deps.polled()) start(name, everySeconds);
      if (underWay.size === 0) return;
      const patience = new AbortController();
      await Promise.race([
        Promise.all(underWay.values()),
        sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
      ]);
      patience.abort();
    },
  };
}

export type Poller = ReturnType<typeof createPoller>;
