import { randomUUID } from 'node:crypto';
import type { FeedbackItem, FeedbackSource, FeedbackStatus, Theme, UnwantedMessages } from '../domain/feedback';
import type { Queryable, Tx } from './db';

type Row = Omit<FeedbackItem, 'theme'> & { themeId: string | null; themeName: string | null };

const columns = `i.item_id as id, i.number, i.source, i.status, i.person_id as person, p.name, r.number as request,
  case when i.source = 'rating' then r.score end as score, i.theme_id as "themeId", t.name as "themeName", i.at, i.told_at as "toldAt", i.words`;
const joined = `feedback_items i left join people p on p.person_id = i.person_id left join requests r on r.request_id = i.request_id
  left join feedback_themes t on t.theme_id = i.theme_id`;

function toItem({ themeId, themeName, ...row }: Row): FeedbackItem {
  const item = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as FeedbackItem;
  return themeId && themeName ? { ...item, theme: { id: themeId, name: themeName } } : item;
}

/** @returns its number; of the same origin there is one */
export async function add(
  tx: Tx,
  item: { personId: string; source: FeedbackSource; requestId?: string; words: string; origin: string; at: Date },
): Promise<number> {
  await tx.query(
    `insert into feedback_items (item_id, person_id, source, request_id, words, origin, at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (origin) do nothing`,
    [randomUUID(), item.personId, item.source, item.requestId ?? null, item.words, item.origin, item.at],
  );
  const [row] = await tx.query<{ number: number }>(`select number from feedback_items where origin = $1`, [
    item.origin,
  ]);
  if (!row) throw new Error('what was just added is not there');
  return row.number;
}

export async function find(db: Queryable, id: string, isLocked = false): Promise<FeedbackItem | undefined> {
  if (isLocked) await db.query(`select from feedback_items where item_id = $1 for update`, [id]);
  const [row] = await db.query<Row>(`select ${columns} from ${joined} where i.item_id = $1`, [id]);
  return row && toItem(row);
}

/** What waits, the newest first; and how much that is. What was erased is left out. */
export async function waiting(
  db: Queryable,
  of: { limit: number; skip: number },
): Promise<{ items: FeedbackItem[]; total: number; fresh: number }> {
  const rows = await db.query<Row>(
    `select ${columns} from ${joined} where i.status in ('new', 'planned') and i.words <> ''
     order by i.status = 'planned', i.at desc limit $1 offset $2`,
    [of.limit, of.skip],
  );
  const [count] = await db.query<{ total: number; fresh: number }>(
    `select count(*)::int as total, count(*) filter (where status = 'new')::int as fresh from feedback_items
     where status in ('new', 'planned') and words <> ''`,
  );
  return { items: rows.map(toItem), total: count?.total ?? 0, fresh: count?.fresh ?? 0 };
}

/** With the newest words that were sorted under each, and how much waits there. */
export async function themes(db: Queryable): Promise<(Theme & { sorted: string[]; waiting: number })[]> {
  return db.query(
    `select t.theme_id as id, t.name, coalesce(found.sorted, '{}') as sorted, coalesce(found.waiting, 0) as waiting
     from feedback_themes t left join lateral (
       select array_agg(words) as sorted, count(*) filter (where status in ('new', 'planned'))::int as waiting
       from (select words, status from feedback_items where theme_id = t.theme_id order by at desc limit 50) newest) found on true
     order by lower(t.name) limit 99`,
  );
}

/** The theme of that name, made where there is none. */
export async function themeNamed(tx: Tx, name: string, at: Date): Promise<string> {
  await tx.query(
    `insert into feedback_themes (theme_id, name, created_at) values ($1, $2, $3) on conflict (lower(name)) do nothing`,
    [randomUUID(), name, at],
  );
  const [row] = await tx.query<{ id: string }>(
    `select theme_id as id from feedback_themes where lower(name) = lower($1)`,
    [name],
  );
  if (!row) throw new Error('a theme that was just made is not there');
  return row.id;
}

/** @returns false where the theme is gone */
export async function sort(
  tx: Tx,
  of: { id: string; status: FeedbackStatus; themeId?: string; at: Date },
): Promise<void> {
  await tx.query(
    `update feedback_items set status = $2, changed_at = $4,
       theme_id = (select theme_id from feedback_themes where theme_id = $3) where item_id = $1`,
    [of.id, of.status, of.themeId ?? null, of.at],
  );
}

/** What a word on this one is about: itself, or all that waits under its theme; not what was answered. Locked, in their order. */
export async function toAnswer(
  tx: Queryable,
  id: string,
  scope: 'item' | 'theme',
  isLocked: boolean,
): Promise<FeedbackItem[]> {
  const own = await find(tx, id, isLocked);
  if (!own) return [];
  const themeId = scope === 'theme' ? own.theme?.id : undefined;
  const where = themeId ? `i.theme_id = $1 and i.status in ('new', 'planned')` : `i.item_id = $1`;
  if (isLocked && themeId)
    await tx.query(`select from feedback_items i where ${where} order by i.number for update`, [themeId]);
  const rows = await tx.query<Row>(
    `select ${columns} from ${joined} where ${where} and i.told_at is null and i.status <> 'done' order by i.at, i.number`,
    [themeId ?? id],
  );
  return rows.map(toItem);
}

/** Who of these may be written to: they are here, and have not said that they do not want it. */
export async function willing(
  db: Queryable,
  personIds: readonly string[],
): Promise<Map<string, { slackId: string; name: string }>> {
  const rows = await db.query<{ personId: string; slackId: string; name: string }>(
    `select person_id as "personId", slack_id as "slackId", name from people p
     where person_id = any($1::uuid[]) and not is_deactivated and not is_bot
       and not exists (select from unwanted_messages u where u.person_id = p.person_id and u.what = 'news')`,
    [personIds],
  );
  return new Map(rows.map(({ personId, ...person }) => [personId, person]));
}

/** @param told those of them whose people were written to */
export async function markDone(tx: Tx, ids: readonly string[], told: readonly string[], at: Date): Promise<void> {
  await tx.query(
    `update feedback_items set status = 'done', changed_at = $3, told_at = case when item_id = any($2::uuid[]) then $3 else told_at end
     where item_id = any($1::uuid[])`,
    [ids, told, at],
  );
}

export async function wordsOf(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ words: string }>(
    `select words from feedback_items where item_id = any($1::uuid[]) and words <> '' order by at, number`,
    [ids],
  );
  return rows.map(({ words }) => words);
}

/** @param isOff they do not want it */
export async function want(tx: Tx, personId: string, what: UnwantedMessages, isOff: boolean, at: Date): Promise<void> {
  if (isOff)
    await tx.query(
      `insert into unwanted_messages (person_id, what, at) values ($1, $2, $3) on conflict (person_id, what) do nothing`,
      [personId, what, at],
    );
  else await tx.query(`delete from unwanted_messages where person_id = $1 and what = $2`, [personId, what]);
}

/** Takes out a person's words, and what they do not want. */
export async function erase(tx: Tx, personId: string): Promise<void> {
  await tx.query(`update feedback_items set words = '' where person_id = $1`, [personId]);
  await tx.query(`update feedback set words = null where person_id = $1`, [personId]);
  await tx.query(`update pulse_asks set words = null where person_id = $1`, [personId]);
  await tx.query(`delete from pulse_asks where person_id = $1 and asked_at is null`, [personId]);
  await tx.query(`delete from unwanted_messages where person_id = $1`, [personId]);
}

/** Takes out the words of what was done or declined before then. */
export async function forgetWords(tx: Tx, before: Date, limit: number): Promise<void> {
  await tx.query(
    `update feedback_items set words = '' where item_id in (
       select item_id from feedback_items where status in ('done', 'declined') and changed_at < $1 and words <> '' limit $2)`,
    [before, limit],
  );
}
