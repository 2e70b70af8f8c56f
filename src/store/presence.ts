import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from '../lib/logger';

/** That this process lives, so that others know at once when it does not. */
export interface Presence {
  /** The name under which it claims; undefined while it cannot show that it lives. Never throws. */
  name(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The lock that a living process holds under its name, as SQL. */
const lockOf = (name: string): string => `hashtextextended(current_schema() || ' presence ' || ${name}, 7)`;

/**
 * True when nobody holds the lock of that name any more, as SQL: its connection is closed, as the system does for a process that ended,
 * however it ended. @param name SQL of type text
 */
export const isGone = (name: string): string => `pg_try_advisory_xact_lock(${lockOf(name)})`;

/** Holds one connection of the pool. A name is good for one connection: whoever lost it goes on under another one. */
export function createPresence({ pool, log }: { pool: Pool; log: Logger }): Presence {
  let held: { name: string; lose(): void } | undefined;
  let opening: Promise<void> | undefined;
  let isClosed = false;

  async function open(): Promise<void> {
    const client = await pool.connect();
    const name = randomUUID();
    let isReleased = false;
    const lose = (error?: Error) => {
      if (error) log.warn({ err: error }, 'presence.lost');
      if (held?.name === name) held = undefined;
      if (isReleased) return;
      isReleased = true;
      client.release(true);
    };
    client.on('error', lose);
    client.on('end', () => lose());
    try {
      await client.query(`select pg_advisory_lock(${lockOf('$1::text')})`, [name]);
    } catch (error) {
      lose();
      throw error;
    }
    if (isClosed) lose();
    else if (!isReleased) held = { name, lose };
  }

  return {
    async name() {
      if (!held && !isClosed) {
        opening ??= open().finally(() => {
          opening = undefined;
        });
        await opening.catch((error) => log.warn({ err: error }, 'presence.not-shown'));
      }
      return held?.name;
    },
    async close() {
      isClosed = true;
      await opening?.catch(() => undefined);
      held?.lose();
    },
  };
}
