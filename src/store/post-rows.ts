import { Notice } from '../domain/notice';
import { type Post, type Urgency, urgencies } from '../domain/post';
import type { Queryable, Tx } from './db';

const columns = `p.post_id as id, p.seq, p.kind, p.role, p.incident_id as "incidentId", p.channel, p.root_id as "rootId", p.notice,
  p.wanted_version as "wantedVersion", p.sent_version as "sentVersion", p.urgency, p.state, p.ts, p.channel_id as "channelId",
  p.attempts, p.claimed_at as "claimedAt", p.created_at as "createdAt", p.sent_hash as "sentHash", p.plain,
  root.ts as "rootTs", root.channel_id as "rootChannelId"`;

/** A Post with what the sender needs to know of its root. */
export interface SendablePost extends Post {
  rootTs?: string;
  rootChannelId?: string;
  sentHash?: string;
  /** Slack refused the rich form: send the plain one. */
  plain: boolean;
}

type Row = Omit<SendablePost, 'urgency' | 'notice'> & { urgency: number; notice: unknown };

function toPost(row: Row): SendablePost {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (value !== null) copy[name] = value;
  const post = copy as unknown as SendablePost;
  return {
    ...post,
    urgency: urgencies[row.urgency] ?? 'change',
    notice: row.notice === null ? undefined : Notice.parse(row.notice),
  };
}

const rank = (urgency: Urgency): number => urgencies.indexOf(urgency);

/** Makes the parents of these places stale: a new one where there is none yet, else one version more is wanted. */
export async function wantParents(
  tx: Tx,
  wanted: { id: string; incidentId: string; channel: string; urgency: Urgency }[],
  at: Date,
): Promise<void> {
  if (wanted.length === 0) return;
  await tx.query(
    `insert into posts as p (post_id, kind, role, incident_id, channel, urgency, next_at, created_at)
     select w.id, 'state', 'parent', w."incidentId", w.channel, w.rank, $2, $2
     from jsonb_to_recordset($1::jsonb) as w(id uuid, "incidentId" uuid, channel text, rank smallint)
     order by w."incidentId", w.channel
     on conflict (incident_id, channel) where role = 'parent' do update set
       wanted_version = p.wanted_version + 1,
       urgency = case when p.wanted_version > p.sent_version then least(p.urgency, excluded.urgency) else excluded.urgency end,
       state = case when p.state = 'sent' then 'waiting' else p.state end,
       next_at = case when p.state = 'sent' and excluded.urgency = 3 then greatest(excluded.next_at, p.sent_at + $3::interval)
                      when p.state = 'sent' then excluded.next_at
                      when p.state = 'waiting' then least(p.next_at, excluded.next_at) else p.next_at end`,
    [JSON.stringify(wanted.map((each) => ({ ...each, rank: rank(each.urgency) }))), at, progressEvery],
  );
}

/** Progress is shown no oftener than this (design.md, Delivery). */
const progressEvery = '3 seconds';

export interface NewStory {
  id: string;
  incidentId: string;
  channel: string;
  notice: Notice;
  urgency: Urgency;
}

/** Adds story posts under the parent of their incident and channel. */
export async function addStories(tx: Tx, stories: NewStory[], at: Date): Promise<void> {
  if (stories.length === 0) return;
  await tx.query(
    `insert into posts (post_id, kind, role, incident_id, channel, root_id, notice, urgency, next_at, created_at)
     select s.id, 'story', 'reply', s."incidentId", s.channel, parent.post_id, s.notice, s.rank, $2, $2
     from jsonb_to_recordset($1::jsonb) as s(id uuid, "incidentId" uuid, channel text, notice jsonb, rank smallint, n bigint)
     join posts parent on parent.incident_id = s."incidentId" and parent.channel = s.channel and parent.role = 'parent'
     order by s.n`,
    [JSON.stringify(stories.map((story, n) => ({ ...story, rank: rank(story.urgency), n }))), at],
  );
}

/** A growing story that Slack has not seen yet is extended instead of told twice. */
export async function findUnsentGrowth(
  tx: Tx,
  wanted: { incidentId: string; channel: string; kind: 'joined' | 'member-recovered' }[],
): Promise<{ id: string; incidentId: string; channel: string; notice: Notice }[]> {
  if (wanted.length === 0) return [];
  const rows = await tx.query<{ id: string; incidentId: string; channel: string; notice: unknown }>(
    `select distinct on (p.incident_id, p.channel, p.notice ->> 'kind')
            p.post_id as id, p.incident_id as "incidentId", p.channel, p.notice
     from jsonb_to_recordset($1::jsonb) as w("incidentId" uuid, channel text, kind text)
     join posts p on p.incident_id = w."incidentId" and p.channel = w.channel and p.notice ->> 'kind' = w.kind
     where p.state = 'waiting' and p.attempts = 0
     order by p.incident_id, p.channel, p.notice ->> 'kind', p.seq desc`,
    [JSON.stringify(wanted)],
  );
  return rows.map((row) => ({ ...row, notice: Notice.parse(row.notice) }));
}

/** Those that nobody has claimed meanwhile. @returns the ids of those */
export async function replaceNotices(tx: Tx, grown: { id: string; notice: Notice }[]): Promise<Set<string>> {
  if (grown.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    `update posts p set notice = g.notice from jsonb_to_recordset($1::jsonb) as g(id uuid, notice jsonb)
     where p.post_id = g.id and p.state = 'waiting' and p.attempts = 0 returning p.post_id as id`,
    [JSON.stringify(grown)],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * What may be sent now, best first. Posts and edits are separate lanes of a channel, since edits have a budget of their own;
 * each lane gives its first only: a new parent before replies, replies in their order, after their root.
 */
export async function due(db: Queryable, now: Date, limit: number, blocked: string[]): Promise<SendablePost[]> {
  const rows = await db.query<Row>(
    `with open as (
       select p.post_id, p.channel, p.ts is not null as is_edit, p.urgency, p.kind, p.seq, p.state
       from posts p left join posts root on root.post_id = p.root_id
       where p.state in ('waiting', 'doubtful') and p.next_at <= $1
         and (p.root_id is null or root.ts is not null)
         and not exists (select from posts before where before.root_id = p.root_id and before.seq < p.seq
                         and before.state in ('waiting', 'sending', 'doubtful'))
         and not (case when p.ts is not null then 'edits' else p.channel end = any($3::text[]))
         and not exists (select from posts busy where busy.state = 'sending' and busy.channel = p.channel
                         and (busy.ts is not null) = (p.ts is not null))
     ), first as (
       select distinct on (channel, is_edit) post_id, urgency, seq from open
       order by channel, is_edit, state = 'doubtful' desc, urgency, kind = 'state' desc, seq
     )
     select ${columns} from first join posts p using (post_id) left join posts root on root.post_id = p.root_id
     order by first.urgency, first.seq limit $2`,
    [now, limit, blocked],
  );
  return rows.map(toPost);
}

/** Takes the post for sending if nobody else did. The version that is about to be shown is the one wanted now. */
export async function claim(
  db: Queryable,
  post: SendablePost,
  claimId: string,
  now: Date,
): Promise<SendablePost | undefined> {
  const rows = await db.query<{ wantedVersion: number }>(
    `update posts set state = 'sending', claim = $2, claimed_at = case when state = 'doubtful' then claimed_at else $3 end,
       attempts = attempts + 1
     where post_id = $1 and state = $4 returning wanted_version as "wantedVersion"`,
    [post.id, claimId, now, post.state],
  );
  const [row] = rows;
  if (!row) return undefined;
  return { ...post, wantedVersion: row.wantedVersion, claimedAt: post.state === 'doubtful' ? post.claimedAt : now };
}

export async function markSent(
  db: Queryable,
  post: Pick<SendablePost, 'id' | 'wantedVersion'>,
  claimId: string,
  sent: { ts: string; channelId: string; hash: string; at: Date },
): Promise<void> {
  await db.query(
    `update posts set ts = $3, channel_id = $4, sent_hash = $5, sent_version = $6, sent_at = $7,
       first_sent_at = coalesce(first_sent_at, $7), attempts = 0, claim = null, next_at = $7,
       state = case when wanted_version > $6 then 'waiting' else 'sent' end
     where post_id = $1 and claim = $2`,
    [post.id, claimId, sent.ts, sent.channelId, sent.hash, post.wantedVersion, sent.at],
  );
}

/** Gives a claimed post back, to be tried at `nextAt`; `plain` from now on if its content was refused. */
export async function giveBack(
  db: Queryable,
  id: string,
  claimId: string,
  back: { state: 'waiting' | 'doubtful'; nextAt: Date; plain?: boolean; keepAttempts?: boolean },
): Promise<void> {
  await db.query(
    `update posts set state = $3, next_at = $4, claim = null, plain = plain or $5,
       attempts = case when $6 then attempts else greatest(attempts - 1, 0) end
     where post_id = $1 and claim = $2`,
    [id, claimId, back.state, back.nextAt, back.plain ?? false, back.keepAttempts ?? true],
  );
}

/** Sets it aside for a person, with the reason. Replies of a parked parent are parked with it. */
export async function park(db: Queryable, id: string, claimId: string, reason: string): Promise<void> {
  await db.query(
    `update posts set state = 'parked', parked_reason = $3, claim = null where post_id = $1 and claim = $2`,
    [id, claimId, reason.slice(0, 300)],
  );
}

/**
 * Claims whose holder is gone (crash): a first sending has an unknown outcome and is looked for; an edit is simply made again.
 *
 * @param claimedBefore older claims than this are given up
 */
export async function releaseAbandoned(db: Queryable, claimedBefore: Date, now: Date): Promise<number> {
  const rows = await db.query(
    `update posts set state = case when ts is not null then 'waiting' else 'doubtful' end, claim = null, next_at = $2
     where state = 'sending' and claimed_at < $1 returning post_id`,
    [claimedBefore, now],
  );
  return rows.length;
}

/** When the next post becomes due; `undefined` = nothing waits. */
export async function nextDueAt(db: Queryable): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>(
    `select min(next_at) as at from posts p where state in ('waiting', 'doubtful')
       and (root_id is null or exists (select from posts root where root.post_id = p.root_id and root.ts is not null))`,
  );
  return row?.at ?? undefined;
}

export async function parentOf(
  db: Queryable,
  incidentId: string,
  channel: string,
): Promise<{ ts?: string; channelId?: string } | undefined> {
  const [row] = await db.query<{ ts: string | null; channelId: string | null }>(
    `select ts, channel_id as "channelId" from posts where incident_id = $1 and channel = $2 and role = 'parent'`,
    [incidentId, channel],
  );
  return row && { ts: row.ts ?? undefined, channelId: row.channelId ?? undefined };
}

/** For metrics and `readyz`: how many wait, since when, and how many are parked. */
export async function backlog(db: Queryable): Promise<{ waiting: number; oldest?: Date; parked: number }> {
  const [row] = await db.query<{ waiting: number; oldest: Date | null; parked: number }>(
    `select count(*) filter (where state in ('waiting', 'sending', 'doubtful'))::int as waiting,
            min(next_at) filter (where state in ('waiting', 'sending', 'doubtful')) as oldest,
            count(*) filter (where state = 'parked')::int as parked
     from posts where state <> 'sent'`,
  );
  return { waiting: row?.waiting ?? 0, oldest: row?.oldest ?? undefined, parked: row?.parked ?? 0 };
}
