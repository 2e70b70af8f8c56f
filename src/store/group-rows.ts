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

/** Handles by id, of groups that were read: what people know them by. */
export async function groupHandles(db: Queryable, groupIds: readonly string[]): Promise<Map<string, string>> {
  if (groupIds.length === 0) return new Map();
  const rows = await db.query<{ groupId: string; handle: string }>(
    'select group_id as "groupId", handle from user_groups where group_id = any($1)',
    [groupIds],
  );
  return new Map(rows.map(({ groupId, handle }) => [groupId, handle]));
}

/** Without a handle it stays as it was; a group that is met for the first time then has its id for one. */
export async function saveGroup(
  db: Queryable,
  { groupId, handle, members }: { groupId: string; handle?: string; members: readonly string[] },
  at: Date,
): Promise<void> {
  await db.query(
    `insert into user_groups (group_id, handle, members, fetched_at) values ($1, coalesce($4, $1), $2, $3)
     on conflict (group_id) do update set members = excluded.members, fetched_at = excluded.fetched_at,
       handle = coalesce($4, user_groups.handle)`,
    [groupId, members, at, handle ?? null],
  );
}
