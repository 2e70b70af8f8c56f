/** Counts all that is kept anew, in a few passes over whole tables: what is told run by run in rollup-rows comes to the same. */
import type { Tx } from './db';
import { backfilled, busy, each, finals, mondayOf, ofAttempts, ofFinals, pressed } from './rollup-rows';

/** A job for memory and for all cores; for this transaction only. */
export async function takeRoom(tx: Tx): Promise<void> {
  await tx.query(`set local work_mem = '256MB'`);
  await tx.query(`set local maintenance_work_mem = '256MB'`);
  await tx.query(`set local max_parallel_workers_per_gather = 2`);
}

/**
 * Days of all runs. Most runs have one attempt and nobody pressed anything: these are counted as they stand, in parallel, and what the
 * others count for instead is added. Days whose runs are gone stay as they were counted.
 */
export async function countAllDays(tx: Tx, timeZone: string): Promise<void> {
  // A temporary table: what is inserted is never read in parallel.
  await tx.query(
    `create temp table counted on commit drop as
     select day, connection, pipeline, ${each((count) => `sum(${count}) as ${count}`)} from (
       select (coalesce(r.ended_at, r.occurred_at) at time zone ${quoted(timeZone)})::date as day, r.connection, r.pipeline,
              (r.status <> 'cancelled')::int as ended, (r.status = 'succeeded')::int as succeeded, (r.status = 'succeeded')::int as first_try,
              0 as backfill_ended, 0 as backfill_succeeded, ${busy} as busy_s, 0::float8 as again_s
       from runs r where r.attempt = 1 and r.status in ('succeeded', 'failed', 'cancelled')
     ) first group by 1, 2, 3`,
  );
  await tx.query(
    `create temp table corrected on commit drop as
     with ${pressed}, ${backfilled}, special as materialized (
       select connection, pipeline, run from runs where attempt > 1 union select connection, pipeline, run from backfilled
     ), finals as (${finals('special join runs r using (connection, pipeline, run)')})
     select day, connection, pipeline, ${each((count) => `sum(${count}) as ${count}`)} from (
       ${ofFinals.replaceAll('$1', quoted(timeZone))}
       union all
       ${ofAttempts('runs r').replaceAll('$1', quoted(timeZone))} where r.attempt > 1 and r.status in ('succeeded', 'failed', 'cancelled')
       union all
       select (coalesce(r.ended_at, r.occurred_at) at time zone ${quoted(timeZone)})::date, r.connection, r.pipeline, -1,
              -(r.status = 'succeeded')::int, -(r.status = 'succeeded')::int, 0, 0, 0, 0
       from special join runs r using (connection, pipeline, run) where r.attempt = 1 and r.status in ('succeeded', 'failed')
     ) c group by 1, 2, 3`,
  );
  await tx.query('analyze corrected');
  // Keys one by one, in no order, would take longer than all the rest.
  await tx.query('alter table run_days drop constraint run_days_pkey');
  await tx.query(
    `delete from run_days where day >= (select (min(coalesce(ended_at, occurred_at)) at time zone $1)::date from runs)`,
    [timeZone],
  );
  await tx.query(
    `insert into run_days (day, connection, pipeline, ${each(String)})
     select day, connection, pipeline, ${each(String)} from (
       select day, connection, pipeline, ${each((count) => `coalesce(a.${count}, 0) + coalesce(b.${count}, 0) as ${count}`)}
       from counted a full join corrected b using (day, connection, pipeline)
     ) c where ended > 0 or busy_s > 0 order by day`,
  );
  await tx.query('alter table run_days add constraint run_days_pkey primary key (day, connection, pipeline)');
  await tx.query('delete from run_weeks');
  await tx.query(
    `insert into run_weeks (monday, connection, pipeline, ${each(String)})
     select ${mondayOf('day')} as monday, connection, pipeline, ${each((count) => `sum(${count})`)} from run_days group by 1, 2, 3 order by 1`,
  );
}

/**
 * Episodes of all runs. Good ends are laid between the failures of their pipeline and partition: only the first one after each failure
 * says anything. Episodes whose runs are gone stay as they were.
 */
export async function findAllEpisodes(tx: Tx): Promise<void> {
  await tx.query(
    `create temp table failed on commit drop as
     with ${pressed}, f as (${finals('runs r')} and r.status = 'failed')
     select *, row_number() over (partition by connection, pipeline, partition order by at, run) as no from f`,
  );
  await tx.query(
    `create temp table broken on commit drop as
     select connection, pipeline, partition, array_agg(at order by no) as fails from failed group by 1, 2, 3`,
  );
  // What looks like an end and is none: the orchestrator went on by itself.
  await tx.query(
    `create temp table passing on commit drop as
     with ${pressed}, tried as materialized (select distinct connection, pipeline, run from runs where attempt > 1),
       finals as (${finals('tried join runs r using (connection, pipeline, run)')})
     select r.connection, r.pipeline, r.run, r.attempt from tried join runs r using (connection, pipeline, run)
     where (r.status = 'skipped' or (r.status = 'succeeded' and r.attempt = 1))
       and not exists (select from finals f where f.connection = r.connection and f.pipeline = r.pipeline and f.run = r.run and f.attempt = r.attempt)`,
  );
  for (const table of ['failed', 'broken', 'passing']) await tx.query(`analyze ${table}`);
  await tx.query(
    `create temp table mended on commit drop as
     select connection, pipeline, partition, width_bucket(at, fails) as no, min(at) filter (where status = 'succeeded') as succeeded,
            min(at) filter (where status = 'skipped') as skipped
     from (
       select r.connection, r.pipeline, r.partition, r.status, b.fails, coalesce(r.ended_at, r.occurred_at) as at
       from runs r join broken b using (connection, pipeline, partition)
       where r.status in ('succeeded', 'skipped') and not exists (select from passing p
         where p.connection = r.connection and p.pipeline = r.pipeline and p.run = r.run and p.attempt = r.attempt)
     ) t where at >= fails[1] group by 1, 2, 3, 4`,
  );
  await tx.query('analyze mended');
  await tx.query(`delete from episodes where started_at >= (select min(coalesce(ended_at, occurred_at)) from runs)`);
  await tx.query(
    `insert into episodes (connection, pipeline, partition, started_at, ended_at, how, failures, first_run, fingerprint)
     select connection, pipeline, partition, min(at), max(ended_at), max(how), count(*),
            (array_agg(run order by no))[1], (array_agg(fingerprint order by no))[1]
     from (
       select f.*, least(m.succeeded, m.skipped) as ended_at,
              case when m.skipped <= coalesce(m.succeeded, m.skipped) then 'skipped' when m.succeeded is not null then 'succeeded' end as how,
              count(m.no) over (partition by f.connection, f.pipeline, f.partition order by f.no) - (m.no is not null)::int as episode
       from failed f left join mended m using (connection, pipeline, partition, no)
     ) t group by connection, pipeline, partition, episode
     on conflict (connection, pipeline, partition, started_at) do nothing`,
  );
}

/** A name of a time zone from the settings, as a literal: what is made into a table takes no parameters. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
