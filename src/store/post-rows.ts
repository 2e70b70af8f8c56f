import { randomUUID } from 'node:crypto';
import { Notice } from '../domain/notice';
import { type Post, type Urgency, urgencies } from '../domain/post';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';
import { isGone } from './presence';

const columns = `p.post_id as id, p.seq, p.kind, p.role, p.incident_id as "incidentId", p.action_id as "actionId", p.channel, p.root_id as "rootId", p.notice,
  p.wanted_version as "wantedVersion", p.sent_version as "sentVersion", p.urgency, p.state, p.ts, p.channel_id as "channelId",
  p.request_id as "requestId", p.thread_ts as "threadTs", p.attempts, p.claimed_at as "claimedAt", p.doubtful_since as "doubtfulSince", p.created_at as "createdAt",
  p.sent_hash as "sentHash", p.plain,
  root.ts as "rootTs", root.channel_id as "rootChannelId"`;

/** Columns of a message that must be shown anew, at once where it was sent before. @param at  the placeholder of the time */
export const shownAnewAt = (at: string) => `wanted_version = wanted_version + 1,
       next_at = case when state = 'sent' then ${at} else next_at end, state = case when state = 'sent' then 'waiting' else state end`;

/** The channel of an incident's alert as the incident knows it; of a message one knows only Slack's ids. */
export async function placeOfAlert(
  db: Queryable,
  incidentId: string,
  at: { channel?: string; messageTs?: string } = {},
): Promise<string | undefined> {
  const [row] = await db.query<{ channel: string }>(
    `select channel from posts where incident_id = $1 and role = 'parent'
     order by (channel_id = $2 and ts = $3) desc, channel_id = $2 desc, channel = $2 desc limit 1`,
    [incidentId, at.channel ?? '', at.messageTs ?? ''],
  );
  return row?.channel;
}

/** A Post with what the sender needs to know of its root. */
export interface SendablePost extends Post {
  rootTs?: string;
  rootChannelId?: string;
  sentHash?: string;
  /** The first sending whose outcome is unknown was claimed then. */
  doubtfulSince?: Date;
  /** Slack refused the rich form: send the plain one. */
  plain: boolean;
  /** Untried stories that wait for it, in their order: behind a reply in its thread, or beneath a parent that is sent for the first time. */
  behind?: WaitingStory[];
}

export interface WaitingStory {
  id: string;
  notice: Notice;
  /** The channel will read it as well. */
  isForChannel: boolean;
  /** The notice as it is stored. */
  stored: unknown;
}

type Row = Omit<SendablePost, 'urgency' | 'notice' | 'behind'> & {
  urgency: number;
  notice: unknown;
  behind?: { id: string; notice: unknown; isForChannel: boolean }[] | null;
};

function toPost(row: Row): SendablePost {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (value !== null) copy[name] = value;
  const post = copy as unknown as SendablePost;
  return {
    ...post,
    urgency: urgencies[row.urgency] ?? 'change',
    notice: row.notice === null ? undefined : Notice.parse(row.notice),
    behind: row.behind?.map((story) => ({ ...story, notice: Notice.parse(story.notice), stored: story.notice })),
  };
}

const rank = (urgency: Urgency): number => urgencies.indexOf(urgency);

/**
 * Makes the parents of these places stale: a new one where there is none yet, else one version more is wanted. A place that was muted
 * before it had one gets it when that is over. Those of older incidents come first.
 */
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
     join incidents i on i.incident_id = w."incidentId"
     where not exists (
       select from incident_places place where place.incident_id = w."incidentId" and place.channel = w.channel
         and place.muted_until > $2
         and not exists (select from posts known where known.incident_id = w."incidentId" and known.channel = w.channel
                         and known.role = 'parent'))
     order by i.seq, w.channel
     on conflict (incident_id, channel) where role = 'parent' do update set
       wanted_version = p.wanted_version + 1,
       urgency = case when p.wanted_version > p.sent_version then least(p.urgency, excluded.urgency) else excluded.urgency end,
       state = case when p.state = 'sent' then 'waiting' else p.state end,
       next_at = case when p.state = 'sent' and excluded.urgency = 3 then greatest(excluded.next_at, p.sent_at + $3::interval)
                      when p.state = 'sent' then excluded.next_at
                      when p.state = 'waiting' and excluded.urgency < p.urgency then least(p.next_at, excluded.next_at)
                      else p.next_at end`,
    [JSON.stringify(wanted.map((each) => ({ ...each, rank: rank(each.urgency) }))), at, progressEvery],
  );
}

/** A message that shows an action in this channel, unless there is one: in the thread of its incident's alert there, else on its own. */
export async function showAction(
  tx: Tx,
  post: { id: string; actionId: string; incidentId?: string; channel: string },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, incident_id, action_id, channel, root_id, urgency, next_at, created_at)
     select $1, 'state', 'action', alert.incident_id, $2, $4, alert.post_id, ${urgencies.indexOf('press')}, $5, $5
     from (select 1) one left join posts alert on alert.incident_id = $3 and alert.channel = $4 and alert.role = 'parent'
     on conflict (action_id, channel) where role = 'action' do nothing`,
    [post.id, post.actionId, post.incidentId ?? null, post.channel, at],
  );
}

/** The message that shows an action, the one in this channel rather than another; `undefined` while none is sent. */
export async function messageOfAction(
  db: Queryable,
  actionId: string,
  channel: string,
): Promise<{ channelId: string; ts: string } | undefined> {
  const [row] = await db.query<{ channelId: string; ts: string }>(
    `select channel_id as "channelId", ts from posts where action_id = $1 and role = 'action' and ts is not null
     order by channel = $2 desc, seq limit 1`,
    [actionId, channel],
  );
  return row;
}

/** Makes the messages that show an action stale. */
export async function wantAction(tx: Tx, actionId: string, urgency: Urgency, at: Date): Promise<void> {
  await tx.query(
    `update posts p set wanted_version = wanted_version + 1,
       urgency = case when wanted_version > sent_version then least(urgency, $2::smallint) else $2::smallint end,
       state = case when state = 'sent' then 'waiting' else state end,
       next_at = case when state = 'sent' and $2 = ${urgencies.indexOf('progress')} then greatest($3, sent_at + $4::interval)
                      when state = 'sent' then $3
                      when state = 'waiting' and $2 < urgency then least(next_at, $3)
                      else next_at end
     where action_id = $1 and role = 'action'`,
    [actionId, rank(urgency), at, progressEvery],
  );
}

/** A story in the thread of each message that shows the action on its own. */
export async function addActionStory(
  tx: Tx,
  story: { id: string; actionId: string; notice: Notice },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, action_id, channel, root_id, notice, urgency, next_at, created_at, state, parked_reason,
       parked_at, dropped_at)
     select $1, 'story', 'reply', $2, own.channel, own.post_id, $3, ${urgencies.indexOf('change')}, $4, $4,
            case when own.state = 'parked' and own.ts is null then 'parked' else 'waiting' end,
            case when own.state = 'parked' and own.ts is null then own.parked_reason end,
            case when own.state = 'parked' and own.ts is null then $4::timestamptz end, own.dropped_at
     from posts own where own.action_id = $2 and own.role = 'action' and own.root_id is null
     order by own.seq limit 1`,
    [story.id, story.actionId, JSON.stringify(story.notice), at],
  );
}

/** Progress is shown no oftener than this (design.md, Delivery). */
const progressEvery = '3 seconds';

/**
 * The message that shows a request, unless there is one: `request` where it lives, `triage` for the team.
 * @param post.threadTs of the thread in which it stands; without it, it heads its own
 */
export async function showRequest(
  tx: Tx,
  post: { id: string; requestId: string; role: 'request' | 'triage'; channel: string; threadTs?: string },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, request_id, channel, thread_ts, urgency, next_at, created_at)
     values ($1, 'state', $2, $3, $4, $5, ${urgencies.indexOf('press')}, $6, $6)
     on conflict (request_id, role) where role in ('request', 'triage') do nothing`,
    [post.id, post.role, post.requestId, post.channel, post.threadTs ?? null, at],
  );
}

/** The card of the team goes to another channel; the one that is there says so from now on. */
export async function moveTriage(
  tx: Tx,
  to: { id: string; requestId: string; channel: string },
  at: Date,
): Promise<void> {
  // What was never sent is nowhere to be missed.
  await tx.query(
    `delete from posts where request_id = $1 and role = 'triage' and ts is null and state in ('waiting', 'parked')`,
    [to.requestId],
  );
  await tx.query(
    `update posts set role = 'moved', ${shownAnewAt('$2')}
     where request_id = $1 and role = 'triage'`,
    [to.requestId, at],
  );
  await showRequest(tx, { ...to, role: 'triage' }, at);
}

/** Of which incident a message is the alert; `undefined` = it is none. Slack's ids. */
export async function incidentOf(
  db: Queryable,
  channelId: string,
  ts: string,
): Promise<{ incidentId: string; channel: string } | undefined> {
  const [row] = await db.query<{ incidentId: string; channel: string }>(
    `select incident_id as "incidentId", channel from posts where channel_id = $1 and ts = $2 and incident_id is not null`,
    [channelId, ts],
  );
  return row;
}

/** The alert of an incident, the first that was sent; for a link. */
export async function alertOf(
  db: Queryable,
  incidentId: string,
): Promise<{ channelId: string; ts: string } | undefined> {
  const [row] = await db.query<{ channelId: string; ts: string }>(
    `select channel_id as "channelId", ts from posts where incident_id = $1 and role = 'parent' and ts is not null order by seq limit 1`,
    [incidentId],
  );
  return row;
}

/** Makes the messages that show a request stale. */
export async function wantRequest(tx: Tx, requestId: string, at: Date): Promise<void> {
  await tx.query(
    `update posts set urgency = ${urgencies.indexOf('press')}, ${shownAnewAt('$2')}
     where request_id = $1 and role in ('request', 'triage')`,
    [requestId, at],
  );
}

/** A story in the thread of a request, or under its message for the team. */
export async function addRequestStory(
  tx: Tx,
  story: { id: string; requestId: string; under: 'request' | 'triage'; notice: Notice },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, request_id, channel, root_id, thread_ts, notice, urgency, next_at, created_at)
     select $1, 'story', 'reply', $2, own.channel, case when own.thread_ts is null then own.post_id end, own.thread_ts, $4,
            ${urgencies.indexOf('change')}, $5, $5
     from posts own where own.request_id = $2 and own.role = $3`,
    [story.id, story.requestId, story.under, JSON.stringify(story.notice), at],
  );
}

/** What is offered for an answer in the thread of a request is this from now on. @returns whether something was */
export async function offerAnew(tx: Tx, requestId: string, notice: Notice, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update posts set notice = $2, ${shownAnewAt('$3')}
     where post_id = (select post_id from posts where request_id = $1 and notice ->> 'what' = 'answers' order by seq desc limit 1)
     returning post_id`,
    [requestId, JSON.stringify(notice), at],
  );
  return rows.length > 0;
}

/** What is not told yet of answers to a request. */
export async function dropOffer(tx: Tx, requestId: string): Promise<void> {
  await tx.query(
    `delete from posts where request_id = $1 and notice ->> 'what' = 'answers' and ts is null and state in ('waiting', 'parked')`,
    [requestId],
  );
}

/** A message of its own in a channel. */
export async function addNote(tx: Tx, note: { id?: string; channel: string; notice: Notice }, at: Date): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, channel, notice, urgency, next_at, created_at)
     values ($1, 'story', 'note', $2, $3, 1, $4, $4)`,
    [note.id ?? randomUUID(), note.channel, JSON.stringify(note.notice), at],
  );
}

/** What a message of its own says by now; nothing where it is gone. */
export async function noticeOf(db: Queryable, postId: string): Promise<Notice | undefined> {
  const [row] = await db.query<{ notice: unknown }>(`select notice from posts where post_id = $1`, [postId]);
  return Notice.safeParse(row?.notice).data;
}

/** A message of its own says this from now on: as it is sent, or by an edit. */
export async function changeNote(
  tx: Tx,
  note: { id: string; notice: Notice; urgency: Urgency },
  at: Date,
): Promise<void> {
  await tx.query(
    `update posts set notice = $2, urgency = $3, ${shownAnewAt('$4')}
     where post_id = $1`,
    [note.id, JSON.stringify(note.notice), rank(note.urgency), at],
  );
}

/** Messages of a thread in their order: the first one heads it, unless there is a root already. None before `readyAt`. */
export async function addThread(
  tx: Tx,
  thread: { channel: string; notices: readonly Notice[]; readyAt?: Date } & ({ postId: string } | { rootId: string }),
  at: Date,
): Promise<void> {
  const head = 'postId' in thread ? thread.postId : undefined;
  const root = 'rootId' in thread ? thread.rootId : thread.postId;
  for (const [index, notice] of thread.notices.entries()) {
    const isHead = head !== undefined && index === 0;
    await tx.query(
      `insert into posts (post_id, kind, role, channel, root_id, notice, urgency, next_at, created_at)
       values ($1, 'story', 'note', $2, $3, $4, ${rank('progress')}, $6, $5)`,
      [
        isHead ? head : randomUUID(),
        thread.channel,
        isHead ? null : root,
        JSON.stringify(notice),
        at,
        thread.readyAt ?? at,
      ],
    );
  }
}

export interface NewStory {
  id: string;
  incidentId: string;
  channel: string;
  notice: Notice;
  urgency: Urgency;
}

/** Adds story posts under the parent of their incident and channel; where that is parked without ever having been shown, so are they. */
export async function addStories(tx: Tx, stories: NewStory[], at: Date): Promise<void> {
  if (stories.length === 0) return;
  await tx.query(
    `insert into posts (post_id, kind, role, incident_id, channel, root_id, notice, urgency, next_at, created_at, state, parked_reason, parked_at,
       dropped_at)
     select s.id, 'story', 'reply', s."incidentId", s.channel, parent.post_id, s.notice, s.rank, $2::timestamptz, $2::timestamptz,
            case when parent.state = 'parked' and parent.ts is null then 'parked' else 'waiting' end,
            case when parent.state = 'parked' and parent.ts is null then parent.parked_reason end,
            case when parent.state = 'parked' and parent.ts is null then $2::timestamptz end, parent.dropped_at
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
     where p.state = 'waiting' and p.kind = 'story' and p.attempts = 0
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

/** In SQL: whether a post `p` waits, and nothing that must be there before it. */
const isReady = `p.state in ('waiting', 'doubtful')
  and (p.root_id is null or (select root.ts from posts root where root.post_id = p.root_id) is not null)`;

const isDue = (now: string) => `exists (select from posts p where ${isReady} and p.next_at <= ${now})`;
const isAbandoned = (gone: string) => `exists (select from posts where state = 'sending' and claimed_at < ${gone})`;
const isAnythingToWatch = `(exists (select from posts where role = 'parent' and ts is null and state in ('waiting', 'sending', 'doubtful'))
  or exists (select from storms where settled_at is null))`;

/** A post that may be sent, as far as that need be known before it is claimed. */
export type DuePost = Pick<Post, 'id' | 'channel' | 'ts' | 'urgency' | 'state'>;
type DueRow = Omit<DuePost, 'ts' | 'urgency'> & { ts: string | null; urgency: number };

/** What waits. */
export interface Outlook {
  /** What may be sent now, best first. */
  posts: DuePost[];
  /** Be it held back or not. */
  isAnyDue: boolean;
  /** When the next one is, of those that are not due yet. */
  nextAt?: Date;
  /** Somebody has held a claim for so long that they may be gone. */
  isAnyAbandoned: boolean;
  /** An alert waits for its first sending, or a storm is not settled. */
  isAnythingToWatch: boolean;
}

/** Is there anything to send, to give up, or to watch? @param gone  whoever claimed before that may be gone */
export const isAnythingToDo =
  (now: Date, gone: Date): Condition =>
  (bind) =>
    `${isDue(bind(now))} or ${isAbandoned(bind(gone))} or ${isAnythingToWatch}`;

/**
 * What may be sent now, best first; of what is as urgent, what shows how things are comes before what tells of it. Posts and
 * edits are separate lanes of a channel, since edits have a budget of their own; each lane gives its first only: what is in doubt,
 * then a new parent before replies, replies in their order, after their root. A lane that is sending gives nothing. Look-ups are
 * scalar, so that each is one step down an index, however many posts there are.
 *
 * @param limit   0 = none is looked for
 * @param blocked channels that take no new post, `posts` for those of all channels, `edits`, or `progress` for those edits that may wait;
 * what is in doubt is looked for all the same, which costs no post
 * @param gone    whoever claimed before that may be gone
 */
export async function due(db: Queryable, now: Date, limit: number, blocked: string[], gone: Date): Promise<Outlook> {
  const [row] = await db.query<{
    outlook: Omit<Outlook, 'posts' | 'nextAt'>;
    posts: DueRow[] | null;
    nextAt: Date | null;
  }>(
    `with recursive lane as (
       (select channel, ts is not null as is_edit from posts where state in ('waiting', 'doubtful')
        order by channel, (ts is not null) limit 1)
       union all
       select next.channel, next.is_edit from lane cross join lateral (
         select channel, ts is not null as is_edit from posts
         where state in ('waiting', 'doubtful') and (channel, ts is not null) > (lane.channel, lane.is_edit)
         order by channel, (ts is not null) limit 1
       ) next
     ), idle as materialized (
       select channel, is_edit, not is_edit and (channel = any($3::text[]) or 'posts' = any($3)) as is_blocked from lane
       where not exists (select from posts busy where busy.state = 'sending' and busy.channel = lane.channel
                         and (busy.ts is not null) = lane.is_edit)
     ), found as (
       select p.* from idle cross join lateral (
         select w.post_id as id, w.channel, w.ts, w.urgency, w.state, w.kind = 'story' as is_story, w.seq from posts w
         where w.state in ('waiting', 'doubtful') and w.channel = idle.channel and (w.ts is not null) = idle.is_edit
           and w.next_at <= $1 and (w.state = 'waiting') <= not idle.is_blocked
           and not (idle.is_edit and case when w.urgency = ${rank('progress')} then 'progress' else 'edits' end = any($3))
           and (w.root_id is null or (select r.ts from posts r where r.post_id = w.root_id) is not null)
           -- In the order of the thread; an edit of what stands in it holds up nothing, and waits for nothing.
           and (w.ts is not null or (select before.seq from posts before where before.root_id = w.root_id and before.seq < w.seq
                and before.ts is null and before.state in ('waiting', 'sending', 'doubtful') limit 1) is null)
         order by (w.state = 'waiting'), w.urgency, (w.kind = 'story'), w.seq limit 1
       ) p order by p.urgency, p.is_story, p.seq limit $2
     )
     select jsonb_build_object('isAnyDue', ${isDue('$1')}, 'isAnyAbandoned', ${isAbandoned('$4')},
              'isAnythingToWatch', ${isAnythingToWatch}) as outlook,
            (select p.next_at from posts p where ${isReady} and p.next_at > $1 order by p.next_at limit 1) as "nextAt",
            (select json_agg(found order by found.urgency, found.is_story, found.seq) from found) as posts`,
    [now, limit, blocked, gone],
  );
  if (!row) throw new Error('no row says what waits');
  const posts = (row.posts ?? []).map(({ id, channel, ts, urgency, state }) => {
    return { id, channel, ts: ts ?? undefined, urgency: urgencies[urgency] ?? 'change', state };
  });
  return { ...row.outlook, posts, nextAt: row.nextAt ?? undefined };
}

/**
 * One story says from now on what others of its thread would have said, and those are gone. It is one of them, or a reply that is claimed,
 * whose claim then lasts from now. Nothing is changed where one of them was tried or changed since it was read, or the claim is lost.
 *
 * @param one.told  those that it says, as they were read
 */
export async function tellAsOne(
  db: Queryable,
  one: { id: string; claimId?: string; incidentId: string; notice: Notice; told: readonly WaitingStory[] },
  now: Date,
): Promise<boolean> {
  const { id, claimId, incidentId, notice, told } = one;
  const rows = await db.query(
    // The incident first: in the order in which deciders lock, so that neither waits for the other for ever.
    `with incident as (
       select from incidents where incident_id = $1 for update
     ), told as (
       select p.post_id from jsonb_to_recordset($2::jsonb) as t(id uuid, notice jsonb) join posts p on p.post_id = t.id
       where exists (select from incident) and p.state = 'waiting' and p.attempts = 0 and p.notice = t.notice for update of p
     ), teller as (
       update posts set notice = $4, urgency = ${rank('change')}, claimed_at = case when claim is null then claimed_at else $6 end,
         created_at = case when claim is null then $6 else created_at end, next_at = $6
       where post_id = $3 and claim is not distinct from $5 and (select count(*) from told) = jsonb_array_length($2::jsonb)
       returning post_id
     ), gone as (
       delete from posts where post_id in (select post_id from told) and post_id <> $3 and exists (select from teller)
     )
     select post_id from teller`,
    [
      ...[incidentId, JSON.stringify(told.map((story) => ({ id: story.id, notice: story.stored }))), id],
      ...[JSON.stringify(notice), claimId ?? null, now],
    ],
  );
  return rows.length > 0;
}

/** Of a thread that tells much; the others follow behind. */
const mostToldAsOne = 200;

/**
 * Takes the post for sending if it still is as it was found: nobody took it, and it is not there by now.
 * @param holder the name of who claims, where it can show that it lives
 * @returns it as it is now, with its newest notice and wanted version
 */
export async function claim(
  db: Queryable,
  post: Pick<DuePost, 'id' | 'state' | 'ts'>,
  claimId: string,
  now: Date,
  holder?: string,
): Promise<SendablePost | undefined> {
  const [row] = await db.query<Row>(
    `with p as (
       update posts set state = 'sending', claim = $2, claimed_at = $3, holder = $6, attempts = attempts + 1
       where post_id = $1 and state = $4 and ts is not distinct from $5 returning *
     )
     select ${columns}, (
       select jsonb_agg(jsonb_build_object('id', story.post_id, 'notice', story.notice, 'isForChannel',
                story.notice ->> 'kind' = 'recovered' and exists (
                  select from incident_places place where place.incident_id = p.incident_id and place.channel = p.channel
                    and place.mention is not null)) order by story.seq)
       from (select s.* from posts s
             where p.ts is null and p.incident_id is not null and p.role in ('parent', 'reply') and s.kind = 'story'
               and s.root_id = coalesce(p.root_id, p.post_id) and s.post_id <> p.post_id and s.state = 'waiting' and s.attempts = 0
             order by s.seq limit ${mostToldAsOne}) story) as behind
     from p left join posts root on root.post_id = p.root_id`,
    [post.id, claimId, now, post.state, post.ts ?? null, holder ?? null],
  );
  return row && toPost(row);
}

/** Makes the claim last from now. @returns false if somebody else has given it up meanwhile: then nothing may be sent */
export async function renewClaim(db: Queryable, id: string, claimId: string, now: Date): Promise<boolean> {
  const rows = await db.query(`update posts set claimed_at = $3 where post_id = $1 and claim = $2 returning post_id`, [
    id,
    claimId,
    now,
  ]);
  return rows.length > 0;
}

/** @returns false if the claim was given up by somebody else meanwhile: then it is for them to find out */
export async function markSent(
  db: Queryable,
  post: Pick<SendablePost, 'id' | 'wantedVersion'>,
  claimId: string,
  sent: { ts: string; channelId: string; hash: string; at: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update posts set ts = $3, channel_id = $4, sent_hash = $5, sent_version = $6, sent_at = $7,
       first_sent_at = coalesce(first_sent_at, $7), attempts = 0, claim = null, doubtful_since = null,
       next_at = case when urgency = ${rank('progress')} then $7 + $8::interval else $7 end,
       state = case when wanted_version > $6 then 'waiting' else 'sent' end
     where post_id = $1 and claim = $2 returning post_id`,
    [post.id, claimId, sent.ts, sent.channelId, sent.hash, post.wantedVersion, sent.at, progressEvery],
  );
  return rows.length > 0;
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
       doubtful_since = case when $3 = 'doubtful' then coalesce(doubtful_since, claimed_at) else doubtful_since end,
       attempts = case when $6 then attempts else greatest(attempts - 1, 0) end
     where post_id = $1 and claim = $2`,
    [id, claimId, back.state, back.nextAt, back.plain ?? false, back.keepAttempts ?? true],
  );
}

/** Sets it aside for a person, with the reason. Replies to what was never shown are parked with it. */
export async function park(db: Queryable, id: string, claimId: string, reason: string, at: Date): Promise<void> {
  await db.query(
    `with p as (
       update posts set state = 'parked', parked_reason = $3, parked_at = $4, claim = null where post_id = $1 and claim = $2
       returning post_id, ts
     )
     update posts set state = 'parked', parked_reason = $3, parked_at = $4
     where root_id = (select post_id from p where ts is null) and state = 'waiting'`,
    [id, claimId, reason.slice(0, 300), at],
  );
}

/**
 * Claims whose holder is gone (crash): a first sending has an unknown outcome and is looked for; an edit is simply made again.
 * When the database itself was restarted nobody holds a lock any more, so only the lease tells.
 *
 * @param before.lease  older claims than this are given up, whoever holds them
 * @param before.gone   older claims than this are given up if their holder no longer shows that it lives
 */
export async function releaseAbandoned(db: Queryable, before: { lease: Date; gone: Date }, now: Date): Promise<number> {
  const rows = await db.query(
    `update posts set state = case when ts is not null then 'waiting' else 'doubtful' end, claim = null, next_at = $2,
       doubtful_since = case when ts is null then coalesce(doubtful_since, claimed_at) end
     where state = 'sending' and claimed_at < $3 and case
       when claimed_at < $1 then true
       when holder is null or claimed_at < pg_postmaster_start_time() + interval '5 seconds' then false
       else ${isGone('holder::text')} end
     returning post_id`,
    [before.lease, now, before.gone],
  );
  return rows.length;
}

/** For metrics and `readyz`: how many wait, since when, and how many are parked. */
export async function backlog(db: Queryable): Promise<{ waiting: number; oldest?: Date; parked: number }> {
  const [row] = await db.query<{ waiting: number; oldest: Date | null; parked: number }>(
    `select count(*) filter (where state in ('waiting', 'sending', 'doubtful'))::int as waiting,
            min(next_at) filter (where state in ('waiting', 'sending', 'doubtful')) as oldest,
            count(*) filter (where state = 'parked' and dropped_at is null)::int as parked
     from posts where state <> 'sent'`,
  );
  return { waiting: row?.waiting ?? 0, oldest: row?.oldest ?? undefined, parked: row?.parked ?? 0 };
}
