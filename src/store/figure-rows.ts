import type { Counts } from '../domain/figures/reliability';
import { WeekFigures } from '../domain/figures/week-figures';
import type { Trouble } from '../domain/incident';
import type { PipelineFacts } from '../domain/pipeline';
import type { Queryable, Tx } from './db';
import { isGone } from './presence';

interface Span {
  from: Date;
  to: Date;
}

/** Who counts: everybody but bots, guests, people who left and those named (Slack ids). Erased people count on as they were. */
const counts = `not exists (select from people p where p.person_id = a.person_id
  and (p.is_bot or p.is_guest or p.is_deactivated or p.slack_id = any($1)))`;

const dayMs = 86_400_000;
/** So many days are told by the bits of one number: to read a row for each takes far longer than to find them. */
const bitsInNumber = 31;

export interface Activity {
  /** From `firstDay` on; for which team, where the tool said. */
  days: { tool: string; person: string; day: string; team: string }[];
  /** By the Mondays of the weeks. */
  weeks: { tool: string; person: string; monday: string }[];
}

/** Which people did something with each tool on which days and in which weeks, from `since`, a Monday, to before `endDay`. */
export async function activity(
  db: Queryable,
  of: { excluded: readonly string[]; since: string; firstDay: string; endDay: string },
): Promise<Activity> {
  const rows = await db.query<{ tool: string; person: string; team: string; part: number; bits: number }>(
    `select tool, person_id as person, team, part, bits from (
       select tool, person_id, team, (day - $2::date) / ${bitsInNumber} as part, bit_or(1 << ((day - $2::date) % ${bitsInNumber})) as bits
       from activity_days where day >= $2::date and day < $3::date group by 1, 2, 3, 4
     ) a where ${counts} order by team desc`,
    [of.excluded, of.since, of.endDay],
  );
  const from = Date.parse(of.since);
  const names = Array.from({ length: (Date.parse(of.endDay) - from) / dayMs }, (_, no) =>
    new Date(from + no * dayMs).toISOString().slice(0, 10),
  );
  const seen = new Map<string, Set<number>>();
  const found: Activity = { days: [], weeks: [] };
  for (const { tool, person, team, part, bits } of rows) {
    const key = `${tool} ${person}`;
    const before = seen.get(key) ?? new Set<number>();
    seen.set(key, before);
    for (let bit = 0; bit < bitsInNumber; bit += 1) {
      const no = part * bitsInNumber + bit;
      // For several teams on one day it is one; a named one before none.
      if (!(bits & (1 << bit)) || before.has(no)) continue;
      before.add(no);
      const day = names[no] ?? '';
      if (day >= of.firstDay) found.days.push({ tool, person, day, team });
      const week = -1 - Math.floor(no / 7);
      if (before.has(week)) continue;
      before.add(week);
      found.weeks.push({ tool, person, monday: names[no - (no % 7)] ?? '' });
    }
  }
  return found;
}

/** On which day each person was first seen with each tool. */
export function firstDays(
  db: Queryable,
  of: { excluded: readonly string[]; endDay: string },
): Promise<{ tool: string; person: string; day: string }[]> {
  return db.query(
    // From one person to the next by the index: of each of thousands of rows only the first one is read.
    `with recursive used as (
       (select tool, person_id from activity_days order by tool, person_id limit 1)
       union all
       select next.tool, next.person_id from used cross join lateral (
         select x.tool, x.person_id from activity_days x where (x.tool, x.person_id) > (used.tool, used.person_id)
         order by x.tool, x.person_id limit 1) next
     )
     select a.tool, a.person_id as person, first.day from used a cross join lateral (
       select min(x.day) as day from activity_days x where x.tool = a.tool and x.person_id = a.person_id and x.day < $2::date) first
     where first.day is not null and ${counts}`,
    [of.excluded, of.endDay],
  );
}

/**
 * When these people were first seen here, and first got something from it: an answer, something that they asked for and that ended
 * well, or a request of their own. A press alone is none.
 */
export function firstTimes(
  db: Queryable,
  of: { people: readonly string[]; excludedChannels: readonly string[] },
): Promise<{ firstSeenAt: Date; usefulAt: Date | null }[]> {
  return db.query(
    `with seen as (
       select person_id, min(first_at) as at from activity_days where tool = 'pitcrew' and person_id = any($1) group by 1
     ), useful as (
       select person_id, useful_at as at from activity_days where tool = 'pitcrew' and person_id = any($1)
       union all
       select person_id, settled_at from actions
       where person_id = any($1) and state = 'succeeded' and auto_id is null and part_of is null and (channel is null or channel <> all($2))
       union all
       select person_id, asked_at from requests
       where person_id = any($1) and source not in ('emoji', 'import') and (channel is null or channel <> all($2))
     )
     select s.at as "firstSeenAt", (select min(u.at) from useful u where u.person_id = s.person_id and u.at >= s.at) as "usefulAt" from seen s`,
    [of.people, of.excludedChannels],
  );
}

export function featureUses(
  db: Queryable,
  of: { excluded: readonly string[]; firstDay: string; endDay: string },
): Promise<{ person: string; feature: string; ok: number; userErrors: number; systemErrors: number }[]> {
  return db.query(
    `select person_id as person, feature, sum(ok)::int as ok, sum(user_errors)::int as "userErrors",
            sum(system_errors)::int as "systemErrors"
     from activity_days a where tool = 'pitcrew' and day >= $2::date and day < $3::date and ${counts} group by 1, 2`,
    [of.excluded, of.firstDay, of.endDay],
  );
}

/** Who waits longer has gone elsewhere: a good answer after that is late, not good. */
const lateMs = 30_000;

/** How long answers took, in ms: nearest rank, and how many there were. */
export async function answerTimes(
  db: Queryable,
  { from, to }: Span,
  { people, excludedChannels }: { people?: readonly string[]; excludedChannels: readonly string[] },
): Promise<Ranked & { late: number }> {
  const [row] = await db.query<Ranked & { late: number }>(
    `select count(*)::int as n, count(*) filter (where outcome = 'ok' and took_ms > ${lateMs})::int as late,
            percentile_disc(0.95) within group (order by took_ms) as p95,
            percentile_disc(0.5) within group (order by took_ms) as median,
            percentile_disc(0.9) within group (order by took_ms) as p90, max(took_ms) as max
     from interactions where at >= $1 and at < $2 and ($3::uuid[] is null or person_id = any($3))
       and (channel is null or channel <> all($4))`,
    [from, to, people ?? null, excludedChannels],
  );
  return row ?? { n: 0, late: 0, median: null, p90: null, max: null };
}

/** Users of tools who are in no workspace, by the name that their tool gave; and people left out for what they are. */
export async function leftOut(
  db: Queryable,
  { from, to, firstDay, endDay, excluded }: Span & { firstDay: string; endDay: string; excluded: readonly string[] },
): Promise<{ unknownUsers: number; people: number }> {
  const [row] = await db.query<{ unknownUsers: number; people: number }>(
    `select (select count(distinct person)::int from usage where person_id is null and at >= $2 and at < $3) as "unknownUsers",
            (select count(distinct person_id)::int from activity_days a where day >= $4::date and day < $5::date and not ${counts}) as people`,
    [excluded, from, to, firstDay, endDay],
  );
  return row ?? { unknownUsers: 0, people: 0 };
}

/** Surrogates of Slack ids whom we have met, without those who do not count. */
export async function surrogates(
  db: Queryable,
  slackIds: readonly string[],
  excluded: readonly string[],
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select person_id as id from people where slack_id = any($1) and not (is_bot or is_guest or is_deactivated or slack_id = any($2))`,
    [slackIds, excluded],
  );
  return rows.map(({ id }) => id);
}

/** Of these Slack ids those that we have never met: nothing speaks against them yet. */
export async function unmet(
  db: Queryable,
  slackIds: readonly string[],
  excluded: readonly string[],
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select distinct id from unnest($1::text[]) id where id <> all($2) and not exists (select from people where slack_id = id)`,
    [slackIds, excluded],
  );
  return rows.map(({ id }) => id);
}

/** Once; those never met have no surrogate, so each has one of nobody. */
export async function saveEligible(
  tx: Tx,
  { week, scope, people, unmet }: { week: string; scope: string; people: readonly string[]; unmet: number },
): Promise<void> {
  await tx.query(
    `insert into eligible_people (week, scope, person_id)
     select $1, $2, unnest($3::uuid[]) union all select $1, $2, gen_random_uuid() from generate_series(1, $4::int)
     on conflict do nothing`,
    [week, scope, people, unmet],
  );
}

/** Who could at the end of that week, as kept; nobody where it was not kept. */
export async function eligibleThen(db: Queryable, week: string, scope: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    'select person_id as id from eligible_people where week = $1 and scope = $2',
    [week, scope],
  );
  return rows.map(({ id }) => id);
}

// Runs

export type RunTotals = Counts & {
  /** How long engines were at work, in seconds; and on what was tried again. */
  busyS: number;
  againS: number;
};

/** Pipelines of a scope; `undefined` = all. */
export type Own = readonly { connection: string; pipeline: string }[] | undefined;

const isOwn = (param: string) => `connection <> 'pitcrew' and (${param}::jsonb is null or (connection, pipeline) in (
  select connection, pipeline from jsonb_to_recordset(${param}::jsonb) as own(connection text, pipeline text)))`;
const asParam = (own: Own): string | null => (own ? JSON.stringify(own) : null);

/** As numbers: a sum of whole ones is a text otherwise. */
const runSums = (
  [
    ['ended', 'ended'],
    ['succeeded', 'succeeded'],
    ['first_try', 'firstTry'],
    ['backfill_ended', 'backfillEnded'],
    ['backfill_succeeded', 'backfillSucceeded'],
    ['busy_s', 'busyS'],
    ['again_s', 'againS'],
  ] as const satisfies [string, keyof RunTotals][]
)
  .map(([column, name]) => `sum(${column})::float8 as "${name}"`)
  .join(', ');

/** Local days, from `first` to before `end`. */
export interface RunSpan {
  first: string;
  end: string;
  /** It is one ISO week: these are added up already. */
  isWeek: boolean;
}

const runsIn = ({ isWeek }: RunSpan, first: string, end: string): string =>
  isWeek
    ? `run_weeks where monday = ${first}::date and ${end}::date is not null`
    : `run_days where day >= ${first}::date and day < ${end}::date`;

/** Runs of all these pipelines together, of those named in `apart` apart from the others. */
export async function runTotals(
  db: Queryable,
  span: RunSpan,
  { own, apart }: { own: Own; apart: NonNullable<Own> },
): Promise<{ apart?: RunTotals; others?: RunTotals }> {
  const rows = await db.query<RunTotals & { isApart: boolean }>(
    `select (connection, pipeline) in (select connection, pipeline from jsonb_to_recordset($4::jsonb) as a(connection text, pipeline text)) as "isApart",
            ${runSums} from ${runsIn(span, '$1', '$2')} and ${isOwn('$3')} group by 1`,
    [span.first, span.end, asParam(own), asParam(apart)],
  );
  const of = (wanted: boolean) => rows.find(({ isApart }) => isApart === wanted);
  const [found, others] = [of(true), of(false)];
  return { ...(found ? { apart: found } : {}), ...(others ? { others } : {}) };
}

/** Pipelines that ran in one span and of which a run failed in it or in the span before. */
export function failingPipelines(
  db: Queryable,
  { span, before, own }: { span: RunSpan; before: RunSpan; own: Own },
): Promise<{ connection: string; pipeline: string; ended: number; failed: number; failedBefore: number }[]> {
  const of = (each: RunSpan, first: string, end: string) =>
    `(select connection, pipeline, sum(ended)::float8 as ended, sum(ended - succeeded)::float8 as failed from ${runsIn(each, first, end)} group by 1, 2)`;
  return db.query(
    `select connection, pipeline, s.ended, s.failed, coalesce(b.failed, 0) as "failedBefore"
     from ${of(span, '$1', '$2')} s left join ${of(before, '$3', '$4')} b using (connection, pipeline)
     where (s.failed > 0 or b.failed > 0) and ${isOwn('$5')}`,
    [span.first, span.end, before.first, before.end, asParam(own)],
  );
}

/** Runs of ISO weeks, from `first` to before `end`; named by their Mondays. */
export function runWeeks(
  db: Queryable,
  of: { first: string; end: string; own: Own },
): Promise<({ monday: string } & RunTotals)[]> {
  return db.query(
    `select monday, ${runSums} from run_weeks
     where monday >= $1::date and monday < $2::date and ${isOwn('$3')} group by 1`,
    [of.first, of.end, asParam(of.own)],
  );
}

export function knownPipelines(db: Queryable): Promise<{ connection: string; key: string; facts: PipelineFacts }[]> {
  return db.query('select connection, key, facts from pipelines');
}

/** The page of the newest failed run of each, of those in the span. */
export async function failedRunUrls(
  db: Queryable,
  pipelines: readonly { connection: string; pipeline: string }[],
  { from, to }: Span,
): Promise<Map<string, string>> {
  const rows = await db.query<{ connection: string; pipeline: string; url: string }>(
    `select distinct on (r.connection, r.pipeline) r.connection, r.pipeline, r.url
     from jsonb_to_recordset($1::jsonb) as p(connection text, pipeline text) join runs r using (connection, pipeline)
     where r.status = 'failed' and r.url is not null and r.occurred_at >= $2 and r.occurred_at < $3
     order by r.connection, r.pipeline, r.occurred_at desc`,
    [JSON.stringify(pipelines.map(({ connection, pipeline }) => ({ connection, pipeline }))), from, to],
  );
  return new Map(rows.map(({ connection, pipeline, url }) => [`${connection}/${pipeline}`, url]));
}

export interface SpanEpisode {
  connection: string;
  pipeline: string;
  partition: string;
  startedAt: Date;
  endedAt: Date | null;
  how: 'succeeded' | 'skipped' | null;
}

const episodeColumns = `connection, pipeline, partition, started_at as "startedAt", ended_at as "endedAt", how`;

/** That ended in the span. */
export function endedEpisodes(db: Queryable, { from, to }: Span, own: Own): Promise<SpanEpisode[]> {
  return db.query(`select ${episodeColumns} from episodes where ended_at >= $1 and ended_at < $2 and ${isOwn('$3')}`, [
    from,
    to,
    asParam(own),
  ]);
}

/** Ages, in ms, of those that were open then: nearest rank. What is never mended again adds up, so they are not read one by one. */
export async function openEpisodes(db: Queryable, at: Date, own: Own): Promise<Ranked> {
  const [row] = await db.query<{ n: number; median: Date | null; p90: Date | null; first: Date | null }>(
    `select count(*)::int as n, percentile_disc(0.5) within group (order by started_at desc) as median,
            percentile_disc(0.9) within group (order by started_at desc) as p90, min(started_at) as first
     from (
       select started_at from episodes where ended_at is null and started_at < $1 and ${isOwn('$2')}
       union all
       select started_at from episodes where ended_at >= $1 and started_at < $1 and ${isOwn('$2')}
     ) e`,
    [at, asParam(own)],
  );
  const age = (startedAt: Date | null | undefined) => (startedAt ? at.getTime() - startedAt.getTime() : null);
  return { n: row?.n ?? 0, median: age(row?.median), p90: age(row?.p90), max: age(row?.first) };
}

/** SQL's quantiles, nearest rank. */
export interface Ranked {
  n: number;
  median: number | null;
  p90: number | null;
  p95?: number | null;
  max: number | null;
}

export interface ChangeWithRuns {
  connection: string;
  pipeline: string;
  at: Date;
  /** The first two runs that ended within 24 h after it, each by its last attempt. */
  after: RunNear[] | null;
  /** Of its failures in the 7 days before, the last one of each fingerprint. */
  known: RunNear[] | null;
}

interface RunNear {
  at: string;
  failed: boolean;
  fingerprint: string | null;
  elsewhere: boolean;
}

/** Changes that were put in force in the span, each with what tells whether it broke something. */
export function changes(db: Queryable, { from, to }: Span): Promise<ChangeWithRuns[]> {
  return db.query(
    `select c.connection, c.pipeline, c.at, after.runs as after, before.known
     from changes c
     left join lateral (
       select jsonb_agg(jsonb_build_object('at', coalesce(n.ended_at, n.occurred_at), 'failed', n.status = 'failed', 'fingerprint', n.fingerprint,
                'elsewhere', exists (select from incidents i where i.fingerprint = n.fingerprint
                               and i.cause ->> 'ownerSide' in ('platform', 'upstream', 'quota'))) order by n.occurred_at) as runs
       from (select * from runs r where r.connection = c.connection and r.pipeline = c.pipeline and r.occurred_at > c.at
               and r.occurred_at <= c.at + interval '24 hours' and r.status in ('failed', 'succeeded') and not r.is_replaced
               and not exists (select from runs later where later.attempt > 1 and later.connection = r.connection
                                 and later.pipeline = r.pipeline and later.run = r.run and later.attempt > r.attempt)
             order by r.occurred_at limit 2) n
     ) after on true
     left join lateral (
       select jsonb_agg(jsonb_build_object('at', f.at, 'failed', true, 'fingerprint', f.fingerprint, 'elsewhere', false)) as known
       from (select r.fingerprint, max(r.occurred_at) as at from runs r
             where r.connection = c.connection and r.pipeline = c.pipeline and r.occurred_at <= c.at
               and r.occurred_at > c.at - interval '7 days' and r.status = 'failed' group by 1) f
     ) before on true
     where c.at >= $1 and c.at < $2 and c.kind in ('deployed', 'activated', 'settings')`,
    [from, to],
  );
}

export interface Alert {
  id: string;
  connection: string;
  pipeline: string;
  /** What went wrong first. */
  trouble: Trouble;
  cause: string | null;
  failedAt: Date;
  toldAt: Date | null;
  touchedAt: Date | null;
  recovered: boolean;
  selfServed: boolean;
  members: number;
  /** That Slack shows about it, in channels and to people; edits are none. */
  messages: number;
  /** The first request for help about it, at or after its failure and within 24 h. */
  requestedAt: Date | null;
}

/** Problems that began in the span, each by its first member; without those told in test channels alone. Slack's stamp of a message is in seconds. */
export function alerts(
  db: Queryable,
  { from, to }: Span,
  { team, excludedChannels }: { team: readonly string[]; excludedChannels: readonly string[] },
): Promise<Alert[]> {
  return db.query(
    `select i.incident_id as id, m.connection, m.pipeline, m.trouble, i.cause ->> 'category' as cause, m.first_failed_at as "failedAt",
            told.at as "toldAt", least(taken.at, acted.at) as "touchedAt", i.state = 'recovered' as recovered,
            coalesce(acted.mended, false) as "selfServed", size.n as members, said.n as messages, asked.at as "requestedAt"
     from incidents i
     cross join lateral (select * from incident_members m where m.incident_id = i.incident_id order by m.seq limit 1) m
     cross join lateral (select count(*)::int as n from incident_members m where m.incident_id = i.incident_id) size
     cross join lateral (select count(*)::int as n from posts p where p.incident_id = i.incident_id and p.ts is not null) said
     left join lateral (select to_timestamp(min(ts::numeric)) as at from posts p
       where p.incident_id = i.incident_id and p.role = 'parent' and p.ts is not null) told on true
     left join lateral (select min(acknowledged_at) as at from incident_places p where p.incident_id = i.incident_id) taken on true
     left join lateral (select min(asked_at) as at, bool_or(outcome = 'fixed' and slack_id <> all($3)) as mended from actions x
       where x.incident_id = i.incident_id and x.auto_id is null and x.tried_at is not null) acted on true
     left join lateral (select min(r.asked_at) as at from requests r
       where r.asked_at >= m.first_failed_at and r.asked_at < m.first_failed_at + interval '24 hours'
         and (r.incident_id = i.incident_id or exists (select from incident_members x
           where x.incident_id = i.incident_id and x.connection = r.connection and x.pipeline = r.pipeline))) asked on true
     where i.opened_at >= $1 and i.opened_at < $2 and m.connection <> 'pitcrew'
       and (cardinality($4::text[]) = 0 or not exists (select from posts p where p.incident_id = i.incident_id and p.role = 'parent')
         or exists (select from posts p where p.incident_id = i.incident_id and p.role = 'parent'
                      and p.channel <> all($4) and coalesce(p.channel_id, '') <> all($4)))`,
    [from, to, team, excludedChannels],
  );
}

/** What the logs of problems show that began in the span, of all pipelines and channels. Each is looked up by its id: most are of other weeks. */
export function groups(db: Queryable, { from, to }: Span): Promise<Group[]> {
  const shown = (isFirst: boolean) =>
    `(select fingerprint from log_causes l where l.incident_id = i.incident_id and l.is_first = ${isFirst})`;
  return db.query(
    `select i.incident_id as id, i.opened_at as "openedAt", i.closed_at as "closedAt", ${shown(true)} as first, ${shown(false)} as other,
            (select true from incident_members j where j.incident_id = i.incident_id and j.via = 'same-cause' limit 1) is not null as "isJoined"
     from incidents i where i.opened_at >= $1 and i.opened_at < $2`,
    [from, to],
  );
}

export interface Group {
  id: string;
  openedAt: Date;
  closedAt: Date | null;
  isJoined: boolean;
  first: string | null;
  other: string | null;
}

/** Episodes of these pipelines that were going on at some time since then. */
export function episodesSince(db: Queryable, from: Date, own: Own): Promise<SpanEpisode[]> {
  return db.query(
    `select ${episodeColumns} from episodes where (ended_at is null or ended_at >= $1) and ${isOwn('$2')}`,
    [from, asParam(own)],
  );
}

/** Good runs of these pipelines. */
export function goodRuns(
  db: Queryable,
  { from, to }: Span,
  own: NonNullable<Own>,
): Promise<{ connection: string; pipeline: string; partition: string; startedAt: Date; endedAt: Date }[]> {
  return db.query(
    `select r.connection, r.pipeline, r.partition, coalesce(r.started_at, r.ended_at, r.occurred_at) as "startedAt",
            coalesce(r.ended_at, r.occurred_at) as "endedAt"
     from jsonb_to_recordset($3::jsonb) as w(connection text, pipeline text) join runs r using (connection, pipeline)
     where r.occurred_at >= $1 and r.occurred_at < $2 and r.status = 'succeeded'`,
    [from, to, JSON.stringify(own)],
  );
}

/** Actions that Pitcrew took by itself. `wrong`: another fault came of it, or a person said that it did not help. */
export function automaticActions(
  db: Queryable,
  { from, to }: Span,
): Promise<{ connection: string; pipeline: string; wrong: boolean }[]> {
  return db.query(
    `select a.connection, a.pipeline, a.outcome is not distinct from 'other-cause'
            or exists (select from feedback f where f.subject_kind = 'action' and f.subject_id = a.action_id and f.value < 0) as wrong
     from actions a where a.auto_id is not null and a.tried_at >= $1 and a.tried_at < $2 and a.connection is not null`,
    [from, to],
  );
}

/** Direct messages about problems, by person and local day: how many each got on a day with any. */
export function pings(db: Queryable, { from, to }: Span, timeZone: string): Promise<{ slackId: string; n: number }[]> {
  return db.query(
    `select channel as "slackId", count(*)::int as n from posts
     where role = 'direct' and first_sent_at >= $1 and first_sent_at < $2 and ts is not null
     group by channel, (first_sent_at at time zone $3)::date`,
    [from, to, timeZone],
  );
}

/** Retries that people asked for in the span, and what became of them by its end. */
export function retries(
  db: Queryable,
  { from, to }: Span,
): Promise<
  {
    connection: string;
    pipeline: string;
    cause: string | null;
    outcome: string | null;
    state: string;
    ms: number | null;
  }[]
> {
  return db.query(
    `select a.connection, a.pipeline, i.cause ->> 'category' as cause, a.outcome, a.state,
            case when i.closed_at > a.asked_at then extract(epoch from i.closed_at - a.asked_at) * 1000 end::float8 as ms
     from actions a left join incidents i on i.incident_id = a.incident_id
     where a.kind = 'retry' and a.auto_id is null and a.tried_at is not null and a.asked_at >= $1 and a.asked_at < $2
       and a.connection is not null`,
    [from, to],
  );
}

/** Who took up or mended what in the span, most first; by surrogate. */
export function helpers(
  db: Queryable,
  { from, to }: Span,
  excluded: readonly string[],
): Promise<{ personId: string; helped: number }[]> {
  return db.query(
    `with acts as (
       select p.person_id, place.incident_id from incident_places place join people p on p.slack_id = place.acknowledged_by
       where place.acknowledged_at >= $2 and place.acknowledged_at < $3
       union
       select person_id, incident_id from actions where outcome = 'fixed' and asked_at >= $2 and asked_at < $3 and incident_id is not null
     )
     select a.person_id as "personId", count(*)::int as helped from acts a where ${counts} group by 1 order by 2 desc, 1 limit 100`,
    [excluded, from, to],
  );
}

// What it is worth

/**
 * What people had Pitcrew do or answer in the span, and went well. `problem`: what counts once. Of a large one the whole, not its parts.
 *
 * @param answers names of features by what they are called in settings
 */
export function done(
  db: Queryable,
  { from, to }: Span,
  of: {
    excluded: readonly string[];
    excludedChannels: readonly string[];
    answers: Record<string, string>;
    timeZone: string;
  },
): Promise<{ action: string; problem: string; minutes: number; personId: string }[]> {
  return db.query(
    `select a.kind as action, coalesce(a.incident_id, a.action_id)::text as problem, a.person_id as "personId",
            extract(epoch from coalesce(a.tried_at, a.asked_at) - a.asked_at)::float8 / 60 as minutes
     from actions a
     where a.asked_at >= $2 and a.asked_at < $3 and a.state = 'succeeded' and a.auto_id is null and a.part_of is null and ${counts}
       and (a.channel is null or a.channel <> all($4))
     union all
     select $5::jsonb ->> a.what, concat_ws(' ', a.person_id, a.pipeline, (a.at at time zone $6)::date), a.person_id,
            sum(a.took_ms)::float8 / 60000
     from interactions a
     where a.at >= $2 and a.at < $3 and a.outcome = 'ok' and $5::jsonb ? a.what and ${counts} and (a.channel is null or a.channel <> all($4))
     group by 1, 2, 3`,
    [of.excluded, from, to, of.excludedChannels, JSON.stringify(of.answers), of.timeZone],
  );
}

export function thumbs(
  db: Queryable,
  { from, to }: Span,
  excluded: readonly string[],
): Promise<{ kind: 'diagnosis' | 'action'; rule: string; about: string; personId: string; at: Date; score: number }[]> {
  return db.query(
    `select subject_kind as kind, coalesce(about, 'unknown') as rule, subject_id::text as about, a.person_id as "personId", at, value as score
     from feedback a
     where kind = 'thumb' and at >= $2 and at < $3 and ${counts}`,
    [excluded, from, to],
  );
}

// Weeks as printed

/** @returns undefined where that week was never printed */
export async function printed(db: Queryable, week: string, scope: string): Promise<WeekFigures | undefined> {
  const [row] = await db.query<{ figures: unknown }>(
    'select figures from digest_weeks where week = $1 and scope = $2',
    [week, scope],
  );
  return row && WeekFigures.parse(row.figures);
}

/** The newest week that was printed for the organisation. */
export async function lastPrinted(db: Queryable): Promise<WeekFigures | undefined> {
  const [row] = await db.query<{ figures: unknown }>(
    `select figures from digest_weeks where scope = 'all' order by week desc limit 1`,
  );
  return row && WeekFigures.parse(row.figures);
}

/** Keeps a week as it is printed; what is kept already stays. */
export async function keepPrinted(tx: Queryable, figures: WeekFigures): Promise<void> {
  await tx.query(
    `insert into digest_weeks (week, scope, figures, frozen_at) values ($1, $2, $3, $4) on conflict (week, scope) do nothing`,
    [figures.week, figures.scope, JSON.stringify(figures), figures.frozenAt],
  );
}

// Digests

/** Zones in which these people live, the commonest first; of as common ones the usual one. */
export async function zonesOf(db: Queryable, slackIds: readonly string[], usual: string): Promise<string[]> {
  const rows = await db.query<{ zone: string }>(
    `select time_zone as zone from people where slack_id = any($1) and time_zone is not null and not is_deactivated
     group by 1 order by count(*) desc, time_zone = $2 desc, 1`,
    [slackIds, usual],
  );
  return rows.map(({ zone }) => zone);
}

/** Weeks whose digest was queued for a channel. */
export async function isQueued(db: Queryable, channel: string, week: string): Promise<boolean> {
  return (await db.query('select 1 from digest_posts where channel = $1 and week = $2', [channel, week])).length > 0;
}

/** The one row that says that a channel gets this week's digest. @returns false where somebody was faster */
export async function claimWeek(
  tx: Tx,
  digest: { channel: string; week: string; scope: string; postId: string; chartsAt?: Date },
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into digest_posts (channel, week, scope, post_id, queued_at, charts_at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning week`,
    [digest.channel, digest.week, digest.scope, digest.postId, at, digest.chartsAt ?? null],
  );
  return rows.length > 0;
}

export interface ToDraw {
  channel: string;
  week: string;
  scope: string;
  postId: string;
  queuedAt: Date;
  takenUntil: Date;
}

/** Takes one digest whose charts are to be drawn, so that nobody else does until then, or until `holder` is gone. */
export async function takeToDraw(
  db: Queryable,
  now: Date,
  { until, holder }: { until: Date; holder?: string },
): Promise<ToDraw | undefined> {
  const [row] = await db.query<ToDraw>(
    `update digest_posts d set charts_at = $2, charts_holder = $3 from (
       select channel, week from digest_posts
       where charts_at is not null and case when charts_at <= $1 then true when charts_holder is null then false
         else ${isGone('charts_holder::text')} end
       order by charts_at limit 1 for update skip locked
     ) next where d.channel = next.channel and d.week = next.week
     returning d.channel, d.week, d.scope, d.post_id as "postId", d.queued_at as "queuedAt", d.charts_at as "takenUntil"`,
    [now, until, holder ?? null],
  );
  return row;
}

/** For another time; whoever has it by now keeps it. */
export async function putOffDrawing(db: Queryable, { channel, week, takenUntil }: ToDraw, until: Date): Promise<void> {
  await db.query(
    `update digest_posts set charts_at = $4, charts_holder = null where channel = $1 and week = $2 and charts_at = $3`,
    [channel, week, takenUntil, until],
  );
}

/** @returns false where somebody else has it by now */
export async function drawn(tx: Tx, { channel, week, takenUntil }: ToDraw): Promise<boolean> {
  const rows = await tx.query(
    'update digest_posts set charts_at = null, charts_holder = null where channel = $1 and week = $2 and charts_at = $3 returning week',
    [channel, week, takenUntil],
  );
  return rows.length > 0;
}

/** Whether anything was heard or done before then. */
export async function isAnythingBefore(db: Queryable, day: string): Promise<boolean> {
  const [row] = await db.query<{ is: boolean }>(
    `select exists (select from run_days where day < $1::date) or exists (select from activity_days where day < $1::date) as is`,
    [day],
  );
  return row?.is ?? false;
}

/** Names by surrogate, of those who are still known. */
export async function namesOfPeople(db: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>(
    'select person_id as id, name from people where person_id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
