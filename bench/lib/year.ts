import type { Db, Tx } from '../../src/store/db';

export interface Year {
  from: Date;
  people: number;
  pipelines: number;
  runs: number;
  interactions: number;
}

/**
 * All that a table keeps up to date while rows come in is made once they are there. Emptied and filled in one transaction, so that it
 * need not be written twice, to the log and to its place.
 */
function withoutIndexes(db: Db, table: string, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.query(`set local maintenance_work_mem = '512MB'`);
    const keys = await tx.query<{ name: string; definition: string }>(
      `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = $1::regclass and contype = 'p'`,
      [table],
    );
    const indices = await tx.query<{ name: string; definition: string }>(
      `select indexname as name, indexdef as definition from pg_indexes where tablename = $1 and indexname not in
         (select conname from pg_constraint where conrelid = $1::regclass)`,
      [table],
    );
    await tx.query(`truncate ${table}`);
    for (const { name } of keys) await tx.query(`alter table ${table} drop constraint ${name}`);
    for (const { name } of indices) await tx.query(`drop index ${name}`);
    await work(tx);
    for (const { name, definition } of keys)
      await tx.query(`alter table ${table} add constraint ${name} ${definition}`);
    for (const { definition } of indices) await tx.query(definition);
  });
}

/** Every run at a moment of its own in the year; three in a hundred fail, half of these go well on a second attempt, and the others are problems. */
export async function fillYear(db: Db, { from, people, pipelines, runs, interactions }: Year): Promise<void> {
  await db.query(
    `insert into people (person_id, slack_id, name, fetched_at)
     select md5('p' || n)::uuid, 'U' || lpad(n::text, 8, '0'), 'Person ' || n, $1 from generate_series(1, ${people}) n`,
    [from],
  );
  await db.query(
    `insert into pipelines (connection, key, first_seen_at, seen_at)
     select 'prod', 'pipeline_' || n, $1, $1 from generate_series(0, ${pipelines - 1}) n`,
    [from],
  );
  await Promise.all([
    withoutIndexes(db, 'interactions', (tx) =>
      tx.query(
        `insert into interactions (person_id, what, outcome, took_ms, at)
         select md5('p' || 1 + (n::bigint * 7919) % ${people})::uuid,
           (array['pipeline status', 'retry-run.v1', 'acknowledge.v1', 'show-log.v1'])[1 + n % 4],
           case when n % 20 = 0 then 'user-error' else 'ok' end, n % 900, $1::timestamptz + (n * 364.0 * 86400 / ${interactions}) * interval '1 second'
         from generate_series(1, ${interactions}) n`,
        [from],
      ),
    ),
    withoutIndexes(db, 'runs', async (tx) => {
      await tx.query(
        `insert into runs (connection, pipeline, run, attempt, partition, status, started_at, ended_at, occurred_at, recorded_at)
         select 'prod', 'pipeline_' || n % ${pipelines}, 'run-' || n, attempt,
           case when n % 2 = 0 then (n / ${pipelines})::text else '' end,
           case when n % 33 = 0 and (attempt = 1 or (n / 33) % 4 in (0, 3)) then 'failed' else 'succeeded' end, at - interval '90 seconds', at, at, at
         from generate_series(1, ${runs}::bigint) n cross join lateral generate_series(1, case when n % 33 = 0 then 2 else 1 end) attempt
         cross join lateral (select $1::timestamptz + (n * (364.0 * 86400 / ${runs})::float8 + attempt) * interval '1 second' as at) t`,
        [from],
      );
      process.stderr.write(`${runs} runs, now their indexes\n`);
    }),
  ]);
  await addProblems(db, from, Math.round(runs * 0.015));
  await db.query('vacuum analyze');
}

/** Evenly over the year, most of them over within the hour; what fails of one cause joins every third, and all logs were read. */
async function addProblems(db: Db, from: Date, problems: number): Promise<void> {
  await db.query(
    `insert into incidents (incident_id, state, opened_at, last_failed_at, closed_at, reason, saved_at)
     select md5('i' || n)::uuid, case when n % 50 = 0 then 'open' else 'recovered' end, at, at,
       case when n % 50 > 0 then at + interval '40 minutes' end, 'first-failure', at
     from generate_series(1, ${problems}) n
     cross join lateral (select $1::timestamptz + n * (364.0 * 86400 / ${problems})::float8 * interval '1 second' as at) t`,
    [from],
  );
  await db.query(
    `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, first_failed_at,
       last_failed_at, failures)
     select incident_id, 'prod', 'pipeline_' || (seq * 7 + part) % 5000, seq::text, 'failed', 'recovered',
       case when part = 0 then 'first' else 'same-cause' end, 'run-' || seq, 1, opened_at, opened_at, 1
     from incidents cross join lateral generate_series(0, case when seq % 3 = 0 then 2 else 0 end) part`,
  );
  await db.query(
    `insert into log_causes (incident_id, is_first, connection, pipeline, partition, fingerprint, read_at)
     select incident_id, true, 'prod', 'pipeline_0', '', (seq % 700)::text, opened_at from incidents`,
  );
}
