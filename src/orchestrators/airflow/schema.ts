import { z } from 'zod';
import { rowsOf } from '../rows';

// What we read of Airflow's answers: REST v2 (Airflow 3) and v1 (Airflow 2), which say most things alike. Strict on identity, status and
// time; the rest may be missing or new.

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const maybeInstant = instant.nullish().transform((at) => at ?? undefined);
const words = z.string().nullish().catch(undefined);

export const DagRun = z.object({
  dag_id: z.string(),
  dag_run_id: z.string(),
  state: z.string(),
  run_type: z.string().default('unknown'),
  /** The start of this attempt: set anew when a run that was cleared begins again. */
  start_date: maybeInstant,
  end_date: maybeInstant,
  /** Airflow 3. */
  queued_at: maybeInstant,
  logical_date: maybeInstant,
  run_after: maybeInstant,
  partition_key: words,
  note: words,
  /** Airflow 3.1: the login of whoever triggered it, which a run that a task started may take from its own. */
  triggering_user_name: words,
  triggered_by: words,
});
export type DagRun = z.output<typeof DagRun>;

export const DagRuns = z.object({
  dag_runs: rowsOf(DagRun, {
    identity: (n) => ({ dag_id: 'unreadable', dag_run_id: `unreadable ${n}` }),
    rest: { state: 'unreadable' },
  }),
  total_entries: z.number().nullish(),
});

export const TaskInstance = z.object({
  task_id: z.string(),
  dag_run_id: z.string(),
  map_index: z.number().int().default(-1),
  state: z.string().nullish(),
  /** The newest try, counted from 1; 0 = not tried yet. */
  try_number: z.number().int().default(0),
  max_tries: z.number().int().default(0),
  start_date: maybeInstant,
  end_date: maybeInstant,
  /** Fields of its operator as they were filled in when it ran. */
  rendered_fields: z.object({ trigger_dag_id: words, external_dag_id: words }).nullish().catch(undefined),
});
export type TaskInstance = z.output<typeof TaskInstance>;

export const TaskInstances = z.object({ task_instances: z.array(TaskInstance), total_entries: z.number().nullish() });

/** What a clear touches. Airflow 2 names tasks alone. */
export const Cleared = z.object({
  task_instances: z.array(
    z.object({ task_id: z.string(), dag_run_id: z.string().nullish(), map_index: z.number().int().nullish() }),
  ),
});

const Task = z.object({
  task_id: z.string(),
  retries: z.number().catch(0),
  downstream_task_ids: z.array(z.string()).nullish().catch(undefined),
  class_ref: z.object({ class_name: words }).nullish().catch(undefined),
});
export const Tasks = z.object({ tasks: z.array(Task) });

/** A schedule as Airflow 2 writes it: a cron expression, or a time span. */
const Interval = z
  .object({ value: z.string().optional(), days: z.number().optional(), seconds: z.number().optional() })
  .nullish()
  .catch(undefined);

export const Dag = z.object({
  dag_id: z.string(),
  dag_display_name: words,
  is_paused: z.boolean().nullish(),
  /** Airflow 3; Airflow 2 says `is_active`. */
  is_stale: z.boolean().nullish(),
  is_active: z.boolean().nullish(),
  owners: z.array(z.string()).nullish().catch(undefined),
  tags: z
    .array(z.object({ name: z.string() }))
    .nullish()
    .catch(undefined),
  /** Airflow 3; Airflow 2 says `schedule_interval`. */
  timetable_summary: words,
  schedule_interval: Interval,
  max_active_runs: z.number().nullish().catch(undefined),
});
export type Dag = z.output<typeof Dag>;
export const Dags = z.object({ dags: z.array(Dag), total_entries: z.number().nullish() });

export const Backfill = z.object({
  id: z.number().int(),
  dag_id: z.string(),
  /** As the server writes it: its microseconds are ours (backfills.ts). */
  to_date: z.string(),
  from_date: instant,
  created_at: instant,
  completed_at: maybeInstant,
  is_paused: z.boolean().default(false),
});
export type Backfill = z.output<typeof Backfill>;
export const Backfills = z.object({ backfills: z.array(Backfill), total_entries: z.number().nullish() });
export const DryBackfill = z.object({ backfills: z.array(z.object({ logical_date: maybeInstant })) });

export const DagVersions = z.object({
  dag_versions: z.array(
    z.object({ version_number: z.number().int(), created_at: instant, bundle_version: words, bundle_url: words }),
  ),
  total_entries: z.number().nullish(),
});

const DagTask = z.object({ dag_id: z.string() });
const Fed = z.object({ dag_id: z.string(), created_at: maybeInstant.catch(undefined) });
/** Airflow 2 calls assets datasets. */
export const Asset = z.object({
  uri: z.string().nullish(),
  producing_tasks: z.array(DagTask).nullish().catch(undefined),
  scheduled_dags: z.array(Fed).nullish().catch(undefined),
  consuming_dags: z.array(Fed).nullish().catch(undefined),
  consuming_tasks: z.array(Fed).nullish().catch(undefined),
});
export type Asset = z.output<typeof Asset>;
export const Assets = z
  .object({
    assets: z.array(Asset).optional(),
    datasets: z.array(Asset).optional(),
    total_entries: z.number().nullish(),
  })
  .transform(({ assets, datasets, total_entries }) => ({ assets: assets ?? datasets ?? [], total_entries }));

export const Health = z.object({
  metadatabase: z.object({ status: words }).nullish().catch(undefined),
  scheduler: z.object({ status: words }).nullish().catch(undefined),
});

export const ImportErrors = z.object({ total_entries: z.number().nullish() });

/** One entry of a log of Airflow 3. Only `event` is sure to be there. */
export const LogEntry = z.object({
  event: z.unknown(),
  timestamp: words,
  level: words,
  logger: words,
  error_detail: z
    .array(
      z.object({
        exc_type: words,
        exc_value: words,
        is_cause: z.boolean().nullish().catch(undefined),
        frames: z
          .array(z.object({ filename: words, lineno: z.number().nullish().catch(undefined), name: words }))
          .nullish()
          .catch(undefined),
      }),
    )
    .nullish()
    .catch(undefined),
});
export type LogEntry = z.output<typeof LogEntry>;

/** A log of Airflow 2: text, or a list of host and text that is printed as one text. */
export const LogPart = z.object({ content: z.string(), continuation_token: words });
