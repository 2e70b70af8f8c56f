import type { Round } from '../domain/pulse';
import type { Queryable, Tx } from './db';

/** @returns false where another replica has begun it already */
export async function begin(tx: Tx, round: Round, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `insert into pulse_rounds (quarter, planned_at, closes_at) values ($1, $2, $3) on conflict (quarter) do nothing returning quarter`,
    [round.quarter, at, round.closesAt],
  );
  return rows.length > 0;
}

export async function isBegun(db: Queryable, quarter: string): Promise<boolean> {
  return (await db.query(`select from pulse_rounds where quarter = $1`, [quarter])).length > 0;
}

export async function plan(tx: Tx, quarter: string, asks: readonly { personId: string; at: Date }[]): Promise<void> {
  await tx.query(
    `insert into pulse_asks (quarter, person_id, ask_at)
     select $1, a."personId", a.at from jsonb_to_recordset($2::jsonb) as a("personId" uuid, at timestamptz) on conflict do nothing`,
    [quarter, JSON.stringify(asks)],
  );
}

/** Time zones of people who are here; people who left, guests and bots are none of them. */
export async function zonesOf(
  db: Queryable,
  personIds: readonly string[],
): Promise<{ personId: string; timeZone: string | null }[]> {
  return db.query(
    `select person_id as "personId", time_zone as "timeZone" from people
     where person_id = any($1::uuid[]) and not is_deactivated and not is_bot and not is_guest`,
    [personIds],
  );
}

/** Whose time has come in a round that is not over. Locked, so that no replica takes them too. */
export async function takeDue(
  tx: Tx,
  { now, limit }: { now: Date; limit: number },
): Promise<{ quarter: string; personId: string; timeZone: string | null }[]> {
  return tx.query(
    `select a.quarter, a.person_id as "personId", p.time_zone as "timeZone" from pulse_asks a
     join pulse_rounds r using (quarter) left join people p on p.person_id = a.person_id
     where a.asked_at is null and a.ask_at <= $1 and r.closes_at > $1 order by a.ask_at limit $2 for update of a skip locked`,
    [now, limit],
  );
}

export async function putOff(tx: Tx, { quarter, personId, until }: { quarter: string; personId: string; until: Date }) {
  await tx.query(`update pulse_asks set ask_at = $3 where quarter = $1 and person_id = $2`, [quarter, personId, until]);
}

/** They are not asked this time, and do not count. */
export async function leaveOut(tx: Tx, { quarter, personId }: { quarter: string; personId: string }): Promise<void> {
  await tx.query(`delete from pulse_asks where quarter = $1 and person_id = $2 and asked_at is null`, [
    quarter,
    personId,
  ]);
}

/** To whom it may be put: they are here, have not said that they do not want it, and were not asked since then. */
export async function mayAsk(
  db: Queryable,
  personId: string,
  askedBefore: Date,
): Promise<{ slackId: string } | undefined> {
  const [row] = await db.query<{ slackId: string }>(
    `select slack_id as "slackId" from people p where person_id = $1 and not is_deactivated and not is_bot and not is_guest
       and not exists (select from unwanted_messages u where u.person_id = p.person_id and u.what = 'pulse')
       and not exists (select from pulse_asks a where a.person_id = p.person_id and a.asked_at > $2)`,
    [personId, askedBefore],
  );
  return row;
}

export async function markAsked(tx: Tx, { quarter, personId, at }: { quarter: string; personId: string; at: Date }) {
  await tx.query(`update pulse_asks set asked_at = $3 where quarter = $1 and person_id = $2`, [quarter, personId, at]);
}

/** The last press counts, whichever comes in first. @returns false where they were not asked, or the round is over */
export async function answer(
  tx: Tx,
  said: { quarter: string; personId: string; score: number; at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `update pulse_asks a set score = case when a.answered_at > $4 then a.score else $3 end, answered_at = greatest(a.answered_at, $4)
     from pulse_rounds r where r.quarter = a.quarter and a.quarter = $1 and a.person_id = $2 and a.asked_at is not null
       and r.closes_at > $4 returning a.quarter`,
    [said.quarter, said.personId, said.score, said.at],
  );
  return rows.length > 0;
}

/** @returns false where there is no score that the words belong to, or the round is over */
export async function explain(
  tx: Tx,
  said: { quarter: string; personId: string; words: string; at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `update pulse_asks a set words = $3 from pulse_rounds r
     where r.quarter = a.quarter and a.quarter = $1 and a.person_id = $2 and a.score is not null and r.closes_at > $4 returning a.quarter`,
    [said.quarter, said.personId, said.words, said.at],
  );
  return rows.length > 0;
}

/** The newest rounds, each with its answers; by whom is not read. */
export async function rounds(
  db: Queryable,
  limit: number,
): Promise<(Round & { asked: number; answers: { score: number; words?: string }[] })[]> {
  return db.query(
    `select r.quarter, r.closes_at as "closesAt", count(a.person_id) filter (where a.asked_at is not null)::int as asked,
       coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('score', a.score, 'words', a.words)))
         filter (where a.score is not null), '[]') as answers
     from pulse_rounds r left join pulse_asks a using (quarter) group by r.quarter, r.closes_at order by r.quarter desc limit $1`,
    [limit],
  );
}

export async function forgetWords(tx: Tx, before: Date): Promise<void> {
  await tx.query(`update pulse_asks set words = null where words is not null and answered_at < $1`, [before]);
}
