import type { Diagnosis } from '../domain/diagnosis';
import type { Incident, Member } from '../domain/incident';
import type { Queryable, Tx } from './db';

/** An Incident as stored: with its cause and where it is shown. */
export interface StoredIncident extends Incident {
  cause?: Diagnosis;
  reason: string;
  members: StoredMember[];
  places: Place[];
}

export interface StoredMember extends Member {
  /** The channel in which it is shown. */
  channel?: string;
}

export interface Place {
  channel: string;
  routedBy: string;
  mention?: string;
  threads: boolean;
  acknowledgedBy?: string;
  acknowledgedAt?: Date;
  mutedBy?: string;
  mutedUntil?: Date;
  createdAt: Date;
}

const memberColumns = `m.incident_id as "incidentId", m.connection, m.pipeline, m.partition, m.trouble, m.state, m.via, m.run, m.attempt, m.step,
  m.error, m.url, m.log_url as "logUrl", m.owner, m.started_at as "startedAt", m.first_failed_at as "firstFailedAt",
  m.last_failed_at as "lastFailedAt", m.failures, m.ended_at as "endedAt", m.channel`;

const placeColumns = `p.incident_id as "incidentId", p.channel, p.routed_by as "routedBy", p.mention, p.threads,
  p.acknowledged_by as "acknowledgedBy", p.acknowledged_at as "acknowledgedAt", p.muted_by as "mutedBy",
  p.muted_until as "mutedUntil", p.created_at as "createdAt"`;

/** SQL's null is our undefined. */
function known<T extends object>(row: T): T {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (value !== null) copy[name] = value;
  return copy as T;
}

/** Whole incidents by id, oldest first; locked for this transaction when asked. */
export async function load(tx: Queryable, ids: string[], lock: boolean): Promise<StoredIncident[]> {
  if (ids.length === 0) return [];
  const incidents = await tx.query<{
    id: string;
    state: Incident['state'];
    openedAt: Date;
    closedAt: Date | null;
    fingerprint: string | null;
    cause: Diagnosis | null;
    reason: string;
  }>(
    `select incident_id as id, state, opened_at as "openedAt", closed_at as "closedAt", fingerprint, cause, reason
     from incidents where incident_id = any($1::uuid[]) order by seq ${lock ? 'for update' : ''}`,
    [ids],
  );
  const members = await tx.query<StoredMember & { incidentId: string }>(
    `select ${memberColumns} from incident_members m where m.incident_id = any($1::uuid[]) order by m.seq`,
    [ids],
  );
  const places = await tx.query<Place & { incidentId: string }>(
    `select ${placeColumns} from incident_places p where p.incident_id = any($1::uuid[]) order by p.created_at, p.channel`,
    [ids],
  );
  return incidents.map((row) => ({
    ...known(row as StoredIncident),
    members: members.filter((member) => member.incidentId === row.id).map(withoutIncidentId),
    places: places.filter((place) => place.incidentId === row.id).map(withoutIncidentId),
  }));
}

function withoutIncidentId<T extends { incidentId: string }>(row: T): Omit<T, 'incidentId'> {
  const { incidentId: _incidentId, ...rest } = known(row);
  return rest;
}

/** Ids of incidents that could take an event in: by member, lately closed member, cause, and open members of what feeds it. */
export async function findCandidates(
  tx: Tx,
  wanted: {
    members: { connection: string; pipeline: string; partition: string }[];
    closedSince: Date;
    fingerprints: string[];
    causeSince: Date;
    upstream: { connection: string; pipeline: string }[];
  },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select m.incident_id as id
       from jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text, partition text)
       join incident_members m on m.connection = w.connection and m.pipeline = w.pipeline and m.partition = w.partition
       join incidents i on i.incident_id = m.incident_id
      where i.state = 'open' or i.closed_at >= $2
     union
     select incident_id from incidents where state = 'open' and fingerprint = any($3::text[])
        and exists (select from incident_members m where m.incident_id = incidents.incident_id and m.last_failed_at >= $4)
     union
     select m.incident_id
       from jsonb_to_recordset($5::jsonb) as u(connection text, pipeline text)
       join incident_members m on m.connection = u.connection and m.pipeline = u.pipeline
      where m.state in ('failed', 'running')`,
    [
      JSON.stringify(wanted.members),
      wanted.closedSince,
      wanted.fingerprints,
      wanted.causeSince,
      JSON.stringify(wanted.upstream),
    ],
  );
  return rows.map((row) => row.id);
}

export async function save(tx: Tx, incidents: StoredIncident[], at: Date): Promise<void> {
  if (incidents.length === 0) return;
  await tx.query(
    `insert into incidents (incident_id, state, opened_at, closed_at, fingerprint, cause, reason, saved_at)
     select i.id, i.state, i."openedAt", i."closedAt", i.fingerprint, i.cause, i.reason, $2
     from jsonb_to_recordset($1::jsonb) as i(id uuid, state text, "openedAt" timestamptz, "closedAt" timestamptz,
       fingerprint text, cause jsonb, reason text)
     on conflict (incident_id) do update set state = excluded.state, closed_at = excluded.closed_at,
       fingerprint = excluded.fingerprint, cause = excluded.cause, saved_at = excluded.saved_at`,
    [JSON.stringify(incidents.map(({ members: _members, places: _places, ...incident }) => incident)), at],
  );
  await tx.query(
    `insert into incident_members as m (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, step, error,
       url, log_url, owner, started_at, first_failed_at, last_failed_at, failures, ended_at, channel)
     select e."incidentId", e.connection, e.pipeline, e.partition, e.trouble, e.state, e.via, e.run, e.attempt, e.step, e.error,
       e.url, e."logUrl", e.owner, e."startedAt", e."firstFailedAt", e."lastFailedAt", e.failures, e."endedAt", e.channel
     from jsonb_to_recordset($1::jsonb) as e("incidentId" uuid, connection text, pipeline text, partition text, trouble text,
       state text, via text, run text, attempt int, step text, error text, url text, "logUrl" text, owner text,
       "startedAt" timestamptz, "firstFailedAt" timestamptz, "lastFailedAt" timestamptz, failures int, "endedAt" timestamptz,
       channel text)
     on conflict (incident_id, connection, pipeline, partition) do update set trouble = excluded.trouble, state = excluded.state,
       run = excluded.run, attempt = excluded.attempt, step = excluded.step, error = excluded.error, url = excluded.url,
       log_url = excluded.log_url, owner = excluded.owner, started_at = excluded.started_at,
       last_failed_at = excluded.last_failed_at, failures = excluded.failures, ended_at = excluded.ended_at
     where (m.state, m.run, m.attempt, m.failures, m.trouble) is distinct from
           (excluded.state, excluded.run, excluded.attempt, excluded.failures, excluded.trouble)
        or (m.error, m.step, m.url, m.log_url, m.owner) is distinct from
           (excluded.error, excluded.step, excluded.url, excluded.log_url, excluded.owner)
        or m.ended_at is distinct from excluded.ended_at`,
    [
      JSON.stringify(
        incidents.flatMap((incident) => incident.members.map((member) => ({ ...member, incidentId: incident.id }))),
      ),
    ],
  );
  await tx.query(
    `insert into incident_places (incident_id, channel, routed_by, mention, threads, created_at)
     select p."incidentId", p.channel, p."routedBy", p.mention, p.threads, p."createdAt"
     from jsonb_to_recordset($1::jsonb) as p("incidentId" uuid, channel text, "routedBy" text, mention text, threads boolean,
       "createdAt" timestamptz)
     on conflict (incident_id, channel) do nothing`,
    [
      JSON.stringify(
        incidents.flatMap((incident) => incident.places.map((place) => ({ ...place, incidentId: incident.id }))),
      ),
    ],
  );
}

export async function savePlace(tx: Tx, incidentId: string, place: Place): Promise<void> {
  await tx.query(
    `update incident_places set acknowledged_by = $3, acknowledged_at = $4, muted_by = $5, muted_until = $6
     where incident_id = $1 and channel = $2`,
    [
      incidentId,
      place.channel,
      place.acknowledgedBy ?? null,
      place.acknowledgedAt ?? null,
      place.mutedBy ?? null,
      place.mutedUntil ?? null,
    ],
  );
}

/** Serialises deciders over the keys that a batch touches. Sorted, so that two batches never wait for each other. */
export async function lockKeys(tx: Tx, keys: string[]): Promise<void> {
  const sorted = [...new Set(keys)].sort();
  await tx.query(`select pg_advisory_xact_lock(hashtextextended(k, 7)) from (select unnest($1::text[]) as k) keys`, [
    sorted,
  ]);
}

/** Open incidents whose run and log nobody has read yet. */
export async function uninvestigated(db: Queryable, since: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select incident_id as id from incidents where investigated_at is null and opened_at >= $1 order by seq limit $2`,
    [since, limit],
  );
  return rows.map(({ id }) => id);
}

export async function markInvestigated(db: Queryable, incidentId: string, at: Date): Promise<void> {
  await db.query(`update incidents set investigated_at = $2 where incident_id = $1`, [incidentId, at]);
}
