import type { AutoRetry } from '../domain/auto-retry';
import { retriesJudged } from '../domain/auto-retry';
import type { PipelineRef } from '../domain/pipeline';
import { isLetGoOn, isPlain } from './action-rows';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** Whose retry, of what. */
interface Cause {
  connection: string;
  pipeline: string;
  fingerprint: string;
  cause: string;
}

export interface StoredAutoRetry extends Cause {
  id: string;
  fixed: number;
  tried: number;
  /** Slack id. Left out = suggested only. */
  allowedBy?: string;
  personId?: string;
  allowedAt?: Date;
  endedAt?: Date;
}

const columns = `o.auto_id as id, o.connection, o.pipeline, o.fingerprint, o.cause, o.fixed, o.tried, o.allowed_by as "allowedBy",
  o.person_id as "personId", o.allowed_at as "allowedAt", o.ended_at as "endedAt"`;

function known<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}

/** Where a retry was pressed that mended something. */
export interface Mended extends Cause {
  incidentId: string;
  channel: string;
}

const mendedUnasked = (since: string, unaskedSince: string) => `from actions a join incidents i using (incident_id)
     where a.kind = 'retry' and a.state = 'succeeded' and a.settled_at > ${since} and a.auto_id is null and a.channel is not null
       and a.connection is not null and i.fingerprint is not null and ${isPlain('a')}
       and not exists (
         select from auto_retries o where o.connection = a.connection and o.pipeline = a.pipeline and o.fingerprint = i.fingerprint
           and (o.ended_at is null or greatest(o.suggested_at, o.ended_at) > ${unaskedSince}))`;

/** Is any allowed, or anything mended that may be worth suggesting? */
export const isAnyDue =
  ({ since, unaskedSince }: { since: Date; unaskedSince: Date }): Condition =>
  (bind) =>
    `exists (select from auto_retries where allowed_at is not null and ended_at is null)
     or exists (select ${mendedUnasked(bind(since), bind(unaskedSince))})`;

/** Pipelines with a cause that a plain retry has mended since then, and of which nothing was suggested after `unaskedSince`. */
export function mended(db: Queryable, { since, unaskedSince }: { since: Date; unaskedSince: Date }): Promise<Mended[]> {
  return db.query(
    `select distinct on (a.connection, a.pipeline, i.fingerprint) a.connection, a.pipeline, i.fingerprint,
            coalesce(i.cause ->> 'title', 'the same error') as cause, a.incident_id as "incidentId", a.channel
     ${mendedUnasked('$1', '$2')}
     order by a.connection, a.pipeline, i.fingerprint, a.settled_at desc limit 50`,
    [since, unaskedSince],
  );
}

/** Whether the newest plain retries of this cause of this pipeline helped, newest first. */
export async function history(db: Queryable, { connection, pipeline, fingerprint }: Cause): Promise<boolean[]> {
  const rows = await db.query<{ helped: boolean }>(
    `select a.state = 'succeeded' as helped from actions a join incidents i using (incident_id)
     where a.connection = $1 and a.pipeline = $2 and i.fingerprint = $3 and a.kind = 'retry'
       and a.state in ('succeeded', 'failed') and a.receipt is not null and ${isPlain('a')}
       and (a.state = 'succeeded' or ${isLetGoOn('a')})
     order by a.settled_at desc limit ${retriesJudged}`,
    [connection, pipeline, fingerprint],
  );
  return rows.map(({ helped }) => helped);
}

/** @returns false when it is there already */
export async function suggest(
  tx: Tx,
  { id, connection, pipeline, fingerprint, cause, fixed, tried }: StoredAutoRetry,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into auto_retries (auto_id, connection, pipeline, fingerprint, cause, fixed, tried, suggested_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning 1`,
    [id, connection, pipeline, fingerprint, cause, fixed, tried, at],
  );
  return rows.length > 0;
}

export async function lock(tx: Tx, id: string): Promise<StoredAutoRetry | undefined> {
  const [row] = await tx.query<StoredAutoRetry>(
    `select ${columns} from auto_retries o where o.auto_id = $1 for update`,
    [id],
  );
  return row && known(row);
}

export async function allow(
  tx: Tx,
  id: string,
  { slackId, personId, at }: { slackId: string; personId: string; at: Date },
): Promise<void> {
  await tx.query('update auto_retries set allowed_by = $2, person_id = $3, allowed_at = $4 where auto_id = $1', [
    id,
    slackId,
    personId,
    at,
  ]);
}

/** @returns false when it was ended already */
export async function end(
  tx: Tx,
  id: string,
  { by, why, at }: { by?: string; why: 'person' | 'failed' | 'not-allowed'; at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `update auto_retries set ended_at = $2, ended_by = $3, ended_why = $4 where auto_id = $1 and ended_at is null returning 1`,
    [id, at, by ?? null, why],
  );
  return rows.length > 0;
}

const retriesSince = (auto: string, since: string) =>
  `(select count(*)::int from actions d join auto_retries o using (auto_id)
     where o.connection = ${auto}.connection and o.pipeline = ${auto}.pipeline and d.asked_at > ${since})`;

/** Are failures of the pipeline with this fingerprint retried by themselves? */
export const isAllowed =
  ({ connection, key }: PipelineRef, fingerprint: string): Condition =>
  (bind) =>
    `exists (select from auto_retries where connection = ${bind(connection)}::text and pipeline = ${bind(key)}::text
       and fingerprint = ${bind(fingerprint)}::text and allowed_at is not null and ended_at is null)`;

/** How often a pipeline was retried by itself since then; `undefined` = nobody allows that for this cause. */
export async function usedOf(
  db: Queryable,
  { connection, key }: PipelineRef,
  { fingerprint, since }: { fingerprint: string; since: Date },
): Promise<number | undefined> {
  const [row] = await db.query<{ used: number }>(
    `select ${retriesSince('p', '$4')} as used from auto_retries p
     where p.connection = $1 and p.pipeline = $2 and p.fingerprint = $3 and p.allowed_at is not null and p.ended_at is null limit 1`,
    [connection, key, fingerprint, since],
  );
  return row?.used;
}

export interface Waiting {
  auto: StoredAutoRetry;
  incidentId: string;
  channel: string;
  run: string;
  attempt: number;
}

/** Failures since `since` that were allowed to be retried by themselves, of runs that nobody has retried yet. */
export async function waiting(db: Queryable, since: Date): Promise<Waiting[]> {
  const rows = await db.query<StoredAutoRetry & Omit<Waiting, 'auto'>>(
    `select ${columns}, m.incident_id as "incidentId", m.channel, m.run, m.attempt
     from auto_retries o
     join incident_members m on m.connection = o.connection and m.pipeline = o.pipeline
     join incidents i on i.incident_id = m.incident_id
     left join runs r on r.connection = m.connection and r.pipeline = m.pipeline and r.run = m.run and r.attempt = m.attempt
     where o.allowed_at is not null and o.ended_at is null
       and m.state = 'failed' and m.trouble = 'failed' and m.last_failed_at > greatest($1, o.allowed_at) and m.channel is not null
       and coalesce(r.fingerprint, i.fingerprint) = o.fingerprint
       and not exists (
         select from actions a where a.connection = m.connection and a.pipeline = m.pipeline and a.kind = 'retry'
           and a.target #>> '{run,run}' = m.run and a.state <> 'planned')
     order by m.last_failed_at, m.run limit 50`,
    [since],
  );
  return rows.map(({ incidentId, channel, run, attempt, ...auto }) => ({
    auto: known(auto),
    incidentId,
    channel,
    run,
    attempt,
  }));
}

/** Holds what is allowed of this pipeline for this transaction. @returns how often it was retried by itself since then */
export async function lockPipeline(
  tx: Tx,
  { connection, pipeline }: Pick<Cause, 'connection' | 'pipeline'>,
  since: Date,
): Promise<number> {
  await tx.query(
    'select from auto_retries where connection = $1 and pipeline = $2 and ended_at is null order by auto_id for update',
    [connection, pipeline],
  );
  const [row] = await tx.query<{ count: number }>(
    `select ${retriesSince('p', '$3')} as count from (select $1::text as connection, $2::text as pipeline) p`,
    [connection, pipeline, since],
  );
  return row?.count ?? 0;
}

/** Those that are allowed and whose last retry did not help, with where that stands. */
export function disappointing(
  db: Queryable,
): Promise<{ id: string; actionId: string; incidentId: string | null; channel: string | null; say: string | null }[]> {
  return db.query(
    `select distinct on (o.auto_id) o.auto_id as id, a.action_id as "actionId", a.incident_id as "incidentId", a.channel, a.say
     from auto_retries o join actions a using (auto_id)
     where o.allowed_at is not null and o.ended_at is null and a.asked_at >= o.allowed_at
       and a.state in ('failed', 'refused', 'unsure')
     order by o.auto_id, a.seq desc`,
  );
}

/** What is allowed now, the newest first; at most 50. */
export function listed(db: Queryable, dayAgo: Date): Promise<AutoRetry[]> {
  return db.query(
    `select o.auto_id as id, o.connection, o.pipeline, o.cause, o.allowed_by as by, o.allowed_at as since,
            (select count(*)::int from actions a where a.auto_id = o.auto_id) as done,
            (select count(*)::int from actions a where a.auto_id = o.auto_id and a.state = 'succeeded') as helped,
            ${retriesSince('o', '$1')} as today
     from auto_retries o where o.allowed_at is not null and o.ended_at is null order by o.allowed_at desc limit 50`,
    [dayAgo],
  );
}
