import type { PipelineRef } from '../domain/pipeline';
import type { Durations } from '../domain/plan';
import type { RunRef, RunStatus } from '../domain/run';
import type { Queryable } from './db';

// Reads for plans. Each takes any number of what it is about and asks once; answers stand in the order asked.

export interface SeenRun {
  status: RunStatus;
  attempt: number;
  partition: string;
  /** A later run of the same partition that has succeeded. */
  newerSucceeded?: string;
}

/** What is known of these runs; `undefined` for those never heard of. */
export async function seenRuns(db: Queryable, runs: readonly RunRef[]): Promise<(SeenRun | undefined)[]> {
  const rows = await db.query<{ nth: number; newer: string | null } & SeenRun>(
    `select w.nth::int - 1 as nth, r.status, r.attempt, r.partition, newer.run as newer
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as w(connection, pipeline, run, nth)
     cross join lateral (
       select status, attempt, partition, occurred_at, connection, pipeline, run from runs
       where connection = w.connection and pipeline = w.pipeline and run = w.run
       order by attempt desc limit 1
     ) r
     left join lateral (
       select n.run from runs n
       where n.connection = r.connection and n.pipeline = r.pipeline and n.partition = r.partition
         and n.occurred_at > r.occurred_at and n.status = 'succeeded' and n.run <> r.run
       order by n.occurred_at desc limit 1
     ) newer on true`,
    [
      runs.map(({ pipeline }) => pipeline.connection),
      runs.map(({ pipeline }) => pipeline.key),
      runs.map(({ run }) => run),
    ],
  );
  const seen: (SeenRun | undefined)[] = runs.map(() => undefined);
  for (const { nth, newer, status, attempt, partition } of rows)
    seen[nth] = { status, attempt, partition, ...(newer === null ? {} : { newerSucceeded: newer }) };
  return seen;
}

/** Of a pipeline's runs that went well lately. */
const durationsFrom = 50;

/** How long runs of these pipelines take that go well. */
export async function durations(db: Queryable, refs: readonly PipelineRef[]): Promise<(Durations | undefined)[]> {
  const rows = await db.query<{ nth: number; n: number; medianMs: number; p90Ms: number }>(
    `select w.nth::int - 1 as nth, count(*)::int as n,
            percentile_disc(0.5) within group (order by d.ms) as "medianMs",
            percentile_disc(0.9) within group (order by d.ms) as "p90Ms"
     from unnest($1::text[], $2::text[]) with ordinality as w(connection, pipeline, nth)
     cross join lateral (
       select (extract(epoch from ended_at - started_at) * 1000)::bigint as ms from runs
       where connection = w.connection and pipeline = w.pipeline and status = 'succeeded' and ended_at > started_at
       order by occurred_at desc limit ${durationsFrom}
     ) d
     group by 1`,
    [refs.map(({ connection }) => connection), refs.map(({ key }) => key)],
  );
  const known: (Durations | undefined)[] = refs.map(() => undefined);
  for (const { nth, n, medianMs, p90Ms } of rows) known[nth] = { n, medianMs, p90Ms };
  return known;
}

/** The newest run of each of these partitions, as far as we have heard of one. */
export async function partitionRuns(
  db: Queryable,
  { connection, key }: PipelineRef,
  partitions: readonly string[],
): Promise<Map<string, { run: string; status: RunStatus }>> {
  const rows = await db.query<{ partition: string; run: string; status: RunStatus }>(
    `select distinct on (partition) partition, run, status from runs
     where connection = $1 and pipeline = $2 and partition = any($3::text[])
     order by partition, occurred_at desc, attempt desc`,
    [connection, key, partitions],
  );
  return new Map(rows.map(({ partition, run, status }) => [partition, { run, status }]));
}

/** How partitions of this pipeline are written, from its newest runs; and since when we hear of it. */
export async function partitionHabit(
  db: Queryable,
  { connection, key }: PipelineRef,
): Promise<{ example?: string; startedAt?: Date; since?: Date }> {
  const [row] = await db.query<{ example: string | null; startedAt: Date | null; since: Date | null }>(
    `select newest.partition as example, newest.started_at as "startedAt",
            (select first_seen_at from pipelines where connection = $1 and key = $2) as since
     from (select 1) one left join lateral (
       select partition, started_at from runs where connection = $1 and pipeline = $2 and partition <> ''
       order by occurred_at desc limit 1
     ) newest on true`,
    [connection, key],
  );
  return {
    ...(row?.example ? { example: row.example } : {}),
    ...(row?.startedAt ? { startedAt: row.startedAt } : {}),
    ...(row?.since ? { since: row.since } : {}),
  };
}

/** The runs of an incident that are still failed, in the order in which they failed. */
export async function failedRuns(
  db: Queryable,
  incidentId: string,
): Promise<{ connection: string; pipeline: string; run: string; attempt: number }[]> {
  return db.query(
    `select connection, pipeline, run, attempt from incident_members where incident_id = $1 and state = 'failed' and trouble <> 'late'
     order by first_failed_at, seq`,
    [incidentId],
  );
}

export async function causeOf(db: Queryable, incidentId: string): Promise<string | undefined> {
  const [row] = await db.query<{ fingerprint: string | null }>(
    'select fingerprint from incidents where incident_id = $1',
    [incidentId],
  );
  return row?.fingerprint ?? undefined;
}
