import type { Queryable, Tx } from './db';

export type InboxKind = 'run' | 'change' | 'usage' | 'lineage';

/** One fact as it came in, in our words, secrets removed. */
export interface InboxEntry {
  source: string;
  id: string;
  kind: InboxKind;
  connection?: string;
  payload: unknown;
  occurredAt: Date;
}

export interface InboxRow extends InboxEntry {
  seq: number;
  receivedAt: Date;
  attempts: number;
}

/**
 * Stores what is new. One statement: what it returns is committed, which is what a 2xx means.
 *
 * @returns for each entry, in order, whether it was new
 */
export async function store(db: Queryable, entries: InboxEntry[], receivedAt: Date): Promise<boolean[]> {
  if (entries.length === 0) return [];
  const rows = await db.query<{ source: string; id: string }>(
    `insert into inbox (source, id, kind, connection, payload, occurred_at, received_at)
     select e.source, e.id, e.kind, e.connection, e.payload, e."occurredAt", $2
     from jsonb_to_recordset($1::jsonb)
       as e(source text, id text, kind text, connection text, payload jsonb, "occurredAt" timestamptz)
     on conflict (source, id) do nothing
     returning source, id`,
    [JSON.stringify(entries), receivedAt],
  );
  const fresh = new Set(rows.map((row) => `${row.source}\n${row.id}`));
  // Within one call the second of a pair is a duplicate of the first.
  return entries.map((entry) => fresh.delete(`${entry.source}\n${entry.id}`));
}

/** The oldest undecided entries, locked for this transaction; another replica takes the next ones. */
export async function takeWaiting(tx: Tx, limit: number): Promise<InboxRow[]> {
  return tx.query<InboxRow>(
    `select seq, source, id, kind, connection, payload, occurred_at as "occurredAt", received_at as "receivedAt", attempts
     from inbox where decided_at is null order by seq limit $1 for update skip locked`,
    [limit],
  );
}

/** This entry, if it is still undecided and nobody else holds it. */
export async function takeOne(tx: Tx, seq: number): Promise<InboxRow[]> {
  return tx.query<InboxRow>(
    `select seq, source, id, kind, connection, payload, occurred_at as "occurredAt", received_at as "receivedAt", attempts
     from inbox where seq = $1 and decided_at is null for update skip locked`,
    [seq],
  );
}

export interface Decided {
  seq: number;
  reason: string;
  incidentId?: string;
}

export async function markDecided(tx: Tx, decided: Decided[], at: Date): Promise<void> {
  if (decided.length === 0) return;
  await tx.query(
    `update inbox set decided_at = $2, reason = d.reason, incident_id = d."incidentId", fault = null
     from jsonb_to_recordset($1::jsonb) as d(seq bigint, reason text, "incidentId" uuid)
     where inbox.seq = d.seq`,
    [JSON.stringify(decided), at],
  );
}

/** A fact that cannot be decided (our bug) is set aside after `maxAttempts`, with the reason, so that it blocks nobody else. */
export async function markFault(
  db: Queryable,
  seq: number,
  fault: string,
  at: Date,
  maxAttempts: number,
): Promise<void> {
  await db.query(
    `update inbox set attempts = attempts + 1, fault = $2,
       decided_at = case when attempts + 1 >= $4 then $3::timestamptz end,
       reason = case when attempts + 1 >= $4 then 'fault' end
     where seq = $1 and decided_at is null`,
    [seq, fault.slice(0, 500), at, maxAttempts],
  );
}

/** How far behind the decisions are. */
export async function lag(db: Queryable): Promise<{ waiting: number; oldest?: Date }> {
  const [row] = await db.query<{ waiting: number; oldest: Date | null }>(
    `select count(*)::int as waiting, min(received_at) as oldest from inbox where decided_at is null`,
  );
  return { waiting: row?.waiting ?? 0, oldest: row?.oldest ?? undefined };
}
