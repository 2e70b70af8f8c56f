import type { Change } from '../domain/change';
import type { PipelineRef } from '../domain/pipeline';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

export async function saveChanges(tx: Tx, changes: Change[], at: Date): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `insert into changes (connection, pipeline, kind, version, by_whom, note, commit_id, branch, url, at, recorded_at)
     select c.pipeline ->> 'connection', c.pipeline ->> 'key', c.kind, c.version, c.by, c.note, c.commit, c.branch, c.url, c.at, $2
     from jsonb_to_recordset($1::jsonb) as c(pipeline jsonb, kind text, version text, by text, note text, commit text, branch text,
       url text, at timestamptz)`,
    [JSON.stringify(changes), at],
  );
}

/** Was any change of a pipeline ever told? */
export const isAny: Condition = () => 'exists (select from changes)';

/** The newest changes of a pipeline before that moment, newest first. Those that are told twice stand once. */
export async function before(
  db: Queryable,
  pipeline: PipelineRef,
  { until, limit }: { until: Date; limit: number },
): Promise<Change[]> {
  const rows = await db.query<{ [Key in keyof Omit<Change, 'pipeline'>]: Change[Key] | null }>(
    `select * from (
       select distinct on (at, kind, version, note) kind, version, by_whom as by, at, note, commit_id as commit, branch, url
       from changes where connection = $1 and pipeline = $2 and at <= $3
       order by at desc, kind, version, note, seq limit $4
     ) each order by at desc`,
    [pipeline.connection, pipeline.key, until, limit],
  );
  return rows.map((row) => {
    const told = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    return { ...(told as Omit<Change, 'pipeline'>), pipeline };
  });
}

/** Pipelines of which no version is known, the most lately seen first. */
export function withoutHistory(db: Queryable, connection: string, limit: number): Promise<PipelineRef[]> {
  return db.query(
    `select p.connection, p.key from pipelines p
     where p.connection = $1 and not exists (
       select 1 from changes c where c.connection = p.connection and c.pipeline = p.key and c.kind = 'version')
     order by p.seen_at desc, p.key limit $2`,
    [connection, limit],
  );
}

export interface Usage {
  tool: string;
  person: string;
  action: string;
  count?: number;
  team?: string;
  repository?: string;
  at: Date;
}

export async function saveUsage(tx: Tx, usage: Usage[]): Promise<void> {
  if (usage.length === 0) return;
  await tx.query(
    `insert into usage (tool, person, action, count, team, repository, at)
     select u.tool, u.person, u.action, coalesce(u.count, 1), u.team, u.repository, u.at
     from jsonb_to_recordset($1::jsonb) as u(tool text, person text, action text, count int, team text, repository text, at timestamptz)`,
    [JSON.stringify(usage)],
  );
}
