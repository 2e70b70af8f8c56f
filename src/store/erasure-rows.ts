import { type Urgency, urgencies } from '../domain/post';
import type { Tx } from './db';
import { shownAnewAt } from './post-rows';

const least = urgencies.indexOf('progress' satisfies Urgency);

/** Makes a message stale, as `$2` is now; housekeeping, so it waits for what people wait for. */
const stale = `${shownAnewAt('$2')}, urgency = case when state = 'sent' then ${least} else urgency end`;

/** Those to which one of `$1` was offered as an answer. */
const offered = `select request_id from request_events where kind = 'answered-first' and detail -> 'answers' ?| $1::text[]`;

/** Stories that say what the person in `by` wrote; each has its row in `request_words`. */
const theirWords = ['noted', 'assigned', 'released', 'moved', 'prioritised', 'asked-back', 'answered', 'wrote'];

/** The words of all that a person asked, and what they wrote elsewhere for the team alone, wherever they stand. */
export async function eraseWords(tx: Tx, personId: string, at: Date): Promise<void> {
  const own = await tx.query<{ id: string }>(`select request_id as id from requests where person_id = $1`, [personId]);
  await takeOut(
    tx,
    own.map(({ id }) => id),
    at,
  );
  const theirs = `(select slack_id from people where person_id = $1)`;
  await tx.query(
    `update posts set notice = notice - 'say', ${stale}
     where request_id in (select w.request_id from request_words w where w.person_id = $1)
       and notice ->> 'what' = any($3) and notice ? 'say' and notice ->> 'by' = ${theirs}`,
    [personId, at, theirWords],
  );
  await tx.query(`delete from request_words where person_id = $1`, [personId]);
  await tx.query(
    `update presses set value = '{}' where done_at is not null and value <> '{}' and slack_id = ${theirs}`,
    [personId],
  );
}

/** Takes out the words of what ended before then, so many at a time. @returns of how many */
export async function forgetWords(tx: Tx, solvedBefore: Date, limit: number, at: Date): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    `select request_id as id from requests where state = 'solved' and solved_at < $1 and question <> ''
     order by solved_at limit $2 for update skip locked`,
    [solvedBefore, limit],
  );
  await takeOut(
    tx,
    rows.map(({ id }) => id),
    at,
  );
  return rows.length;
}

/** The words of these requests, also where they were offered to others, told in another request, or drafted from; what showed them says it anew. */
async function takeOut(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update requests set question = '', resolution = null, score_words = null where request_id = any($1::uuid[])`,
    [ids],
  );
  await tx.query(`delete from request_words where request_id = any($1::uuid[])`, [ids]);
  await tx.query(`delete from request_tasks where request_id = any($1::uuid[])`, [ids]);
  await tx.query(
    `update posts set notice = notice - 'say', ${stale} where request_id = any($1::uuid[]) and (kind = 'state' or notice ? 'say')`,
    [ids, at],
  );
  await tx.query(
    `update posts set notice = notice - 'say', ${stale}
     where request_id in (select r.request_id from requests r where r.merged_into = any($1::uuid[]))
       and notice ->> 'what' = 'solved-elsewhere' and notice ? 'say'`,
    [ids, at],
  );
  await takeOutQuestions(tx, ids, at);
}

/** What these asked, where it was offered to others, told in another request, or drafted from. */
export async function takeOutQuestions(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await tx.query(
    `update posts set notice = notice - 'say', ${stale}
     where (request_id, notice ->> 'into') in
           (select r.merged_into, r.number::text from requests r where r.request_id = any($1::uuid[]) and r.merged_into is not null)
       and notice ->> 'what' = 'took-over' and notice ? 'say'`,
    [ids, at],
  );
  await tx.query(
    `update posts set ${stale}, notice = case when notice ->> 'what' = 'answers' then jsonb_set(notice, '{answers}', coalesce(
         (select jsonb_agg(answer order by place) from jsonb_array_elements(notice -> 'answers') with ordinality as a(answer, place)
          where answer ->> 'id' <> all($1::text[])), '[]')) else notice end
     where request_id in (${offered}) and (notice ->> 'what' = 'answers' or role = 'triage')`,
    [ids, at],
  );
  await tx.query(
    `update posts set notice = jsonb_set(notice, '{question}', '""'), ${stale}
     where post_id in (select g.post_id from question_groups g where g.request_id = any($1::uuid[]))`,
    [ids, at],
  );
  await tx.query(`update question_groups set question = '' where request_id = any($1::uuid[])`, [ids]);
}
