import { arrivalsKept } from '../domain/silence';
import type { Tx } from './db';
import type { Condition } from './due';

export interface Arrivals {
  /** The source of an event up to its first colon: who brought it. */
  from: string;
  connection: string | null;
  times: Date[];
  /** The newest row among them. */
  seq: number;
}

export const isAnyUnheard: Condition = () => 'exists (select from inbox where seq > (select seq from heard_until))';

/** Locks the listening for this transaction. @returns false when another replica is at it */
export async function take(tx: Tx): Promise<boolean> {
  return (await tx.query('select seq from heard_until for update skip locked')).length > 0;
}

/** What came in since the last time, at most `limit` rows, in groups; the mark moves on behind them. */
export async function nextArrivals(tx: Tx, limit: number): Promise<Arrivals[]> {
  const rows = await tx.query<Arrivals>(
    `with fresh as (
       select seq, source, connection, received_at from inbox where seq > (select seq from heard_until) order by seq limit $1
     )
     select split_part(source, ':', 1) as "from", connection, array_agg(distinct received_at order by received_at) as times,
            max(seq) as seq
     from fresh group by 1, 2`,
    [limit],
  );
  const last = Math.max(...rows.map(({ seq }) => Number(seq)));
  if (rows.length > 0) await tx.query('update heard_until set seq = $1', [last]);
  return rows;
}

/** Adds arrivals to what is known of each name. Rows of one call or batch came at one time and count once. */
export async function hear(tx: Tx, heard: { name: string; times: Date[] }[]): Promise<void> {
  for (const { name, times } of heard) {
    await tx.query(
      `insert into heard as h (name, arrivals) values ($1, $2::timestamptz[])
       on conflict (name) do update set arrivals = (
         select array_agg(newest.at order by newest.at) from (
           select distinct at from unnest(h.arrivals || excluded.arrivals) as at order by at desc limit $3
         ) newest)`,
      [name, times.slice(-arrivalsKept), arrivalsKept],
    );
  }
}

export interface Heard {
  name: string;
  arrivals: Date[];
  silentSince: Date | null;
}

export async function all(tx: Tx): Promise<Heard[]> {
  return tx.query('select name, arrivals, silent_since as "silentSince" from heard order by name');
}

export async function markSilent(tx: Tx, name: string, since: Date): Promise<void> {
  await tx.query(
    `insert into heard (name, silent_since) values ($1, $2) on conflict (name) do update set silent_since = excluded.silent_since`,
    [name, since],
  );
}

export async function markHeard(tx: Tx, name: string): Promise<void> {
  await tx.query('update heard set silent_since = null where name = $1', [name]);
}

export interface LastPoll {
  connection: string;
  succeededAt: Date | null;
  fault: string | null;
}

export async function lastPolls(tx: Tx): Promise<LastPoll[]> {
  return tx.query('select connection, succeeded_at as "succeededAt", fault from polls');
}
