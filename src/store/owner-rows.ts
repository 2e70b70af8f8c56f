import { randomUUID } from 'node:crypto';
import type { Notice } from '../domain/notice';
import type { PipelineRef } from '../domain/pipeline';
import type { Queryable, Tx } from './db';

/** Who last told those who wait for this pipeline, since then. */
export async function lastTold(
  db: Queryable,
  ref: PipelineRef,
  since: Date,
): Promise<{ by: string; at: Date } | undefined> {
  const [row] = await db.query<{ by: string; at: Date }>(
    `select notice ->> 'by' as by, created_at as at from posts
     where notice ->> 'kind' = 'owners-told' and notice ->> 'connection' = $1 and notice ->> 'pipeline' = $2
       and created_at >= $3
     order by seq desc limit 1`,
    [ref.connection, ref.key, since],
  );
  return row;
}

/** One message in each channel, on its own. */
export async function addTold(tx: Tx, told: { channel: string; notice: Notice }[], at: Date): Promise<void> {
  await tx.query(
    `insert into posts (post_id, kind, role, channel, notice, urgency, next_at, created_at)
     select t.id, 'story', 'note', t.channel, t.notice, 0, $2, $2
     from jsonb_to_recordset($1::jsonb) as t(id uuid, channel text, notice jsonb, n bigint) order by t.n`,
    [JSON.stringify(told.map((each, n) => ({ ...each, id: randomUUID(), n }))), at],
  );
}
