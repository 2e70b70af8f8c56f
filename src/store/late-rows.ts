import type { RunStatus } from '../domain/run';
import type { Db, Queryable, Tx } from './db';
import type { Condition } from './due';

export interface WatchKey {
  connection: string;
  pipeline: string;
}

/** Every pipeline that was seen, and those named, are looked at from `now` on, unless they are already. */
export async function watch(db: Db, named: WatchKey[], now: Date): Promise<void> {
  await db.query(
    `insert into late_watches (connection, pipeline, look_at)
     select connection, key, $2::timestamptz from pipelines
     union select connection, pipeline, $2 from jsonb_to_recordset($1::jsonb) as n(connection text, pipeline text)
     on conflict do nothing`,
    [JSON.stringify(named), now],
  );
}

export interface DueWatch extends WatchKey {
  /** Since when anything of its connection is known; null = nothing ever came. */
  watchedSince: Date | null;
  /** When its connection was last polled; null = never. */
  polledAt: Date | null;
  /** A problem of it is open already. */
  isOpen: boolean;
}

export const isAnyDue =
  (now: Date): Condition =>
  (bind) =>
    `exists (select from late_watches where look_at <= ${bind(now)})`;

/** Put off in one statement, at most. */
const putOffAtOnce = 2_000;

/**
 * Those whose turn it is that nothing can be held against are looked at again at `until`: no deadline was set, and too few runs went
 * well for a habit. Mostly that is most of them.
 *
 * @param wanted.withDeadline  pipelines with a deadline in the catalogue
 * @param wanted.leastGood  runs that went well since `since`, from which a habit is learned
 */
export async function putOff(
  tx: Tx,
  wanted: { now: Date; until: Date; since: Date; leastGood: number; withDeadline: string[] },
): Promise<void> {
  const { now, until, since, leastGood, withDeadline } = wanted;
  await tx.query(
    `with due as (
       select w.connection, w.pipeline from late_watches w where w.look_at <= $1
       order by w.look_at, w.connection, w.pipeline limit ${putOffAtOnce} for update skip locked
     )
     update late_watches w set look_at = $2
     from due left join pipelines p on p.connection = due.connection and p.key = due.pipeline
     where w.connection = due.connection and w.pipeline = due.pipeline and due.pipeline <> all($3::text[])
       and p.facts ->> 'deadline' is null
       and (select count(*) from (
              select from runs r where r.connection = due.connection and r.pipeline = due.pipeline and r.status = 'succeeded'
                and r.occurred_at >= $4 limit $5) good) < $5`,
    [now, until, withDeadline, since, leastGood],
  );
}

/** Whose turn it is, locked for this transaction; another replica takes the next ones. */
export async function takeDue(tx: Tx, now: Date, limit: number): Promise<DueWatch[]> {
  return tx.query(
    `with due as (
       select w.connection, w.pipeline, w.look_at from late_watches w where w.look_at <= $1
       order by w.look_at, w.connection, w.pipeline limit $2 for update skip locked
     ), seen as (
       select connection, min(first_seen_at) as first_at from pipelines where connection in (select connection from due) group by 1
     )
     select due.connection, due.pipeline, seen.first_at as "watchedSince",
            (select p.succeeded_at from polls p where p.connection = due.connection) as "polledAt",
            exists (select from incident_members m where m.connection = due.connection and m.pipeline = due.pipeline
                    and m.state in ('failed', 'running')) as "isOpen"
     from due left join seen using (connection) order by due.look_at, due.connection, due.pipeline`,
    [now, limit],
  );
}

export async function lookAgain(tx: Tx, looks: (WatchKey & { at: Date })[]): Promise<void> {
  await tx.query(
    `update late_watches w set look_at = n.at
     from jsonb_to_recordset($1::jsonb) as n(connection text, pipeline text, at timestamptz)
     where w.connection = n.connection and w.pipeline = n.pipeline`,
    [JSON.stringify(looks)],
  );
}

export interface LateRun extends WatchKey {
  run: string;
  attempt: number;
  partition: string;
  status: RunStatus;
  startedAt: Date | null;
  endedAt: Date;
}

/** The newest attempts of each, newest first, at most `perPipeline`. */
export async function newestRuns(
  db: Queryable,
  wanted: WatchKey[],
  since: Date,
  perPipeline: number,
): Promise<LateRun[]> {
  return db.query(
    `select w.connection, w.pipeline, r.run, r.attempt, r.partition, r.status, r.started_at as "startedAt",
            coalesce(r.ended_at, r.occurred_at) as "endedAt"
     from jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text)
     cross join lateral (
       select * from runs n where n.connection = w.connection and n.pipeline = w.pipeline and n.occurred_at >= $2
       order by n.occurred_at desc limit $3
     ) r`,
    [JSON.stringify(wanted.map(({ connection, pipeline }) => ({ connection, pipeline }))), since, perPipeline],
  );
}
