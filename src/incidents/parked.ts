/**
 * Owns what operators do about posts that were set aside: look, send again, drop.
 * In: presses and the command line. Out: the posts' rows, a line in the audit trail, the end of the alert about them.
 */
import { type ParkedAnswer, type ParkedCause, type ParkedList, parkedCause } from '../domain/parked';
import type { Clock } from '../lib/clock';
import * as auditRows from '../store/audit-rows';
import type { Queryable, Tx } from '../store/db';
import * as inboxRows from '../store/inbox-rows';
import * as parkedRows from '../store/parked-rows';
import { endOf } from './unshown';

const pageRows = 8;

/** One post, all with the same cause, or all. */
export type ParkedWish = { id: string } | { cause: ParkedCause } | 'all';

export function createParked({ clock }: { clock: Clock }) {
  async function reasonsOf(db: Queryable, cause: ParkedCause | undefined): Promise<string[]> {
    const reasons = (await parkedRows.reasons(db)).map(({ reason }) => reason);
    return cause === undefined ? reasons : reasons.filter((reason) => parkedCause(reason) === cause);
  }

  async function which(tx: Tx, wish: ParkedWish): Promise<parkedRows.Which> {
    if (wish === 'all') return { reasons: await reasonsOf(tx, undefined) };
    return 'id' in wish ? { ids: [wish.id] } : { reasons: await reasonsOf(tx, wish.cause) };
  }

  /** Whoever decided about it has seen it: the alert that told of it is over. Parked anew, it is told anew. */
  async function settle(
    tx: Tx,
    settled: parkedRows.Settled[],
    kind: 'resend-post' | 'drop-post',
    personId: string | undefined,
  ): Promise<void> {
    const at = clock.now();
    const unshown = settled.filter(({ isUnshown }) => isUnshown);
    await inboxRows.store(
      tx,
      unshown.map((post) => endOf(post, at)),
      at,
    );
    const channels = [...new Set(settled.map(({ channel }) => channel))];
    await auditRows.append(tx, {
      at,
      personId,
      what: 'succeeded',
      kind,
      detail: { posts: settled.length, channels: channels.slice(0, 20), ids: settled.slice(0, 50).map(({ id }) => id) },
    });
  }

  return {
    /** @param page counted from 1; one past the end is the last */
    async list(db: Queryable, page: number, rowsAPage = pageRows): Promise<ParkedList> {
      const causes = new Map<ParkedCause, number>();
      for (const { reason, count } of await parkedRows.reasons(db)) {
        const cause = parkedCause(reason);
        causes.set(cause, (causes.get(cause) ?? 0) + count);
      }
      const total = [...causes.values()].reduce((sum, count) => sum + count, 0);
      const pages = Math.max(1, Math.ceil(total / rowsAPage));
      const shown = Math.min(Math.max(1, page), pages);
      const posts = await parkedRows.list(db, { limit: rowsAPage, offset: (shown - 1) * rowsAPage });
      return { posts, causes: [...causes].map(([cause, count]) => ({ cause, count })), total, page: shown, pages };
    },

    async resend(tx: Tx, wish: ParkedWish, personId?: string): Promise<ParkedAnswer> {
      const sent = await parkedRows.resend(tx, await which(tx, wish), clock.now());
      if (sent.length === 0) return { kind: 'not-parked' };
      await settle(tx, sent, 'resend-post', personId);
      return { kind: 'resent', count: sent.length };
    },

    async drop(tx: Tx, wish: ParkedWish, personId?: string): Promise<ParkedAnswer> {
      const dropped = await parkedRows.drop(tx, await which(tx, wish), clock.now());
      if (dropped.length === 0) return { kind: 'not-parked' };
      await settle(tx, dropped, 'drop-post', personId);
      return { kind: 'dropped', count: dropped.length };
    },
  };
}

export type Parked = ReturnType<typeof createParked>;
