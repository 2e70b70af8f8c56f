import { ownConnection, ownSources } from '../domain/pipeline-event';
import type { Db, Queryable } from './db';

// What a replay reads of the real rows, and how it lets them come in again. `real` is the quoted name of the schema that holds
// them; only `select` ever goes there. Unqualified tables are those of the scratch schema.

/** As far back as the watches look: habits of runs, the rhythm of sources. */
const habitDays = 45;
const arrivalsKnown = 10_000;

export interface Recorded {
  /** Of the inbox; nothing where nothing was ever recorded. */
  oldest?: Date;
  newest?: Date;
}

export async function recorded(db: Queryable, real: string): Promise<Recorded> {
  const [row] = await db.query<{ oldest: Date | null; newest: Date | null }>(
    `select min(received_at) as oldest, max(received_at) as newest from ${real}.inbox`,
  );
  return { oldest: row?.oldest ?? undefined, newest: row?.newest ?? undefined };
}

/** When the oldest incident was opened that stood open at `at`, looked for back to `since`. */
export async function openSince(db: Queryable, real: string, at: Date, since: Date): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>(
    `select min(opened_at) as at from ${real}.incidents
     where opened_at < $1 and opened_at >= $2 and (closed_at is null or closed_at >= $1)`,
    [at, since],
  );
  return row?.at ?? undefined;
}

/**
 * Takes what was recorded from `from` until before `to`, and what was known at `from`. What Pitcrew's own watches told is left out where
 * the watches will tell it anew; that Slack refused a post is not repeated.
 */
export async function take(scratch: Db, real: string, { from, to }: { from: Date; to: Date }): Promise<void> {
  await scratch.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read');
    await tx.query(
      `create unlogged table history (
         seq bigint primary key, source text, id text, kind text, connection text, payload jsonb, occurred_at timestamptz,
         received_at timestamptz, pipeline text, is_problem boolean)`,
    );
    await tx.query(
      `insert into history
       select seq, source, id, kind, connection, payload, occurred_at, received_at, payload ->> 'pipeline',
              kind = 'run' and (payload ->> 'kind' in ('late', 'check-failed')
                or payload ->> 'kind' = 'failed' and coalesce((payload ->> 'final')::boolean, true))
       from ${real}.inbox
       where received_at >= $1 and received_at < $2 and source not in ($3, $4)
         and not (source = $5 and payload ->> 'pipeline' like '% (events)')`,
      [from, to, ownSources.late, ownSources.unshown, ownSources.silence],
    );
    await tx.query('create index on history (received_at, seq)');
    await tx.query('create index on history (received_at) where is_problem');
    await tx.query('create index on history (connection, pipeline, received_at)');
    await tx.query(
      `create unlogged table recorded_presses as
       select press_key, seq, name, value, slack_id, channel, message_ts, received_at from ${real}.presses where false`,
    );
    await tx.query(
      `insert into recorded_presses
       select press_key, seq, name, value, slack_id, channel, message_ts, received_at from ${real}.presses
       where received_at >= $1 and received_at < $2`,
      [from, to],
    );
    for (const table of ['people', 'user_groups', 'channels'])
      await tx.query(`insert into ${table} select * from ${real}.${table}`);
    await tx.query(`insert into pipelines select * from ${real}.pipelines where first_seen_at < $1`, [to]);
    await tx.query(`insert into edges select * from ${real}.edges where known_since < $1`, [to]);
    await tx.query(
      `insert into runs select * from ${real}.runs where recorded_at < $1 and occurred_at >= $1::timestamptz - $2::int * interval '1 day'`,
      [from, habitDays],
    );
    await tx.query(
      `insert into inbox (source, id, kind, connection, payload, occurred_at, received_at, decided_at, reason)
       select source, id, kind, connection, '{}', occurred_at, received_at, received_at, 'before the replay'
       from (select * from ${real}.inbox where received_at < $1 order by received_at desc, seq desc limit $2) known
       order by received_at, seq`,
      [from, arrivalsKnown],
    );
    await tx.query('update heard_until set seq = 0');
    await tx.query(
      `insert into subscriptions (subscription_id, channel, channel_name, filter, wording, person_id, created_at)
       select subscription_id, channel, channel_name, filter, wording, person_id, created_at from ${real}.subscriptions
       where created_at < $1 and (ended_at is null or ended_at >= $1) order by seq`,
      [from],
    );
    await tx.query(
      `insert into follows (follow_id, person_id, slack_id, connection, pipeline, created_at)
       select follow_id, person_id, slack_id, connection, pipeline, created_at from ${real}.follows
       where created_at < $1 and (ended_at is null or ended_at >= $1) order by seq`,
      [from],
    );
    await tx.query(
      `insert into mutes (mute_id, channel, channel_name, connection, pipeline, person_id, slack_id, created_at, muted_until)
       select mute_id, channel, channel_name, connection, pipeline, person_id, slack_id, created_at, muted_until from ${real}.mutes
       where created_at < $1 and (ended_at is null or ended_at >= $1) order by seq`,
      [from],
    );
  });
  await scratch.query('analyze');
}

/** How many facts there are in all, how many of them from `from` on, and when the first came. */
export async function count(scratch: Queryable, from: Date): Promise<{ all: number; counted: number; first?: Date }> {
  const [row] = await scratch.query<{ all: number; counted: number; first: Date | null }>(
    `select count(*)::int as all, (count(*) filter (where received_at >= $1))::int as counted, min(received_at) as first
     from history where connection is distinct from $2`,
    [from, ownConnection],
  );
  return { all: row?.all ?? 0, counted: row?.counted ?? 0, first: row?.first ?? undefined };
}

/**
 * Until when facts may come in at one blow: the next one that can lead to a post (a problem, or word of a pipeline that has one), or
 * the last of the next `most`. `undefined` = no more come.
 */
export async function nextArrival(scratch: Queryable, after: Date, most: number): Promise<Date | undefined> {
  const [row] = await scratch.query<{ at: Date | null }>(
    `select least(
       (select min(received_at) from history where is_problem and received_at > $1),
       (select min(next.received_at)
        from (select distinct connection, pipeline from incident_members where state in ('failed', 'running')) m
        cross join lateral (select h.received_at from history h where h.connection = m.connection and h.pipeline = m.pipeline
                            and h.received_at > $1 order by h.received_at limit 1) next),
       coalesce((select received_at from history where received_at > $1 order by received_at, seq offset $2 limit 1),
                (select max(received_at) from history where received_at > $1))) as at`,
    [after, most],
  );
  return row?.at ?? undefined;
}

/** @returns how many came in */
export async function letIn(scratch: Queryable, after: Date, until: Date): Promise<number> {
  const [row] = await scratch.query<{ count: number }>(
    `with fresh as (
       insert into inbox (source, id, kind, connection, payload, occurred_at, received_at)
       select source, id, kind, connection, payload, occurred_at, received_at from history
       where received_at > $1 and received_at <= $2 order by received_at, seq
       on conflict do nothing returning seq)
     select count(*)::int as count from fresh`,
    [after, until],
  );
  return row?.count ?? 0;
}

export interface RecordedPress {
  key: string;
  name: string;
  value: Record<string, unknown>;
  slackId: string;
  channel: string | null;
  messageTs: string | null;
  receivedAt: Date;
}

export async function presses(scratch: Queryable, names: readonly string[]): Promise<RecordedPress[]> {
  return scratch.query(
    `select press_key as key, name, value, slack_id as "slackId", channel, message_ts as "messageTs", received_at as "receivedAt"
     from recorded_presses where name = any($1::text[]) order by received_at, seq`,
    [names],
  );
}

/** The incident of the replay that stands for the trouble that the real one was about, if its alert has been posted. */
export async function standingFor(scratch: Queryable, real: string, incidentId: string): Promise<string | undefined> {
  const [row] = await scratch.query<{ id: string }>(
    `select m.incident_id as id from ${real}.incident_members was
     join incident_members m using (connection, pipeline, partition)
     join posts p on p.incident_id = m.incident_id and p.role = 'parent' and p.ts is not null
     where was.incident_id = $1 and (m.state in ('failed', 'running') or m.closing is not null) order by was.seq, m.seq limit 1`,
    [incidentId],
  );
  return row?.id;
}

export interface RecordedRun {
  status: string;
  partition: string;
  step: string | null;
  error: string | null;
  startedAt: Date | null;
  url: string | null;
  logUrl: string | null;
  /** The lines around its cause, from its log or its error. */
  excerpt: string | null;
}

/** What Pitcrew had read of a run. */
export async function run(
  scratch: Queryable,
  real: string,
  of: { connection: string; pipeline: string; run: string; attempt?: number },
): Promise<RecordedRun | undefined> {
  const [row] = await scratch.query<RecordedRun>(
    `select r.status, r.partition, coalesce(r.step, m.step) as step, coalesce(r.error, m.error) as error, r.started_at as "startedAt",
            coalesce(r.url, m.url) as url, coalesce(r.log_url, m.log_url) as "logUrl", i.cause ->> 'excerpt' as excerpt
     from ${real}.runs r
     left join ${real}.incident_members m on m.connection = r.connection and m.pipeline = r.pipeline and m.run = r.run and m.attempt = r.attempt
     left join ${real}.incidents i on i.incident_id = m.incident_id and m.via = 'first'
     where r.connection = $1 and r.pipeline = $2 and r.run = $3 and ($4::int is null or r.attempt = $4)
     order by r.attempt desc limit 1`,
    [of.connection, of.pipeline, of.run, of.attempt ?? null],
  );
  return row;
}

/** Polls are taken to have gone through all the while. */
export async function markPolled(scratch: Queryable, connections: string[], at: Date): Promise<void> {
  if (connections.length === 0) return;
  await scratch.query(
    `insert into polls (connection, polled_at, succeeded_at) select name, $2, $2 from unnest($1::text[]) as name
     on conflict (connection) do update set polled_at = excluded.polled_at, succeeded_at = excluded.succeeded_at`,
    [connections, at],
  );
}

/** When the clock alone brings something next, after `after`: the end of a mute or an acknowledge, a reminder, a look at a late run. */
export async function nextDue(
  scratch: Queryable,
  after: Date,
  gaps: { acknowledgeMs: number; reminderMs?: number; reminders: number },
): Promise<Date | undefined> {
  const [row] = await scratch.query<{ at: Date | null }>(
    `select min(at) as at from (
       select p.muted_until as at from incident_places p where p.muted_until > $1
       union all
       select p.acknowledged_at + $2 * interval '1 ms' from incident_places p join incidents i using (incident_id)
        where i.state = 'open' and p.acknowledged_at is not null
       union all
       select greatest(p.remind_not_before, parent.first_sent_at + $3 * interval '1 ms')
         from incidents i join incident_places p using (incident_id)
         join posts parent on parent.incident_id = p.incident_id and parent.channel = p.channel and parent.role = 'parent'
        where i.state = 'open' and p.threads and p.acknowledged_at is null and p.reminded < $4
       union all
       (select look_at from late_watches where look_at > $1 order by look_at limit 1)
     ) due where at > $1`,
    [after, gaps.acknowledgeMs, gaps.reminderMs ?? 0, gaps.reminderMs === undefined ? 0 : gaps.reminders],
  );
  return row?.at ?? undefined;
}

/** Are there more late watches due than one look takes? */
export async function isLookDue(scratch: Queryable, at: Date): Promise<boolean> {
  const [row] = await scratch.query<{ due: boolean }>(
    'select exists (select from late_watches where look_at <= $1) as due',
    [at],
  );
  return row?.due ?? false;
}

export interface ToldPost {
  id: string;
  role: 'parent' | 'card' | 'direct' | 'note';
  channel: string;
  at: Date;
  /** Of the incident: which route, team or subscription. */
  routedBy: string | null;
  /** Of the incident: open, recovered or skipped. */
  state: string | null;
  calls: boolean;
  replies: number;
}

/** Answers to what a person pressed; no replay can give them. */
const answers = [
  'action-asked',
  'auto-retry',
  'action-settled',
  'log',
  'log-missing',
  'members',
  'owners-told',
  'consent',
  'bulk',
  'first-run',
  'nothing-began',
  'bulk-ended',
  'bulk-listed',
  'digest',
  'digest-chart',
];

/** Top-level posts that nobody asked for, that came first from `from` until before `to`, oldest first; of the schema that is named, or the connection's own. */
export async function toldPosts(
  db: Queryable,
  { from, to }: { from: Date; to: Date },
  schema?: string,
): Promise<ToldPost[]> {
  const of = schema === undefined ? '' : `${schema}.`;
  return db.query(
    `select p.post_id as id, p.role, p.channel, p.first_sent_at as at, pl.routed_by as "routedBy", i.state,
            p.role = 'parent' and pl.mention is not null as calls,
            (select count(*)::int from ${of}posts r where r.root_id = p.post_id and r.first_sent_at >= $1 and r.first_sent_at < $2
             and not (coalesce(r.notice ->> 'kind', '') = any($3::text[]))) as replies
     from ${of}posts p left join ${of}incidents i using (incident_id)
     left join ${of}incident_places pl on pl.incident_id = p.incident_id and pl.channel = p.channel
     where p.role in ('parent', 'card', 'direct', 'note') and p.first_sent_at >= $1 and p.first_sent_at < $2
       and not (coalesce(p.notice ->> 'kind', '') = any($3::text[])) order by p.first_sent_at, p.seq`,
    [from, to, answers],
  );
}

export interface ToldReplies {
  channel: string;
  replies: number;
  /** Those that call people: the last reminder, say. */
  calls: number;
}

/** Thread replies of that time by channel, whenever their alert came. */
export async function toldReplies(
  db: Queryable,
  { from, to }: { from: Date; to: Date },
  schema?: string,
): Promise<ToldReplies[]> {
  const of = schema === undefined ? '' : `${schema}.`;
  return db.query(
    `select channel, count(*)::int as replies, (count(*) filter (where notice ->> 'mention' is not null))::int as calls
     from ${of}posts where role = 'reply' and first_sent_at >= $1 and first_sent_at < $2
       and not (coalesce(notice ->> 'kind', '') = any($3::text[])) group by 1`,
    [from, to, answers],
  );
}

/** Alerts and cards that still wait for their turn. */
export async function stillWaiting(scratch: Queryable): Promise<number> {
  const [row] = await scratch.query<{ count: number }>(
    `select count(*)::int as count from posts where role in ('parent', 'card', 'direct', 'note') and ts is null and state in ('waiting', 'sending', 'doubtful')`,
  );
  return row?.count ?? 0;
}

/** Channels by their ids. */
export async function channelNames(db: Queryable): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>(
    `select channel_id as id, '#' || name as name from channels
     union all select slack_id, '@' || name from people`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
