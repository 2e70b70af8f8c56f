import type { Notice } from '../domain/notice';
import type { ListedPipeline } from '../domain/pipeline-list';
import type { LaneFacts, StormLine } from '../domain/storm';
import type { Queryable, Tx } from './db';
import { shownAnewAt } from './post-rows';

/** One process at a time looks after the storms. @returns false if another one does just now */
export async function takeWatch(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' storms', 7)) as taken`,
  );
  return row?.taken ?? false;
}

export interface Lane extends LaneFacts {
  channel: string;
  cardId?: string;
  /** Is it in Slack? */
  cardSent: boolean;
  /** Alerts that wait and that no card stands for. */
  uncovered: number;
  /** Alerts of the last minute that no card stands for. */
  sentUncovered: number;
  /** Alerts that wait though what they tell of is over. */
  waitingOver: number;
  /** Pipelines hit, when last looked at. */
  seenTotal: number;
}

interface LaneRow {
  channel: string;
  waiting: number;
  uncovered: number;
  sentUncovered: number;
  waitingOver: number;
  sentLastMinute: number;
  cardId: string | null;
  seenTotal: number | null;
  cardSent: boolean | null;
  openedAt: Date;
  grewAt: Date;
  toldAt: Date;
  toldTotal: number;
  shown: string;
  shownAt: Date;
  filedTotal: number;
  filedAt: Date | null;
  ended: boolean;
  total: number | null;
  live: number | null;
  posted: number | null;
  problems: number | null;
}

/** In SQL: no card stands for the incident of a parent `p` in its channel. */
const isUncovered = `not exists (select from storm_incidents si join storms s using (card_id)
                where si.incident_id = p.incident_id and s.channel = p.channel and s.settled_at is null)`;

/** The channels in which alerts wait or a storm is not settled; one row for each such storm. */
export async function lanes(db: Queryable, now: Date): Promise<Lane[]> {
  const rows = await db.query<LaneRow>(
    `with waiting as (
       select p.channel, count(*)::int as n, count(*) filter (where ${isUncovered})::int as uncovered,
              count(*) filter (where i.state <> 'open')::int as over
       from posts p join incidents i using (incident_id)
       where p.role = 'parent' and p.ts is null and p.state <> 'parked' group by 1
     ), sent as (
       select channel, count(*)::int as n, count(*) filter (where role = 'parent' and state <> 'parked' and ${isUncovered})::int as uncovered
       from posts p where role in ('parent', 'card') and first_sent_at > $1::timestamptz - interval '1 minute' group by 1
     ), problem as (
       select s.card_id, s.channel, si.incident_id, count(*)::int as total,
              count(*) filter (where m.state in ('failed', 'running'))::int as live
       from storms s join storm_incidents si using (card_id)
       join shown_members m on m.incident_id = si.incident_id and m.shown_in = s.channel
       where s.settled_at is null group by 1, 2, 3
     ), hit as (
       select problem.card_id, sum(total)::int as total, sum(live)::int as live, count(*)::int as problems,
              count(*) filter (where p.ts is not null)::int as posted
       from problem left join posts p on p.incident_id = problem.incident_id and p.channel = problem.channel and p.role = 'parent'
       group by 1
     )
     select coalesce(waiting.channel, s.channel) as channel, coalesce(waiting.n, 0) as waiting, coalesce(waiting.uncovered, 0) as uncovered,
            coalesce(waiting.over, 0) as "waitingOver", coalesce(sent.uncovered, 0) as "sentUncovered", coalesce(sent.n, 0) as "sentLastMinute", s.card_id as "cardId",
            card.ts is not null as "cardSent", s.opened_at as "openedAt", s.grew_at as "grewAt", s.told_at as "toldAt",
            s.seen_total as "seenTotal",
            s.told_total as "toldTotal", s.shown, s.shown_at as "shownAt", s.filed_total as "filedTotal",
            s.filed_at as "filedAt", s.ended_at is not null as ended, hit.total, hit.live, hit.posted, hit.problems
     from waiting full join (select * from storms where settled_at is null) s using (channel)
     left join sent using (channel) left join hit on hit.card_id = s.card_id left join posts card on card.post_id = s.card_id`,
    [now],
  );
  return rows.map((row) => ({
    channel: row.channel,
    waiting: row.waiting,
    sentLastMinute: row.sentLastMinute,
    cardId: row.cardId ?? undefined,
    cardSent: row.cardSent ?? false,
    uncovered: row.uncovered,
    sentUncovered: row.sentUncovered,
    waitingOver: row.waitingOver,
    seenTotal: row.seenTotal ?? 0,
    storm:
      row.cardId === null
        ? undefined
        : {
            openedAt: row.openedAt,
            grewAt: row.grewAt,
            toldAt: row.toldAt,
            toldTotal: row.toldTotal,
            total: row.total ?? 0,
            live: row.live ?? 0,
            shows: [row.total ?? 0, row.live ?? 0, row.problems ?? 0, row.posted ?? 0].join(' '),
            shown: row.shown,
            shownAt: row.shownAt,
            filedTotal: row.filedTotal,
            filedAt: row.filedAt ?? undefined,
            ended: row.ended,
          },
  }));
}

/** A new card, and its storm. */
export async function open(tx: Tx, storm: { cardId: string; channel: string }, at: Date): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, channel, urgency, next_at, created_at) values ($1, 'state', 'card', $2, 0, $3, $3)`,
    [storm.cardId, storm.channel, at],
  );
  await tx.query(
    `insert into storms (card_id, channel, opened_at, grew_at, told_at, shown_at) values ($1, $2, $3, $3, $3, $3)`,
    [storm.cardId, storm.channel, at],
  );
}

/**
 * Each card stands for every incident of its channel whose alert waits, and for those whose alert came with the storm.
 * @returns how many were taken in, of the cards that took any
 */
export async function takeIn(tx: Tx, cardIds: string[], at: Date): Promise<Map<string, number>> {
  if (cardIds.length === 0) return new Map();
  const rows = await tx.query<{ cardId: string; count: number }>(
    `with taken as (
       insert into storm_incidents (card_id, incident_id, version, taken_at)
       select s.card_id, p.incident_id, card.wanted_version + 1, $2
       from storms s join posts card on card.post_id = s.card_id
       join posts p on p.channel = s.channel and p.role = 'parent' and p.state <> 'parked'
        and (p.ts is null or p.first_sent_at > s.opened_at - interval '1 minute')
       where s.card_id = any($1::uuid[])
         and ${isUncovered}
       on conflict do nothing returning card_id
     )
     select card_id as "cardId", count(*)::int as count from taken group by 1`,
    [cardIds, at],
  );
  return new Map(rows.map(({ cardId, count }) => [cardId, count]));
}

/**
 * One version more of the card is wanted; it stands for many, so its edit goes before the last ones of single alerts, and the last one of
 * its own, that all is over, before any of theirs.
 */
export async function show(tx: Tx, card: { id: string; shows: string; isOver: boolean }, at: Date): Promise<void> {
  await tx.query(
    `update posts set ${shownAnewAt('$2')}, urgency = case when ts is null or $3 then 0 else 1 end
     where post_id = $1`,
    [card.id, at, card.isOver],
  );
  await tx.query(`update storms set shown = $2, shown_at = $3 where card_id = $1`, [card.id, card.shows, at]);
}

export async function grew(tx: Tx, cards: { cardId: string; total: number }[], at: Date): Promise<void> {
  if (cards.length === 0) return;
  await tx.query(
    `update storms s set seen_total = g.total, grew_at = $2 from jsonb_to_recordset($1::jsonb) as g("cardId" uuid, total int)
     where s.card_id = g."cardId"`,
    [JSON.stringify(cards), at],
  );
}

/**
 * Adds a reply under the card. Of one kind only one waits: where one does that was not tried yet, it says this instead, so that
 * what it would have said is not lost.
 */
export async function addReply(
  tx: Tx,
  reply: { id: string; cardId: string; channel: string; notice: Notice },
  at: Date,
): Promise<void> {
  await tx.query(
    `with renewed as (
       update posts set notice = $4::jsonb
       where root_id = $3 and state = 'waiting' and attempts = 0 and notice ->> 'kind' = $6 returning post_id
     )
     insert into posts (post_id, kind, role, channel, root_id, notice, urgency, next_at, created_at)
     select $1, 'story', 'reply', $2, $3, $4::jsonb, 0, $5::timestamptz, $5::timestamptz
     where not exists (select from renewed)`,
    [reply.id, reply.channel, reply.cardId, JSON.stringify(reply.notice), at, reply.notice.kind],
  );
}

export async function told(tx: Tx, cardId: string, total: number, at: Date): Promise<void> {
  await tx.query(`update storms set told_total = $2, told_at = $3 where card_id = $1`, [cardId, total, at]);
}

export async function filed(db: Queryable, cardId: string, total: number, at: Date): Promise<void> {
  await db.query(`update storms set filed_total = $2, filed_at = $3 where card_id = $1`, [cardId, total, at]);
}

export async function end(tx: Tx, cardId: string, at: Date): Promise<void> {
  await tx.query(`update storms set ended_at = coalesce(ended_at, $2) where card_id = $1`, [cardId, at]);
}

export async function settle(tx: Tx, cardId: string, at: Date): Promise<void> {
  await tx.query(`update storms set settled_at = $2 where card_id = $1`, [cardId, at]);
}

/**
 * Was it told of an incident that the card stands for: by the card itself, or by a reply under it that was asked for since? Edits are
 * scarce in a storm, so that the reply comes first.
 */
const isTold = `(card.sent_version >= si.version or (si.taken_at <= s.told_at and s.told_total > 0 and not exists (
    select from posts reply where reply.root_id = si.card_id and reply.state <> 'sent' and reply.notice ->> 'kind' = 'storm-grew')))`;

/**
 * What was over before its alert was sent gets none: a card that Slack has taken stands for it. Its stories go with it.
 * Incidents that are being decided on just now are left for the next time.
 */
export async function dropWhatIsOver(tx: Tx): Promise<number> {
  const over = await tx.query<{ id: string }>(
    `select i.incident_id as id from incidents i
     where i.state <> 'open' and exists (
       select from storm_incidents si join storms s using (card_id) join posts card on card.post_id = s.card_id
       join posts p on p.incident_id = si.incident_id and p.channel = s.channel
       where si.incident_id = i.incident_id and s.settled_at is null and ${isTold}
         and p.role = 'parent' and p.ts is null and p.state = 'waiting')
     for update skip locked`,
  );
  if (over.length === 0) return 0;
  const rows = await tx.query(
    `delete from posts p using storm_incidents si, storms s, posts card
     where p.incident_id = any($1::uuid[]) and p.role = 'parent' and p.ts is null and p.state = 'waiting'
       and si.incident_id = p.incident_id and s.card_id = si.card_id and s.channel = p.channel and s.settled_at is null
       and card.post_id = s.card_id and ${isTold}
     returning p.post_id`,
    [over.map(({ id }) => id)],
  );
  return rows.length;
}

/** A problem with what of it is failed, in all channels, and where that runs. */
export type StoredLine = Omit<StormLine, 'retriable'> & { failed: { connection: string; count: number }[] };

/** The problems that a card stands for: what still fails first, then by how many pipelines they hit. */
export async function lines(
  db: Queryable,
  cardId: string,
): Promise<{ openedAt: Date; lines: StoredLine[] } | undefined> {
  const [storm] = await db.query<{ openedAt: Date }>(
    `select min(i.opened_at) as "openedAt" from storm_incidents join incidents i using (incident_id) where card_id = $1`,
    [cardId],
  );
  if (!storm?.openedAt) return undefined;
  const rows = await db.query<StoredLine & { title: string | null; line: string | null }>(
    `select si.incident_id as "incidentId", i.cause ->> 'title' as title, i.cause ->> 'causeLine' as line, hit.lead, hit.count,
            hit.live, p.ts is not null as posted,
            (select coalesce(jsonb_agg(jsonb_build_object('connection', connection, 'count', n)), '[]')
             from (select connection, count(*)::int as n from incident_members
                   where incident_id = si.incident_id and state = 'failed' and trouble <> 'late' group by connection) f) as failed
     from storms s join storm_incidents si using (card_id) join incidents i using (incident_id)
     cross join lateral (
       select min(m.pipeline) as lead, count(*)::int as count,
              count(*) filter (where m.state in ('failed', 'running'))::int as live
       from shown_members m where m.incident_id = si.incident_id and m.shown_in = s.channel
     ) hit
     left join posts p on p.incident_id = si.incident_id and p.channel = s.channel and p.role = 'parent'
     where s.card_id = $1 and hit.count > 0 order by hit.live > 0 desc, hit.count desc, i.seq`,
    [cardId],
  );
  return {
    openedAt: storm.openedAt,
    lines: rows.map((row) => ({ ...row, title: row.title ?? undefined, line: row.line ?? undefined })),
  };
}

/** Every pipeline that a card stands for, by problem. */
export async function pipelinesOf(db: Queryable, cardId: string): Promise<ListedPipeline[]> {
  return db.query(
    `select m.pipeline, m.partition, m.state, m.run, m.url, i.cause ->> 'causeLine' as cause
     from storms s join storm_incidents si using (card_id) join incidents i using (incident_id)
     join shown_members m on m.incident_id = si.incident_id and m.shown_in = s.channel
     where s.card_id = $1 order by i.seq, m.pipeline, m.partition`,
    [cardId],
  );
}
