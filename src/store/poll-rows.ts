import type { Queryable, Tx } from './db';

/** Takes a connection for polling if its turn has come and nobody polls it now. */
export async function claim(
  db: Queryable,
  connection: string,
  now: Date,
  everyMs: number,
  leaseMs: number,
): Promise<{ cursor: unknown } | undefined> {
  const [row] = await db.query<{ cursor: unknown }>(
    `insert into polls as p (connection, polled_at, claimed_until) values ($1, $2, $3)
     on conflict (connection) do update set claimed_until = excluded.claimed_until
     where (p.claimed_until is null or p.claimed_until <= $2) and p.polled_at <= $4
     returning cursor`,
    [connection, now, new Date(now.getTime() + leaseMs), new Date(now.getTime() - everyMs)],
  );
  return row && { cursor: row.cursor ?? undefined };
}

export async function advance(tx: Tx, connection: string, cursor: unknown, at: Date): Promise<void> {
  await tx.query(
    `update polls set cursor = $2, polled_at = $3, succeeded_at = $3, claimed_until = null, fault = null where connection = $1`,
    [connection, JSON.stringify(cursor ?? null), at],
  );
}

export async function stumble(db: Queryable, connection: string, fault: string, at: Date): Promise<void> {
  await db.query(`update polls set polled_at = $3, claimed_until = null, fault = $2 where connection = $1`, [
    connection,
    fault.slice(0, 500),
    at,
  ]);
}
