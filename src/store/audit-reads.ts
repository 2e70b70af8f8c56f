import { z } from 'zod';
import type { Queryable } from './db';

/** One line of the trail, with the person's name while we may still know it. */
export interface AuditLine {
  seq: number;
  at: Date;
  what: string;
  kind: string;
  actionId?: string;
  /** The surrogate; stays when the person is erased. */
  personId?: string;
  person?: string;
  slackId?: string;
  connection?: string;
  pipeline?: string;
  run?: string;
  detail: Record<string, unknown>;
}

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

const pageRows = 500;

/** Oldest first, read in pages, so that a trail of any length can be printed. */
export async function* readAudit(db: Queryable, question: AuditQuestion): AsyncGenerator<AuditLine> {
  for (let after = 0; ; ) {
    const rows = await db.query(
      `select a.seq, a.at, a.what, a.kind, a.action_id as "actionId", a.person_id as "personId", p.name as person,
              p.slack_id as "slackId", a.connection, a.pipeline, a.run, a.detail
       from audit a left join people p using (person_id)
       where a.seq > $1 and ($2::timestamptz is null or a.at >= $2) and ($3::uuid[] is null or a.person_id = any($3))
         and ($4::text is null or a.pipeline = $4 or a.connection || '/' || a.pipeline = $4)
       order by a.seq limit $5`,
      [after, question.since ?? null, question.personIds ?? null, question.pipeline ?? null, pageRows],
    );
    for (const raw of rows) {
      const { actionId, personId, person, slackId, connection, pipeline, run, ...row } = Row.parse(raw);
      after = row.seq;
      yield {
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
