import { z } from 'zod';
import { rowsOf } from '../rows';

// What we read of Dagster's answers. Strict on identity, status and time; the rest may be missing or new.

/** Dagster tells times as seconds of the epoch, with fractions. */
const instant = z.number().transform((seconds) => new Date(Math.round(seconds * 1_000)));
const maybeInstant = instant.nullish().transform((at) => at ?? undefined);
const words = z.string().nullish().catch(undefined);

export const Tags = z.array(z.object({ key: z.string(), value: z.string() }));
const AssetKey = z.object({ path: z.array(z.string()) });

export const Run = z.object({
  runId: z.string(),
  jobName: z.string(),
  status: z.string(),
  repositoryOrigin: z.object({ repositoryLocationName: z.string(), repositoryName: z.string() }).nullish(),
  assetSelection: z.array(AssetKey).nullish(),
  tags: Tags,
  creationTime: maybeInstant,
  startTime: maybeInstant,
  endTime: maybeInstant,
  rootRunId: z.string().nullish(),
  parentRunId: z.string().nullish(),
});
export type Run = z.output<typeof Run>;

export const Runs = rowsOf(Run, {
  identity: (n) => ({ runId: `unreadable ${n}`, jobName: 'unreadable' }),
  rest: { status: 'UNREADABLE', tags: [] },
});

export const StepStats = z.object({
  stepKey: z.string(),
  /** `null` = it has not begun. */
  status: z.string().nullish(),
  startTime: maybeInstant,
  endTime: maybeInstant,
  /** One for each try that was begun. */
  attempts: z.array(z.unknown()).nullish().catch(undefined),
});
export type StepStats = z.output<typeof StepStats>;

export const RunWithSteps = Run.extend({
  /** What this run is to run; left out by runs that never got so far as a plan. */
  stepKeysToExecute: z.array(z.string()).nullish(),
  stepStats: z.array(StepStats),
});
export type RunWithSteps = z.output<typeof RunWithSteps>;

/** What a run needs to be run again in part. */
export const RunPlan = z.object({
  mode: z.string().default('default'),
  runConfigYaml: z.string(),
  executionPlan: z
    .object({
      steps: z.array(
        z.object({
          key: z.string(),
          inputs: z.array(z.object({ dependsOn: z.array(z.object({ key: z.string() })) })),
        }),
      ),
    })
    .nullish(),
});
export type RunPlan = z.output<typeof RunPlan>;

const Link = z.object({ message: z.string(), stack: z.array(z.string()).nullish().catch(undefined) });
const ErrorWords = Link.extend({
  /** From the outermost cause to the innermost. */
  errorChain: z
    .array(z.object({ error: Link }))
    .nullish()
    .catch(undefined),
});
export type ErrorWords = z.output<typeof ErrorWords>;

export const Event = z.object({
  __typename: z.string(),
  message: z.string().default(''),
  /** Milliseconds of the epoch, as text. */
  timestamp: z.string().default(''),
  level: z.string().default(''),
  stepKey: words,
  eventType: words,
  error: ErrorWords.nullish().catch(undefined),
  /** Of the captured output of a process: the name of its file, and whose output is in it. */
  fileKey: words,
  stepKeys: z.array(z.string()).nullish().catch(undefined),
  externalStdoutUrl: words,
  externalStderrUrl: words,
});
export type Event = z.output<typeof Event>;

export const Events = z.object({ events: z.array(Event), cursor: z.string(), hasMore: z.boolean() });
export type Events = z.output<typeof Events>;

export const Captured = z.object({
  stdout: z.string().nullish(),
  stderr: z.string().nullish(),
  cursor: z.string().nullish(),
});

/** Owners are people by e-mail, or teams. */
const Owners = z
  .array(z.object({ email: z.string().optional(), team: z.string().optional() }))
  .nullish()
  .catch(undefined);

export const Job = z.object({
  name: z.string(),
  isAssetJob: z.boolean().default(false),
  tags: Tags.catch([]),
  owners: Owners,
  schedules: z
    .array(
      z.object({
        cronSchedule: z.string(),
        executionTimezone: words,
        scheduleState: z.object({ status: z.string() }),
      }),
    )
    .catch([]),
});
export type Job = z.output<typeof Job>;

export const Repository = z.object({
  name: z.string(),
  location: z.object({ name: z.string() }),
  jobs: z.array(Job),
});
export type Repository = z.output<typeof Repository>;

export const Asset = z.object({
  assetKey: AssetKey,
  dependedByKeys: z.array(AssetKey),
  jobNames: z.array(z.string()),
  groupName: words,
  isExecutable: z.boolean().default(false),
  owners: Owners,
  tags: Tags.nullish().catch(undefined),
  repository: z.object({ name: z.string(), location: z.object({ name: z.string() }) }),
});
export type Asset = z.output<typeof Asset>;

export const Partition = z.object({
  runConfigOrError: z.object({ yaml: z.string() }),
  tagsOrError: z.object({ results: Tags }),
});
export type Partition = z.output<typeof Partition>;

export const Backfill = z.object({
  id: z.string(),
  status: z.string(),
  tags: Tags,
  timestamp: instant,
  endTimestamp: maybeInstant,
  numPartitions: z.number().nullish(),
  isAssetBackfill: z.boolean(),
  partitionStatusCounts: z.array(z.object({ runStatus: z.string(), count: z.number() })),
  assetBackfillData: z
    .object({
      assetBackfillStatuses: z.array(
        z.object({
          numPartitionsTargeted: z.number().optional(),
          numPartitionsInProgress: z.number().optional(),
          numPartitionsMaterialized: z.number().optional(),
          numPartitionsFailed: z.number().optional(),
        }),
      ),
    })
    .nullish(),
  error: z.object({ message: z.string() }).nullish(),
});
export type Backfill = z.output<typeof Backfill>;

export const Permission = z.object({ permission: z.string(), value: z.boolean(), disabledReason: words });
export type Permission = z.output<typeof Permission>;

export const Location = z.object({
  name: z.string(),
  loadStatus: z.string(),
  locationOrLoadError: z.object({ __typename: z.string(), message: words }).nullish(),
});
export type Location = z.output<typeof Location>;

export const Daemon = z.object({ daemonType: z.string(), required: z.boolean(), healthy: z.boolean().nullish() });
export type Daemon = z.output<typeof Daemon>;

export const StarterState = z.object({
  id: z.string(),
  status: z.string(),
  hasStartPermission: z.boolean(),
  hasStopPermission: z.boolean(),
});
export const Starters = z.object({
  schedules: z.array(z.object({ name: z.string(), canReset: z.boolean(), scheduleState: StarterState })),
  sensors: z.array(
    z.object({
      name: z.string(),
      canReset: z.boolean(),
      targets: z.array(z.object({ pipelineName: z.string() })).nullish(),
      sensorState: StarterState,
    }),
  ),
});
