import { type ChosenDigest, DigestChoice } from '../domain/figures/digest-plan';
import type { Queryable, Tx } from './db';

interface Row {
  channel: string;
  choice: unknown;
  at: Date;
  by: string | null;
}

/** What people chose, of every channel or of one. */
export async function chosen(db: Queryable, channel?: string): Promise<ChosenDigest[]> {
  const rows = await db.query<Row>(
    `select c.channel, c.choice, c.chosen_at as at, p.name as by from digest_choices c left join people p using (person_id)
     where $1::text is null or c.channel = $1 order by c.channel`,
    [channel ?? null],
  );
  return rows.map(({ channel: of, choice, at, by }) => ({
    channel: of,
    choice: DigestChoice.parse(choice),
    at,
    ...(by === null ? {} : { by }),
  }));
}

export async function choose(
  tx: Tx,
  { channel, choice, personId, at }: { channel: string; choice: DigestChoice; personId: string; at: Date },
): Promise<void> {
  await tx.query(
    `insert into digest_choices (channel, choice, chosen_at, person_id) values ($1, $2, $3, $4)
     on conflict (channel) do update set choice = excluded.choice, chosen_at = excluded.chosen_at, person_id = excluded.person_id`,
    [channel, JSON.stringify(choice), at, personId],
  );
}
