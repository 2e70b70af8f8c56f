import { z } from 'zod';
import type { Pipeline } from '../domain/pipeline';
import type { Queryable } from './db';

// Reads of the jsonb column `pipelines.facts`, and what discovery adds to it. What an orchestrator says takes the place of what
// events said; events only fill gaps (run-rows.ts).

const text = z.string().optional().catch(undefined);

/** A field in a form we do not know is unknown; it does not hide the others. */
const Facts = z
  .object({
    title: text,
    kind: z.enum(['job', 'app']).optional().catch(undefined),
    team: text,
    owner: text,
    tags: z.array(z.string()).optional().catch(undefined),
    tier: z.number().optional().catch(undefined),
    environment: text,
    schedule: text,
    timeZone: text,
    deadline: text,
    runbook: text,
    repository: text,
    tests: z.union([z.boolean(), z.string()]).optional().catch(undefined),
    feeds: z.array(z.string()).optional().catch(undefined),
    url: text,
  })
  .catch({});

interface PipelineRow {
  connection: string;
  key: string;
  facts: unknown;
}

/** Every pipeline that was ever discovered or heard of, with what orchestrator and events said of it. */
export async function listPipelines(db: Queryable): Promise<Pipeline[]> {
  const rows = await db.query<PipelineRow>('select connection, key, facts from pipelines');
  return rows.map(toPipeline);
}

/** Was any pipeline said to be fed by something? */
export async function hasFeeds(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>(
    `select exists (select from pipelines where facts ? 'feeds') as found`,
  );
  return row?.found ?? false;
}

export async function findPipeline(
  db: Queryable,
  ref: { connection: string; key: string },
): Promise<Pipeline | undefined> {
  const [row] = await db.query<PipelineRow>(
    'select connection, key, facts from pipelines where connection = $1 and key = $2',
    [ref.connection, ref.key],
  );
  return row && toPipeline(row);
}

/** In sorted order, so that two replicas cannot wait for each other; the last of two with one key counts. */
export async function rememberDiscovered(db: Queryable, pipelines: readonly Pipeline[], at: Date): Promise<void> {
  const byRef = new Map(pipelines.map((pipeline) => [JSON.stringify([pipeline.connection, pipeline.key]), pipeline]));
  if (byRef.size === 0) return;
  await db.query(
    `insert into pipelines (connection, key, facts, first_seen_at, seen_at)
     select said.connection, said.key, said.facts, $2, $2
     from jsonb_to_recordset($1::jsonb) as said (connection text, key text, facts jsonb)
     order by 1, 2
     on conflict (connection, key) do update
       set facts = pipelines.facts || excluded.facts, seen_at = greatest(pipelines.seen_at, excluded.seen_at)`,
    [JSON.stringify([...byRef.values()]), at],
  );
}

function toPipeline({ connection, key, facts }: PipelineRow): Pipeline {
  return { connection, key, facts: Facts.parse(facts) };
}

/** Keys of the pipelines of a connection that we have met. */
export async function knownKeys(db: Queryable, connection: string): Promise<string[]> {
  const rows = await db.query<{ key: string }>('select key from pipelines where connection = $1 order by key', [
    connection,
  ]);
  return rows.map(({ key }) => key);
}
