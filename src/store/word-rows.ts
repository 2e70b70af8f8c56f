import { standIns } from '../domain/request';
import type { Queryable, Tx } from './db';
import { takeOutQuestions } from './erasure-rows';
import { shownAnewAt } from './post-rows';

/** What people wrote in a request after its question: in its thread, or for the team alone. `name`: nobody's where they were erased. */
export interface Written {
  kind: 'said' | 'note' | 'summary';
  at: Date;
  name?: string;
  words: string;
}

/** In order. */
export async function written(db: Queryable, requestId: string): Promise<Written[]> {
  const rows = await db.query<Omit<Written, 'name'> & { name: string | null }>(
    `select w.kind, w.at, w.words, p.name from request_words w left join people p using (person_id) where w.request_id = $1 order by w.seq`,
    [requestId],
  );
  return rows.map(({ name, ...row }) => ({ ...row, ...(name ? { name } : {}) }));
}

const isNewer = (at: string) => `(edited_at is null or edited_at < ${at})`;

/** What was erased does not come back. @param edit.at of the edit in Slack @returns false where nothing is changed */
export async function changeQuestion(
  tx: Tx,
  { id, words, at }: { id: string; words: string; at: Date },
  now: Date,
): Promise<boolean> {
  const [before] = await tx.query<{ words: string; into: string | null }>(
    `select question as words, merged_into as into from requests where request_id = $1 and question <> '' and ${isNewer('$2')}`,
    [id, at],
  );
  if (!before) return false;
  await tx.query(`update requests set question = $2, edited_at = $3, compared_at = null where request_id = $1`, [
    id,
    words,
    at,
  ]);
  await tx.query(`update posts set ${shownAnewAt('$2')} where request_id = $1 and kind = 'state'`, [id, now]);
  if (before.into)
    await retell(tx, { requestId: before.into, what: ['took-over'], from: before.words, to: words }, now);
  return true;
}

/** What is said in a thread by them. @returns how many rows */
export async function changeSaid(
  tx: Tx,
  { ts, personId, words, at }: { ts: string; personId: string; words: string; at: Date },
  now: Date,
): Promise<number> {
  const rows = await tx.query<{ requestId: string; before: string }>(
    `with before as (
       select seq, words from request_words where ts = $1 and person_id = $2 and kind = 'said' and ${isNewer('$4')} for update
     )
     update request_words w set words = $3, edited_at = $4 from before where w.seq = before.seq
     returning w.request_id as "requestId", before.words as before`,
    [ts, personId, words, at],
  );
  for (const { requestId, before } of rows)
    await retell(tx, { requestId, what: tellingSaid, from: before, to: words }, now);
  return rows.length;
}

/** @returns how many rows */
export async function takeOutSaid(
  tx: Tx,
  { ts, personId }: { ts: string; personId: string },
  now: Date,
): Promise<number> {
  const rows = await tx.query<{ requestId: string; before: string }>(
    `delete from request_words where ts = $1 and person_id = $2 and kind = 'said' returning request_id as "requestId", words as before`,
    [ts, personId],
  );
  for (const { requestId, before } of rows) await retell(tx, { requestId, what: tellingSaid, from: before }, now);
  return rows.length;
}

/** Also where it was offered to others, or told in another request. @returns false where nothing is changed */
export async function takeOutQuestion(tx: Tx, { id, at }: { id: string; at: Date }, now: Date): Promise<boolean> {
  if (!(await changeQuestion(tx, { id, words: standIns.deleted, at }, now))) return false;
  await takeOutQuestions(tx, [id], now);
  return true;
}

/** Stories that say what somebody wrote in a thread. */
const tellingSaid = ['wrote', 'reopened'];

/** Where these words were told already, or are about to be. @param of.to left out = none */
async function retell(
  tx: Tx,
  { requestId, what, from, to }: { requestId: string; what: string[]; from: string; to?: string },
  now: Date,
): Promise<void> {
  await tx.query(
    `update posts set ${shownAnewAt('$5')},
       notice = case when $4::text is null then notice - 'say' else jsonb_set(notice, '{say}', to_jsonb($4::text)) end
     where request_id = $1 and notice ->> 'what' = any($2) and notice ->> 'say' = $3`,
    [requestId, what, from, to ?? null, now],
  );
}
