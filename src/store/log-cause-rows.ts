import type { Queryable } from './db';
import type { MemberKey } from './incident-rows';

/** What the log of the one that failed first shows; none = it shows no cause. The log that was read last holds. */
export async function keepFirst(
  db: Queryable,
  { incidentId, member, fingerprint }: { incidentId: string; member: MemberKey; fingerprint?: string },
  at: Date,
): Promise<void> {
  await db.query(
    `insert into log_causes (incident_id, is_first, connection, pipeline, partition, fingerprint, read_at) values ($1, true, $2, $3, $4, $5, $6)
     on conflict (incident_id, is_first) do update set fingerprint = excluded.fingerprint, read_at = excluded.read_at`,
    [incidentId, member.connection, member.pipeline, member.partition, fingerprint ?? null, at],
  );
}

/** A run that joined a problem by its cause, as it failed then. */
export interface Other {
  incidentId: string;
  connection: string;
  pipeline: string;
  run: string;
  attempt: number;
  step: string | null;
}

/**
 * Of the problems of this week that others joined by their cause, the `drawn` with the lowest ids, which are random; of these one that
 * nothing joins any more, of which nothing was compared yet: one of those that joined, drawn by lot. Whoever gets it reads it, and nobody else.
 */
export async function claimOther(
  db: Queryable,
  { from, to, since, quietSince, drawn }: { from: Date; to: Date; since: Date; quietSince: Date; drawn: number },
  at: Date,
): Promise<Other | undefined> {
  const [other] = await db.query<Other>(
    `with drawn as (
       select incident_id, opened_at, last_failed_at from incidents i where opened_at >= $1 and opened_at < $2
         and exists (select from incident_members j where j.incident_id = i.incident_id and j.via = 'same-cause')
       order by incident_id limit $5
     ), other as (
       select m.* from drawn d
       join log_causes f on f.incident_id = d.incident_id and f.is_first and f.fingerprint is not null
       cross join lateral (
         select j.incident_id, j.connection, j.pipeline, j.partition, coalesce(r.run, j.run) as run, coalesce(r.attempt, j.attempt) as attempt,
                case when r.run is null then j.step else r.step end as step
         from incident_members j
         left join lateral (
           select run, attempt, step from runs r where r.connection = j.connection and r.pipeline = j.pipeline and r.partition = j.partition
             and r.occurred_at = j.first_failed_at and r.status = 'failed' order by run, attempt limit 1
         ) r on true
         where j.incident_id = d.incident_id and j.via = 'same-cause' and (r.run is not null or j.failures = 1)
           and j.trouble <> 'late'
         order by md5(j.incident_id::text || j.connection || j.pipeline || j.partition) limit 1
       ) m
       where d.opened_at >= $3 and d.last_failed_at < $4
         and not exists (select from log_causes l where l.incident_id = d.incident_id and not l.is_first)
       limit 1
     ), claimed as (
       insert into log_causes (incident_id, is_first, connection, pipeline, partition, read_at)
       select incident_id, false, connection, pipeline, partition, $6 from other
       on conflict do nothing returning incident_id
     )
     select incident_id as "incidentId", connection, pipeline, run, attempt, step from other join claimed using (incident_id)`,
    [from, to, since, quietSince, drawn, at],
  );
  return other;
}

export async function keepOther(db: Queryable, incidentId: string, fingerprint: string, at: Date): Promise<void> {
  await db.query(`update log_causes set fingerprint = $2, read_at = $3 where incident_id = $1 and not is_first`, [
    incidentId,
    fingerprint,
    at,
  ]);
}

/** It is drawn again. */
export async function unclaimOther(db: Queryable, incidentId: string): Promise<void> {
  await db.query(`delete from log_causes where incident_id = $1 and not is_first`, [incidentId]);
}
