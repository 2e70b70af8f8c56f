import type { Queryable, Tx } from './db';
import { isGone } from './presence';

/** Takes a connection for polling if its turn has come and nobody polls it now. @param by.holder  the name of our presence */
export async function claim(
  db: Queryable,
  connection: string,
  now: Date,
  everyMs: number,
  by: { holder?: string; leaseMs: number },
): Promise<{ cursor: unknown } | undefined> {
  const [row] = await db.query<{ cursor: unknown }>(
    `insert into polls as p (connection, polled_at, claimed_until, holder) values ($1, $2, $3, $5)
     on conflict (connection) do update set claimed_until = excluded.claimed_until, holder = excluded.holder
     where case when p.polled_at > $4 then false
       when p.claimed_until is null or p.claimed_until <= $2 then true
       when p.holder is null then false
       else ${isGone('p.holder')} end
     returning cursor`,
    [connection, now, new Date(now.getTime() + by.leaseMs), new Date(now.getTime() - everyMs), by.holder ?? null],
  );
  return row && { cursor: row.cursor ?? undefined };
}

export async function advance(tx: Tx, connection: string, cursor: unknown, at: Date): Promise<void> {
  await tx.query(
    `update polls set cursor = $2, polled_at = $3, succeeded_at = $3, claimed_until = null, holder = null, fault = null where connection = $1`,
    [connection, JSON.stringify(cursor ?? null), at],
  );
}

export async function stumble(db: Queryable, connection: string, fault: string, at: Date): Promise<void> {
  await db.query(
    `update polls set polled_at = $3, claimed_until = null, holder = null, fault = $2 where connection = $1`,
    [connection, fault.slice(0, 500), at],
  );
}
