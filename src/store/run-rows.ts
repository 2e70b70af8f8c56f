import { pipelineNode } from '../domain/edge';
import { earlier, type KnownRun, prevails } from '../domain/incident';
import type { PipelineFacts, PipelineRef } from '../domain/pipeline';
import type { RunStatus } from '../domain/run';
import type { Queryable, Tx } from './db';
import type { Expression } from './due';

export interface RunFact {
  connection: string;
  pipeline: string;
  run: string;
  attempt: number;
  partition: string;
  status: RunStatus;
  /** It has failed, and the orchestrator makes another run in its place: figures leave it out. */
  isReplaced?: boolean;
  step?: string;
  error?: string;
  fingerprint?: string;
  startedAt?: Date;
  endedAt?: Date;
  url?: string;
  logUrl?: string;
  occurredAt: Date;
}

/**
 * Keeps the newest fact of each attempt: an end beats a life sign, and of two ends the later one wins, so that the order of
 * arrival does not matter. What only one of them knows (error, links) is kept from either; of two starts the earlier one.
 */
export async function save(tx: Tx, facts: RunFact[], at: Date): Promise<void> {
  const newest = new Map<string, RunFact>();
  for (const fact of facts) {
    const key = JSON.stringify([fact.connection, fact.pipeline, fact.run, fact.attempt]);
    const known = newest.get(key);
    newest.set(key, known ? merged(known, fact) : fact);
  }
  if (newest.size === 0) return;
  const ended = (alias: string) => `(${alias}.status not in ('queued', 'running', 'unknown'))`;
  const wins = `(${ended('excluded')} and not ${ended('runs')})
    or (${ended('excluded')} = ${ended('runs')}
        and (excluded.occurred_at, excluded.status) >= (runs.occurred_at, runs.status))`;
  await tx.query(
    `insert into runs (connection, pipeline, run, attempt, partition, status, step, error, fingerprint, started_at, ended_at,
                       url, log_url, occurred_at, recorded_at, is_replaced)
     select r.connection, r.pipeline, r.run, r.attempt, r.partition, r.status, r.step, r.error, r.fingerprint, r."startedAt",
            r."endedAt", r.url, r."logUrl", r."occurredAt", $2, coalesce(r."isReplaced", false)
     from jsonb_to_recordset($1::jsonb) as r(connection text, pipeline text, run text, attempt int, partition text, status text,
            step text, error text, fingerprint text, "startedAt" timestamptz, "endedAt" timestamptz, url text, "logUrl" text,
            "occurredAt" timestamptz, "isReplaced" boolean)
     order by 1, 2, 3, 4
     on conflict (connection, pipeline, run, attempt) do update set
       status = case when ${wins} then excluded.status else runs.status end,
       step = case when ${wins} then coalesce(excluded.step, runs.step) else coalesce(runs.step, excluded.step) end,
       error = case when ${wins} then coalesce(excluded.error, runs.error) else coalesce(runs.error, excluded.error) end,
       fingerprint = coalesce(excluded.fingerprint, runs.fingerprint),
       partition = case when runs.partition = '' then excluded.partition else runs.partition end,
       started_at = least(runs.started_at, excluded.started_at),
       ended_at = case when ${wins} then excluded.ended_at else coalesce(runs.ended_at, excluded.ended_at) end,
       url = coalesce(excluded.url, runs.url),
       log_url = coalesce(excluded.log_url, runs.log_url),
       occurred_at = case when ${wins} then excluded.occurred_at else runs.occurred_at end,
       is_replaced = case when ${wins} then excluded.is_replaced else runs.is_replaced end,
       recorded_at = excluded.recorded_at`,
    [JSON.stringify([...newest.values()]), at],
  );
}

function merged(a: RunFact, b: RunFact): RunFact {
  const bPrevails = prevails({ status: b.status, at: b.occurredAt }, { status: a.status, at: a.occurredAt });
  const [winner, other] = bPrevails ? [b, a] : [a, b];
  return {
    ...winner,
    partition: winner.partition || other.partition,
    step: winner.step ?? other.step,
    error: winner.error ?? other.error,
    fingerprint: winner.fingerprint ?? other.fingerprint,
    startedAt: earlier(winner.startedAt, other.startedAt),
    url: winner.url ?? other.url,
    logUrl: winner.logUrl ?? other.logUrl,
  };
}

/** Nobody tries a run more often. */
const attemptsPerRun = 100;
/** What mends a problem is among the first runs after it. */
const runsAfterProblem = 500;

/**
 * The runs of a pipeline and partition that can have to do with a problem: those of `run` itself, and the first ones with a fact
 * at or after `since` or the start of `run`, whichever is earlier. Each in the order of the index that is to be read. They come as
 * JSON: the driver reads each column of a row by itself.
 */
export async function knownRuns(
  tx: Tx,
  wanted: { connection: string; pipeline: string; partition: string; run: string; since: Date }[],
): Promise<(KnownRun & { connection: string; pipeline: string; partition: string })[]> {
  if (wanted.length === 0) return [];
  const [found] = await tx.query<{ runs: KnownRunRow[] | null }>(
    `with own as (
       select w.connection, w.pipeline, w.partition, w.since, o.run, o.attempt, o.status, o.started_at, o.occurred_at,
              o.partition = w.partition as is_same
       from (select connection, pipeline, partition, run, min(since) as since
             from jsonb_to_recordset($1::jsonb) as e(connection text, pipeline text, partition text, run text, since timestamptz)
             group by 1, 2, 3, 4) w
       left join lateral (
         select r.* from runs r where r.connection = w.connection and r.pipeline = w.pipeline and r.run = w.run
         order by r.connection, r.pipeline, r.run, r.attempt limit ${attemptsPerRun}
       ) o on true
     ), first as (
       select connection, pipeline, partition, least(min(since), min(started_at)) as since from own group by 1, 2, 3
     )
     select json_agg(k) as runs from (
       select r.connection, r.pipeline, r.partition, r.run, r.attempt, r.status, r.started_at as "startedAt",
              r.occurred_at as at
       from first cross join lateral (
         select r.* from runs r
         where r.connection = first.connection and r.pipeline = first.pipeline and r.partition = first.partition
           and r.occurred_at >= first.since
         order by r.connection, r.pipeline, r.partition, r.occurred_at limit ${runsAfterProblem}
       ) r
       union
       select connection, pipeline, partition, run, attempt, status, started_at, occurred_at from own where is_same
     ) k`,
    [JSON.stringify(wanted)],
  );
  return (found?.runs ?? []).map(toKnownRun);
}

/** Of each trouble of a pipeline and partition, the first run that was started after it and went well. */
export async function firstGoodAfter(
  tx: Tx,
  wanted: { connection: string; pipeline: string; partition: string; troubles: Date[] }[],
): Promise<(KnownRun & { connection: string; pipeline: string; partition: string })[]> {
  if (wanted.length === 0) return [];
  const rows = await tx.query<KnownRunRow>(
    `select distinct r.connection, r.pipeline, r.partition, r.run, r.attempt, r.status, r.started_at as "startedAt", r.occurred_at as at
     from jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text, partition text, troubles timestamptz[])
     cross join lateral unnest(w.troubles) as t(at)
     cross join lateral (
       select * from runs g
       where g.connection = w.connection and g.pipeline = w.pipeline and g.partition = w.partition
         and g.occurred_at > t.at and g.status = 'succeeded' and coalesce(g.started_at, g.occurred_at) > t.at
       order by g.connection, g.pipeline, g.partition, g.occurred_at limit 1
     ) r`,
    [JSON.stringify(wanted)],
  );
  return rows.map(toKnownRun);
}

/** Its times as the driver brings them, or in a value that came as JSON. */
interface KnownRunRow extends Omit<KnownRun, 'startedAt' | 'at'> {
  connection: string;
  pipeline: string;
  partition: string;
  startedAt: Date | string | null;
  at: Date | string;
}

/** Key by key, as of members: a batch reads hundreds of them. */
const toKnownRun = ({ connection, pipeline, partition, run, attempt, status, startedAt, at }: KnownRunRow) => ({
  connection,
  pipeline,
  partition,
  run,
  attempt,
  status,
  startedAt: startedAt === null ? undefined : new Date(startedAt),
  at: new Date(at),
});

/**
 * Pipelines are known from the first event that names them; what the event says fills what is not known yet.
 *
 * @returns what is known of each now, by its node; read only where that is not just what was said
 */
export async function seePipelines(
  tx: Tx,
  seen: { connection: string; key: string; facts: PipelineFacts }[],
  at: Date,
): Promise<Map<string, PipelineFacts>> {
  const byNode = new Map(seen.map((each) => [pipelineNode(each), each]));
  if (byNode.size === 0) return new Map();
  const known = await tx.query<{ connection: string; key: string; facts: PipelineFacts }>(
    `with said as (
       select * from jsonb_to_recordset($1::jsonb) as s(connection text, key text, facts jsonb)
     ), seen as (
       insert into pipelines (connection, key, facts, first_seen_at, seen_at)
       select connection, key, facts, $2, $2 from said order by 1, 2
       on conflict (connection, key) do update set facts = excluded.facts || pipelines.facts, seen_at = excluded.seen_at
       where pipelines.facts <> excluded.facts || pipelines.facts or pipelines.seen_at < excluded.seen_at - interval '1 minute'
       returning connection, key, facts
     )
     select connection, key, coalesce(seen.facts, before.facts) as facts
     from said left join seen using (connection, key) left join pipelines before using (connection, key)
     where coalesce(seen.facts, before.facts) <> said.facts`,
    [JSON.stringify([...byNode.values()]), at],
  );
  return new Map([
    ...[...byNode].map(([node, { facts }]) => [node, facts] as const),
    ...known.map((each) => [pipelineNode(each), each.facts] as const),
  ]);
}

export async function factsOf(
  tx: Tx,
  wanted: { connection: string; key: string }[],
): Promise<{ connection: string; key: string; facts: PipelineFacts }[]> {
  if (wanted.length === 0) return [];
  return tx.query(
    `select p.connection, p.key, p.facts from jsonb_to_recordset($1::jsonb) as w(connection text, key text)
     join pipelines p using (connection, key)`,
    [JSON.stringify(wanted)],
  );
}

/** What orchestrator and events said of a pipeline; null = nobody spoke of it. */
export const factsIn =
  ({ connection, key }: { connection: string; key: string }): Expression =>
  (bind) =>
    `select facts from pipelines where connection = ${bind(connection)}::text and key = ${bind(key)}::text`;

/**
 * What is known of the partitions of events that name none: of the same run (a restart works on the same partition), and
 * whether the pipeline has an open problem that is bound to one, so that it is worth asking the orchestrator.
 */
export async function partitionsKnown(
  tx: Tx,
  wanted: { connection: string; pipeline: string; run: string }[],
): Promise<{ connection: string; pipeline: string; run: string; partition: string | null; matters: boolean }[]> {
  if (wanted.length === 0) return [];
  return tx.query(
    `select w.connection, w.pipeline, w.run,
            (select r.partition from runs r where r.connection = w.connection and r.pipeline = w.pipeline and r.run = w.run
              and r.partition <> '' limit 1) as partition,
            exists (select from incident_members m where m.connection = w.connection and m.pipeline = w.pipeline
              and m.partition <> '' and m.state in ('failed', 'running')) as matters
     from jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text, run text)`,
    [JSON.stringify(wanted)],
  );
}

/** When the last run began that went well before that moment. */
export async function lastGoodStart(
  db: Queryable,
  { connection, key }: PipelineRef,
  before: Date,
): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date }>(
    `select coalesce(started_at, occurred_at) as at from runs
     where connection = $1 and pipeline = $2 and status = 'succeeded' and occurred_at < $3
     order by occurred_at desc limit 1`,
    [connection, key, before],
  );
  return row?.at;
}
