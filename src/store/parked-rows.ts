import type { Tx } from './db';

/** An alert that was set aside without ever having been shown. */
export interface ParkedAlert {
  id: string;
  /** By its name where that is known. */
  channel: string;
  pipeline: string;
  reason: string;
  /** Its trouble is over, or the channel takes alerts again. */
  isOver: boolean;
}

/**
 * Those wanted since then, oldest first.
 *
 * @param but  the connection whose alerts are left out
 */
export async function alertsSince(tx: Tx, since: Date, but: string, limit: number): Promise<ParkedAlert[]> {
  return tx.query<ParkedAlert>(
    `select p.post_id as id, coalesce('#' || c.name, p.channel) as channel, lead.pipeline, p.parked_reason as reason,
            i.state <> 'open' or (p.doubtful_since is null and exists (
              select from posts later where later.channel = p.channel and later.role = 'parent'
              and later.first_sent_at > p.created_at)) as "isOver"
     from posts p join incidents i using (incident_id) left join channels c on c.channel_id = p.channel
     cross join lateral (
       select m.pipeline, m.connection from incident_members m where m.incident_id = p.incident_id order by m.seq limit 1
     ) lead
     where p.state = 'parked' and p.role = 'parent' and p.ts is null and p.created_at > $1 and lead.connection <> $2
     order by p.seq limit $3`,
    [since, but, limit],
  );
}
