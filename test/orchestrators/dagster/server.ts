import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type ExecutionResult, execute, GraphQLError, parse, validate } from 'graphql';
import {
  type AssetDefinition,
  type Backfill,
  createEngine,
  type JobDefinition,
  type Run,
  type RunEvent,
} from './engine';
import { typeDefs } from './schema';

const schema = buildSchema(typeDefs);
const assetJob = '__ASSET_JOB';

type Tag = { key: string; value: string };
type Path = { path: string[] };
interface Filter {
  runIds?: string[];
  pipelineName?: string;
  tags?: Tag[];
  statuses?: string[];
  updatedAfter?: number;
  updatedBefore?: number;
}
interface Selector {
  jobName?: string;
  pipelineName?: string;
  repositoryName: string;
  repositoryLocationName: string;
  assetSelection?: Path[];
}
interface ExecutionParams {
  selector: Selector;
  runConfigData?: unknown;
  stepKeys?: string[];
  executionMetadata?: { tags?: Tag[]; rootRunId?: string; parentRunId?: string };
}

export interface ServerOptions {
  jobs: JobDefinition[];
  assets?: AssetDefinition[];
  location?: string;
  /** A server that is started with `--read-only`. */
  readOnly?: boolean;
  /** Daemons that do not run. */
  deadDaemons?: string[];
  /** A code location that cannot be loaded. */
  brokenLocation?: string;
  /** Sensors beside the schedules of jobs that have a `cron`, all running at first. */
  sensors?: { name: string; jobs: string[] }[];
  /** Answers every question so, whatever it was: by the name of the field. */
  instead?: Record<string, unknown>;
}

/** Speaks Dagster's GraphQL strictly: what its schema does not have is refused, and faults come as the real server words them. */
export async function startDagster(options: ServerOptions) {
  const engine = createEngine(options.jobs, options.assets ?? [], options.location);
  const heard: string[] = [];
  const lost: RegExp[] = [];
  /** Something failed inside of the server: it answers all the same, with 500. */
  let crashed = false;

  const seconds = (at: Date | undefined) => (at ? at.getTime() / 1_000 : null);
  const tagList = (tags: Record<string, string>): Tag[] => Object.entries(tags).map(([key, value]) => ({ key, value }));
  const tagMap = (tags: Tag[] | undefined) => Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]));
  const unauthorized = { __typename: 'UnauthorizedError', message: 'You do not have permission to do that.' };

  function crash(message: string): object {
    crashed = true;
    return { __typename: 'PythonError', message: `${message}\n`, className: 'CheckError', stack: [], errorChain: [] };
  }
  const pythonError = (message: string, cause: string) => ({
    message,
    stack: ['  File "/srv/etl/jobs.py", line 39, in run\n'],
    errorChain: [
      {
        message: cause,
        isExplicitLink: true,
        error: { message: cause, stack: ['  File "/srv/etl/jobs.py", line 7, in load\n'], errorChain: [] },
      },
    ],
  });

  function showRun(run: Run): object {
    return {
      __typename: 'Run',
      runId: run.id,
      jobName: run.job,
      status: run.status,
      mode: 'default',
      rootRunId: run.root,
      parentRunId: run.parent,
      creationTime: seconds(run.created),
      startTime: seconds(run.start),
      endTime: seconds(run.end),
      updateTime: seconds(run.updated),
      repositoryOrigin: { repositoryLocationName: engine.location, repositoryName: '__repository__' },
      assetSelection: run.assets?.map((path) => ({ path })) ?? null,
      tags: tagList(run.tags),
      stepKeysToExecute: run.plan,
      stepStats: run.steps.map(({ key, status, start, end }) => ({
        stepKey: key,
        status,
        startTime: seconds(start),
        endTime: seconds(end),
        attempts: [{ startTime: seconds(start), endTime: seconds(end) }],
      })),
      executionPlan: {
        steps: run.plan.map((key, nth) => ({
          key,
          inputs: nth === 0 ? [] : [{ name: 'rows', dependsOn: [{ key: run.plan[nth - 1] }] }],
        })),
      },
      runConfigYaml: JSON.stringify(run.config),
      hasReExecutePermission: !options.readOnly,
      hasTerminatePermission: !options.readOnly,
    };
  }

  function showEvent(event: RunEvent): object {
    return {
      __typename: event.type,
      message: event.message,
      timestamp: String(event.at.getTime()),
      level: event.level,
      stepKey: event.step ?? null,
      eventType: event.eventType ?? null,
      error: event.error ? pythonError(event.error.message, event.error.cause) : null,
      fileKey: event.file?.key,
      stepKeys: event.file?.steps,
    };
  }

  function showBackfill(backfill: Backfill): object {
    const its = engine.runsOfBackfill(engine.settle(backfill));
    const count = (...words: string[]) => its.filter(({ status }) => words.includes(status)).length;
    const words = [...new Set(its.map(({ status }) => status))];
    return {
      __typename: 'PartitionBackfill',
      id: backfill.id,
      status: backfill.status,
      timestamp: seconds(backfill.created),
      endTimestamp: seconds(backfill.end),
      numPartitions: backfill.partitions.length,
      isAssetBackfill: backfill.asset !== undefined,
      tags: tagList(backfill.tags),
      partitionStatusCounts: backfill.asset ? [] : words.map((runStatus) => ({ runStatus, count: count(runStatus) })),
      assetBackfillData: backfill.asset
        ? {
            assetBackfillStatuses: [
              {
                __typename: 'AssetPartitionsStatusCounts',
                numPartitionsTargeted: backfill.partitions.length,
                numPartitionsInProgress: count('STARTED', 'STARTING', 'QUEUED', 'CANCELING'),
                numPartitionsMaterialized: count('SUCCESS'),
                numPartitionsFailed: count('FAILURE', 'CANCELED'),
              },
            ],
          }
        : null,
      error: null,
    };
  }

  function runsFor({ filter, cursor, limit }: { filter?: Filter; cursor?: string; limit?: number }) {
    const { runIds, pipelineName, tags, statuses, updatedAfter, updatedBefore } = filter ?? {};
    const found = engine.runs.filter((run) => {
      const at = run.updated.getTime() / 1_000;
      return (
        (!runIds || runIds.includes(run.id)) &&
        (!pipelineName || run.job === pipelineName) &&
        (tags ?? []).every(({ key, value }) => run.tags[key] === value) &&
        (!statuses || statuses.includes(run.status)) &&
        (updatedAfter === undefined || at > updatedAfter) &&
        (updatedBefore === undefined || at < updatedBefore)
      );
    });
    const before = cursor === undefined ? engine.runs.length : engine.runs.findIndex(({ id }) => id === cursor);
    const older = found.filter((run) => engine.runs.indexOf(run) < before).reverse();
    return {
      __typename: 'Runs',
      count: found.length,
      results: older.slice(0, limit ?? older.length).map(showRun),
    };
  }

  const here = (selector: { repositoryName: string; repositoryLocationName: string }) =>
    selector.repositoryLocationName === engine.location && selector.repositoryName === '__repository__';

  /** What is asked for: a job, or assets in the job that is there for all of them. */
  function definitionOf(
    selector: Selector,
  ): { name: string; partitions: string[]; assets?: string[][]; job?: JobDefinition } | undefined {
    const name = selector.jobName ?? selector.pipelineName ?? '';
    if (!here(selector)) return undefined;
    if (name === assetJob) {
      const assets = (selector.assetSelection ?? []).map(({ path }) => path);
      const [asset] = assets.map(engine.assetOf);
      return asset ? { name, partitions: asset.partitions ?? [], assets } : undefined;
    }
    const job = engine.jobs.find((one) => one.name === name);
    return job ? { name, partitions: job.partitions ?? [], job } : undefined;
  }

  /** What starts jobs by itself: a schedule for each that has a `cron`, and the sensors. */
  const starters = [
    ...options.jobs.flatMap(({ name, cron }) =>
      cron ? [{ kind: 'schedule' as const, name: `${name}_schedule`, jobs: [name], cron }] : [],
    ),
    ...(options.sensors ?? []).map((sensor) => ({ kind: 'sensor' as const, cron: '', ...sensor })),
  ].map((one) => ({ ...one, isRunning: true, isByHand: false }));
  type Starter = (typeof starters)[number];

  const showState = ({ kind, name, isRunning }: Starter) => ({
    id: `${kind}:${name}`,
    status: isRunning ? 'RUNNING' : 'STOPPED',
    hasStartPermission: !options.readOnly,
    hasStopPermission: !options.readOnly,
  });
  const showSchedule = (one: Starter) => ({
    name: one.name,
    canReset: one.isByHand,
    cronSchedule: one.cron,
    executionTimezone: 'Europe/Berlin',
    scheduleState: showState(one),
  });
  const showSensor = (one: Starter) => ({
    __typename: 'Sensor',
    name: one.name,
    canReset: one.isByHand,
    targets: one.jobs.map((pipelineName) => ({ pipelineName })),
    sensorState: showState(one),
  });
  const startersOf = (job: string, kind: Starter['kind']) =>
    starters.filter((one) => one.kind === kind && one.jobs.includes(job));

  /** The server does not look at what state it was in. */
  function setStarter(find: (one: Starter) => boolean, isRunning: boolean, show: (one: Starter) => object): object {
    if (options.readOnly) return unauthorized;
    const one = starters.find(find);
    if (!one) return crash('No such schedule or sensor');
    Object.assign(one, { isRunning, isByHand: true });
    return show(one);
  }
  const stateResult = (one: Starter) => ({ __typename: 'ScheduleStateResult', scheduleState: showState(one) });

  const notThere = (selector: Selector) => {
    const name = selector.jobName ?? selector.pipelineName ?? '';
    return {
      __typename: 'PipelineNotFoundError',
      pipelineName: name,
      message: `Could not find Pipeline ${selector.repositoryLocationName}.${selector.repositoryName}.${name}`,
    };
  };

  function launch({ selector, runConfigData, stepKeys, executionMetadata: more }: ExecutionParams): object {
    if (options.readOnly) return unauthorized;
    const definition = definitionOf(selector);
    if (!definition) return notThere(selector);
    const config = typeof runConfigData === 'string' ? JSON.parse(runConfigData) : (runConfigData ?? {});
    const needed = definition.job?.needs;
    if (
      needed &&
      needed.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config) === undefined
    )
      return {
        __typename: 'RunConfigValidationInvalid',
        pipelineName: definition.name,
        errors: [
          {
            __typename: 'MissingFieldConfigError',
            message: `Missing required config entry "${needed[0]}" at the root.`,
          },
        ],
      };
    const run = engine.add(definition.name, {
      tags: tagMap(more?.tags),
      config,
      parent: more?.parentRunId,
      root: more?.rootRunId,
      ...(definition.assets ? { assets: definition.assets } : {}),
    });
    const strange = stepKeys?.find((key) => !run.plan.includes(key));
    if (strange !== undefined) {
      engine.runs.pop();
      return { __typename: 'InvalidStepError', invalidStepKey: strange };
    }
    if (stepKeys) run.plan = run.plan.filter((key) => stepKeys.includes(key));
    return { __typename: 'LaunchRunSuccess', run: showRun(run) };
  }

  function runAgain({
    parentRunId,
    strategy,
    extraTags,
  }: {
    parentRunId: string;
    strategy: string;
    extraTags?: Tag[];
  }): object {
    if (options.readOnly) return unauthorized;
    const parent = engine.find(parentRunId);
    if (!parent) return crash(`Expected non-None value: Could not find parent run with id: ${parentRunId}`);
    const done = parent.steps.filter(({ status }) => status === 'SUCCESS').map(({ key }) => key);
    const plan = strategy === 'ALL_STEPS' ? undefined : parent.plan.filter((key) => !done.includes(key));
    if (plan?.length === 0) return crash('No steps needed to be retried in the failed run.');
    const root = parent.root ?? parent.id;
    const { 'dagster/will_retry': _, 'dagster/backfill': __, ...tags } = parent.tags;
    const run = engine.add(parent.job, {
      tags: { ...tags, ...tagMap(extraTags), 'dagster/parent_run_id': parent.id, 'dagster/root_run_id': root },
      config: parent.config,
      parent: parent.id,
      root,
      ...(parent.assets ? { assets: parent.assets } : {}),
    });
    if (plan) run.plan = plan;
    return { __typename: 'LaunchRunSuccess', run: showRun(run) };
  }

  const rootValue = {
    version: '1.13.28',
    runOrError({ runId }: { runId: string }) {
      const run = engine.find(runId);
      return run
        ? showRun(run)
        : { __typename: 'RunNotFoundError', runId, message: `Pipeline run ${runId} could not be found.` };
    },
    runsOrError: runsFor,
    logsForRun({ runId, afterCursor, limit }: { runId: string; afterCursor?: string; limit?: number }) {
      const run = engine.find(runId);
      if (!run) return { __typename: 'RunNotFoundError', runId, message: `Pipeline run ${runId} could not be found.` };
      const from = Number(afterCursor ?? 0);
      // A server gives fewer than were asked for.
      const until = Math.min(from + Math.min(limit ?? 4, 4), run.events.length);
      return {
        __typename: 'EventConnection',
        events: run.events.slice(from, until).map(showEvent),
        cursor: String(until),
        hasMore: until < run.events.length,
      };
    },
    capturedLogs({ logKey, cursor, limit }: { logKey: string[]; cursor?: string; limit?: number }) {
      const run = engine.find(logKey[0] ?? '');
      const [from = 0, errorsFrom = 0] = (cursor ?? '0:0').split(':').map(Number);
      const most = Math.min(limit ?? 50, 50);
      const stdout = run?.stdout.slice(from, from + most) || null;
      const stderr = run?.stderr.slice(errorsFrom, errorsFrom + most * 10) || null;
      return { stdout, stderr, cursor: `${from + (stdout?.length ?? 0)}:${errorsFrom + (stderr?.length ?? 0)}` };
    },
    repositoriesOrError: () => ({
      __typename: 'RepositoryConnection',
      nodes: options.brokenLocation
        ? []
        : [
            {
              name: '__repository__',
              location: { name: engine.location },
              jobs: [
                { name: assetJob, isAssetJob: true, tags: [], owners: [], schedules: [] },
                ...engine.jobs.map(showJob),
              ],
            },
          ],
    }),
    assetNodes: () =>
      engine.assets.map((asset) => ({
        assetKey: { path: asset.path },
        dependedByKeys: (asset.feeds ?? []).map((path) => ({ path })),
        jobNames: [assetJob, ...(asset.jobs ?? [])],
        groupName: 'default',
        isExecutable: true,
        owners: asset.owner ? [{ __typename: 'UserAssetOwner', email: asset.owner }] : [],
        tags: [],
        repository: { name: '__repository__', location: { name: engine.location }, jobs: [] },
      })),
    pipelineOrError({ params }: { params: Selector }) {
      const definition = definitionOf(params);
      if (!definition) return notThere(params);
      return {
        __typename: 'Pipeline',
        name: definition.name,
        partitionKeysOrError: { partitionKeys: definition.partitions },
        schedules: startersOf(definition.name, 'schedule').map(showSchedule),
        sensors: startersOf(definition.name, 'sensor').map(showSensor),
        partition: ({ partitionName: name }: { partitionName: string }) => ({
          name,
          runConfigOrError: { __typename: 'PartitionRunConfig', yaml: '{}\n' },
          tagsOrError: { __typename: 'PartitionTags', results: [{ key: 'dagster/partition', value: name }] },
        }),
      };
    },
    partitionSetsOrError({ pipelineName }: { pipelineName: string }) {
      const isThere = engine.jobs.some(({ name, partitions }) => name === pipelineName && partitions);
      return { __typename: 'PartitionSets', results: isThere ? [{ name: `${pipelineName}_partition_set` }] : [] };
    },
    partitionBackfillOrError({ backfillId }: { backfillId: string }) {
      const backfill = engine.backfills.find(({ id }) => id === backfillId);
      return backfill
        ? showBackfill(backfill)
        : { __typename: 'BackfillNotFoundError', backfillId, message: `Backfill ${backfillId} could not be found.` };
    },
    partitionBackfillsOrError: ({ filters, limit }: { filters?: { createdAfter?: number }; limit?: number }) => ({
      __typename: 'PartitionBackfills',
      results: engine.backfills
        .filter(({ created }) => created.getTime() / 1_000 > (filters?.createdAfter ?? 0))
        .reverse()
        .slice(0, limit)
        .map(showBackfill),
    }),
    permissions: () =>
      [
        'launch_pipeline_execution',
        'launch_pipeline_reexecution',
        'terminate_pipeline_execution',
        'launch_partition_backfill',
        'cancel_partition_backfill',
        'start_schedule',
        'stop_running_schedule',
        'edit_sensor',
      ].map((permission) => ({
        permission,
        value: !options.readOnly,
        disabledReason: options.readOnly ? 'Disabled by your administrator' : null,
      })),
    workspaceOrError: () => ({
      __typename: 'Workspace',
      locationEntries: [
        options.brokenLocation
          ? {
              name: options.brokenLocation,
              loadStatus: 'LOADED',
              locationOrLoadError: {
                __typename: 'PythonError',
                message: 'ModuleNotFoundError',
                stack: [],
                errorChain: [],
              },
            }
          : {
              name: engine.location,
              loadStatus: 'LOADED',
              locationOrLoadError: { __typename: 'RepositoryLocation', name: engine.location },
            },
      ],
    }),
    instance: () => ({
      daemonHealth: {
        allDaemonStatuses: ['BACKFILL', 'QUEUED_RUN_COORDINATOR', 'SCHEDULER', 'SENSOR'].map((daemonType) => ({
          daemonType,
          required: true,
          healthy: !options.deadDaemons?.includes(daemonType),
        })),
      },
    }),

    launchRun: ({ executionParams }: { executionParams: ExecutionParams }) => launch(executionParams),
    launchRunReexecution(params: {
      executionParams?: ExecutionParams;
      reexecutionParams?: Parameters<typeof runAgain>[0];
    }) {
      if (params.executionParams) return launch(params.executionParams);
      return params.reexecutionParams ? runAgain(params.reexecutionParams) : crash('Expected parameters');
    },
    terminateRun({ runId, terminatePolicy }: { runId: string; terminatePolicy?: string }) {
      const run = engine.find(runId);
      if (!run) return { __typename: 'RunNotFoundError', runId, message: `Pipeline run ${runId} could not be found.` };
      const isAtOnce = terminatePolicy === 'MARK_AS_CANCELED_IMMEDIATELY';
      const isFinished = ['SUCCESS', 'FAILURE', 'CANCELED'].includes(run.status);
      if (options.readOnly)
        return {
          __typename: 'TerminateRunFailure',
          run: showRun(run),
          message: 'You do not have permission to terminate this run',
        };
      if (isFinished || (!isAtOnce && !['STARTED', 'QUEUED'].includes(run.status)))
        return {
          __typename: 'TerminateRunFailure',
          run: showRun(run),
          message: `Run ${run.id} could not be terminated due to having status ${run.status}.`,
        };
      engine.terminate(run, isAtOnce);
      return { __typename: 'TerminateRunSuccess', run: showRun(run) };
    },
    launchPartitionBackfill({
      backfillParams: params,
    }: {
      backfillParams: {
        selector?: { partitionSetName: string };
        assetSelection?: Path[];
        partitionNames?: string[];
        tags?: Tag[];
      };
    }) {
      if (options.readOnly) return unauthorized;
      const [asset] = (params.assetSelection ?? []).map(({ path }) => path);
      const job = params.selector?.partitionSetName.replace(/_partition_set$/, '') ?? assetJob;
      const known =
        (asset ? engine.assetOf(asset)?.partitions : engine.jobs.find(({ name }) => name === job)?.partitions) ?? [];
      const partitions = params.partitionNames ?? [];
      const strange = partitions.filter((name) => !known.includes(name));
      if (strange.length > 0)
        return {
          __typename: 'PartitionKeysNotFoundError',
          partitionKeys: strange,
          message: `Partition keys \`${strange}\` could not be found.`,
        };
      const made = engine.addBackfill({ job, asset, partitions, tags: tagMap(params.tags) });
      return { __typename: 'LaunchBackfillSuccess', backfillId: made.id };
    },
    cancelPartitionBackfill({ backfillId }: { backfillId: string }) {
      if (options.readOnly) return unauthorized;
      const backfill = engine.backfills.find(({ id }) => id === backfillId);
      if (!backfill) return crash(`No backfill found for id: ${backfillId}`);
      // The server does not look at what state it was in.
      Object.assign(backfill, { status: 'CANCELING', end: undefined });
      return { __typename: 'CancelBackfillSuccess', backfillId };
    },
    startSchedule: ({ scheduleSelector: { scheduleName } }: { scheduleSelector: { scheduleName: string } }) =>
      setStarter(({ name }) => name === scheduleName, true, stateResult),
    stopRunningSchedule: ({ id }: { id?: string }) => setStarter((one) => showState(one).id === id, false, stateResult),
    startSensor: ({ sensorSelector: { sensorName } }: { sensorSelector: { sensorName: string } }) =>
      setStarter(({ name }) => name === sensorName, true, showSensor),
    stopSensor: ({ id }: { id?: string }) =>
      setStarter(
        (one) => showState(one).id === id,
        false,
        (one) => ({
          __typename: 'StopSensorMutationResult',
          instigationState: showState(one),
        }),
      ),
    ...options.instead,
  };

  function showJob({ name, tags, owner }: JobDefinition): object {
    return {
      name,
      isAssetJob: false,
      tags: tagList(tags ?? {}),
      owners: owner ? [{ __typename: 'TeamDefinitionOwner', team: owner }] : [],
      schedules: startersOf(name, 'schedule').map(showSchedule),
    };
  }

  async function answer(text: string): Promise<{ status: number; body: object }> {
    const { query, variables } = JSON.parse(text) as { query: string; variables?: Record<string, unknown> };
    let result: ExecutionResult;
    try {
      const document = parse(query);
      const strays = validate(schema, document);
      if (strays.length > 0) return { status: 400, body: { data: null, errors: strays } };
      crashed = false;
      result = await execute({ schema, document, rootValue, variableValues: variables });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { status: 400, body: { data: null, errors: [error] } };
    }
    const isFault = crashed || result.errors?.some(({ originalError }) => originalError !== undefined);
    return { status: isFault ? 500 : result.errors ? 400 : 200, body: result };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const text = Buffer.concat(chunks).toString('utf8');
      if (request.method !== 'POST' || request.url !== '/graphql') {
        response.writeHead(405, { 'content-type': 'text/plain' }).end('Method Not Allowed');
        return;
      }
      heard.push(text);
      const { status, body } = await answer(text);
      const at = lost.findIndex((pattern) => pattern.test(text));
      if (at >= 0) {
        lost.splice(at, 1);
        request.socket.destroy();
      } else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    engine,
    starters,
    heard,
    /** The next call like this takes effect, and its answer never comes. */
    loseAnswer: (pattern: RegExp) => void lost.push(pattern),
    async close() {
      for (const { abort } of engine.runs) abort.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Dagster = Awaited<ReturnType<typeof startDagster>>;
