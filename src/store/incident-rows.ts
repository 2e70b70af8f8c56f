import { Closing } from '../domain/closing';
import type { Diagnosis } from '../domain/diagnosis';
import { Flapping } from '../domain/flapping';
import type { Incident, Member, MemberState, Rest, Trouble } from '../domain/incident';
import type { ListedPipeline } from '../domain/pipeline-list';
import type { EveryKey } from '../lib/every-key';
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
  m.last_failed_at as "lastFailedAt", m.failures, m.troubles, m.ended_at as "endedAt", m.closing, m.channel`;

const placeColumns = `p.incident_id as "incidentId", p.channel, p.routed_by as "routedBy", p.mention, p.threads,
  p.acknowledged_by as "acknowledgedBy", p.acknowledged_at as "acknowledgedAt", p.muted_by as "mutedBy",
  p.muted_until as "mutedUntil", p.created_at as "createdAt"`;

const incidentColumns = `incident_id as id, state, opened_at as "openedAt", last_failed_at as "lastFailedAt", closed_at as "closedAt",
  fingerprint, cause, reason, flappers`;

/** SQL's null is our undefined. */
function known<T extends object>(row: object): T {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (value !== null) copy[name] = value;
  return copy as T;
}

export interface MemberKey {
  connection: string;
  pipeline: string;
  partition: string;
}

/**
 * Incidents by id, oldest first; locked for this transaction when asked.
 *
 * @param about only these members are read, and the others counted in `rest`; none = no member is read or counted; left out = all
 */
export async function load(
  tx: Queryable,
  ids: string[],
  lock: boolean,
  about?: MemberKey[],
): Promise<StoredIncident[]> {
  if (ids.length === 0) return [];
  const incidents = await tx.query<IncidentRow>(
    `select ${incidentColumns} from incidents where incident_id = any($1::uuid[]) order by seq ${lock ? 'for update' : ''}`,
    [ids],
  );
  // What hangs on them is read after the lock, as it is by then, and comes as JSON: the driver reads each column of a row by itself.
  const [found] = await tx.query<{ members: MemberRow[] | null; rest: RestRow[] | null; places: PlaceRow[] | null }>(
    `with about as materialized (
       select * from jsonb_to_recordset($2::jsonb) as a(connection text, pipeline text, partition text)
     )
     select
       (select json_agg(m) from (
         select ${memberColumns} from ${about ? 'about join incident_members m using (connection, pipeline, partition)' : 'incident_members m'}
         where m.incident_id = any($1::uuid[]) order by m.seq) m) as members,
       (select json_agg(r) from (
         select m.incident_id as "incidentId", count(*)::int as count,
                count(*) filter (where m.state in ('failed', 'running'))::int as live,
                count(*) filter (where m.state = 'recovered')::int as recovered, max(m.ended_at) as "lastEndedAt"
         from incident_members m left join about a using (connection, pipeline, partition)
         where exists (select from about) and m.incident_id = any($1::uuid[]) and a.pipeline is null group by 1) r) as rest,
       (select json_agg(p) from (
         select ${placeColumns} from incident_places p where p.incident_id = any($1::uuid[]) order by p.created_at, p.channel) p) as places`,
    [ids, JSON.stringify(about ?? [])],
  );
  const members = groupBy(found?.members ?? []);
  const rest = new Map((found?.rest ?? []).map(({ incidentId, ...row }) => [incidentId, row]));
  const places = groupBy(found?.places ?? []);
  return incidents.map((row) => ({
    ...toIncident(row, places.get(row.id) ?? []),
    members: (members.get(row.id) ?? []).map(toMember),
    rest: toRest(rest.get(row.id)),
  }));
}

function toIncident(row: IncidentRow, places: readonly PlaceRow[]): StoredIncident {
  return {
    ...known<StoredIncident>(row),
    ...(row.flappers ? { flappers: row.flappers.map((each) => Flapping.parse(each)) } : {}),
    members: [],
    places: places.map(toPlace),
  };
}

/** A time as the driver brings it, or in a value that came as JSON. */
type Time = Date | string;
const timeOf = (time: Time | null | undefined): Date | undefined => (time ? new Date(time) : undefined);

type IncidentRow = Omit<StoredIncident, 'members' | 'places' | 'rest'>;
type MemberRow = Omit<StoredMember, 'startedAt' | 'firstFailedAt' | 'lastFailedAt' | 'endedAt' | 'troubles'> & {
  incidentId: string;
  startedAt?: Time | null;
  firstFailedAt: Time;
  lastFailedAt: Time;
  endedAt?: Time | null;
  troubles: Time[];
};
type PlaceRow = Omit<Place, 'acknowledgedAt' | 'mutedUntil' | 'createdAt'> & {
  incidentId: string;
  acknowledgedAt?: Time | null;
  mutedUntil?: Time | null;
  createdAt: Time;
};

type RestRow = Omit<Rest, 'lastEndedAt'> & { incidentId: string; lastEndedAt: string | null };

function toRest(row: Omit<RestRow, 'incidentId'> | undefined): Rest | undefined {
  return row && { ...row, lastEndedAt: timeOf(row.lastEndedAt) };
}

function groupBy<T extends { incidentId: string }>(rows: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.incidentId);
    if (group) group.push(row);
    else groups.set(row.incidentId, [row]);
  }
  return groups;
}

/** Key by key: a batch reads hundreds of them, and of an object that is put together name by name every copy costs several times as much. */
function toMember(row: MemberRow): StoredMember {
  const member: EveryKey<StoredMember> = {
    connection: row.connection,
    pipeline: row.pipeline,
    partition: row.partition,
    trouble: row.trouble,
    state: row.state,
    via: row.via,
    run: row.run,
    attempt: row.attempt,
    step: row.step ?? undefined,
    error: row.error ?? undefined,
    url: row.url ?? undefined,
    logUrl: row.logUrl ?? undefined,
    owner: row.owner ?? undefined,
    startedAt: timeOf(row.startedAt),
    firstFailedAt: new Date(row.firstFailedAt),
    lastFailedAt: new Date(row.lastFailedAt),
    troubles: row.troubles.map((time) => new Date(time)),
    failures: row.failures,
    endedAt: timeOf(row.endedAt),
    closing: row.closing ? Closing.parse(row.closing) : undefined,
    channel: row.channel ?? undefined,
  };
  return member;
}

function toPlace(row: PlaceRow): Place {
  const { incidentId: _incidentId, acknowledgedAt, mutedUntil, createdAt, ...place } = known<PlaceRow>(row);
  const times = { acknowledgedAt: timeOf(acknowledgedAt), mutedUntil: timeOf(mutedUntil) };
  return { ...place, ...known<typeof times>(times), createdAt: new Date(createdAt) };
}

/** Of a member that comes back again and again, this many of its incidents are looked at, newest first. */
const incidentsPerMember = 10;

/**
 * What could take an event in. `ids`: incidents that are open, or were closed since, and hold one of the members; open ones
 * with the cause; open ones with a live member of what feeds it. `feeding`: of these last, one live member for each pipeline.
 */
export async function findCandidates(
  tx: Tx,
  wanted: {
    members: (MemberKey & { closedSince: Date })[];
    fingerprints: string[];
    causeSince: Date;
    upstream: { connection: string; pipeline: string }[];
  },
): Promise<{ ids: string[]; feeding: MemberKey[] }> {
  const holding = await tx.query<{ id: string }>(
    `select m.incident_id as id
       from jsonb_to_recordset($1::jsonb) as w(connection text, pipeline text, partition text, "closedSince" timestamptz)
       cross join lateral (
         select incident_id from incident_members h
         where h.connection = w.connection and h.pipeline = w.pipeline and h.partition = w.partition
         order by h.last_failed_at desc limit ${incidentsPerMember}
       ) m
       join incidents i on i.incident_id = m.incident_id
      where i.state = 'open' or i.closed_at >= w."closedSince"
     union
     select incident_id from incidents where state = 'open' and fingerprint = any($2::text[]) and last_failed_at >= $3`,
    [JSON.stringify(wanted.members), wanted.fingerprints, wanted.causeSince],
  );
  const feeding = wanted.upstream.length
    ? await tx.query<MemberKey & { id: string }>(
        `select distinct on (m.incident_id, m.connection, m.pipeline) m.incident_id as id, m.connection, m.pipeline, m.partition
           from jsonb_to_recordset($1::jsonb) as u(connection text, pipeline text)
           join incident_members m on m.connection = u.connection and m.pipeline = u.pipeline
            and m.state in ('failed', 'running')
           left join jsonb_to_recordset($2::jsonb) as w(connection text, pipeline text, partition text)
             on w.connection = m.connection and w.pipeline = m.pipeline and w.partition = m.partition
          where w.pipeline is null
          order by 1, 2, 3`,
        [JSON.stringify(wanted.upstream), JSON.stringify(wanted.members)],
      )
    : [];
  return { ids: [...new Set([...holding, ...feeding].map(({ id }) => id))], feeding };
}

/** Saves the incidents, and of their members, places and cause what is given; the others stay as they are. */
export async function save(tx: Tx, incidents: StoredIncident[], at: Date): Promise<void> {
  if (incidents.length === 0) return;
  await tx.query(
    `insert into incidents (incident_id, state, opened_at, last_failed_at, closed_at, fingerprint, cause, reason, saved_at, flappers, flapping, calm_at)
     select i.id, i.state, i."openedAt", i."lastFailedAt", i."closedAt", i.fingerprint, i.cause, i.reason, $2, i.flappers,
            i.flappers -> 0, (i.flappers -> 0 ->> 'calmAt')::timestamptz
     from jsonb_to_recordset($1::jsonb) as i(id uuid, state text, "openedAt" timestamptz, "lastFailedAt" timestamptz,
       "closedAt" timestamptz, fingerprint text, cause jsonb, reason text, flappers jsonb)
     on conflict (incident_id) do update set state = excluded.state, last_failed_at = excluded.last_failed_at,
       closed_at = excluded.closed_at, fingerprint = excluded.fingerprint, cause = coalesce(excluded.cause, incidents.cause), saved_at = excluded.saved_at,
       flappers = excluded.flappers, flapping = excluded.flapping, calm_at = excluded.calm_at`,
    [JSON.stringify(incidents.map(({ members: _members, places: _places, rest: _rest, ...incident }) => incident)), at],
  );
  const hit = incidents.flatMap(({ id, members }) => (members.length > 0 ? [{ id, members }] : []));
  if (hit.length > 0) await saveMembers(tx, hit);
  const places = incidents.flatMap((incident) =>
    incident.places.map((place) => ({ ...place, incidentId: incident.id })),
  );
  if (places.length === 0) return;
  await tx.query(
    `insert into incident_places (incident_id, channel, routed_by, mention, threads, created_at, muted_by, muted_until)
     select p."incidentId", p.channel, p."routedBy", p.mention, p.threads, p."createdAt", p."mutedBy", p."mutedUntil"
     from jsonb_to_recordset($1::jsonb) as p("incidentId" uuid, channel text, "routedBy" text, mention text, threads boolean,
       "createdAt" timestamptz, "mutedBy" text, "mutedUntil" timestamptz)
     on conflict (incident_id, channel) do nothing`,
    [JSON.stringify(places)],
  );
}

async function saveMembers(tx: Tx, hit: Pick<StoredIncident, 'id' | 'members'>[]): Promise<void> {
  await tx.query(
    `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, step, error,
       url, log_url, owner, started_at, first_failed_at, last_failed_at, failures, ended_at, channel, troubles, closing)
     select hit.id, e.connection, e.pipeline, e.partition, e.trouble, e.state, e.via, e.run, e.attempt, e.step, e.error,
       e.url, e."logUrl", e.owner, e."startedAt", e."firstFailedAt", e."lastFailedAt", e.failures, e."endedAt", e.channel, e.troubles, e.closing
     from jsonb_to_recordset($1::jsonb) as hit(id uuid, members jsonb)
     cross join lateral jsonb_to_recordset(hit.members) as e(connection text, pipeline text, partition text, trouble text,
       state text, via text, run text, attempt int, step text, error text, url text, "logUrl" text, owner text,
       "startedAt" timestamptz, "firstFailedAt" timestamptz, "lastFailedAt" timestamptz, failures int, "endedAt" timestamptz,
       channel text, troubles timestamptz[], closing jsonb)
     on conflict (incident_id, connection, pipeline, partition) do update set trouble = excluded.trouble, state = excluded.state,
       run = excluded.run, attempt = excluded.attempt, step = excluded.step, error = excluded.error, url = excluded.url,
       log_url = excluded.log_url, owner = excluded.owner, started_at = excluded.started_at,
       last_failed_at = excluded.last_failed_at, failures = excluded.failures, ended_at = excluded.ended_at,
       troubles = excluded.troubles, closing = excluded.closing`,
    [JSON.stringify(hit)],
  );
}

/** Fills what is not known yet of the members that a run is of. @returns whether there was anything to fill */
export async function fillMembers(
  tx: Tx,
  incidentId: string,
  run: Pick<Member, 'connection' | 'pipeline' | 'run' | 'attempt'> &
    Partial<Pick<Member, 'error' | 'step' | 'url' | 'logUrl' | 'owner' | 'startedAt'>>,
): Promise<boolean> {
  const rows = await tx.query(
    `update incident_members set error = coalesce(error, $6), step = coalesce(step, $7), url = coalesce(url, $8),
       log_url = coalesce(log_url, $9), owner = coalesce(owner, $10), started_at = coalesce(started_at, $11)
     where incident_id = $1 and connection = $2 and pipeline = $3 and run = $4 and attempt = $5
       and (error is null and $6::text is not null or step is null and $7::text is not null
         or url is null and $8::text is not null or log_url is null and $9::text is not null
         or owner is null and $10::text is not null or started_at is null and $11::timestamptz is not null)
     returning incident_id`,
    [
      incidentId,
      run.connection,
      run.pipeline,
      run.run,
      run.attempt,
      run.error ?? null,
      run.step ?? null,
      run.url ?? null,
      run.logUrl ?? null,
      run.owner ?? null,
      run.startedAt ?? null,
    ],
  );
  return rows.length > 0;
}

/** That a channel shows the member because of a subscription. */
const isSubscribedIn = (channel: string): string =>
  `exists (select from subscribed_members s where s.incident_id = m.incident_id and s.channel = ${channel}
           and s.connection = m.connection and s.pipeline = m.pipeline and s.partition = m.partition)`;

/** How many members stand how, in this channel and elsewhere. */
export interface Standing {
  isHere: boolean;
  state: MemberState;
  trouble: Trouble;
  count: number;
}

const standingsFrom = (channel: string): string =>
  `select m.channel is not distinct from ${channel} or ${isSubscribedIn(channel)} as "isHere", state, trouble, count(*)::int as count
   from incident_members m where m.incident_id = $1 group by 1, 2, 3`;

const isShownIn = (channel: string): string => `(m.channel = ${channel} or ${isSubscribedIn(channel)})`;

/** What is still wrong before what is over, causes before what hangs on them, the first before the later. */
const heaviestFirst = `m.state not in ('failed', 'running'), m.via = 'downstream', m.first_failed_at, m.seq`;

/** What the alert of one channel is about. */
export interface Shown {
  incident: StoredIncident;
  standings: Standing[];
  /** The members that matter most of those that the channel shows, else the one of the whole incident that does. */
  heaviest: StoredMember[];
}

/**
 * @param most  so many members of the channel
 * @returns the incident without members but these; `undefined` = there is none
 */
export async function shownIn(
  db: Queryable,
  incidentId: string,
  channel: string,
  most: number,
): Promise<Shown | undefined> {
  const [row] = await db.query<
    IncidentRow & {
      places: PlaceRow[] | null;
      standings: Standing[] | null;
      here: MemberRow[] | null;
      foremost: MemberRow[] | null;
    }
  >(
    // Gathered by the server: for us, one statement costs as much as another, be it ever so short.
    `with here as (
       select ${memberColumns} from incident_members m where m.incident_id = $1 and ${isShownIn('$2')} order by ${heaviestFirst} limit $3
     )
     select ${incidentColumns},
       (select json_agg(p) from (
         select ${placeColumns} from incident_places p where p.incident_id = $1 order by p.created_at, p.channel) p) as places,
       (select json_agg(s) from (${standingsFrom('$2')}) s) as standings,
       (select json_agg(here) from here) as here,
       (select json_agg(m) from (
         select ${memberColumns} from incident_members m where m.incident_id = $1 and not exists (select from here)
         order by ${heaviestFirst} limit 1) m) as foremost
     from incidents where incident_id = $1`,
    [incidentId, channel, most],
  );
  if (!row) return undefined;
  const { places, standings, here, foremost, ...incident } = row;
  return {
    incident: toIncident(incident, places ?? []),
    standings: standings ?? [],
    heaviest: (here ?? foremost ?? []).map(toMember),
  };
}

/** What a story in the thread of a channel's alert says of the incident: its cause, whom the alert called, what it is about. */
export async function toldIn(
  db: Queryable,
  incidentId: string,
  channel: string,
): Promise<{ cause?: Diagnosis; mention?: string; connection?: string; pipeline?: string } | undefined> {
  const [row] = await db.query(
    `select i.cause, place.mention, lead.connection, lead.pipeline
     from incidents i left join incident_places place on place.incident_id = i.incident_id and place.channel = $2
     left join lateral (
       select m.connection, m.pipeline from incident_members m where m.incident_id = i.incident_id
       order by ${isShownIn('$2')} is not true, ${heaviestFirst} limit 1
     ) lead on true
     where i.incident_id = $1`,
    [incidentId, channel],
  );
  return row && known(row);
}

/** The members that matter most. Left out channel = of the whole incident. */
export async function heaviestMembers(
  db: Queryable,
  incidentId: string,
  channel: string | undefined,
  limit: number,
): Promise<StoredMember[]> {
  const rows = await db.query<MemberRow>(
    `select ${memberColumns} from incident_members m where m.incident_id = $1 and ($2::text is null or ${isShownIn('$2')})
     order by ${heaviestFirst} limit $3`,
    [incidentId, channel ?? null, limit],
  );
  return rows.map(toMember);
}

/** Why a member `m` of the incident `i` failed, in one line: what hangs on others failed for a reason of its own. */
export const causeLineOf = `case when m.via = 'downstream' then m.error else coalesce(i.cause ->> 'causeLine', m.error) end`;

/** Below which member what hangs on others stands: one of those that feed it, else the first of all. */
export async function upstreamMember(
  db: Queryable,
  incidentId: string,
  feeders: readonly { connection: string; key: string }[],
): Promise<StoredMember | undefined> {
  const [row] = await db.query<MemberRow>(
    `select ${memberColumns} from incident_members m where m.incident_id = $1 and m.via <> 'downstream'
     order by (m.connection, m.pipeline) in (select * from unnest($2::text[], $3::text[])) desc, m.first_failed_at, m.seq limit 1`,
    [incidentId, feeders.map(({ connection }) => connection), feeders.map(({ key }) => key)],
  );
  return row && toMember(row);
}

/** When this pipeline first failed in the incident. */
export async function failedAt(
  db: Queryable,
  incidentId: string,
  { connection, key }: { connection: string; key: string },
): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>(
    `select min(first_failed_at) as at from incident_members where incident_id = $1 and connection = $2 and pipeline = $3`,
    [incidentId, connection, key],
  );
  return row?.at ?? undefined;
}

export interface ShownMember extends ListedPipeline {
  connection: string;
}

/** All that a channel shows of an incident, what is still wrong first; of one that hits others only, all of these. */
export async function membersShown(db: Queryable, incidentId: string, channel: string): Promise<ShownMember[]> {
  return db.query(
    `with here as (select connection, pipeline, partition from shown_members where incident_id = $1 and shown_in = $2)
     select m.connection, m.pipeline, m.partition, m.state, m.run, m.url, ${causeLineOf} as cause
     from incident_members m join incidents i using (incident_id)
     where m.incident_id = $1
       and (not exists (select from here) or (m.connection, m.pipeline, m.partition) in (select connection, pipeline, partition from here))
     order by ${heaviestFirst}`,
    [incidentId, channel],
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

/** Those of these members that another incident holds while they are not over. */
export async function heldElsewhere(tx: Tx, incidentId: string, members: MemberKey[]): Promise<MemberKey[]> {
  return tx.query(
    `select m.connection, m.pipeline, m.partition
     from jsonb_to_recordset($2::jsonb) as w(connection text, pipeline text, partition text)
     join incident_members m using (connection, pipeline, partition)
     where m.incident_id <> $1 and m.state in ('failed', 'running')`,
    [
      incidentId,
      JSON.stringify(members.map(({ connection, pipeline, partition }) => ({ connection, pipeline, partition }))),
    ],
  );
}

/**
 * Serialises deciders over the keys that a batch touches. Sorted, so that two batches never wait for each other.
 * Such locks are the whole database's, so the schema is part of the key: a replay holds up nobody.
 */
export async function lockKeys(tx: Tx, keys: string[]): Promise<void> {
  const sorted = [...new Set(keys)].sort();
  await tx.query(
    `select count(pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || k, 7)))
     from (select k from jsonb_array_elements_text($1::jsonb) with ordinality as given(k, n) order by n) keys`,
    [JSON.stringify(sorted)],
  );
}

/** Incidents whose run and log nobody has read yet, with the connection of what failed first. */
export function uninvestigated(
  db: Queryable,
  since: Date,
  limit: number,
): Promise<{ id: string; connection: string }[]> {
  return db.query(
    `select i.incident_id as id, m.connection from incidents i cross join lateral (
       select connection from incident_members m where m.incident_id = i.incident_id order by m.seq limit 1
     ) m
     where i.investigated_at is null and i.opened_at >= $1 order by i.seq limit $2`,
    [since, limit],
  );
}

export async function markInvestigated(db: Queryable, incidentIds: string[], at: Date): Promise<void> {
  if (incidentIds.length === 0) return;
  await db.query(`update incidents set investigated_at = $2 where incident_id = any($1::uuid[])`, [incidentIds, at]);
}
