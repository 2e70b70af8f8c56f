import { z } from 'zod';
import type { SeenEdge } from '../domain/downstream';
import { type DisplayState, displayState, type MemberState, type Trouble } from '../domain/incident';
import type { PipelineRef } from '../domain/pipeline';
import type { LastRun } from '../domain/pipeline-status';
import type { RunStatus } from '../domain/run';
import type { Queryable } from './db';
import type { Condition } from './due';

// Reads for the questions about pipelines. Each takes any number of pipelines and asks once; answers stand in the order asked.

/** Of one run this many attempts and more may stand between its neighbours before a list of runs gets shorter than wanted. */
const attemptsPerRun = 4;

export interface NewestState {
  state: RunStatus;
  hasOpenIncident: boolean;
}

/** The state of the newest run and whether an incident is open, for sorting thousands of pipelines. */
export function findNewestStates(db: Queryable, refs: readonly PipelineRef[]): Promise<NewestState[]> {
  return db.query<NewestState>(
    `select coalesce(newest.status, 'unknown') as state,
            exists (select 1 from incident_members
                    where connection = asked.connection and pipeline = asked.pipeline and state in ('failed', 'running'))
              as "hasOpenIncident"
     from unnest($1::text[], $2::text[]) with ordinality as asked (connection, pipeline, nth)
     left join lateral (
       select status from runs
       where connection = asked.connection and pipeline = asked.pipeline
       order by occurred_at desc limit 1
     ) newest on true
     order by asked.nth`,
    columns(refs),
  );
}

interface RunRow {
  nth: number;
  run: string;
  attempt: number;
  status: RunStatus;
  partition: string;
  startedAt: Date | null;
  endedAt: Date | null;
  url: string | null;
}

/** The last runs of each, newest first; of a run that was tried again only its newest attempt. */
export async function findLastRuns(
  db: Queryable,
  refs: readonly PipelineRef[],
  perPipeline: number,
): Promise<LastRun[][]> {
  const rows = await db.query<RunRow>(
    `select asked.nth - 1 as nth, last.run, last.attempt, last.status, last.partition,
            last.started_at as "startedAt", last.ended_at as "endedAt", last.url
     from unnest($1::text[], $2::text[]) with ordinality as asked (connection, pipeline, nth)
     cross join lateral (
       select * from (
         select *, row_number() over (partition by run order by attempt desc) as newest from (
           select run, attempt, status, partition, started_at, ended_at, url, occurred_at from runs
           where connection = asked.connection and pipeline = asked.pipeline
           order by occurred_at desc limit $4
         ) lately
       ) numbered
       where newest = 1 order by occurred_at desc limit $3
     ) last
     order by asked.nth, last.occurred_at desc, last.run`,
    [...columns(refs), perPipeline, perPipeline * attemptsPerRun],
  );
  const found: LastRun[][] = refs.map(() => []);
  for (const { nth, run, attempt, status, partition, startedAt, endedAt, url } of rows) {
    found[nth]?.push({
      run,
      attempt,
      status,
      partition: partition === '' ? undefined : partition,
      startedAt: startedAt ?? undefined,
      endedAt: endedAt ?? undefined,
      url: url ?? undefined,
    });
  }
  return found;
}

/** Of the stored diagnosis, the line to show in a list. */
const CauseLine = z
  .object({ causeLine: z.string() })
  .transform((cause) => cause.causeLine)
  .optional()
  .catch(undefined);

interface OpenRow {
  nth: number;
  incidentId: string;
  since: Date;
  troubles: Trouble[];
  states: MemberState[];
  acting: boolean;
  acknowledged: boolean;
  muted: boolean;
  cause: unknown;
  error: string | null;
  channelId: string | null;
  ts: string | null;
}

export interface OpenIncident {
  incidentId: string;
  state: DisplayState;
  since: Date;
  causeLine?: string;
  /** Where its message stands in Slack, once it does. */
  message?: { channelId: string; ts: string };
}

/** The open incident of each; where partitions of one pipeline stand in several, the one with the newest trouble. */
export async function findOpenIncidents(
  db: Queryable,
  refs: readonly PipelineRef[],
  now: Date,
): Promise<(OpenIncident | undefined)[]> {
  const rows = await db.query<OpenRow>(
    `select asked.nth - 1 as nth, newest.incident_id as "incidentId", newest.since, newest.troubles, newest.states, newest.error,
            case when newest.via = 'downstream' then null else incidents.cause end as cause,
            exists (select 1 from actions where incident_id = newest.incident_id
                      and state in ('asked', 'performing', 'following')) as acting,
            place.acknowledged_at is not null as acknowledged,
            coalesce(place.muted_until > $3, false) as muted,
            parent.channel_id as "channelId", parent.ts
     from unnest($1::text[], $2::text[]) with ordinality as asked (connection, pipeline, nth)
     cross join lateral (
       select incident_id, min(first_failed_at) as since, max(last_failed_at) as newest_trouble,
              array_agg(trouble) as troubles, array_agg(state) as states,
              (array_agg(error order by last_failed_at desc))[1] as error,
              (array_agg(via order by last_failed_at desc))[1] as via,
              (array_agg(channel order by last_failed_at desc))[1] as channel
       from incident_members
       where connection = asked.connection and pipeline = asked.pipeline and state in ('failed', 'running')
       group by incident_id order by newest_trouble desc limit 1
     ) newest
     join incidents on incidents.incident_id = newest.incident_id
     left join incident_places place on place.incident_id = newest.incident_id and place.channel = newest.channel
     left join posts parent on parent.incident_id = newest.incident_id and parent.channel = newest.channel
       and parent.role = 'parent' and parent.ts is not null`,
    [...columns(refs), now],
  );
  const found: (OpenIncident | undefined)[] = refs.map(() => undefined);
  for (const row of rows) {
    found[row.nth] = {
      incidentId: row.incidentId,
      state: displayState({
        incident: { state: 'open' },
        members: row.states.map((state, index) => ({ state, trouble: row.troubles[index] ?? 'failed' })),
        acting: row.acting,
        acknowledged: row.acknowledged,
        flapping: false,
        muted: row.muted,
      }),
      since: row.since,
      causeLine: CauseLine.parse(row.cause ?? undefined) ?? row.error?.split('\n')[0],
      message: row.channelId && row.ts ? { channelId: row.channelId, ts: row.ts } : undefined,
    };
  }
  return found;
}

/** What is stored of one attempt of a run; the newest attempt when none is named. */
export async function findRun(
  db: Queryable,
  ref: { pipeline: PipelineRef; run: string; attempt?: number },
): Promise<{ attempt: number; step?: string; url?: string; logUrl?: string } | undefined> {
  const [row] = await db.query<{ attempt: number; step: string | null; url: string | null; logUrl: string | null }>(
    `select attempt, step, url, log_url as "logUrl" from runs
     where connection = $1 and pipeline = $2 and run = $3 and attempt = coalesce($4::int, attempt)
     order by attempt desc limit 1`,
    [ref.pipeline.connection, ref.pipeline.key, ref.run, ref.attempt ?? null],
  );
  return (
    row && {
      attempt: row.attempt,
      step: row.step ?? undefined,
      url: row.url ?? undefined,
      logUrl: row.logUrl ?? undefined,
    }
  );
}

/** Was it ever told that something hangs on something? */
export const isAnyEdge: Condition = () => 'exists (select from edges)';

/** Longest way from a pipeline to what waits for it, in edges; a guard against endless graphs. */
const farthestEdges = 24;

/** More edges than people would look at; a guard as well. */
const mostEdges = 5_000;

/**
 * The edges below these nodes, each as it was last told by any source.
 * @param more edges that stand nowhere in the table, as of `at`
 */
export function edgesBelow(
  db: Queryable,
  roots: readonly string[],
  more: readonly { from: string; to: string }[],
  at: Date,
): Promise<SeenEdge[]> {
  return db.query<SeenEdge>(
    `with recursive
       more as (select from_node, to_node from unnest($2::text[], $3::text[]) as said (from_node, to_node)),
       walk (node, depth) as (
         select root, 0 from unnest($1::text[]) as roots (root)
         union
         select next.to_node, walk.depth + 1 from walk
         cross join lateral (
           select to_node from edges where from_node = walk.node
           union select to_node from more where from_node = walk.node
         ) next
         where walk.depth < $4
       ),
       reached as (select distinct node from walk)
     select below.from_node as "from", below.to_node as "to", max(below.seen_at) as "seenAt"
     from reached cross join lateral (
       select from_node, to_node, seen_at from edges where from_node = reached.node
       union all select from_node, to_node, $5::timestamptz from more where from_node = reached.node
     ) below
     group by 1, 2 order by 1, 2 limit $6`,
    [roots, more.map((edge) => edge.from), more.map((edge) => edge.to), farthestEdges, at, mostEdges],
  );
}

function columns(refs: readonly PipelineRef[]): [string[], string[]] {
  return [refs.map(({ connection }) => connection), refs.map(({ key }) => key)];
}
