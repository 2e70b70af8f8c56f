import type { Queryable } from './db';

/** A Slack user group as last read. */
export interface StoredGroup {
  groupId: string;
  /** Slack ids. */
  members: string[];
  fetchedAt: Date;
}

export function findGroups(db: Queryable, groupIds: readonly string[]): Promise<StoredGroup[]> {
  return db.query<StoredGroup>(
    'select group_id as "groupId", members, fetched_at as "fetchedAt" from user_groups where group_id = any($1)',
    [groupIds],
  );
}

/** The handle stays as it was; a group that is met for the first time has its id for one. */
export async function saveGroup(db: Queryable, groupId: string, members: readonly string[], at: Date): Promise<void> {
  await db.query(
    `insert into user_groups (group_id, handle, members, fetched_at) values ($1, $1, $2, $3)
     on conflict (group_id) do update set members = excluded.members, fetched_at = excluded.fetched_at`,
    [groupId, members, at],
  );
}
