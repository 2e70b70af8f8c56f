import type { Queryable, Tx } from './db';

/** What a team wrote for a question that comes again. */
export interface PinnedAnswer {
  id: string;
  question: string;
  answer: string;
  pinnedAt: Date;
  requestId?: string;
}

const columns = `answer_id as id, question, answer, pinned_at as "pinnedAt", request_id as "requestId"`;

/** @returns false where one is pinned from the same request already */
export async function pin(
  tx: Tx,
  answer: { id: string; requestId?: string; question: string; answer: string; by: string },
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into pinned_answers (answer_id, request_id, question, answer, pinned_at, pinned_by) values ($1, $2, $3, $4, $5, $6)
     on conflict (request_id) where unpinned_at is null do nothing returning answer_id`,
    [answer.id, answer.requestId ?? null, answer.question, answer.answer, at, answer.by],
  );
  return rows.length > 0;
}

/** @returns what was pinned; nothing where it is not any more */
export async function unpin(tx: Tx, id: string, by: string, at: Date): Promise<PinnedAnswer | undefined> {
  const [row] = await tx.query<PinnedAnswer>(
    `update pinned_answers set unpinned_at = $2, unpinned_by = $3 where answer_id = $1 and unpinned_at is null returning ${columns}`,
    [id, at, by],
  );
  return row;
}

/** The newest first. */
export function list(db: Queryable, limit: number): Promise<PinnedAnswer[]> {
  return db.query(
    `select ${columns} from pinned_answers where unpinned_at is null order by pinned_at desc, answer_id limit $1`,
    [limit],
  );
}

export async function ofRequest(db: Queryable, requestId: string): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(
    `select answer_id as id from pinned_answers where request_id = $1 and unpinned_at is null`,
    [requestId],
  );
  return row?.id;
}

/** Letters in threes: 0 = nothing alike, 1 = the same. */
const alikeFrom = 0.45;

/** Those that hold at least two words of the question and four of ten, or are spelt alike; the most alike first. */
export function search(db: Queryable, question: string, limit: number): Promise<PinnedAnswer[]> {
  return db.query(
    `with asked as materialized (
       select lexeme as word from unnest(to_tsvector('english', $1)) where length(lexeme) between 3 and 40
     ), needed as (
       select greatest(least(2, count(*)), ceil(0.4 * count(*)), 1) as words from asked
     )
     select ${columns} from pinned_answers p cross join needed cross join lateral (
       select count(*) as words from asked where p.words @@ to_tsquery('simple', quote_literal(asked.word))) shared
     where p.unpinned_at is null and (shared.words >= needed.words or similarity(p.question, $1) >= ${alikeFrom})
     order by similarity(p.question, $1) desc, shared.words desc, p.pinned_at desc, p.answer_id limit $2`,
    [question, limit],
  );
}
