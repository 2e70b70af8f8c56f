import type { Queryable } from './db';

/** What Slack knows of a person. */
export interface Person {
  slackId: string;
  name: string;
  email?: string;
  timeZone?: string;
  isGuest: boolean;
  isBot: boolean;
  isDeactivated: boolean;
}

export interface StoredPerson extends Person {
  /** The surrogate that audit and statistics hold. */
  personId: string;
  fetchedAt: Date;
}

interface PersonRow extends Omit<StoredPerson, 'email' | 'timeZone'> {
  email: string | null;
  timeZone: string | null;
}

const columns = `person_id as "personId", slack_id as "slackId", name, email, time_zone as "timeZone", is_guest as "isGuest",
  is_bot as "isBot", is_deactivated as "isDeactivated", fetched_at as "fetchedAt"`;

export async function findPerson(db: Queryable, slackId: string): Promise<StoredPerson | undefined> {
  const [row] = await db.query<PersonRow>(`select ${columns} from people where slack_id = $1`, [slackId]);
  return row && toPerson(row);
}

/** Of several with one address the one who is still here, then the one read last. */
export async function findPersonByEmail(db: Queryable, email: string): Promise<StoredPerson | undefined> {
  const [row] = await db.query<PersonRow>(
    `select ${columns} from people where lower(email) = lower($1) order by is_deactivated, fetched_at desc limit 1`,
    [email],
  );
  return row && toPerson(row);
}

/** Keeps the surrogate of whoever is known already, so that it is made once whichever replica was first. */
export async function savePerson(db: Queryable, newId: string, person: Person, at: Date): Promise<StoredPerson> {
  const [row] = await db.query<PersonRow>(
    `insert into people (person_id, slack_id, name, email, time_zone, is_guest, is_bot, is_deactivated, fetched_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (slack_id) do update set name = excluded.name, email = excluded.email, time_zone = excluded.time_zone,
       is_guest = excluded.is_guest, is_bot = excluded.is_bot, is_deactivated = excluded.is_deactivated,
       fetched_at = excluded.fetched_at
     returning ${columns}`,
    [
      newId,
      person.slackId,
      person.name,
      person.email ?? null,
      person.timeZone ?? null,
      person.isGuest,
      person.isBot,
      person.isDeactivated,
      at,
    ],
  );
  if (!row) throw new Error('an upsert returned no row');
  return toPerson(row);
}

/** Removes what leads from the surrogate to the person; whoever comes again is somebody new. */
export async function erase(db: Queryable, personId: string): Promise<void> {
  await db.query(`delete from people where person_id = $1`, [personId]);
}

function toPerson(row: PersonRow): StoredPerson {
  return { ...row, email: row.email ?? undefined, timeZone: row.timeZone ?? undefined };
}

/** Names by Slack id, of those whom we have met. */
export async function namesOf(db: Queryable, slackIds: string[]): Promise<Map<string, string>> {
  if (slackIds.length === 0) return new Map();
  const rows = await db.query<{ slackId: string; name: string }>(
    `select slack_id as "slackId", name from people where slack_id = any($1::text[])`,
    [slackIds],
  );
  return new Map(rows.map(({ slackId, name }) => [slackId, name]));
}
