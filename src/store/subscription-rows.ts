import { Filter } from '../domain/subscription';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

export interface Subscription {
  id: string;
  /** Slack's id, and the name without `#` when it was made. */
  channel: string;
  channelName: string;
  filter: Filter;
  wording: string;
  /** Who made it; nothing once they are erased. */
  by?: { slackId: string; name: string };
  createdAt: Date;
}

interface Row extends Omit<Subscription, 'filter' | 'by'> {
  filter: unknown;
  slackId: string | null;
  name: string | null;
}

/** Is any in force? */
export const isAnyInForce: Condition = () => 'exists (select from subscriptions where ended_at is null)';

/** Those in force, oldest first; of one channel where that is named. */
export async function inForce(db: Queryable, channel?: string): Promise<Subscription[]> {
  const rows = await db.query<Row>(
    `select s.subscription_id as id, s.channel, s.channel_name as "channelName", s.filter, s.wording,
            s.created_at as "createdAt", p.slack_id as "slackId", p.name
     from subscriptions s left join people p using (person_id)
     where s.ended_at is null and ($1::text is null or s.channel = $1) order by s.seq`,
    [channel ?? null],
  );
  return rows.map(({ slackId, name, ...row }) => ({
    ...row,
    filter: Filter.parse(row.filter),
    by: slackId !== null && name !== null ? { slackId, name } : undefined,
  }));
}

/** @returns false if the channel has it already */
export async function start(tx: Tx, made: Omit<Subscription, 'by'> & { personId: string }): Promise<boolean> {
  const rows = await tx.query(
    `insert into subscriptions (subscription_id, channel, channel_name, filter, wording, person_id, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (channel, wording) where ended_at is null do nothing
     returning subscription_id`,
    [made.id, made.channel, made.channelName, JSON.stringify(made.filter), made.wording, made.personId, made.createdAt],
  );
  return rows.length > 0;
}

/** @returns false if it had ended already */
export async function end(tx: Tx, id: string, by: { personId: string; at: Date }): Promise<boolean> {
  const rows = await tx.query(
    `update subscriptions set ended_by = $2, ended_at = $3 where subscription_id = $1 and ended_at is null
     returning subscription_id`,
    [id, by.personId, by.at],
  );
  return rows.length > 0;
}

/** That a channel shows a member because of a subscription. */
export async function showMembers(
  tx: Tx,
  shown: { incidentId: string; channel: string; connection: string; pipeline: string; partition: string }[],
): Promise<void> {
  if (shown.length === 0) return;
  await tx.query(
    `insert into subscribed_members (incident_id, channel, connection, pipeline, partition)
     select s."incidentId", s.channel, s.connection, s.pipeline, s.partition
     from jsonb_to_recordset($1::jsonb)
       as s("incidentId" uuid, channel text, connection text, pipeline text, partition text)
     on conflict do nothing`,
    [JSON.stringify(shown)],
  );
}
