/**
 * Owns the alerts that no channel shows: the platform's people are told of them, once a channel, and when it is over.
 * In: parked alerts. Out: events of Pitcrew's own in the inbox.
 */
import { type EventKind, ownConnection, ownSources, type PipelineEvent } from '../domain/pipeline-event';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import type { Condition } from '../store/due';
import * as inboxRows from '../store/inbox-rows';
import * as parkedRows from '../store/parked-rows';

/** Older ones are history. */
const lookBackMs = 86_400_000;
const atOnce = 200;

export function createUnshownWatch({ db, clock }: { db: Db; clock: Clock }) {
  const since = (now: Date): Date => new Date(now.getTime() - lookBackMs);
  return {
    isDue: (): Condition => parkedRows.isAnyAlertSince(since(clock.now())),

    /** @returns how much there is to decide */
    async sweep(): Promise<number> {
      const now = clock.now();
      // Alerts of our own are left out: told in the same way, they would only bring more of them.
      const parked = await parkedRows.alertsSince(db, since(now), ownConnection, atOnce);
      const entries = parked.map((alert) => (alert.isOver ? endOf(alert, now) : troubleOf(alert, now)));
      const fresh = await inboxRows.store(db, entries, now);
      return fresh.filter(Boolean).length;
    },
  };
}

export type UnshownWatch = ReturnType<typeof createUnshownWatch>;

type Unshown = Pick<parkedRows.ParkedAlert, 'id' | 'channel' | 'parkedAt'>;

function troubleOf(alert: parkedRows.ParkedAlert, now: Date): inboxRows.InboxEntry {
  const { channel, pipeline, reason } = alert;
  const error = `the alert of ${pipeline} is not shown in ${channel}: ${reason}. Correct the channel, or invite Pitcrew`;
  return entryOf(alert, 'check-failed', now, error);
}

export function endOf(alert: Unshown, now: Date): inboxRows.InboxEntry {
  return entryOf(alert, 'succeeded', now);
}

/** One alert that is parked once is one run: it fails once, and ends once. */
function entryOf({ id, channel, parkedAt }: Unshown, kind: EventKind, now: Date, error?: string): inboxRows.InboxEntry {
  const run = `${id}:${parkedAt.getTime()}`;
  const event: PipelineEvent = {
    source: ownSources.unshown,
    id: `${run}:${kind}`,
    kind,
    occurredAt: now,
    connection: ownConnection,
    pipeline: `alerts in ${channel}`,
    run,
    attempt: 1,
    final: true,
    ...(error === undefined ? {} : { error }),
  };
  return {
    source: event.source,
    id: event.id,
    kind: 'run',
    connection: ownConnection,
    payload: event,
    occurredAt: now,
  };
}
