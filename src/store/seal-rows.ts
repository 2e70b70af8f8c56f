import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** A row of the trail as it is sealed: every column as text, in the order in which it was written. */
export interface SealedRow {
  seq: number;
  /** JSON of the row's columns; the same for the same row whoever reads it. */
  line: string;
}

export interface Seal {
  no: number;
  /** PostgreSQL's words for the rows that it covers. */
  seqs: string;
  rows: number;
  previous: string;
  hash: string;
  sealedAt: Date;
}

/** Times in microseconds and `detail` as PostgreSQL prints it: neither depends on a time zone or on who reads. */
const line = `jsonb_build_array(a.seq, extract(epoch from a.at)::text, a.action_id, a.person_id, a.what, a.kind, a.connection, a.pipeline,
  a.run, a.detail)::text as line`;

/** Only one seals at a time; a second one finds nothing to do. Held to the end of the transaction. */
export async function lockSeals(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ held: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext(current_schema() || ' audit_seals')) as held`,
  );
  return row?.held ?? false;
}

export const isAnyUnsealed: Condition = () => 'exists (select from audit_unsealed)';

/** Takes up to so many rows that stand in no seal yet, oldest first. */
export async function takeUnsealed(tx: Tx, limit: number): Promise<SealedRow[]> {
  return tx.query<SealedRow>(
    `with taken as (
       delete from audit_unsealed where seq in (select q.seq from audit_unsealed q join audit using (seq) order by q.seq limit $1) returning seq
     )
     select a.seq, ${line} from audit a join taken using (seq) order by a.seq`,
    [limit],
  );
}

export async function lastSeal(db: Queryable): Promise<Pick<Seal, 'no' | 'hash'> | undefined> {
  const [row] = await db.query<Pick<Seal, 'no' | 'hash'>>('select no, hash from audit_seals order by no desc limit 1');
  return row;
}

export async function addSeal(
  tx: Tx,
  seal: Pick<Seal, 'no' | 'previous' | 'hash' | 'sealedAt'> & { seqs: number[] },
): Promise<void> {
  await tx.query(
    `insert into audit_seals (no, seqs, rows, previous, hash, sealed_at)
     select $1, range_agg(int8range(seq, seq + 1)), count(*), $3, $4, $5 from unnest($2::bigint[]) as seq`,
    [seal.no, seal.seqs, seal.previous, seal.hash, seal.sealedAt],
  );
}

export async function sealsAfter(db: Queryable, no: number, limit: number): Promise<Seal[]> {
  return db.query<Seal>(
    `select no, seqs::text as seqs, rows, previous, hash, sealed_at as "sealedAt" from audit_seals
     where no > $1 order by no limit $2`,
    [no, limit],
  );
}

/** The rows that a seal covers, as they are now. */
export async function rowsOf(db: Queryable, { no }: Pick<Seal, 'no'>): Promise<SealedRow[]> {
  return db.query<SealedRow>(
    `select a.seq, ${line} from audit_seals s join audit a
       on a.seq >= lower(s.seqs) and a.seq < upper(s.seqs) and a.seq <@ s.seqs
     where s.no = $1 order by a.seq`,
    [no],
  );
}

/**
 * Rows that stand in no seal: those that wait for one, those that nobody queued, which were put in behind the trail's back, and
 * those that were queued and are not there any more.
 */
export async function unsealed(db: Queryable): Promise<{ waiting: number; stray: number; gone: number }> {
  const [row] = await db.query<{ waiting: number; stray: number; gone: number }>(
    `with sealed as (select range_agg(each) as seqs from audit_seals, unnest(seqs) as each)
     select count(u.seq)::int as waiting, count(*) filter (where u.seq is null)::int as stray,
       (select count(*)::int from audit_unsealed q where not exists (select from audit where audit.seq = q.seq)) as gone
     from audit a left join audit_unsealed u using (seq) left join sealed on true
     where sealed.seqs is null or not a.seq <@ sealed.seqs`,
  );
  return row ?? { waiting: 0, stray: 0, gone: 0 };
}
