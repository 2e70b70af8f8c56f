import type { Ending, Episode } from '../domain/figures/reliability';
import type { Queryable, Tx } from './db';

export interface Mark {
  seq: number;
  at: Date;
  timeZone: string;
  /** By which rules they are counted: others than now, and all is counted anew. */
  rules: string;
}

export type IfBusy = 'wait' | 'leave';

/**
 * Locks one rollup for this transaction.
 *
 * @param ifBusy when another replica is at it: wait for its end, or leave it to that one
 * @returns undefined when it is left to another
 */
export async function take(tx: Tx, name: string, epoch: Mark, ifBusy: IfBusy): Promise<Mark | undefined> {
  await tx.query(
    'insert into rollups (name, seq, at, time_zone, rules) values ($1, $2, $3, $4, $5) on conflict (name) do nothing',
    [name, epoch.seq, epoch.at, epoch.timeZone, epoch.rules],
  );
  const [mark] = await tx.query<Mark>(
    'select seq, at, time_zone as "timeZone", rules from rollups where name = $1 for update' +
      (ifBusy === 'leave' ? ' skip locked' : ''),
    [name],
  );
  return mark;
}

export async function move(tx: Tx, name: string, to: Mark): Promise<void> {
  await tx.query('update rollups set seq = $2, at = $3, time_zone = $4, rules = $5 where name = $1', [
    name,
    to.seq,
    to.at,
    to.timeZone,
    to.rules,
  ]);
}

// People

/** What somebody is called by a tool, as the settings say. */
export interface KnownAs {
  tool: string;
  name: string;
  slackId: string;
}

/**
 * Names under which tools were used become the surrogates of people whom we know by now: by the settings, by Slack id or address, else
 * by the part before the @ or by name, where exactly one person has it. @returns how many rows
 */
export async function resolveUsage(tx: Tx, knownAs: readonly KnownAs[]): Promise<number> {
  const rows = await tx.query(
    `with unknown as (select distinct tool, person from usage where person_id is null),
     here as (select * from people p where not (p.is_deactivated
       and exists (select from people other where lower(other.email) = lower(p.email) and not other.is_deactivated))),
     found as (
       select u.tool, u.person, p.person_id, 1 as how from unknown u
         join jsonb_to_recordset($1::jsonb) as k(tool text, name text, "slackId" text) on k.tool = u.tool and lower(k.name) = lower(u.person)
         join here p on p.slack_id = k."slackId"
       union all select u.tool, u.person, p.person_id, 2 from unknown u join people p on p.slack_id = u.person
       union all select u.tool, u.person, p.person_id, 2 from unknown u join here p on lower(p.email) = lower(u.person)
       union all select u.tool, u.person, p.person_id, 3 from unknown u join here p on lower(split_part(p.email, '@', 1)) = lower(u.person)
       union all select u.tool, u.person, p.person_id, 3 from unknown u join here p on lower(p.name) = lower(u.person)
     ), best as (
       select distinct on (tool, person) tool, person, min(person_id::text)::uuid as person_id, count(distinct person_id) as n
       from found group by tool, person, how order by tool, person, how
     )
     update usage u set person_id = b.person_id, person = b.person_id::text
     from best b where b.n = 1 and u.person_id is null and u.tool = b.tool and u.person = b.person returning u.seq`,
    [JSON.stringify(knownAs)],
  );
  return rows.length;
}

/** Names under which tools were used, of nobody whom we know, the newest first. */
export function unknownPeople(db: Queryable, limit: number): Promise<{ tool: string; name: string }[]> {
  return db.query(
    `select tool, person as name from usage where person_id is null group by tool, person order by max(seq) desc limit $1`,
    [limit],
  );
}

// Activity

/** Newest row of each table from which activity is counted; and since when, by event time, there is something new in them. */
export async function newActivity(
  tx: Tx,
  since: { interactions: number; usage: number; at: Date },
): Promise<{ interactions: number; usage: number; days: Date[] }> {
  const [row] = await tx.query<{ interactions: number; usage: number; days: Date[] | null }>(
    `with fresh as (
       select at from interactions where seq > $1 union all
       select at from usage where seq > $2 union all
       select coalesce(settled_at, asked_at) from actions where asked_at >= $3 union all
       select asked_at from actions where asked_at >= $3
     )
     select (select coalesce(max(seq), 0) from interactions) as interactions, (select coalesce(max(seq), 0) from usage) as usage,
            (select array_agg(at) from (select date_trunc('hour', at) as at from fresh group by 1) hours) as days`,
    [since.interactions, since.usage, since.at],
  );
  return {
    interactions: row?.interactions ?? 0,
    usage: row?.usage ?? 0,
    days: row?.days ?? [],
  };
}

/** The same of all that there is, by its two ends: to look at each row for its hour takes longer than to count it. */
export async function allActivity(
  tx: Tx,
): Promise<{ interactions: number; usage: number; from: Date | null; to: Date | null }> {
  const [row] = await tx.query<{ interactions: number; usage: number; from: Date | null; to: Date | null }>(
    `select (select coalesce(max(seq), 0) from interactions) as interactions, (select coalesce(max(seq), 0) from usage) as usage,
            least((select min(at) from interactions), (select min(at) from usage), (select min(asked_at) from actions)) as from,
            greatest((select max(at) from interactions), (select max(at) from usage), (select max(asked_at) from actions),
              (select max(settled_at) from actions)) as to`,
  );
  return row ?? { interactions: 0, usage: 0, from: null, to: null };
}

/**
 * Counts activity of a span of local days anew. Pitcrew itself is the tool `pitcrew`; who had an orchestrator do something from here
 * used that orchestrator as well.
 *
 * @param useful features that are answered, and so worth something, when they end well
 * @param excludedChannels what is done in these does not count
 */
export async function countActivity(
  tx: Tx,
  span: { from: Date; to: Date; firstDay: string; endDay: string; timeZone: string },
  { useful, excludedChannels }: { useful: readonly string[]; excludedChannels: readonly string[] },
): Promise<void> {
  await tx.query('delete from activity_days where day >= $1::date and day < $2::date', [span.firstDay, span.endDay]);
  await tx.query(
    `with facts as (
       select 'pitcrew' as tool, what as feature, person_id, '' as team, at, n as count, case when outcome = 'ok' then n else 0 end as ok,
              case when outcome = 'user-error' then n else 0 end as user_errors,
              case when outcome = 'system-error' then n else 0 end as system_errors,
              case when outcome = 'ok' and what = any($4) then at end as useful_at
       from (
         select (at at time zone $3)::date, what, person_id, outcome, min(at) as at, count(*) as n
         from interactions where at >= $1 and at < $2 and (channel is null or channel <> all($5)) group by 1, 2, 3, 4
       ) i
       union all
       select tool, action, person_id, coalesce(team, ''), at, count, count, 0, 0, at
       from usage where at >= $1 and at < $2 and person_id is not null
       union all
       select connection, kind, person_id, '', asked_at, 1, (state = 'succeeded')::int, 0, 0,
              case when state = 'succeeded' then settled_at end
       from actions where asked_at >= $1 and asked_at < $2 and connection is not null and auto_id is null and part_of is null
         and tried_at is not null
     )
     insert into activity_days (day, tool, feature, person_id, team, count, ok, user_errors, system_errors, first_at, useful_at)
     select (at at time zone $3)::date, tool, feature, person_id, team, sum(count), sum(ok), sum(user_errors), sum(system_errors),
            min(at), min(useful_at)
     from facts group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    [span.from, span.to, span.timeZone, useful, excludedChannels],
  );
}

// Runs

/**
 * The last attempt of each run that the orchestrator made by itself: what a person started again from here afterwards is not an
 * automatic retry. `runs_again` holds what is not a first attempt. A run that another one replaces is as an attempt before the last.
 *
 * @param tries where all attempts of these runs are
 */
export const finals = (from: string, tries = 'runs') => `
  select r.connection, r.pipeline, r.run, r.attempt, r.partition, r.status, r.fingerprint, coalesce(r.ended_at, r.occurred_at) as at
  from ${from}
  left join pressed on pressed.connection = r.connection and pressed.pipeline = r.pipeline and pressed.run = r.run
  where not r.is_replaced and (pressed.at is null or r.attempt = 1 or coalesce(r.started_at, r.occurred_at) < pressed.at)
    and not exists (
      select from ${tries} later
      where later.attempt > 1 and later.connection = r.connection and later.pipeline = r.pipeline and later.run = r.run
        and later.attempt > r.attempt and (pressed.at is null or coalesce(later.started_at, later.occurred_at) < pressed.at))`;

export const pressed = `pressed as materialized (
  select connection, pipeline, target #>> '{run,run}' as run, min(tried_at) as at from actions
  where kind = 'retry' and auto_id is null and tried_at is not null and target #>> '{run,run}' is not null group by 1, 2, 3)`;
export const backfilled = `backfilled as materialized (
  select distinct connection, pipeline, receipt #>> '{run,run}' as run from actions
  where kind = 'backfill' and receipt #>> '{run,run}' is not null)`;

const counts = [
  'ended',
  'succeeded',
  'first_try',
  'backfill_ended',
  'backfill_succeeded',
  'busy_s',
  'again_s',
] as const;
/** Each count as `word` has it, in the order of the columns. */
export const each = (word: (count: string) => string): string => counts.map(word).join(', ');

/** What each of the finals counts for on its day. $1 = time zone. */
export const ofFinals = `
  select (f.at at time zone $1)::date as day, f.connection, f.pipeline, 1 as ended, (f.status = 'succeeded')::int as succeeded,
         (f.status = 'succeeded' and f.attempt = 1 and b.run is null)::int as first_try, (b.run is not null)::int as backfill_ended,
         (b.run is not null and f.status = 'succeeded')::int as backfill_succeeded, 0::float8 as busy_s, 0::float8 as again_s
  from finals f left join backfilled b using (connection, pipeline, run)
  where f.status in ('succeeded', 'failed')`;

export const busy = `case when r.ended_at > r.started_at then date_part('epoch', r.ended_at - r.started_at) else 0 end`;

/** How long each attempt had an engine at work, on the day on which it ended. */
export const ofAttempts = (from: string) => `
  select (coalesce(r.ended_at, r.occurred_at) at time zone $1)::date as day, r.connection, r.pipeline, 0 as ended, 0 as succeeded,
         0 as first_try, 0 as backfill_ended, 0 as backfill_succeeded, ${busy} as busy_s,
         case when r.attempt > 1 then ${busy} else 0 end as again_s
  from ${from}`;

/** The newest fact before which all are decided. */
export async function decidedUpTo(tx: Tx): Promise<number> {
  const [mark] = await tx.query<{ seq: number }>(
    'select coalesce((select min(seq) - 1 from inbox where decided_at is null), (select max(seq) from inbox), 0) as seq',
  );
  return mark?.seq ?? 0;
}

/** Runs of which something was heard since, up to the oldest fact that is not decided; and that mark. */
export async function touchedRuns(
  tx: Tx,
  since: number,
  limit: number,
): Promise<{ upTo: number; touched: { connection: string; pipeline: string; run: string }[] }> {
  const [mark] = await tx.query<{ upTo: number | null }>(
    `select max(seq) as "upTo" from (
       select seq from inbox where seq > $1
         and seq < coalesce((select min(seq) from inbox where decided_at is null and seq > $1), 9223372036854775807)
       order by seq limit $2) batch`,
    [since, limit],
  );
  const upTo = mark?.upTo ?? since;
  const touched = await tx.query<{ connection: string; pipeline: string; run: string }>(
    `select distinct connection, payload ->> 'pipeline' as pipeline, payload ->> 'run' as run from inbox
     where seq > $1 and seq <= $2 and kind = 'run' and connection is not null`,
    [since, upTo],
  );
  return { upTo, touched };
}

/** Counts the days anew on which any attempt of these runs ended, each for its whole pipeline. */
export async function countTouched(
  tx: Tx,
  touched: readonly { connection: string; pipeline: string; run: string }[],
  timeZone: string,
): Promise<void> {
  await tx.query(
    `with ${pressed}, ${backfilled}, dirty as (
       select distinct r.connection, r.pipeline, (coalesce(r.ended_at, r.occurred_at) at time zone $1)::date as day
       from jsonb_to_recordset($2::jsonb) as t(connection text, pipeline text, run text)
       join runs r on r.connection = t.connection and r.pipeline = t.pipeline and r.run = t.run
     ), finals as (${finals(ofDirty)}),
     fresh as (select day, connection, pipeline, ${each((count) => `sum(${count}) as ${count}`)}
       from (${ofFinals} union all ${ofAttempts(ofDirty)} where r.status in ('succeeded', 'failed', 'cancelled')) c
       group by 1, 2, 3 having sum(ended) > 0 or sum(busy_s) > 0),
     gone as (delete from run_days old using dirty d
       where old.day = d.day and old.connection = d.connection and old.pipeline = d.pipeline
         and not exists (select from fresh f where f.day = d.day and f.connection = d.connection and f.pipeline = d.pipeline))
     insert into run_days (day, connection, pipeline, ${each(String)}) select day, connection, pipeline, ${each(String)} from fresh
     on conflict (day, connection, pipeline) do update set ${each((count) => `${count} = excluded.${count}`)}`,
    [timeZone, JSON.stringify(touched)],
  );
  await tx.query(
    `with dirty as (
       select distinct r.connection, r.pipeline, ${mondayOf('(coalesce(r.ended_at, r.occurred_at) at time zone $1)::date')} as monday
       from jsonb_to_recordset($2::jsonb) as t(connection text, pipeline text, run text)
       join runs r on r.connection = t.connection and r.pipeline = t.pipeline and r.run = t.run
     ), fresh as (
       select monday, connection, pipeline, ${each((count) => `sum(${count}) as ${count}`)}
       from dirty w join run_days d using (connection, pipeline) where d.day >= w.monday and d.day < w.monday + 7 group by 1, 2, 3
     ), gone as (delete from run_weeks old using dirty w
       where old.monday = w.monday and old.connection = w.connection and old.pipeline = w.pipeline
         and not exists (select from fresh f where f.monday = w.monday and f.connection = w.connection and f.pipeline = w.pipeline))
     insert into run_weeks (monday, connection, pipeline, ${each(String)}) select monday, connection, pipeline, ${each(String)} from fresh
     on conflict (monday, connection, pipeline) do update set ${each((count) => `${count} = excluded.${count}`)}`,
    [timeZone, JSON.stringify(touched)],
  );
}

/** Of the ISO week of a day. The first day of the calendar was one. */
export const mondayOf = (day: string): string => `${day} - (${day} - date '0001-01-01') % 7`;

/** Attempts that ended on a day that is counted anew. */
const ofDirty = `dirty d join runs r on r.connection = d.connection and r.pipeline = d.pipeline
  and r.occurred_at >= (d.day - 2)::timestamp at time zone $1 and r.occurred_at < (d.day + 3)::timestamp at time zone $1
  and (coalesce(r.ended_at, r.occurred_at) at time zone $1)::date = d.day`;

// Episodes

export interface SeriesEnding extends Ending {
  connection: string;
  pipeline: string;
  partition: string;
}

export interface Series {
  connection: string;
  pipeline: string;
  /** `null` = every one. */
  partition: string | null;
}

/** Pipelines and partitions that these runs have, or had, to do with. */
export function seriesOf(
  tx: Tx,
  touched: readonly { connection: string; pipeline: string; run: string }[],
): Promise<Series[]> {
  return tx.query(
    `with t as (select * from jsonb_to_recordset($1::jsonb) as t(connection text, pipeline text, run text))
     select r.connection, r.pipeline, r.partition from t join runs r using (connection, pipeline, run)
     union
     select e.connection, e.pipeline, e.partition from t join episodes e on e.connection = t.connection
       and e.pipeline = t.pipeline and e.first_run = t.run`,
    [JSON.stringify(touched)],
  );
}

/** Final failures of these series, and of good ends and skips those that come next after one: what is needed to tell episodes. */
export function endingsOf(tx: Tx, series: readonly Series[]): Promise<SeriesEnding[]> {
  const own = `wanted w join runs r on r.connection = w.connection and r.pipeline = w.pipeline
    and (w.partition is null or w.partition = r.partition)`;
  return tx.query<SeriesEnding>(
    `with ${pressed}, wanted as (
       select * from jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text, partition text)
     ), own as (
       ${finals(own)}
       union
       select r.connection, r.pipeline, r.run, r.attempt, r.partition, r.status, r.fingerprint, coalesce(r.ended_at, r.occurred_at)
       from ${own} where r.status = 'succeeded' and r.attempt > 1
     ), drawn as (
       select *, lag(status) over (partition by connection, pipeline, partition
                                   order by at, (status = 'succeeded'), (status = 'skipped'), run) as before
       from own where status in ('succeeded', 'failed', 'skipped')
     )
     select connection, pipeline, partition, run, status as outcome, at, fingerprint from drawn
     where status = 'failed' or before = 'failed'
     order by connection, pipeline, partition, at`,
    [JSON.stringify(series)],
  );
}

export interface SeriesEpisode extends Episode {
  connection: string;
  pipeline: string;
  partition: string;
}

/** Takes the place of what was known of these series, as far back as their runs are kept. */
export async function saveEpisodes(
  tx: Tx,
  series: readonly Series[],
  episodes: readonly SeriesEpisode[],
): Promise<void> {
  await tx.query(
    `delete from episodes e using jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text, partition text)
     where e.connection = w.connection and e.pipeline = w.pipeline and (w.partition is null or w.partition = e.partition)
       and e.started_at >= coalesce((select min(r.occurred_at) from runs r
         where r.connection = e.connection and r.pipeline = e.pipeline and r.partition = e.partition), e.started_at)`,
    [JSON.stringify(series)],
  );
  if (episodes.length === 0) return;
  await tx.query(
    `insert into episodes (connection, pipeline, partition, started_at, ended_at, how, failures, first_run, fingerprint)
     select connection, pipeline, partition, "startedAt", "endedAt", how, failures, "firstRun", fingerprint
     from jsonb_to_recordset($1::jsonb) as e(connection text, pipeline text, partition text, "startedAt" timestamptz,
            "endedAt" timestamptz, how text, failures int, "firstRun" text, fingerprint text)
     on conflict (connection, pipeline, partition, started_at) do update set ended_at = excluded.ended_at, how = excluded.how,
       failures = excluded.failures, first_run = excluded.first_run, fingerprint = excluded.fingerprint`,
    [JSON.stringify(episodes)],
  );
}
