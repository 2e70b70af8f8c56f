import { type Happened, RequestEvent } from '../domain/request';
import type { Queryable } from './db';

export interface RequestHistory {
  id: string;
  personId: string;
  connection: string | null;
  pipeline: string | null;
  /** In order. Those of a later release, which this one does not know, are left out. */
  events: Happened[];
}

/**
 * What happened by `to` to each request that was open at some time from `from` to then, or about which anything happened.
 *
 * @param excluded Slack ids of people and channels whose requests do not count
 */
export async function requestHistories(
  db: Queryable,
  { from, to, people, channels }: { from: Date; to: Date; people: readonly string[]; channels: readonly string[] },
): Promise<RequestHistory[]> {
  const rows = await db.query<{
    id: string;
    personId: string;
    connection: string | null;
    pipeline: string | null;
    at: Date;
    kind: string;
    role: Happened['role'];
    by: string | null;
    detail: object;
  }>(
    `with wanted as (
       select request_id from requests where asked_at < $2 and (state <> 'solved' or solved_at >= $1)
       union
       select request_id from request_events where at >= $1 and at < $2
     )
     select r.request_id as id, r.person_id as "personId", r.connection, r.pipeline, e.at, e.kind, e.by_role as role, e.person_id as by,
            e.detail
     from wanted join requests r using (request_id) join request_events e using (request_id)
     where e.at < $2 and (r.channel is null or r.channel <> all($4))
       and not exists (select from people p where p.person_id = r.person_id and (p.is_bot or p.slack_id = any($3)))
     order by r.number, e.seq`,
    [from, to, people, channels],
  );
  const found = new Map<string, RequestHistory>();
  for (const { id, personId, connection, pipeline, at, kind, role, by, detail } of rows) {
    const own = found.get(id) ?? { id, personId, connection, pipeline, events: [] };
    found.set(id, own);
    const event = RequestEvent.safeParse({ ...detail, kind }).data;
    if (event) own.events.push({ ...event, at, role, ...(by ? { by } : {}) });
  }
  return [...found.values()];
}

/** Pipelines about which more than one request was opened in the span, most first. Whoever is left out elsewhere is left out here. */
export function repeatedRequests(
  db: Queryable,
  { from, to, people, channels }: { from: Date; to: Date; people: readonly string[]; channels: readonly string[] },
): Promise<{ connection: string; pipeline: string; requests: number }[]> {
  return db.query(
    `select r.connection, r.pipeline, count(*)::int as requests from requests r
     where r.asked_at >= $1 and r.asked_at < $2 and r.pipeline is not null and r.connection is not null
       and (r.channel is null or r.channel <> all($4))
       and not exists (select from people p where p.person_id = r.person_id and (p.is_bot or p.slack_id = any($3)))
     group by 1, 2 having count(*) > 1 order by 3 desc, 2, 1`,
    [from, to, people, channels],
  );
}

/** Whether anybody ever asked for help here. */
export async function isAnyRequest(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ is: boolean }>('select exists (select from requests) as is');
  return row?.is ?? false;
}
