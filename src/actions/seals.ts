/**
 * Seals the audit trail: each seal is a hash over a batch of rows and over the seal before, so that what is changed, taken out or
 * put in afterwards shows. Rows are written without waiting; a timer seals what has come since.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock';
import type { Db, Queryable, Tx } from '../store/db';
import type { Condition } from '../store/due';
import type { SealedRow } from '../store/seal-rows';
import * as sealRows from '../store/seal-rows';

/** Rows in one seal: few enough to be read at once. */
const batchRows = 1_000;
const sealsRead = 100;
const start = 'pitcrew';

export type Verified =
  /** `head`: the last seal's hash. Whoever keeps it elsewhere can tell later that nothing before it was replaced. */
  | { ok: true; seals: number; rows: number; waiting: number; head?: string }
  | { ok: false; seals: number; rows: number; faults: string[] };

/** SHA-256, in hex, over the seal before, the number of this one, and its rows in order. Pure. */
function hashOf(previous: string, no: number, rows: readonly SealedRow[]): string {
  const hash = createHash('sha256').update(`${previous}\n${no}\n`);
  for (const { line } of rows) hash.update(`${line}\n`);
  return hash.digest('hex');
}

export function createSeals({ db, clock }: { db: Db; clock: Clock }) {
  async function sealOne(tx: Tx): Promise<number> {
    if (!(await sealRows.lockSeals(tx))) return 0;
    const rows = await sealRows.takeUnsealed(tx, batchRows);
    if (rows.length === 0) return 0;
    const last = await sealRows.lastSeal(tx);
    const no = (last?.no ?? 0) + 1;
    const previous = last?.hash ?? start;
    const hash = hashOf(previous, no, rows);
    await sealRows.addSeal(tx, { no, previous, hash, sealedAt: clock.now(), seqs: rows.map(({ seq }) => seq) });
    return rows.length;
  }

  return {
    isDue: (): Condition => sealRows.isAnyUnsealed,

    /** Seals all that waits. @returns how many rows */
    async sweep(): Promise<number> {
      let sealed = 0;
      for (;;) {
        const rows = await db.transaction(sealOne);
        sealed += rows;
        if (rows < batchRows) return sealed;
      }
    },
  };
}

export type Seals = ReturnType<typeof createSeals>;

const faultsSaid = 20;

/** Reads the whole trail and says whether it is as it was sealed. @param progress called after each hundred seals */
export async function verifyAudit(
  db: Queryable,
  progress: (seals: number) => void = () => undefined,
): Promise<Verified> {
  const faults: string[] = [];
  let previous = start;
  let no = 0;
  let rows = 0;
  for (;;) {
    const seals = await sealRows.sealsAfter(db, no, sealsRead);
    for (const seal of seals) {
      const found = await sealRows.rowsOf(db, seal);
      const span = `Seal ${seal.no} of ${seal.sealedAt.toISOString()}`;
      if (seal.no !== no + 1) faults.push(`${span} follows on seal ${no}: ${seal.no - no - 1} between them are gone.`);
      if (seal.previous !== previous) faults.push(`${span} does not continue the seal before it.`);
      if (found.length !== seal.rows)
        faults.push(`${span} covers ${seal.rows} rows, of which ${found.length} are there.`);
      else if (hashOf(seal.previous, seal.no, found) !== seal.hash)
        faults.push(`${span}: something in rows ${sayRows(seal.seqs)} was changed after it was sealed.`);
      previous = seal.hash;
      no = seal.no;
      rows += found.length;
    }
    progress(no);
    if (seals.length < sealsRead) break;
  }
  const { waiting, stray, gone } = await sealRows.unsealed(db);
  if (stray > 0)
    faults.push(`${stray} ${stray === 1 ? 'row stands' : 'rows stand'} in no seal and never waited for one.`);
  if (gone > 0)
    faults.push(
      `${gone} ${gone === 1 ? 'row was' : 'rows were'} taken out before ${gone === 1 ? 'it was' : 'they were'} sealed.`,
    );
  if (faults.length === 0) return { ok: true, seals: no, rows, waiting, ...(no > 0 ? { head: previous } : {}) };
  const more = faults.length - faultsSaid;
  return {
    ok: false,
    seals: no,
    rows,
    faults: [...faults.slice(0, faultsSaid), ...(more > 0 ? [`and ${more} more`] : [])],
  };
}

/** Of ranges as PostgreSQL writes them: "{[23,42),[50,51)}" is "23 to 41, 50". */
function sayRows(seqs: string): string {
  const ranges = [...seqs.matchAll(/\[(\d+),(\d+)\)/g)];
  return ranges
    .map(([, from = '', end = '']) => ({ from, last: String(BigInt(end) - 1n) }))
    .map(({ from, last }) => (from === last ? from : `${from} to ${last}`))
    .join(', ');
}
