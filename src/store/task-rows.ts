import type { RequestTask } from '../domain/request';
import type { Queryable, Tx } from './db';

export async function add(
  tx: Tx,
  task: { id: string; requestId: string; words: string; by: string },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into request_tasks (task_id, request_id, words, added_at, added_by) values ($1, $2, $3, $4, $5)`,
    [task.id, task.requestId, task.words, at, task.by],
  );
}

/** Of one request: what is to be done, in the order in which it was added, then what is done, the latest last. */
export function of(db: Queryable, requestId: string): Promise<RequestTask[]> {
  return db.query(
    `select task_id as id, words, done_at is not null as "isDone" from request_tasks where request_id = $1 order by done_at nulls first, seq`,
    [requestId],
  );
}

/** @returns false where it was ticked before, or is gone */
export async function finish(tx: Tx, task: { id: string; requestId: string; by: string }, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update request_tasks set done_at = $3, done_by = $4 where task_id = $1 and request_id = $2 and done_at is null returning task_id`,
    [task.id, task.requestId, at, task.by],
  );
  return rows.length > 0;
}

/** @returns false where it was not ticked, or is gone */
export async function reopen(tx: Tx, task: { id: string; requestId: string }): Promise<boolean> {
  const rows = await tx.query(
    `update request_tasks set done_at = null, done_by = null
     where task_id = $1 and request_id = $2 and done_at is not null returning task_id`,
    [task.id, task.requestId],
  );
  return rows.length > 0;
}

/** What a person has still to do: of the requests that they have, and what they noted on requests that nobody has. */
export function openOf(
  db: Queryable,
  personId: string,
  limit: number,
): Promise<{ id: string; requestId: string; number: number; words: string }[]> {
  return db.query(
    `select t.task_id as id, t.request_id as "requestId", r.number, t.words from request_tasks t join requests r using (request_id)
     where t.done_at is null and coalesce(r.assignee, t.added_by) = $1 order by t.seq limit $2`,
    [personId, limit],
  );
}
