import { randomUUID } from 'node:crypto';
import type { Notice } from '../domain/notice';
import type { Queryable, Tx } from './db';

export interface Follow {
  id: string;
  slackId: string;
  connection: string;
  pipeline: string;
  createdAt: Date;
}

const columns = `f.follow_id as id, f.slack_id as "slackId", f.connection, f.pipeline, f.created_at as "createdAt"`;

export async function ofPerson(db: Queryable, slackId: string): Promise<Follow[]> {
  return db.query(`select ${columns} from follows f where f.slack_id = $1 and f.ended_at is null order by f.seq`, [
    slackId,
  ]);
}

/** Since when the pipeline is down, in whatever partition; nothing if it is not. */
export async function downSince(db: Queryable, connection: string, pipeline: string): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>(
    `select min(first_failed_at) as at from incident_members
     where connection = $1 and pipeline = $2 and state in ('failed', 'running')`,
    [connection, pipeline],
  );
  return row?.at ?? undefined;
}

/** @returns false if the person follows it already */
export async function start(tx: Tx, follow: Follow & { personId: string }): Promise<boolean> {
  const rows = await tx.query(
    `insert into follows (follow_id, person_id, slack_id, connection, pipeline, created_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (connection, pipeline, person_id) where ended_at is null do nothing
     returning follow_id`,
    [follow.id, follow.personId, follow.slackId, follow.connection, follow.pipeline, follow.createdAt],
  );
  return rows.length > 0;
}

export async function end(tx: Tx, ids: string[], at: Date): Promise<void> {
  await tx.query(
    `update follows set ended_at = $2, ended_by = 'person' where follow_id = any($1::uuid[]) and ended_at is null`,
    [ids, at],
  );
}

/** Ends what is followed of those of these pipelines that are down nowhere any more. @returns what ended */
export async function endOfThoseBack(
  tx: Tx,
  pipelines: { connection: string; pipeline: string }[],
  at: Date,
): Promise<Follow[]> {
  if (pipelines.length === 0) return [];
  return tx.query(
    `update follows f set ended_at = $2, ended_by = 'told'
     from (select distinct connection, pipeline from jsonb_to_recordset($1::jsonb) as b(connection text, pipeline text)) back
     where f.connection = back.connection and f.pipeline = back.pipeline and f.ended_at is null
       and not exists (select from incident_members m where m.connection = f.connection and m.pipeline = f.pipeline
                       and m.state in ('failed', 'running'))
     returning ${columns}`,
    [JSON.stringify(pipelines), at],
  );
}

/** Posts to persons: the channel is the person's own id, for whom Slack opens a conversation when it is sent. */
export async function addDirects(
  tx: Tx,
  directs: { slackId: string; incidentId: string; notice: Notice }[],
  at: Date,
): Promise<void> {
  if (directs.length === 0) return;
  await tx.query(
    `insert into posts (post_id, kind, role, incident_id, channel, notice, urgency, next_at, created_at)
     select d.id, 'story', 'direct', d."incidentId", d."slackId", d.notice, 1, $2, $2
     from jsonb_to_recordset($1::jsonb) as d(id uuid, "incidentId" uuid, "slackId" text, notice jsonb, n bigint)
     order by d.n`,
    [JSON.stringify(directs.map((direct, n) => ({ ...direct, id: randomUUID(), n }))), at],
  );
}
