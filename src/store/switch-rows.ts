import type { Queryable, Tx } from './db';

/** Somebody has switched something off for all. */
export interface Off {
  by: string;
  at: Date;
  reason?: string;
}

/** What can be switched off. */
export type SwitchName = 'bulk';

export async function findOff(db: Queryable, name: SwitchName): Promise<Off | undefined> {
  const [row] = await db.query<{ by: string; at: Date; reason: string | null }>(
    'select off_by as by, off_at as at, reason from switches where name = $1',
    [name],
  );
  return row && { by: row.by, at: row.at, ...(row.reason === null ? {} : { reason: row.reason }) };
}

/** @returns false if it was off already */
export async function switchOff(tx: Tx, name: SwitchName, { by, at, reason }: Off): Promise<boolean> {
  const rows = await tx.query(
    `insert into switches (name, off_by, off_at, reason) values ($1, $2, $3, $4) on conflict do nothing returning name`,
    [name, by, at, reason ?? null],
  );
  return rows.length > 0;
}

/** @returns false if it was on already */
export async function switchOn(tx: Tx, name: SwitchName): Promise<boolean> {
  const rows = await tx.query('delete from switches where name = $1 returning name', [name]);
  return rows.length > 0;
}
