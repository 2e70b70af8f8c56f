/**
 * Owns the alerts that no channel shows: the platform's people are told of them, once a channel, and when it is over.
 * In: parked alerts. Out: events of Pitcrew's own in the inbox.
 */
import { type EventKind, ownConnection, ownSources, type PipelineEvent } from '../domain/pipeline-event';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import * as inboxRows from '../store/inbox-rows';
import * as parkedRows from '../store/parked-rows';

/** Older ones are history. */
const lookBackMs = 86_400_000;
const atOnce = 200;

export function createUnshownWatch({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** @returns how much there is to decide */
    sweep: (): Promise<number> =>
      db.transaction(async (tx) => {
        const now = clock.now();
        // Alerts of our own are left out: told in the same way, they would only bring more of them.
        const since = new Date(now.getTime() - lookBackMs);
        const parked = await parkedRows.alertsSince(tx, since, ownConnection, atOnce);
        const events = parked.map((alert) => eventOf(alert, now));
        const fresh = await inboxRows.store(tx, events.map(entryOf), now);
        return fresh.filter(Boolean).length;
      }),
  };
}

export type UnshownWatch = ReturnType<typeof createUnshownWatch>;

/** One alert is one run: it fails once, and ends once. */
function eventOf({ id, channel, pipeline, reason, isOver }: parkedRows.ParkedAlert, now: Date): PipelineEvent {
  const kind: EventKind = isOver ? 'succeeded' : 'check-failed';
  return {
    source: ownSources.unshown,
    id: `${id}:${kind}`,
    kind,
    occurredAt: now,
    connection: ownConnection,
    pipeline: `alerts in ${channel}`,
    run: id,
    attempt: 1,
    final: true,
    ...(isOver
      ? {}
      : {
          error: `the alert of ${pipeline} is not shown in ${channel}: ${reason}. Correct the channel, or invite Pitcrew`,
        }),
  };
}

function entryOf(event: PipelineEvent): inboxRows.InboxEntry {
  const { source, id, connection, occurredAt } = event;
  return { source, id, kind: 'run', connection, payload: event, occurredAt };
}
