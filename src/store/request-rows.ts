import { type Happened, type Request, RequestEvent } from '../domain/request';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** A request with what people call those who asked and who have it; nothing for who was erased. */
export interface StoredRequest extends Request {
  requesterSlackId?: string;
  requesterName?: string;
  assigneeSlackId?: string;
  assigneeName?: string;
}

const columns = `r.request_id as id, r.number, r.state, r.waits_for as "waitsFor", r.person_id as requester, r.assignee, r.team,
  r.is_staff as "isStaff", r.source, r.priority, r.category, r.channel, r.thread_ts as "threadTs", r.is_direct as "isDirect",
  r.connection, r.pipeline, r.run, r.partition, r.incident_id as "incidentId", r.url, r.merged_into as "mergedInto",
  r.snoozed_until as "snoozedUntil", r.asked_at as "askedAt", r.requester_said_at as "requesterSaidAt",
  r.team_said_at as "teamSaidAt", r.team_asked_at as "teamAskedAt", r.first_response_at as "firstResponseAt",
  r.solved_at as "solvedAt", r.how_solved as "howSolved", r.score, r.surveyed_at as "surveyedAt", r.due_at as "dueAt",
  r.due_for as "dueFor", r.warned_at as "warnedAt", r.question, r.resolution, r.score_words as "scoreWords", r.edited_at as "editedAt",
  asker.slack_id as "requesterSlackId", asker.name as "requesterName", owner.slack_id as "assigneeSlackId",
  owner.name as "assigneeName"`;
const joined = `requests r left join people asker on asker.person_id = r.person_id left join people owner on owner.person_id = r.assignee`;

/** SQL's null is our undefined. */
function known(row: object): StoredRequest {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as StoredRequest;
}

/** @returns false where one of the same origin is there already */
export async function insert(
  tx: Tx,
  request: Omit<Request, 'number'> & { origin: string },
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into requests (request_id, state, person_id, is_staff, source, channel, thread_ts, is_direct, connection, pipeline, run,
       partition, incident_id, asked_at, requester_said_at, changed_at, question, origin)
     values ($1, 'open', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16)
     on conflict (origin) do nothing returning request_id`,
    [
      request.id,
      request.requester,
      request.isStaff,
      request.source,
      request.channel ?? null,
      request.threadTs ?? null,
      request.isDirect,
      request.connection ?? null,
      request.pipeline ?? null,
      request.run ?? null,
      request.partition ?? null,
      request.incidentId ?? null,
      request.askedAt,
      at,
      request.question,
      request.origin,
    ],
  );
  return rows.length > 0;
}

/** Locked for this transaction when asked: of two who claim it, the second sees what the first did. */
export async function find(db: Queryable, id: string, isLocked = false): Promise<StoredRequest | undefined> {
  // Apart: of what is joined to a row that was waited for, PostgreSQL would show what it was before the wait.
  if (isLocked) await db.query(`select from requests where request_id = $1 for update`, [id]);
  const [row] = await db.query(`select ${columns} from ${joined} where r.request_id = $1`, [id]);
  return row && known(row);
}

/** The newest request whose thread this message heads: somebody's message, or our own. Slack's ids. */
export async function idOfThread(db: Queryable, channel: string, threadTs: string): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(
    `select request_id as id from (
       select request_id, asked_at from requests where channel = $1 and thread_ts = $2
       union all
       select r.request_id, r.asked_at from posts p join requests r on r.request_id = p.request_id
       where p.channel_id = $1 and p.ts = $2 and p.role = 'request' and p.thread_ts is null
     ) found order by asked_at desc limit 1`,
    [channel, threadTs],
  );
  return row?.id;
}

/** Of which request this is the question. @param origin as it was stored with */
export async function idOfOrigin(db: Queryable, origin: string): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(`select request_id as id from requests where origin = $1`, [origin]);
  return row?.id;
}

/** Do we have words of this message of a person, or are about to? */
export async function holds(db: Queryable, of: { origin: string; channel: string; ts: string }): Promise<boolean> {
  const rows = await db.query(
    `select from requests where origin = $1 union all select from request_words where ts = $2
     union all select from presses where done_at is null and name like 'slack:%' and channel = $3 and message_ts = $2 limit 1`,
    [of.origin, of.ts, of.channel],
  );
  return rows.length > 0;
}

/** What was offered last for an answer to this one, and whether that is shown. */
export async function offeredLast(db: Queryable, requestId: string): Promise<string[]> {
  const offered = (await events(db, requestId)).findLast(({ kind }) => kind === 'answered-first');
  return offered?.kind === 'answered-first' ? offered.answers : [];
}

/** As its events have made it. */
export async function save(tx: Tx, request: Request, at: Date): Promise<void> {
  await tx.query(
    `update requests set state = $2, waits_for = $3, assignee = $4, priority = $5, category = $6, channel = $7, thread_ts = $8, url = $9,
       merged_into = $10, snoozed_until = $11, requester_said_at = $12, team_said_at = $13, team_asked_at = $14,
       first_response_at = $15, solved_at = $16, how_solved = $17, score = $18, surveyed_at = $19, due_at = $20, due_for = $21,
       warned_at = $22, resolution = $23, score_words = $24, changed_at = $25, incident_id = $26, connection = $27, pipeline = $28,
       run = $29, partition = $30, team = $31
     where request_id = $1`,
    [
      request.id,
      request.state,
      request.waitsFor ?? null,
      request.assignee ?? null,
      request.priority,
      request.category ?? null,
      request.channel ?? null,
      request.threadTs ?? null,
      request.url ?? null,
      request.mergedInto ?? null,
      request.snoozedUntil ?? null,
      request.requesterSaidAt,
      request.teamSaidAt ?? null,
      request.teamAskedAt ?? null,
      request.firstResponseAt ?? null,
      request.solvedAt ?? null,
      request.howSolved ?? null,
      request.score ?? null,
      request.surveyedAt ?? null,
      request.dueAt ?? null,
      request.dueFor ?? null,
      request.warnedAt ?? null,
      request.resolution ?? null,
      request.scoreWords ?? null,
      at,
      request.incidentId ?? null,
      request.connection ?? null,
      request.pipeline ?? null,
      request.run ?? null,
      request.partition ?? null,
      request.team ?? null,
    ],
  );
}

export async function addEvents(tx: Tx, requestId: string, events: readonly Happened[]): Promise<void> {
  for (const { at, by, role, kind, ...detail } of events)
    await tx.query(
      `insert into request_events (request_id, at, kind, person_id, by_role, detail) values ($1, $2, $3, $4, $5, $6)`,
      [requestId, at, kind, by ?? null, role, JSON.stringify(detail)],
    );
}

/** In order. One of a later release, which this one does not know, is left out. */
export async function events(db: Queryable, requestId: string): Promise<Happened[]> {
  const rows = await db.query<{ kind: string; at: Date; by: string | null; role: Happened['role']; detail: object }>(
    `select kind, at, person_id as by, by_role as role, detail from request_events where request_id = $1 order by seq`,
    [requestId],
  );
  return rows.flatMap(({ kind, at, by, role, detail }) => {
    const event = RequestEvent.safeParse({ ...detail, kind }).data;
    return event ? [{ ...event, at, role, ...(by ? { by } : {}) }] : [];
  });
}

/** Why it left the thread in which it was asked, if it did. */
export async function lostThread(db: Queryable, requestId: string): Promise<'deleted' | 'archived' | undefined> {
  const lost = (await events(db, requestId)).findLast(({ kind }) => kind === 'thread-lost');
  return lost?.kind === 'thread-lost' ? lost.why : undefined;
}

export async function addWords(
  tx: Tx,
  said: {
    requestId: string;
    at: Date;
    personId?: string;
    kind: 'said' | 'note' | 'summary';
    ts?: string;
    words: string;
  },
): Promise<void> {
  await tx.query(
    `insert into request_words (request_id, at, person_id, kind, ts, words) values ($1, $2, $3, $4, $5, $6)`,
    [said.requestId, said.at, said.personId ?? null, said.kind, said.ts ?? null, said.words],
  );
}

/** Whose queue: that of the team of the settings, and what was moved to these teams. */
export interface QueueOf {
  isHome: boolean;
  teams: readonly string[];
}
const isIn = (isHome: string, teams: string) =>
  `((r.team is null and ${isHome}::boolean) or lower(r.team) = any(${teams}::text[]))`;

const rank = `array_position(array['urgent', 'high', 'normal', 'low'], r.priority)`;

/** What is not over, the most pressing first: what is late, then by priority, then by age. */
export async function queue(
  db: Queryable,
  of: QueueOf & { limit: number; now: Date; isLate?: boolean },
): Promise<{ requests: StoredRequest[]; total: number }> {
  const rows = await db.query<{ total: number }>(
    `select ${columns}, count(*) over ()::int as total from ${joined}
     where r.state <> 'solved' and (not $5::boolean or r.due_at <= $2) and ${isIn('$3', '$4')}
     order by r.state = 'snoozed', coalesce(r.due_at <= $2, false) desc, r.due_at is null, ${rank}, r.asked_at limit $1`,
    [of.limit, of.now, of.isHome, of.teams.map((team) => team.toLowerCase()), of.isLate ?? false],
  );
  return { requests: rows.map(known), total: rows[0]?.total ?? 0 };
}

/** All that were asked since then, the oldest first. */
export async function since(db: Queryable, at: Date): Promise<StoredRequest[]> {
  const rows = await db.query(`select ${columns} from ${joined} where r.asked_at >= $1 order by r.asked_at, r.number`, [
    at,
  ]);
  return rows.map(known);
}

/** What a person asked last in a direct message, while that is not over. */
export async function openDirect(db: Queryable, personId: string): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(
    `select request_id as id from requests where person_id = $1 and is_direct and state <> 'solved' order by asked_at desc limit 1`,
    [personId],
  );
  return row?.id;
}

/** What a person alone asked that is not over: a request in which those of others go on is theirs as well. */
export async function openOf(db: Queryable, personId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select request_id as id from requests r where person_id = $1 and state <> 'solved'
       and not exists (select from requests other where other.merged_into = r.request_id and other.person_id <> $1) order by asked_at`,
    [personId],
  );
  return rows.map(({ id }) => id);
}

/** Turns are given one after the other. */
export async function lockTurns(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('pitcrew request turns'))`);
}

/** When each of these people was last given a request, by whichever way. Surrogate ids. */
export async function lastGiven(tx: Tx, people: readonly string[], since: Date): Promise<Map<string, Date>> {
  const rows = await tx.query<{ id: string; at: Date }>(
    `select detail ->> 'to' as id, max(at) as at from request_events
     where kind = 'assigned' and at >= $2 and detail ->> 'to' = any($1::text[]) group by 1`,
    [people, since],
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** Who has had this one. */
export async function hadIt(tx: Tx, requestId: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select distinct detail ->> 'to' as id from request_events where request_id = $1 and kind = 'assigned'`,
    [requestId],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Open ones that nobody has, the oldest first. */
export function untaken(db: Queryable, limit: number): Promise<{ id: string; team: string | null }[]> {
  return db.query(
    `select request_id as id, team from requests where state = 'open' and assignee is null order by asked_at limit $1`,
    [limit],
  );
}

/** Who has something that is not over. Slack ids; nobody's where the person was erased. */
export function holders(db: Queryable): Promise<{ personId: string; slackId: string | null }[]> {
  return db.query(
    `select distinct r.assignee as "personId", p.slack_id as "slackId" from requests r left join people p on p.person_id = r.assignee
     where r.state <> 'solved' and r.assignee is not null`,
  );
}

/** What a person has that is not over. */
export async function heldBy(tx: Tx, personId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select request_id as id from requests where assignee = $1 and state <> 'solved' order by asked_at`,
    [personId],
  );
  return rows.map(({ id }) => id);
}

/** Those that go on in this one. */
export async function mergedInto(tx: Tx, requestId: string): Promise<{ id: string; number: number }[]> {
  return tx.query(`select request_id as id, number from requests where merged_into = $1 order by number`, [requestId]);
}

/** How the queue stands; and who has how many of it, most first. `free`: taken by nobody and waiting for nobody. */
export async function counts(db: Queryable, of: QueueOf, now: Date): Promise<QueueCounts> {
  const rows = await db.query<
    Omit<QueueCounts, 'held'> & { assignee: string | null; name: string | null; total: number }
  >(
    `select assignee, max(name) as name, count(*)::int as total, count(*) filter (where due_at <= $1)::int as late,
            count(*) filter (where assignee is null and state = 'open')::int as free,
            count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'snoozed')::int as snoozed
     from requests r left join people p on p.person_id = r.assignee
     where state <> 'solved' and ${isIn('$2', '$3')} group by assignee order by total desc, name`,
    [now, of.isHome, of.teams.map((team) => team.toLowerCase())],
  );
  const sum = (of: 'late' | 'free' | 'waiting' | 'snoozed') => rows.reduce((total, row) => total + row[of], 0);
  return {
    late: sum('late'),
    free: sum('free'),
    waiting: sum('waiting'),
    snoozed: sum('snoozed'),
    held: rows.flatMap(({ assignee, name, total }) => (assignee ? [{ ...(name ? { name } : {}), total }] : [])),
  };
}

export interface QueueCounts {
  late: number;
  free: number;
  waiting: number;
  snoozed: number;
  held: { name?: string; total: number }[];
}

/** What a person asked for or has taken and is not over, then what of theirs was solved last. */
export async function mine(
  db: Queryable,
  personId: string,
  limit: number,
): Promise<{ requests: StoredRequest[]; total: number }> {
  const rows = await db.query<{ total: number }>(
    `select ${columns}, count(*) over ()::int as total from ${joined}
     where (r.person_id = $1 or (r.assignee = $1 and r.state <> 'solved'))
     order by r.state = 'solved', case when r.state = 'solved' then r.solved_at end desc, r.asked_at limit $2`,
    [personId, limit],
  );
  return { requests: rows.map(known), total: rows[0]?.total ?? 0 };
}

const isToWake = (now: string) => `state = 'snoozed' and snoozed_until <= ${now}`;
const isToWarn = (by: string) => `due_at <= ${by} and warned_at is null and state = 'open'`;
const toBeJudged = `from requests r join incidents i on i.incident_id = r.incident_id
     where r.incident_id is not null and r.state in ('open', 'snoozed') and i.state = 'recovered' and r.asked_at <= i.closed_at
       and not exists (select from request_events e where e.request_id = r.request_id and e.kind = 'waiting'
                       and e.detail ->> 'for' = 'verdict' and e.at >= i.closed_at)`;
const diagnosed = `from requests r join incidents i on i.incident_id = r.incident_id
     join posts p on p.request_id = r.request_id and p.role = 'triage' and p.state = 'sent'
     where r.state <> 'solved' and r.incident_id is not null and i.investigated_at > p.sent_at`;
const setAside = `from posts p join requests asked on asked.request_id = p.request_id
     where p.state = 'parked' and p.role in ('request', 'reply') and p.dropped_at is null and p.channel = asked.channel
       and (not asked.is_direct or asked.thread_ts is not null)
       and p.parked_reason ~ '^(thread_not_found|cannot_reply_to_message|is_archived|channel_not_found|not_in_channel)'`;

const deletedCards = `from posts p join requests r on r.request_id = p.request_id
     where p.state = 'parked' and p.role in ('request', 'triage') and p.dropped_at is null and r.state <> 'solved'
       and p.parked_reason ~ '^(message_not_found|cant_update_message)'`;

/** Is there anything of what the six below would take? @param warnBy as `by` of `toWarn` */
export const isAnyDue =
  ({ now, warnBy }: { now: Date; warnBy: Date }): Condition =>
  (bind) =>
    [
      `exists (select from requests where ${isToWake(bind(now))})`,
      `exists (select from requests where ${isToWarn(bind(warnBy))})`,
      `exists (select ${toBeJudged})`,
      `exists (select ${diagnosed})`,
      `exists (select ${setAside})`,
      `exists (select ${deletedCards})`,
    ].join(' or ');

/** Whose promise is broken by `by` and of which the team was not warned since its clock last moved. */
export async function toWarn(tx: Tx, by: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select request_id as id from requests where ${isToWarn('$1')} order by due_at limit $2 for update skip locked`,
    [by, limit],
  );
  return rows.map(({ id }) => id);
}

/** Whose thread or channel Slack says is gone: what was to be told there was set aside. */
export async function homeless(tx: Tx, limit: number): Promise<{ id: string; why: 'deleted' | 'archived' }[]> {
  const rows = await tx.query<{ id: string; reason: string }>(
    `select r.request_id as id, (select min(p.parked_reason) ${setAside} and p.request_id = r.request_id) as reason
     from requests r where r.request_id in (select p.request_id ${setAside}) limit $1 for update of r skip locked`,
    [limit],
  );
  return rows.map(({ id, reason }) => ({ id, why: reason.startsWith('is_archived') ? 'archived' : 'deleted' }));
}

/** It goes on in a direct message to who asked, with what was set aside. @param slackId of the requester */
export async function bringHome(tx: Tx, id: string, slackId: string, at: Date): Promise<void> {
  await tx.query(`update requests set channel = $2, thread_ts = null, is_direct = true where request_id = $1`, [
    id,
    slackId,
  ]);
  await tx.query(
    `with own as (
       update posts set channel = $2, thread_ts = null, root_id = null, ts = null, channel_id = null, sent_hash = null, sent_version = 0,
         state = 'waiting', next_at = $3, attempts = 0, parked_reason = null, parked_at = null
       where request_id = $1 and role = 'request' returning post_id, channel
     )
     update posts p set channel = own.channel, thread_ts = null, root_id = own.post_id, state = 'waiting', next_at = $3, attempts = 0,
       parked_reason = null, parked_at = null
     from own, posts card
     where p.request_id = $1 and p.role = 'reply' and p.ts is null and p.state <> 'sending' and p.dropped_at is null and card.request_id = $1
       and card.role = 'request' and p.channel = card.channel`,
    [id, slackId, at],
  );
}

/** What shows a request, to who asked or to the team, and was deleted is posted anew while there is something to do. @returns how many */
export async function renewCards(tx: Tx, limit: number, at: Date): Promise<number> {
  const rows = await tx.query(
    `update posts set ts = null, channel_id = null, sent_hash = null, sent_version = 0, state = 'waiting', next_at = $2, attempts = 0,
       parked_reason = null, parked_at = null
     where post_id in (select p.post_id ${deletedCards} order by p.seq limit $1 for update of p skip locked) returning post_id`,
    [limit, at],
  );
  return rows.length;
}

/** Whose incident is over, and of which the requester was not asked since whether that solves it. */
export async function toJudge(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select r.request_id as id ${toBeJudged}
     order by i.closed_at limit $1 for update of r skip locked`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

export async function toWake(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select request_id as id from requests where ${isToWake('$1')} order by snoozed_until limit $2 for update skip locked`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** Of a pipeline: the run of its newest trouble, while that is not over. */
export async function lastTrouble(
  db: Queryable,
  { connection, key }: { connection: string; key: string },
): Promise<{ incidentId: string; run: string; partition?: string } | undefined> {
  const [row] = await db.query<{ incidentId: string; run: string; partition: string }>(
    `select incident_id as "incidentId", run, partition from incident_members
     where connection = $1 and pipeline = $2 and state in ('failed', 'running') order by last_failed_at desc limit 1`,
    [connection, key],
  );
  return row && { incidentId: row.incidentId, run: row.run, ...(row.partition ? { partition: row.partition } : {}) };
}

/** The solved requests that were offered for answers to this one, the best first, with where each lives. */
export function offeredTo(
  db: Queryable,
  requestId: string,
): Promise<{ number: number; question: string; channel: string | null; ts: string | null }[]> {
  return db.query(
    `select r.number, r.question, coalesce(p.channel_id, r.channel) as channel, coalesce(r.thread_ts, p.ts) as ts
     from (select detail from request_events where request_id = $1 and kind = 'answered-first' order by seq desc limit 1) e
     cross join lateral jsonb_array_elements_text(e.detail -> 'answers') with ordinality as a(id, place)
     join requests r on r.request_id = a.id::uuid and not r.is_direct and r.question <> ''
     left join posts p on p.request_id = r.request_id and p.role = 'request' and p.ts is not null order by a.place`,
    [requestId],
  );
}

/** Shown to the team before it was known why the run failed: what is known now is worth one more edit. */
export async function diagnosedSince(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select r.request_id as id ${diagnosed} limit $1 for update of p skip locked`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/** The surrogate id that stands behind a number; for what is merged. */
export async function idOfNumber(db: Queryable, number: number): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(`select request_id as id from requests where number = $1`, [number]);
  return row?.id;
}

/** Schedules as they were, the oldest first. */
export async function schedules(db: Queryable): Promise<{ since: Date; schedule: unknown }[]> {
  return db.query(`select since, schedule from working_schedules order by since`);
}

export async function addSchedule(db: Queryable, since: Date, schedule: object): Promise<void> {
  await db.query(
    `insert into working_schedules (since, schedule) values ($1, $2) on conflict (since) do update set schedule = excluded.schedule`,
    [since, JSON.stringify(schedule)],
  );
}
