import type { ActionKind } from '../domain/action';
import type { Queryable } from './db';

/**
 * `asked` or `refused`; then for each try `trying` and `accepted`, `not-taken` (it will be tried again) or `doubtful` (the answer
 * was lost, it will be read); then what became of it.
 */
export type AuditWhat =
  | 'asked'
  | 'refused'
  | 'trying'
  | 'accepted'
  | 'not-taken'
  | 'doubtful'
  | 'succeeded'
  | 'failed'
  | 'unsure'
  | 'cancelled'
  /** Of consent: who said yes or no besides the person who asked, and nobody in time. */
  | 'needs-approval'
  | 'approved'
  | 'declined'
  | 'withdrawn'
  | 'expired'
  | 'glass-broken'
  /** Of a large action; by a person, or by itself. */
  | 'released'
  | 'paused'
  | 'resumed'
  | 'cancelling'
  /** The orchestrator was told to pause, resume or cancel a batch, and would not. */
  | 'word-refused'
  /** Of retries that go by themselves. */
  | 'allowed'
  | 'stopped'
  /** Of an answer to a question that comes again. */
  | 'pinned'
  | 'unpinned'
  /** Of the switch for all bulk work. */
  | 'bulk-off'
  | 'bulk-on';

/** What operators do about all bulk work and about posts that were set aside, and people about alerts and digests, besides the changes of pipelines. */
export type AuditKind =
  | ActionKind
  | 'auto-retry'
  | 'bulk'
  | 'resend-post'
  | 'drop-post'
  | 'close'
  | 'reopen'
  | 'answer'
  | 'plan-silence'
  | 'end-silence'
  | 'change-digest';

export interface AuditEntry {
  at: Date;
  actionId?: string;
  personId?: string;
  what: AuditWhat;
  kind: AuditKind;
  connection?: string;
  pipeline?: string;
  run?: string;
  detail?: Record<string, unknown>;
}

export async function append(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query(
    `insert into audit (at, action_id, person_id, what, kind, connection, pipeline, run, detail)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      entry.at,
      entry.actionId ?? null,
      entry.personId ?? null,
      entry.what,
      entry.kind,
      entry.connection ?? null,
      entry.pipeline ?? null,
      entry.run ?? null,
      JSON.stringify(entry.detail ?? {}),
    ],
  );
}

/** Which of these words stand in the trail of an action, oldest first. */
export async function saidOf<Word extends AuditWhat>(
  db: Queryable,
  actionId: string,
  words: readonly Word[],
): Promise<Word[]> {
  const rows = await db.query<{ what: Word }>(
    'select what from audit where action_id = $1 and what = any($2::text[]) order by seq',
    [actionId, words],
  );
  return rows.map(({ what }) => what);
}
