import { standIns } from '../domain/request';
import type { Queryable, Tx } from './db';

/** Letters in threes: 0 = nothing alike, 1 = the same; as of the search by letters. */
const alikeFrom = 0.45;

/** Asked since then and not compared with others yet, the oldest first; locked. */
export function toCompare(tx: Tx, since: Date, limit: number): Promise<{ id: string; question: string }[]> {
  return tx.query(
    `select request_id as id, question from requests
     where compared_at is null and asked_at >= $1 and source <> 'import' and not is_staff and question <> ''
       and question <> all($3::text[])
     order by asked_at limit $2 for update skip locked`,
    [since, limit, Object.values(standIns)],
  );
}

export async function markCompared(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await tx.query(`update requests set compared_at = $2 where request_id = any($1::uuid[])`, [ids, at]);
}

export interface AlikeRequest {
  id: string;
  number: number;
  question: string;
  resolution: string | null;
  isDirect: boolean;
  incidentId: string | null;
}

/** What a runbook or a pinned answer was offered for has its entry already, unless that was not enough. */
const hasEntry = `exists (
    select from request_events e, jsonb_array_elements_text(e.detail -> 'answers') as offered (id)
    where e.request_id = r.request_id and e.kind = 'answered-first'
      and (offered.id in (select s.section_id::text from runbook_sections s) or offered.id in (select p.answer_id::text from pinned_answers p)))
  and not exists (select from request_events e where e.request_id = r.request_id and e.kind = 'needs-help-still')`;

/** Requests since then that ask the like, and that nothing written down has answered, the oldest first. */
export function alike(db: Queryable, question: string, since: Date): Promise<AlikeRequest[]> {
  return db.query(
    `select request_id as id, number, question, resolution, is_direct as "isDirect", incident_id as "incidentId" from requests r
     where asked_at >= $2 and source <> 'import' and not is_staff and similarity(question, $1) >= ${alikeFrom} and not (${hasEntry})
     order by asked_at`,
    [question, since],
  );
}

/** Groups are made one after the other. */
export async function lock(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('pitcrew question groups'))`);
}

/** Was the team asked about the like before, whatever came of it? */
export async function isKnown(tx: Tx, question: string): Promise<boolean> {
  const rows = await tx.query(`select from question_groups where similarity(question, $1) >= ${alikeFrom} limit 1`, [
    question,
  ]);
  return rows.length > 0;
}

export async function suggest(
  tx: Tx,
  group: { id: string; requestId: string; question: string; postId: string },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into question_groups (group_id, request_id, question, state, suggested_at, post_id)
     values ($1, $2, $3, 'suggested', $4, $5)`,
    [group.id, group.requestId, group.question, at, group.postId],
  );
}

export async function find(
  db: Queryable,
  id: string,
): Promise<{ question: string; state: 'suggested' | 'dismissed' | 'pinned'; at: Date } | undefined> {
  const [row] = await db.query<{ question: string; state: 'suggested' | 'dismissed' | 'pinned'; at: Date }>(
    `select question, state, suggested_at as at from question_groups where group_id = $1`,
    [id],
  );
  return row;
}

/** @returns nothing where somebody was faster, else the message in which it was suggested */
export async function settle(
  tx: Tx,
  group: { id: string; state: 'dismissed' | 'pinned'; by: string },
  at: Date,
): Promise<{ postId: string | null } | undefined> {
  const [row] = await tx.query<{ postId: string | null }>(
    `update question_groups set state = $2, settled_at = $3, settled_by = $4 where group_id = $1 and state = 'suggested' returning post_id as "postId"`,
    [group.id, group.state, at, group.by],
  );
  return row;
}

/** What others than who asked said in the threads of these, in order, and what everybody in them is called. */
export async function saidIn(
  db: Queryable,
  requestIds: readonly string[],
): Promise<{ said: string[]; names: string[] }> {
  const said = await db.query<{ words: string }>(
    `select w.words from request_words w join requests r using (request_id)
     where w.request_id = any($1::uuid[]) and w.kind = 'said' and w.person_id is distinct from r.person_id order by w.seq limit 50`,
    [requestIds],
  );
  const names = await db.query<{ name: string }>(
    `select distinct p.name from people p where p.person_id in (
       select person_id from requests where request_id = any($1::uuid[])
       union select assignee from requests where request_id = any($1::uuid[])
       union select person_id from request_words where request_id = any($1::uuid[]))`,
    [requestIds],
  );
  return { said: said.map(({ words }) => words), names: names.map(({ name }) => name) };
}
