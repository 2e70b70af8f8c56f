import type { RunStatus } from '../domain/run';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';
import { causeLineOf } from './incident-rows';

export interface Watched {
  actionId: string;
  connection: string;
  pipeline: string;
  target: unknown;
  /** When the version came into force. */
  since: Date;
  /** Put in force after it, by us or by others. */
  overtakenAt?: Date;
}

const isWatched = `a.kind = 'redeploy' and a.state = 'succeeded' and a.watched_at is null`;

export const isAnyWatched: Condition = () => `exists (select from actions a where ${isWatched})`;

/** Redeploys of which nobody has been told how the first run went, oldest first. */
export async function watched(db: Queryable, limit: number): Promise<Watched[]> {
  const rows = await db.query<Omit<Watched, 'overtakenAt'> & { overtakenAt: Date | null }>(
    `select a.action_id as "actionId", a.connection, a.pipeline, a.target, a.settled_at as since,
       least(
         (select min(b.settled_at) from actions b where b.kind = 'redeploy' and b.state = 'succeeded'
            and b.connection = a.connection and b.pipeline = a.pipeline and b.settled_at > a.settled_at),
         (select min(c.at) from changes c where c.connection = a.connection and c.pipeline = a.pipeline
            and c.kind in ('activated', 'deployed') and c.at > a.settled_at and c.version <> a.target ->> 'version')
       ) as "overtakenAt"
     from actions a where ${isWatched}
     order by a.settled_at limit $1`,
    [limit],
  );
  return rows.map(({ overtakenAt, ...row }) => (overtakenAt ? { ...row, overtakenAt } : row));
}

export interface FoundRun {
  run: string;
  status: RunStatus;
  startedAt: Date;
  endedAt?: Date;
  /** What it failed of, as its incident has it, else in its own words. */
  cause?: string;
  url?: string;
}

/** The first run that began after that moment, by its newest attempt. Later attempts of runs that had begun before keep their version. */
export async function firstRunAfter(
  db: Queryable,
  { connection, pipeline, since }: Pick<Watched, 'connection' | 'pipeline' | 'since'>,
): Promise<FoundRun | undefined> {
  const [row] = await db.query<{ [Key in keyof FoundRun]: FoundRun[Key] | null }>(
    `with first as (
       select f.run from runs f where f.connection = $1 and f.pipeline = $2 and f.occurred_at > $3 and f.started_at > $3
         and not exists (select 1 from runs e where e.connection = $1 and e.pipeline = $2 and e.run = f.run
           and coalesce(e.started_at, e.occurred_at) <= $3)
       order by f.started_at, f.run limit 1
     )
     select r.run, r.status, r.started_at as "startedAt", coalesce(r.ended_at, r.occurred_at) as "endedAt", r.url,
       coalesce((select ${causeLineOf} from incident_members m join incidents i using (incident_id)
                 where m.connection = $1 and m.pipeline = $2 and m.run = r.run order by i.opened_at desc limit 1), r.error) as cause
     from runs r join first using (run) where r.connection = $1 and r.pipeline = $2 and r.started_at is not null
     order by r.attempt desc limit 1`,
    [connection, pipeline, since],
  );
  return row && (Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as FoundRun);
}

/** @returns whether it was still to be told */
export async function endWatch(tx: Tx, actionId: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    'update actions set watched_at = $2 where action_id = $1 and watched_at is null returning action_id',
    [actionId, at],
  );
  return rows.length > 0;
}
