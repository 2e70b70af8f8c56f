import { type Story, toldWhileMuted } from '../domain/notice';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

// What keeps a place quiet, and until when: acknowledge, mute, reminders. Rows are locked with their incident, and those that
// somebody else works on are left for the next sweep.

interface PlaceKey {
  incidentId: string;
  channel: string;
}

/** Is there anything of what the four below would take? `sentBefore` left out = nobody is reminded. */
export const isAnyDue =
  (wanted: { now: Date; staleBefore: Date; sentBefore?: Date; most: number }): Condition =>
  (bind) => {
    const now = bind(wanted.now);
    const kinds = [
      `exists (select ${staleAcknowledges(bind(wanted.staleBefore))})`,
      `exists (select from incident_places where muted_until <= ${now})`,
      `exists (select from incidents where calm_at <= ${now})`,
    ];
    if (wanted.sentBefore) kinds.push(`exists (select ${unattended(now, bind(wanted.sentBefore), bind(wanted.most))})`);
    return kinds.join(' or ');
  };

/** Places whose planned silence is over. */
export const isAnyMaintenanceOver =
  (now: Date): Condition =>
  (bind) =>
    `exists (select from incident_places where muted_until <= ${bind(now)} and muted_by like 'maintenance %')`;

const staleAcknowledges = (before: string) => `from incidents i join incident_places p using (incident_id)
     where i.state = 'open' and p.acknowledged_at <= ${before}
       and not exists (select from actions a where a.incident_id = i.incident_id
                       and (a.settled_at is null or a.settled_at > ${before}))
       and not exists (select from incident_members m where m.incident_id = i.incident_id and m.state = 'running')`;

/** Places of open incidents whose acknowledge is as old as `before`, with nothing tried or running since. */
export async function takeStaleAcknowledges(
  tx: Tx,
  before: Date,
  limit: number,
): Promise<(PlaceKey & { reminded: number; threads: boolean })[]> {
  return tx.query(
    `select p.incident_id as "incidentId", p.channel, p.reminded, p.threads
     ${staleAcknowledges('$1')}
     order by i.seq limit $2 for update of i, p skip locked`,
    [before, limit],
  );
}

/** Places whose mute is over at `now`. */
export async function takeOverMutes(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<(PlaceKey & { reminded: number; threads: boolean; hid: number; isOpen: boolean })[]> {
  return tx.query(
    `select p.incident_id as "incidentId", p.channel, p.reminded, p.threads, p.hid, i.state = 'open' as "isOpen"
     from incidents i join incident_places p using (incident_id)
     where p.muted_until <= $1 order by p.muted_until limit $2 for update of i, p skip locked`,
    [now, limit],
  );
}

/**
 * Places whose planned silence is over, where the trouble is over as well and no alert was posted; by channel and window, with the
 * pipelines that were hit. Each is given once.
 */
export async function takeEndedInMaintenance(
  tx: Tx,
  now: Date,
): Promise<{ channel: string; mutedBy: string; alerts: number; pipelines: string[] }[]> {
  return tx.query(
    `with over as materialized (
       select p.incident_id, p.channel, p.muted_by from incidents i join incident_places p using (incident_id)
       where p.muted_until <= $1 and p.muted_by like 'maintenance %' and i.state <> 'open'
         and not exists (select from posts parent where parent.incident_id = p.incident_id and parent.channel = p.channel
                         and parent.role = 'parent')
       for update of i, p skip locked
     ), told as (
       update incident_places p set muted_by = null, muted_until = null, hid = 0 from over
       where p.incident_id = over.incident_id and p.channel = over.channel
     )
     select over.channel, over.muted_by as "mutedBy", count(distinct over.incident_id)::int as alerts,
            coalesce(array_agg(distinct m.pipeline order by m.pipeline) filter (where m.pipeline is not null), '{}') as pipelines
     from over left join shown_members m on m.incident_id = over.incident_id and m.shown_in = over.channel
     group by 1, 2 order by 1, 2`,
    [now],
  );
}

export interface Unattended extends PlaceKey {
  reminded: number;
  firstSentAt: Date;
  notBefore: Date | null;
  stirredAt: Date | null;
}

const unattended = (now: string, sentBefore: string, most: string) =>
  `from incidents i join incident_places p using (incident_id)
     join posts parent on parent.incident_id = p.incident_id and parent.channel = p.channel and parent.role = 'parent'
     where i.state = 'open' and i.calm_at is null and p.threads and p.acknowledged_at is null and (p.muted_until is null or p.muted_until <= ${now})
       and p.reminded < ${most} and (p.remind_not_before is null or p.remind_not_before <= ${now}) and parent.first_sent_at <= ${sentBefore}
       and not exists (select from actions a where a.incident_id = i.incident_id and a.settled_at is null)
       and not exists (select from incident_members m where m.incident_id = i.incident_id and m.state = 'running'
                       and m.channel = p.channel)
       and exists (select from incident_members m where m.incident_id = i.incident_id and m.state = 'failed'
                   and m.channel = p.channel)`;

/**
 * Places of open incidents whose alert stands since `sentBefore` or longer, that nobody acknowledged or muted, with fewer than `most`
 * reminders, where something is still wrong and nothing is being tried.
 */
export async function takeUnattended(
  tx: Tx,
  wanted: { now: Date; sentBefore: Date; most: number; limit: number },
): Promise<Unattended[]> {
  return tx.query(
    `select p.incident_id as "incidentId", p.channel, p.reminded, parent.first_sent_at as "firstSentAt",
            p.remind_not_before as "notBefore",
            greatest((select max(a.settled_at) from actions a where a.incident_id = i.incident_id),
                     (select max(s.created_at) from posts s where s.incident_id = i.incident_id and s.channel = p.channel
                      and s.notice ->> 'kind' in ('reopened', 'calmed'))) as "stirredAt"
     ${unattended('$1', '$2', '$3')}
     order by parent.first_sent_at limit $4 for update of i, p skip locked`,
    [wanted.now, wanted.sentBefore, wanted.most, wanted.limit],
  );
}

/** Incidents of which a member has flapped, and has been as it is for long enough. */
export async function takeCalm(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select incident_id as id from incidents where calm_at <= $1 order by calm_at limit $2 for update skip locked`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

export async function clearFlapping(tx: Tx, incidentId: string): Promise<void> {
  await tx.query(`update incidents set flappers = null, flapping = null, calm_at = null where incident_id = $1`, [
    incidentId,
  ]);
}

export async function clearAcknowledge(tx: Tx, { incidentId, channel }: PlaceKey): Promise<void> {
  await tx.query(
    `update incident_places set acknowledged_by = null, acknowledged_at = null where incident_id = $1 and channel = $2`,
    [incidentId, channel],
  );
}

/** Leaves out, and counts, what a mute keeps from its thread. */
export async function withoutHidden(tx: Tx, stories: Story[], now: Date): Promise<Story[]> {
  const silenceable = stories.filter(({ notice }) => !toldWhileMuted.includes(notice.kind));
  if (silenceable.length === 0) return stories;
  const rows = await tx.query<PlaceKey>(
    `update incident_places place set hid = place.hid + told.count
     from jsonb_to_recordset($1::jsonb) as told("incidentId" uuid, channel text, count int)
     where place.incident_id = told."incidentId" and place.channel = told.channel and place.muted_until > $2
     returning place.incident_id as "incidentId", place.channel`,
    [JSON.stringify(countsByPlace(silenceable)), now],
  );
  if (rows.length === 0) return stories;
  const isMuted = (story: Story) =>
    rows.some(({ incidentId, channel }) => incidentId === story.incidentId && channel === story.channel);
  return stories.filter((story) => toldWhileMuted.includes(story.notice.kind) || !isMuted(story));
}

/** How many stories each place has. */
function countsByPlace(stories: Story[]): (PlaceKey & { count: number })[] {
  const counts = new Map<string, PlaceKey & { count: number }>();
  for (const { incidentId, channel } of stories) {
    const key = `${incidentId} ${channel}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { incidentId, channel, count: 1 });
  }
  return [...counts.values()];
}

/** A mute in the place of another keeps the count of what is hidden. */
export async function saveMute(tx: Tx, { incidentId, channel }: PlaceKey, by: string, until: Date): Promise<void> {
  await tx.query(`update incident_places set muted_by = $3, muted_until = $4 where incident_id = $1 and channel = $2`, [
    incidentId,
    channel,
    by,
    until,
  ]);
}

/** @returns how much was hidden, and how many reminders there were; nothing if it is not muted */
export async function clearMute(
  tx: Tx,
  { incidentId, channel }: PlaceKey,
): Promise<{ hid: number; reminded: number } | undefined> {
  const [row] = await tx.query<{ hid: number; reminded: number }>(
    `with before as (select hid from incident_places where incident_id = $1 and channel = $2)
     update incident_places p set muted_by = null, muted_until = null, hid = 0 from before
     where p.incident_id = $1 and p.channel = $2 and p.muted_until is not null
     returning before.hid, p.reminded`,
    [incidentId, channel],
  );
  return row;
}

export async function remindNotBefore(
  tx: Tx,
  { incidentId, channel }: PlaceKey,
  next: { reminded: number; at: Date },
): Promise<void> {
  await tx.query(
    `update incident_places set reminded = $3, remind_not_before = $4 where incident_id = $1 and channel = $2`,
    [incidentId, channel, next.reminded, next.at],
  );
}

export async function remindersOf(db: Queryable, { incidentId, channel }: PlaceKey): Promise<number> {
  const [row] = await db.query<{ reminded: number }>(
    `select reminded from incident_places where incident_id = $1 and channel = $2`,
    [incidentId, channel],
  );
  return row?.reminded ?? 0;
}
