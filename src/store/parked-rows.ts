import type { ParkedPost } from '../domain/parked';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** An alert that was set aside without ever having been shown. */
export interface ParkedAlert {
  id: string;
  /** By its name where that is known. */
  channel: string;
  pipeline: string;
  reason: string;
  parkedAt: Date;
  /** Its trouble is over, it was dropped, or the channel takes alerts again. */
  isOver: boolean;
}

const channelName = `coalesce('#' || c.name, p.channel)`;
const parkedAt = `coalesce(p.parked_at, p.created_at)`;

const isUnshown = (since: string) =>
  `p.state = 'parked' and p.role = 'parent' and p.ts is null and p.created_at > ${since}`;

export const isAnyAlertSince =
  (since: Date): Condition =>
  (bind) =>
    `exists (select from posts p where ${isUnshown(bind(since))})`;

/**
 * Those wanted since then, oldest first.
 *
 * @param but  the connection whose alerts are left out
 */
export async function alertsSince(tx: Tx, since: Date, but: string, limit: number): Promise<ParkedAlert[]> {
  return tx.query<ParkedAlert>(
    `select p.post_id as id, ${channelName} as channel, lead.pipeline, p.parked_reason as reason, ${parkedAt} as "parkedAt",
            i.state <> 'open' or p.dropped_at is not null or (p.doubtful_since is null and exists (
              select from posts later where later.channel = p.channel and later.role = 'parent'
              and later.first_sent_at > p.created_at)) as "isOver"
     from posts p join incidents i using (incident_id) left join channels c on c.channel_id = p.channel
     cross join lateral (
       select m.pipeline, m.connection from incident_members m where m.incident_id = p.incident_id order by m.seq limit 1
     ) lead
     where ${isUnshown('$1')} and lead.connection <> $2
     order by p.seq limit $3`,
    [since, but, limit],
  );
}

/** A person can do something about it: it was not dropped, and does not merely wait for another one that is parked. */
const isListed = `p.state = 'parked' and p.dropped_at is null and not exists (
  select from posts root where root.post_id = p.root_id and root.state = 'parked' and root.ts is null)`;

/** The oldest first. */
export async function list(db: Queryable, page: { limit: number; offset: number }): Promise<ParkedPost[]> {
  const rows = await db.query<Omit<ParkedPost, 'pipeline'> & { pipeline: string | null }>(
    `select p.post_id as id, p.role, ${channelName} as channel, lead.pipeline, p.parked_reason as reason, ${parkedAt} as since,
            (select count(*)::int from posts r where r.root_id = p.post_id and r.state = 'parked' and p.ts is null) as replies
     from posts p left join channels c on c.channel_id = p.channel
     left join lateral (
       select m.pipeline from incident_members m where m.incident_id = p.incident_id
       order by m.channel is distinct from p.channel, m.seq limit 1
     ) lead on true
     where ${isListed} order by p.seq limit $1 offset $2`,
    [page.limit, page.offset],
  );
  return rows.map(({ pipeline, ...row }) => ({ ...row, ...(pipeline === null ? {} : { pipeline }) }));
}

/** How many are listed for which reason. */
export async function reasons(db: Queryable): Promise<{ reason: string; count: number }[]> {
  return db.query(
    `select p.parked_reason as reason, count(*)::int as count from posts p where ${isListed} group by 1 order by 2 desc, 1`,
  );
}

/** What a person has decided about, with whether it is an alert that was never shown. */
export interface Settled {
  id: string;
  channel: string;
  parkedAt: Date;
  isUnshown: boolean;
}

/** By id, or all that are listed with one of these reasons. */
export interface Which {
  ids?: string[];
  reasons?: string[];
}

const chosen = `select p.post_id, p.ts, p.role, ${channelName} as channel, ${parkedAt} as at
  from posts p left join channels c on c.channel_id = p.channel
  where ${isListed} and (p.post_id = any($2::uuid[]) or p.parked_reason = any($3::text[]))`;
const settled = `post_id as id, channel, at as "parkedAt", role = 'parent' and ts is null as "isUnshown"`;

/** They wait for their turn as if they were new, and the replies that were parked with them. */
export async function resend(tx: Tx, which: Which, at: Date): Promise<Settled[]> {
  return tx.query(
    `with chosen as (${chosen}), anew as (
       update posts set state = 'waiting', next_at = $1, attempts = 0, plain = false, parked_reason = null, parked_at = null,
         doubtful_since = null
       where state = 'parked' and dropped_at is null
         and (post_id in (select post_id from chosen) or root_id in (select post_id from chosen where ts is null))
     )
     select ${settled} from chosen`,
    [at, which.ids ?? [], which.reasons ?? []],
  );
}

/** They are listed no more, nor are the replies that were parked with them. */
export async function drop(tx: Tx, which: Which, at: Date): Promise<Settled[]> {
  return tx.query(
    `with chosen as (${chosen}), gone as (
       update posts set dropped_at = $1
       where state = 'parked' and dropped_at is null
         and (post_id in (select post_id from chosen) or root_id in (select post_id from chosen where ts is null))
     )
     select ${settled} from chosen`,
    [at, which.ids ?? [], which.reasons ?? []],
  );
}
