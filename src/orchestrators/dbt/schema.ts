import { z } from 'zod';
import { rowsOf } from '../rows';

// What we read of the answers of dbt Cloud's API v2. Strict on identity, status and time; the rest may be missing or new.

/** `2026-11-25T08:59:00Z`, and `2026-11-25 08:59:00.123456+00:00` as the API really writes it. */
const instant = z
  .string()
  .transform((text) => new Date(text.replace(' ', 'T')))
  .refine((at) => !Number.isNaN(at.getTime()), 'is no time');
const maybeInstant = instant.nullish().transform((at) => at ?? undefined);
const words = z.string().nullish().catch(undefined);
const id = z.number().int().transform(String);
const maybeId = id.nullish().catch(undefined);

const RunStep = z.object({
  index: z.number().int(),
  name: z.string(),
  status: z.number().int(),
  logs: words,
  started_at: maybeInstant.catch(undefined),
  finished_at: maybeInstant.catch(undefined),
});
export type RunStep = z.output<typeof RunStep>;

export const Run = z.object({
  id,
  job_definition_id: id,
  status: z.number().int(),
  status_message: words,
  created_at: instant,
  started_at: maybeInstant,
  finished_at: maybeInstant,
  href: words,
  /** The run that this one does again from where it failed. */
  retrying_run_id: maybeId,
  can_retry: z.boolean().nullish().catch(undefined),
  retry_not_supported_reason: words,
  trigger: z.object({ cause: words }).nullish().catch(undefined),
  run_steps: z.array(RunStep).nullish(),
});
export type Run = z.output<typeof Run>;

export const Job = z.object({
  id,
  name: words,
  project_id: maybeId,
  triggers: z.object({ schedule: z.boolean().nullish() }).nullish().catch(undefined),
  schedule: z.object({ cron: words }).nullish().catch(undefined),
  environment: z.object({ name: words }).nullish().catch(undefined),
});
export type Job = z.output<typeof Job>;

export const one = <T extends z.ZodType>(data: T) => z.object({ data });
export const list = <T extends z.ZodType>(data: T) =>
  z.object({
    data,
    extra: z
      .object({ pagination: z.object({ total_count: z.number().int() }) })
      .nullish()
      .catch(undefined),
  });

export const Runs = rowsOf(Run, {
  identity: (n) => ({ id: -n, job_definition_id: -1 }),
  rest: { status: -1, created_at: '1970-01-01T00:00:00Z' },
});

export const Account = z.object({ id, name: words });
