import type { Planned } from '../domain/maintenance';
import { Filter } from '../domain/subscription';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** Is any in force? */
export const isAnyInForce =
  (now: Date): Condition =>
  (bind) =>
    `exists (select from maintenances where ended_at is null and until > ${bind(now)})`;

/** Planned by a person, in force; those that end first come first. */
export async function inForce(db: Queryable, now: Date): Promise<Planned[]> {
  const rows = await db.query<Omit<Planned, 'filter' | 'reason'> & { filter: unknown; reason: string | null }>(
    `select maintenance_id as id, filter, wording, reason, slack_id as by, created_at as "from", until from maintenances
     where ended_at is null and until > $1 order by until, seq`,
    [now],
  );
  return rows.map(({ reason, ...row }) => ({
    ...row,
    filter: Filter.parse(row.filter),
    ...(reason === null ? {} : { reason }),
  }));
}

/** In the place of one in force with the same wording; when that one began stays. */
export async function start(tx: Tx, planned: Planned & { personId: string }): Promise<void> {
  const { id, filter, wording, reason, personId, by, from, until } = planned;
  await tx.query(`update maintenances set ended_at = until where ended_at is null and until <= $1`, [from]);
  await tx.query(
    `insert into maintenances (maintenance_id, filter, wording, reason, person_id, slack_id, created_at, until)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (wording) where ended_at is null
     do update set person_id = excluded.person_id, slack_id = excluded.slack_id, until = excluded.until, reason = excluded.reason`,
    [id, JSON.stringify(filter), wording, reason ?? null, personId, by, from, until],
  );
}

/** @returns false if somebody was faster */
export async function end(tx: Tx, id: string, by: { personId: string; at: Date }): Promise<boolean> {
  const rows = await tx.query(
    `update maintenances set ended_by = $2, ended_at = $3 where maintenance_id = $1 and ended_at is null returning maintenance_id`,
    [id, by.personId, by.at],
  );
  return rows.length > 0;
}

/** What is quiet because of it is quiet until then, under this mark. */
export async function moveEnd(tx: Tx, mark: string, to: { mark: string; until: Date }): Promise<void> {
  await tx.query(
    `update incident_places set muted_by = $2, muted_until = $3 where muted_by = $1 and muted_until is not null`,
    [mark, to.mark, to.until],
  );
}
