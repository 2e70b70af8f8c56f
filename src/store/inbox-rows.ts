import { storable } from '../lib/storable';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

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

/** What is decided on: the payload says all of it. */
export interface InboxRow {
  seq: number;
  kind: InboxKind;
  payload: unknown;
}

/**
 * Stores what is new. One statement: what it returns is committed, which is what a 2xx means.
 *
 * @returns for each entry, in order, whether it was new
 */
export async function store(db: Queryable, entries: InboxEntry[], receivedAt: Date): Promise<boolean[]> {
  if (entries.length === 0) return [];
  const { json, identities } = asJson(entries);
  const [stored] = await db.query<{ identities: string[] }>(
    `with stored as (
       insert into inbox (source, id, kind, connection, payload, occurred_at, received_at)
       select e.source, e.id, e.kind, e.connection, e.payload, e."occurredAt", $2
       from jsonb_to_recordset($1::jsonb)
         as e(source text, id text, kind text, connection text, payload jsonb, "occurredAt" timestamptz)
       on conflict (source, id) do nothing
       returning source, id
     )
     select coalesce(json_agg(source || e'\\n' || id), '[]') as identities from stored`,
    [json, receivedAt],
  );
  const fresh = new Set(stored?.identities);
  // Within one call the second of a pair is a duplicate of the first.
  return identities.map((identity) => fresh.delete(identity));
}

const identityOf = ({ source, id }: { source: string; id: string }): string => `${source}\n${id}`;

/** Without what PostgreSQL refuses in text; one scan tells that there is nothing of the kind, as nearly always. */
function asJson(entries: InboxEntry[]): { json: string; identities: string[] } {
  const json = JSON.stringify(entries);
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return { json, identities: entries.map(identityOf) };
  return {
    json: JSON.stringify(entries, (_key, value) => (typeof value === 'string' ? storable(value) : value)),
    identities: entries.map(({ source, id }) => identityOf({ source: storable(source), id: storable(id) })),
  };
}

/** The oldest undecided entries, but for those named, locked for this transaction; another replica takes the next ones. */
export async function takeWaiting(tx: Tx, limit: number, butFor: number[] = []): Promise<InboxRow[]> {
  const [taken] = await tx.query<{ rows: InboxRow[] | null }>(
    `select json_agg(w order by w.seq) as rows from (
       select seq, kind, payload
       from inbox where decided_at is null and not (seq = any($2::bigint[])) order by seq limit $1 for update skip locked
     ) w`,
    [limit, butFor],
  );
  return taken?.rows ?? [];
}

/** Is there any? */
export const isAnyWaiting =
  (butFor: number[]): Condition =>
  (bind) =>
    `exists (select from inbox where decided_at is null and not (seq = any(${bind(butFor)}::bigint[])))`;

/** The same entries, not locked: just which they are, and how often they were tried. */
export async function waiting(
  db: Queryable,
  limit: number,
  butFor: number[],
): Promise<{ seq: number; attempts: number }[]> {
  return db.query(
    `select seq, attempts from inbox where decided_at is null and not (seq = any($2::bigint[])) order by seq limit $1`,
    [limit, butFor],
  );
}

/** This entry, if it is still undecided and nobody else holds it. */
export async function takeOne(tx: Tx, seq: number): Promise<InboxRow[]> {
  return tx.query<InboxRow>(
    `select seq, kind, payload from inbox where seq = $1 and decided_at is null for update skip locked`,
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
