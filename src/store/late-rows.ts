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

/** Whose turn it is, locked for this transaction; another replica takes the next ones. */
export async function takeDue(tx: Tx, now: Date, limit: number): Promise<DueWatch[]> {
  return tx.query(
    `select w.connection, w.pipeline,
            (select min(p.first_seen_at) from pipelines p where p.connection = w.connection) as "watchedSince",
            (select p.succeeded_at from polls p where p.connection = w.connection) as "polledAt",
            exists (select from incident_members m where m.connection = w.connection and m.pipeline = w.pipeline
                    and m.state in ('failed', 'running')) as "isOpen"
     from late_watches w where w.look_at <= $1 order by w.look_at, w.connection, w.pipeline limit $2 for update of w skip locked`,
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
