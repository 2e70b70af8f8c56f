import type { Queryable } from './db';
import type { Condition } from './due';

/** A person who looked at their Home tab. */
export interface HomeRow {
  slackId: string;
  shownHash?: string;
}

export async function opened(db: Queryable, slackId: string, at: Date): Promise<void> {
  await db.query(
    `insert into homes (slack_id, opened_at) values ($1, $2) on conflict (slack_id) do update set opened_at = excluded.opened_at`,
    [slackId, at],
  );
}

/** Of a person who opened it since then. */
export async function find(db: Queryable, slackId: string, openedSince: Date): Promise<HomeRow | undefined> {
  const [row] = await db.query<{ shownHash: string | null }>(
    `select shown_hash as "shownHash" from homes where slack_id = $1 and opened_at >= $2`,
    [slackId, openedSince],
  );
  return row && { slackId, ...(row.shownHash ? { shownHash: row.shownHash } : {}) };
}
const isDue = (openedSince: string, publishedBefore: string) =>
  `opened_at >= ${openedSince} and (published_at is null or published_at <= ${publishedBefore})`;

export const isAnyDue =
  (of: { openedSince: Date; publishedBefore: Date }): Condition =>
  (bind) =>
    `exists (select from homes where ${isDue(bind(of.openedSince), bind(of.publishedBefore))})`;

/** Takes those who opened it since then and whose turn it is, the longest waiting first; whoever takes one has it for that time. */
export async function takeDue(
  db: Queryable,
  of: { openedSince: Date; publishedBefore: Date; now: Date; limit: number },
): Promise<HomeRow[]> {
  const rows = await db.query<{ slackId: string; shownHash: string | null }>(
    `update homes h set published_at = $3 from (
       select slack_id from homes where ${isDue('$1', '$2')}
       order by published_at nulls first limit $4 for update skip locked
     ) due where h.slack_id = due.slack_id returning h.slack_id as "slackId", h.shown_hash as "shownHash"`,
    [of.openedSince, of.publishedBefore, of.now, of.limit],
  );
  return rows.map(({ slackId, shownHash }) => ({ slackId, ...(shownHash ? { shownHash } : {}) }));
}

export async function published(db: Queryable, slackId: string, shownHash: string, at: Date): Promise<void> {
  await db.query(`update homes set shown_hash = $2, published_at = $3 where slack_id = $1`, [slackId, shownHash, at]);
}
