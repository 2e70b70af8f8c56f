import type { Press } from '../domain/press';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

export interface StoredPress extends Press {
  seq: number;
  attempts: number;
}

const columns = `press_key as key, seq, name, value, slack_id as "slackId", channel, message_ts as "messageTs",
  response_url as "responseUrl", trigger_id as "triggerId", received_at as "receivedAt", attempts`;

function known(row: StoredPress): StoredPress {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as StoredPress;
}

/** One INSERT; true if it was new. */
export async function storeOnce(db: Queryable, press: Press): Promise<boolean> {
  const rows = await db.query(
    `insert into presses (press_key, name, value, slack_id, channel, message_ts, response_url, trigger_id, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (press_key) do nothing returning press_key`,
    [
      press.key,
      press.name,
      JSON.stringify(press.value),
      press.slackId,
      press.channel ?? null,
      press.messageTs ?? null,
      press.responseUrl ?? null,
      press.triggerId ?? null,
      press.receivedAt,
    ],
  );
  return rows.length > 0;
}

export async function whoAsked(
  db: Queryable,
  key: string,
): Promise<{ slackId: string; at: Date; triggerId?: string } | undefined> {
  const [row] = await db.query<{ slackId: string; at: Date; triggerId: string | null }>(
    `select slack_id as "slackId", received_at as at, trigger_id as "triggerId" from presses where press_key = $1`,
    [key],
  );
  return row && { slackId: row.slackId, at: row.at, triggerId: row.triggerId ?? undefined };
}

/** The oldest that nobody has carried out, but for those named, locked for this transaction. */
export async function takeWaiting(tx: Tx, butFor: string[] = []): Promise<StoredPress | undefined> {
  const [row] = await tx.query<StoredPress>(
    `select ${columns} from presses where done_at is null and not (press_key = any($1::text[]))
     order by seq limit 1 for update skip locked`,
    [butFor],
  );
  return row && known(row);
}

/** Is there any? */
export const isAnyWaiting: Condition = () => `exists (select from presses where done_at is null)`;

/**
 * @param keepsValue what it carries is wanted again; else it is forgotten, since it may hold a person's words
 * @param freed nothing came of it (the person may not do it, say): the same wish by somebody who may, or later, is a new one
 */
export async function markDone(
  tx: Tx,
  key: string,
  done: { outcome: string; freed: boolean; keepsValue: boolean; at: Date },
): Promise<void> {
  await tx.query(
    `update presses set done_at = $2, outcome = $3, value = case when $5 then value else '{}' end, press_key = case when $4 then press_key || '#' || seq else press_key end
     where press_key = $1`,
    [key, done.at, done.outcome.slice(0, 200), done.freed, done.keepsValue],
  );
}

/** One more try went wrong for a reason of ours; after `maxAttempts` it is set aside. Says whether it was. */
export async function markFault(db: Queryable, key: string, at: Date, maxAttempts: number): Promise<boolean> {
  const rows = await db.query(
    `update presses set attempts = attempts + 1, done_at = case when attempts + 1 >= $3 then $2::timestamptz end,
       outcome = case when attempts + 1 >= $3 then 'fault' end
     where press_key = $1 and done_at is null returning done_at`,
    [key, at, maxAttempts],
  );
  return rows.some((row) => 'done_at' in row && row.done_at !== null);
}

/** What is heard of one message in Slack is carried out one after the other, until the end of this transaction. */
export async function holdMessage(tx: Tx, channel: string, ts: string): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(hashtextextended(current_schema() || ' message ' || $1 || ' ' || $2, 7))`,
    [channel, ts],
  );
}

/** What a change comes to whose message has no words here, or none yet: two events of Slack may be carried out in either order. */
export const unheard = { edited: 'edited unheard', deleted: 'deleted unheard' } as const;

/** Were changes of this message carried out before it was? */
export async function changesUnheard(
  tx: Tx,
  channel: string,
  ts: string,
): Promise<{ isEdited: boolean; isDeleted: boolean }> {
  const rows = await tx.query<{ outcome: string }>(
    `select outcome from presses where channel = $1 and message_ts = $2 and outcome in ('edited unheard', 'deleted unheard')`,
    [channel, ts],
  );
  const has = (word: string) => rows.some(({ outcome }) => outcome === word);
  return { isEdited: has(unheard.edited), isDeleted: has(unheard.deleted) };
}
