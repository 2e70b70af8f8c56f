import { z } from 'zod';
import type { AuditLine } from '../domain/audit';
import type { Queryable } from './db';

export interface AuditQuestion {
  since?: Date;
  /** Surrogates. */
  personIds?: readonly string[];
  /** Key, or `connection/key`. */
  pipeline?: string;
}

const Row = z.object({
  seq: z.number(),
  at: z.date(),
  what: z.string(),
  kind: z.string(),
  actionId: z.string().nullable(),
  personId: z.string().nullable(),
  person: z.string().nullable(),
  slackId: z.string().nullable(),
  connection: z.string().nullable(),
  pipeline: z.string().nullable(),
  run: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).catch({}),
});

function lineOf(raw: unknown): AuditLine {
  const { actionId, personId, person, slackId, connection, pipeline, run, ...row } = Row.parse(raw);
  return {
    ...row,
    actionId: actionId ?? undefined,
    personId: personId ?? undefined,
    person: person ?? undefined,
    slackId: slackId ?? undefined,
    connection: connection ?? undefined,
    pipeline: pipeline ?? undefined,
    run: run ?? undefined,
  };
}

const lineColumns = `a.seq, a.at, a.what, a.kind, a.action_id as "actionId", a.person_id as "personId", p.name as person,
  p.slack_id as "slackId", a.connection, a.pipeline, a.run, a.detail`;
const fits = `($1::timestamptz is null or a.at >= $1) and ($2::uuid[] is null or a.person_id = any($2))
  and ($3::text is null or a.pipeline = $3 or a.connection || '/' || a.pipeline = $3)`;

/** So many lines from the newest on, after `skip` of them, and how many there are in all. */
export async function newestLines(
  db: Queryable,
  { since, personIds, pipeline }: AuditQuestion,
  { skip, limit }: { skip: number; limit: number },
): Promise<{ lines: AuditLine[]; total: number }> {
  const asked = [since ?? null, personIds ?? null, pipeline ?? null];
  const [count] = await db.query<{ total: number }>(`select count(*)::int as total from audit a where ${fits}`, asked);
  const rows = await db.query(
    `select ${lineColumns} from audit a left join people p using (person_id) where ${fits}
     order by a.seq desc offset $4 limit $5`,
    [...asked, skip, limit],
  );
  return { lines: rows.map(lineOf), total: count?.total ?? 0 };
}

const pageRows = 500;

/** Oldest first, read in pages, so that a trail of any length can be printed. */
export async function* readAudit(db: Queryable, question: AuditQuestion): AsyncGenerator<AuditLine> {
  for (let after = 0; ; ) {
    const rows = await db.query(
      `select ${lineColumns} from audit a left join people p using (person_id)
       where ${fits} and a.seq > $4 order by a.seq limit $5`,
      [question.since ?? null, question.personIds ?? null, question.pipeline ?? null, after, pageRows],
    );
    for (const raw of rows) {
      const line = lineOf(raw);
      after = line.seq;
      yield line;
    }
    if (rows.length < pageRows) return;
  }
}

/** Surrogates of whoever bears this Slack id, e-mail address or name; of a surrogate, itself, so that the erased are found too. */
export async function findSurrogates(db: Queryable, who: string): Promise<string[]> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(who)) return [who.toLowerCase()];
  const rows = await db.query<{ personId: string }>(
    `select person_id as "personId" from people where slack_id = upper($1) or lower(email) = lower($1) or lower(name) = lower($1)`,
    [who],
  );
  return rows.map(({ personId }) => personId);
}
