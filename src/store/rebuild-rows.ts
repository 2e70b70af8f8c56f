/**
 * Counts all runs anew, in a few passes over the whole table: what is told run by run in rollup-rows comes to the same. Pipelines fall
 * into halves that have nothing to do with each other, so that two connections, each with its half, keep two cores at work to the end.
 */
import type { Tx } from './db';
import { backfilled, busy, each, finals, mondayOf, ofAttempts, ofFinals, pressed } from './rollup-rows';

/** A job for memory; for this transaction only. */
export async function takeRoom(tx: Tx): Promise<void> {
  await tx.query(`set local work_mem = '256MB'`);
  // Cores are at work by other transactions beside it; and containers give 64 MB for what processes share.
  await tx.query('set local max_parallel_workers_per_gather = 0');
  // What is done beside it, in another transaction, is waited for.
  await tx.query('set local idle_in_transaction_session_timeout = 0');
}

export type Half = 0 | 1;
export const halves: readonly Half[] = [0, 1];
/** Written so that PostgreSQL takes it for a large part of the rows. */
const of = (half: Half, pipeline: string): string => `hashtext(${pipeline}) ${half === 0 ? '<' : '>='} 0`;

/**
 * Days, weeks and episodes of the pipelines of one half. What is of runs that are gone stays as it was counted, and who reads meanwhile
 * reads what was there before.
 */
export async function countHalf(tx: Tx, half: Half, timeZone: string): Promise<void> {
  await layAside(tx, half);
  const [kept] = await tx.query<{ since: Date | null }>(
    `select min(coalesce(ended_at, occurred_at)) as since from runs where exists (select from run_days) or exists (select from episodes)`,
  );
  await findEpisodes(tx, half, kept?.since ?? null);
  await countDays(tx, half, timeZone, kept?.since ?? null);
  await tx.query('drop table tries, failed, broken, passing, mended');
}

/** All attempts of the few runs that have more than one, and of backfilled ones: of nothing else need it be asked which attempt was the last. */
async function layAside(tx: Tx, half: Half): Promise<void> {
  await tx.query(
    `create temp table tries on commit drop as
     with ${backfilled}
     select r.connection, r.pipeline, r.run, r.attempt, r.partition, r.status, r.fingerprint, r.started_at, r.ended_at, r.occurred_at,
            r.is_replaced
     from (
       select connection, pipeline, run from runs where attempt > 1 and ${of(half, 'pipeline')} group by 1, 2, 3
       union select connection, pipeline, run from backfilled
     ) tried join runs r using (connection, pipeline, run) where ${of(half, 'r.pipeline')}`,
  );
  await tx.query('analyze tries');
}

/**
 * Days, in one pass. Most runs have one attempt and nobody pressed anything: these are counted as they stand, and what the others count
 * for instead is added. Written in the order of their keys, which is what makes them fast to write.
 */
async function countDays(tx: Tx, half: Half, timeZone: string, since: Date | null): Promise<void> {
  const day = '(coalesce(r.ended_at, r.occurred_at) at time zone $1)::date';
  await tx.query(
    `delete from run_days where day >= ($1::timestamptz at time zone $2)::date and ${of(half, 'pipeline')}`,
    [since, timeZone],
  );
  // Sorting all the runs would take longer than all the rest.
  await tx.query('set local enable_sort = off');
  await tx.query(
    `with ${pressed}, ${backfilled}, finals as (${finals('tries r', 'tries')})
     insert into run_days (day, connection, pipeline, ${each(String)})
     select * from (
       select day, connection, pipeline, sum(ended) as ended, sum(succeeded), sum(succeeded) + coalesce(sum(first_try), 0),
              coalesce(sum(backfill_ended), 0), coalesce(sum(backfill_succeeded), 0), sum(busy_s) as busy_s, coalesce(sum(again_s), 0)
       from (
         select ${day} as day, r.connection, r.pipeline, (r.status <> 'cancelled' and not r.is_replaced)::int as ended, (r.status = 'succeeded')::int as succeeded,
                null::int as first_try, null::int as backfill_ended, null::int as backfill_succeeded, ${busy} as busy_s,
                null::float8 as again_s
         from runs r where r.attempt = 1 and r.status in ('succeeded', 'failed', 'cancelled') and ${of(half, 'r.pipeline')}
         union all
         select day, connection, pipeline, ended, succeeded, first_try - succeeded, backfill_ended, backfill_succeeded, busy_s, again_s
         from (${ofFinals} union all ${ofAttempts('tries r')} where r.attempt > 1 and r.status in ('succeeded', 'failed', 'cancelled')) c
         union all
         select ${day}, r.connection, r.pipeline, -(not r.is_replaced)::int, -(r.status = 'succeeded')::int, null, null, null, 0, null
         from tries r where r.attempt = 1 and r.status in ('succeeded', 'failed')
       ) c group by 1, 2, 3 having sum(ended) > 0 or sum(busy_s) > 0 offset 0
     ) counted order by day, connection, pipeline`,
    [timeZone],
  );
  await tx.query(`delete from run_weeks where ${of(half, 'pipeline')}`);
  await tx.query(
    `insert into run_weeks (monday, connection, pipeline, ${each(String)})
     select * from (
       select ${mondayOf('day')} as monday, connection, pipeline, ${each((count) => `sum(${count})`)} from run_days
       where ${of(half, 'pipeline')} group by 1, 2, 3 offset 0
     ) counted order by monday, connection, pipeline`,
  );
  await tx.query('set local enable_sort = on');
}

/** Good ends are laid between the failures of their pipeline and partition: only the first one after each failure says anything. */
async function findEpisodes(tx: Tx, half: Half, since: Date | null): Promise<void> {
  await tx.query(
    `create temp table failed on commit drop as
     with ${pressed}, f as (
       select r.connection, r.pipeline, r.run, r.partition, r.fingerprint, coalesce(r.ended_at, r.occurred_at) as at
       from runs r where r.status = 'failed' and r.attempt = 1 and not r.is_replaced and ${of(half, 'r.pipeline')}
         and not exists (select from tries t where t.connection = r.connection and t.pipeline = r.pipeline and t.run = r.run)
       union all
       select connection, pipeline, run, partition, fingerprint, at from (${finals('tries r', 'tries')}) last where status = 'failed'
     )
     select *, row_number() over (partition by connection, pipeline, partition order by at, run) as no from f`,
  );
  await tx.query(
    `create temp table broken on commit drop as
     select connection, pipeline, partition, array_agg(at order by no) as fails from failed group by 1, 2, 3`,
  );
  // What looks like an end and is none: the orchestrator went on by itself.
  await tx.query(
    `create temp table passing on commit drop as
     with ${pressed}, finals as (${finals('tries r', 'tries')})
     select r.connection, r.pipeline, r.run, r.attempt from tries r
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
       where r.status in ('succeeded', 'skipped') and ${of(half, 'r.pipeline')} and not exists (select from passing p
         where p.connection = r.connection and p.pipeline = r.pipeline and p.run = r.run and p.attempt = r.attempt)
     ) t where at >= fails[1] group by 1, 2, 3, 4`,
  );
  await tx.query('analyze mended');
  await tx.query(`delete from episodes where started_at >= $1 and ${of(half, 'pipeline')}`, [since]);
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
