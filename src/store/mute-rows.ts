import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** One pipeline that is quiet in one channel. */
export interface Mute {
  id: string;
  /** Slack's id, and the name without `#` when it was made. */
  channel: string;
  channelName: string;
  connection: string;
  pipeline: string;
  /** Slack's id of who muted it. */
  by: string;
  createdAt: Date;
  until: Date;
  /** News of alerts that stay, kept from their threads. */
  hid: number;
}

const columns = `m.mute_id as id, m.channel, m.channel_name as "channelName", m.connection, m.pipeline, m.slack_id as by,
  m.created_at as "createdAt", m.muted_until as until, m.hid`;

/** Is any in force? */
export const isAnyInForce =
  (now: Date): Condition =>
  (bind) =>
    `exists (select from mutes where ended_at is null and muted_until > ${bind(now)})`;

/** Those in force of these pipelines. */
export async function ofPipelines(
  tx: Tx,
  pipelines: { connection: string; key: string }[],
  now: Date,
): Promise<Mute[]> {
  return tx.query(
    `select ${columns} from (select distinct connection, key from jsonb_to_recordset($1::jsonb) as p(connection text, key text)) p
     join mutes m on m.connection = p.connection and m.pipeline = p.key
     where m.ended_at is null and m.muted_until > $2`,
    [JSON.stringify(pipelines), now],
  );
}

/** Those in force in a channel, the first to end first. */
export async function inChannel(db: Queryable, channel: string, now: Date): Promise<Mute[]> {
  return db.query(
    `select ${columns} from mutes m where m.channel = $1 and m.ended_at is null and m.muted_until > $2 order by m.muted_until, m.seq`,
    [channel, now],
  );
}

/** In the place of one that is in force; what that one hid and when it began stays. */
export async function start(tx: Tx, mute: Omit<Mute, 'hid'> & { personId: string }): Promise<void> {
  await tx.query(
    `insert into mutes (mute_id, channel, channel_name, connection, pipeline, person_id, slack_id, created_at, muted_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (connection, pipeline, channel) where ended_at is null
     do update set person_id = excluded.person_id, slack_id = excluded.slack_id, muted_until = excluded.muted_until`,
    [
      mute.id,
      mute.channel,
      mute.channelName,
      mute.connection,
      mute.pipeline,
      mute.personId,
      mute.by,
      mute.createdAt,
      mute.until,
    ],
  );
}

/** Counts what they kept from threads. */
export async function hide(tx: Tx, hidden: { id: string; count: number }[]): Promise<void> {
  if (hidden.length === 0) return;
  await tx.query(
    `update mutes m set hid = m.hid + h.count from jsonb_to_recordset($1::jsonb) as h(id uuid, count int) where m.mute_id = h.id`,
    [JSON.stringify(hidden)],
  );
}

export const isAnyOver =
  (now: Date): Condition =>
  (bind) =>
    `exists (select from mutes where ended_at is null and muted_until <= ${bind(now)})`;

/** Those whose time is over, for this transaction. */
export async function takeOver(tx: Tx, now: Date, limit: number): Promise<Mute[]> {
  return tx.query(
    `select ${columns} from mutes m where m.ended_at is null and m.muted_until <= $1
     order by m.muted_until limit $2 for update skip locked`,
    [now, limit],
  );
}

export async function end(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query(`update mutes set ended_at = $2 where mute_id = $1 and ended_at is null`, [id, at]);
}

/** What a mute has kept from its channel altogether: troubles that came and went without an alert there. */
export async function missed(
  tx: Tx,
  mute: Pick<Mute, 'channel' | 'channelName' | 'connection' | 'pipeline' | 'createdAt'>,
): Promise<{ alerts: number; failures: number; lastAt?: Date }> {
  const [row] = await tx.query<{ alerts: number; failures: number; lastAt: Date | null }>(
    `select count(distinct m.incident_id)::int as alerts, coalesce(sum(m.failures), 0)::int as failures,
            max(m.last_failed_at) as "lastAt"
     from incident_members m join incidents i using (incident_id) join incident_places p using (incident_id)
     where m.connection = $3 and m.pipeline = $4 and p.channel in ($1, '#' || $2) and p.created_at >= $5
       and i.state <> 'open'
       and not exists (select from posts parent where parent.incident_id = p.incident_id and parent.channel = p.channel
                       and parent.role = 'parent')`,
    [mute.channel, mute.channelName, mute.connection, mute.pipeline, mute.createdAt],
  );
  return { alerts: row?.alerts ?? 0, failures: row?.failures ?? 0, lastAt: row?.lastAt ?? undefined };
}

/** Alerts of the pipeline in the channel that are not over. */
export async function openAlerts(
  tx: Tx,
  of: Pick<Mute, 'channel' | 'channelName' | 'connection' | 'pipeline'>,
): Promise<{ incidentId: string; channel: string; isMuted: boolean }[]> {
  return tx.query(
    `select distinct p.incident_id as "incidentId", p.channel, p.muted_until is not null as "isMuted"
     from incident_places p join incidents i using (incident_id)
     join shown_members m on m.incident_id = p.incident_id and m.shown_in = p.channel
     where i.state = 'open' and p.channel in ($1, '#' || $2) and m.connection = $3 and m.pipeline = $4
     order by 1`,
    [of.channel, of.channelName, of.connection, of.pipeline],
  );
}
