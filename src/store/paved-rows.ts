import type { Counts } from '../domain/figures/reliability';
import type { Queryable, Tx } from './db';

interface Ref {
  connection: string;
  pipeline: string;
}

/**
 * Notes which pipelines are on the paved path on a day. Those that are already when it is noted for the first time of all have no day:
 * nobody knows since when. One that leaves it and comes back begins anew.
 */
export async function note(tx: Tx, { paved, day }: { paved: readonly Ref[]; day: string }): Promise<void> {
  const fresh = await tx.query(
    `insert into rollups (name, seq, at, time_zone) values ('paved', 0, $1::date, '') on conflict do nothing returning name`,
    [day],
  );
  await tx.query(
    `with now_paved as (select * from jsonb_to_recordset($1::jsonb) as p(connection text, pipeline text)),
     gone as (delete from paved_pipelines old where not exists (select from now_paved n
       where n.connection = old.connection and n.pipeline = old.pipeline))
     insert into paved_pipelines (connection, pipeline, since) select connection, pipeline, $2::date from now_paved on conflict do nothing`,
    [JSON.stringify(paved), fresh.length > 0 ? null : day],
  );
}

/** Pipelines that were on the path when that was noted for the first time of all, and the day on which it was. */
export function fromTheFirst(db: Queryable): Promise<(Ref & { day: string })[]> {
  return db.query(
    `select p.connection, p.pipeline, r.at::date as day from rollups r cross join paved_pipelines p where r.name = 'paved' and p.since is null`,
  );
}

/** Runs of the days before and after that on which each came onto the path, of those that ran in both, and did so between `from` and `to` days before `end`. */
export async function around(
  db: Queryable,
  { end, days, from, to }: { end: string; days: number; from: number; to: number },
): Promise<(Ref & { before: Counts; after: Counts })[]> {
  const sums = (where: string) =>
    `jsonb_build_object('ended', coalesce(sum(ended) filter (where ${where}), 0), 'succeeded', coalesce(sum(succeeded) filter (where ${where}), 0),
       'firstTry', coalesce(sum(first_try) filter (where ${where}), 0), 'backfillEnded', coalesce(sum(backfill_ended) filter (where ${where}), 0),
       'backfillSucceeded', coalesce(sum(backfill_succeeded) filter (where ${where}), 0))`;
  return db.query(
    `select p.connection, p.pipeline, ${sums('d.day < p.since')} as before, ${sums('d.day > p.since')} as after
     from paved_pipelines p join run_days d using (connection, pipeline)
     where p.since > $1::date - $4::int and p.since <= $1::date - $3::int and d.day >= p.since - $2::int and d.day <= p.since + $2::int
     group by 1, 2
     having sum(ended) filter (where d.day < p.since) > 0 and sum(ended) filter (where d.day > p.since) > 0`,
    [end, days, from, to],
  );
}
