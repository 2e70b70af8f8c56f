import type { Queryable, Tx } from './db';

/** The one row that says that a channel has had its post of the day. @returns false where somebody was faster */
export async function claimDay(tx: Tx, of: { channel: string; day: string }, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `insert into triage_days (channel, day, at) values ($1, $2, $3) on conflict do nothing returning day`,
    [of.channel, of.day, at],
  );
  return rows.length > 0;
}

export async function isClaimed(db: Queryable, of: { channel: string; day: string }): Promise<boolean> {
  return (await db.query(`select from triage_days where channel = $1 and day = $2`, [of.channel, of.day])).length > 0;
}

/** When the channel had its last one, before that day. */
export async function lastDay(db: Queryable, of: { channel: string; day: string }): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>(
    `select max(at) as at from triage_days where channel = $1 and day < $2`,
    [of.channel, of.day],
  );
  return row?.at ?? undefined;
}

/** The post that says it. */
export async function keepPost(tx: Tx, of: { channel: string; day: string; postId: string }): Promise<void> {
  await tx.query(`update triage_days set post_id = $3 where channel = $1 and day = $2`, [
    of.channel,
    of.day,
    of.postId,
  ]);
}

/** The posts of the channel since then, the newest first. Of the same day there is one. */
export async function posts(
  db: Queryable,
  of: { channel: string; since: Date },
): Promise<{ day: string; postId: string }[]> {
  return db.query(
    `select day::text as day, post_id as "postId" from triage_days
     where channel = $1 and at >= $2 and post_id is not null order by day desc`,
    [of.channel, of.since],
  );
}

export interface TriageCounts {
  fresh: number;
  open: number;
  unanswered: number;
  overdue: number;
  waiting: number;
  snoozed: number;
}

/** How the queue of the team of the settings stands. @param since what was asked from then on is fresh */
export async function counts(db: Queryable, since: Date, now: Date): Promise<TriageCounts> {
  const [row] = await db.query<TriageCounts>(
    `select count(*) filter (where asked_at >= $1)::int as fresh,
       count(*) filter (where state <> 'solved')::int as open,
       count(*) filter (where state = 'open' and first_response_at is null)::int as unanswered,
       count(*) filter (where due_at <= $2 and state <> 'solved')::int as overdue,
       count(*) filter (where state = 'waiting')::int as waiting,
       count(*) filter (where state = 'snoozed')::int as snoozed
     from requests where team is null and (state <> 'solved' or asked_at >= $1)`,
    [since, now],
  );
  return row ?? { fresh: 0, open: 0, unanswered: 0, overdue: 0, waiting: 0, snoozed: 0 };
}

/** Of that team, by age. */
export async function oldestOpen(db: Queryable): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(
    `select request_id as id from requests where state <> 'solved' and team is null order by asked_at limit 1`,
  );
  return row?.id;
}

/** Where the card of the team stands, of each that was sent. */
export async function cardsOf(
  db: Queryable,
  requestIds: readonly string[],
): Promise<Map<string, { channelId: string; ts: string }>> {
  const rows = await db.query<{ id: string; channelId: string; ts: string }>(
    `select request_id as id, channel_id as "channelId", ts from posts
     where role = 'triage' and ts is not null and request_id = any($1::uuid[])`,
    [requestIds],
  );
  return new Map(rows.map(({ id, ...card }) => [id, card]));
}
