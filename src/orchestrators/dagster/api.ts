import { z } from 'zod';
import type { Http } from '../http';
import type { Features } from './features';
import { createGraphQl, faults } from './graphql';
import type { Repository as At, Place } from './keys';
import {
  Asset,
  Backfill,
  Captured,
  Daemon,
  Events,
  Location,
  Partition,
  Permission,
  Repository,
  Run,
  RunPlan,
  Runs,
  RunWithSteps,
  type StarterState,
  Starters,
} from './schema';
import type { Tags } from './tags';

const runParts = `
  runId jobName status rootRunId parentRunId creationTime startTime endTime
  repositoryOrigin { repositoryLocationName repositoryName }
  assetSelection { path }
  tags { key value }`;
const stepParts = 'stepKeysToExecute stepStats { stepKey status startTime endTime attempts { startTime } }';
const errorParts = 'error { message stack errorChain { error { message stack } } }';
const backfillParts = `
  id status timestamp endTimestamp numPartitions isAssetBackfill
  tags { key value }
  partitionStatusCounts { runStatus count }
  assetBackfillData { assetBackfillStatuses {
    ... on AssetPartitionsStatusCounts {
      numPartitionsTargeted numPartitionsInProgress numPartitionsMaterialized numPartitionsFailed
    }
  } }
  error { message }`;
const launched = `${faults}
  ... on RunConfigValidationInvalid { errors { message } }
  ... on InvalidStepError { invalidStepKey }
  ... on LaunchRunSuccess { run { ${runParts} } }`;

/** How runs are searched. Times are told to a fraction of a second. */
export interface RunsFilter {
  pipelineName?: string;
  tags?: Tags;
  statuses?: readonly string[];
  updatedAfter?: Date;
  updatedBefore?: Date;
}

const seconds = (at: Date | undefined) => (at === undefined ? undefined : at.getTime() / 1_000);
const filterOf = ({ updatedAfter, updatedBefore, ...rest }: RunsFilter) => ({
  ...rest,
  updatedAfter: seconds(updatedAfter),
  updatedBefore: seconds(updatedBefore),
});

/** What is run: a job, or one asset, which runs in a job that Dagster makes for all of them. */
function selectorOf(place: Place) {
  const at = { repositoryName: place.repository, repositoryLocationName: place.location };
  const assetSelection = place.kind === 'asset' ? [{ path: place.path }] : undefined;
  return { ...at, pipelineName: place.kind === 'job' ? place.job : assetJob, assetSelection };
}
export const assetJob = '__ASSET_JOB';

/** A schedule or a sensor of a job. `isByHand`: somebody set it other than the code says. `isShared`: it starts other jobs as well. */
export interface Starter {
  kind: 'schedule' | 'sensor';
  name: string;
  id: string;
  at: At;
  isRunning: boolean;
  isByHand: boolean;
  isShared: boolean;
  mayChange: boolean;
}

const LaunchedRun = z.object({ run: Run });
const RunsPage = z.object({ results: Runs });

/** The calls that we make. */
export function createApi(http: Http, features: () => Promise<Features>) {
  const { ask, change } = createGraphQl(http);

  function run<T>(id: string, parts: string, schema: z.ZodType<T>): Promise<T> {
    const query = `query Run($id: ID!) { runOrError(runId: $id) { ${faults} ... on Run { ${parts} } } }`;
    return ask(query, { id }, z.object({ runOrError: schema })).then(({ runOrError }) => runOrError);
  }

  return {
    where: http.where,
    serverNow: http.serverNow,
    features,

    async version(): Promise<string> {
      return (await ask('query Version { version }', {}, z.object({ version: z.string() }))).version;
    },
    run: (id: string) => run(id, runParts, Run),
    runWithSteps: (id: string) => run(id, `${runParts} ${stepParts}`, RunWithSteps),
    runPlan: (id: string) =>
      run(id, 'mode runConfigYaml executionPlan { steps { key inputs { dependsOn { key } } } }', RunPlan),
    async mayChange(id: string): Promise<{ isRetry: boolean; isStop: boolean }> {
      const Rights = z.object({ hasReExecutePermission: z.boolean(), hasTerminatePermission: z.boolean() });
      const rights = await run(id, 'hasReExecutePermission hasTerminatePermission', Rights);
      return { isRetry: rights.hasReExecutePermission, isStop: rights.hasTerminatePermission };
    },

    /** Newest first; the next page begins behind the run that `cursor` names. */
    async runs(filter: RunsFilter, limit: number, cursor?: string): Promise<Run[]> {
      const query = `query Runs($filter: RunsFilter, $cursor: String, $limit: Int) {
        runsOrError(filter: $filter, cursor: $cursor, limit: $limit) { ${faults} ... on Runs { results { ${runParts} } } }
      }`;
      const { runsOrError } = await ask(
        query,
        { filter: filterOf(filter), cursor, limit },
        z.object({ runsOrError: RunsPage }),
      );
      return runsOrError.results;
    },
    async countRuns(filter: RunsFilter): Promise<number> {
      const query = `query CountRuns($filter: RunsFilter) {
        runsOrError(filter: $filter, limit: 1) { ${faults} ... on Runs { count } }
      }`;
      const schema = z.object({ runsOrError: z.object({ count: z.number().int() }) });
      return (await ask(query, { filter: filterOf(filter) }, schema)).runsOrError.count;
    },
    /** The newest runs of each partition, in one call. */
    async runsOfEach(job: string, partitions: readonly Tags[], limit: number): Promise<Run[][]> {
      const named = partitions.map((tags, nth) => [`f${nth}`, { pipelineName: job, tags }] as const);
      const query = `query RunsOfEach(${named.map(([name]) => `$${name}: RunsFilter`).join(', ')}, $limit: Int) {
        ${named
          .map(
            ([name]) =>
              `${name}: runsOrError(filter: $${name}, limit: $limit) { ${faults} ... on Runs { results { ${runParts} } } }`,
          )
          .join('\n')}
      }`;
      const found = await ask(query, { ...Object.fromEntries(named), limit }, z.record(z.string(), RunsPage));
      return named.map(([name]) => found[name]?.results ?? []);
    },

    /** What was told of a run, oldest first; with its texts, or with those of failures alone. */
    async events(id: string, parts: 'all' | 'failures', limit: number, cursor?: string): Promise<Events> {
      const texts =
        parts === 'all'
          ? `... on MessageEvent { message timestamp level stepKey eventType }
             ... on ErrorEvent { ${errorParts} }
             ... on LogsCapturedEvent { fileKey stepKeys externalStdoutUrl externalStderrUrl }`
          : `... on ExecutionStepFailureEvent { message timestamp level stepKey ${errorParts} }
             ... on RunFailureEvent { message timestamp level ${errorParts} }`;
      const query = `query Events($id: ID!, $cursor: String, $limit: Int) {
        logsForRun(runId: $id, afterCursor: $cursor, limit: $limit) {
          ${faults}
          ... on EventConnection { cursor hasMore events { __typename ${texts} } }
        }
      }`;
      return (await ask(query, { id, cursor, limit }, z.object({ logsForRun: Events }))).logsForRun;
    },
    /** Output of a process, piece by piece; `limit` in bytes. */
    async captured(id: string, file: string, limit: number, cursor?: string): Promise<z.output<typeof Captured>> {
      const query = `query Captured($key: [String!]!, $cursor: String, $limit: Int) {
        capturedLogs(logKey: $key, cursor: $cursor, limit: $limit) { stdout stderr cursor }
      }`;
      const variables = { key: [id, 'compute_logs', file], cursor, limit };
      return (await ask(query, variables, z.object({ capturedLogs: Captured }))).capturedLogs;
    },

    async repositories(): Promise<Repository[]> {
      const owners = (await features()).hasJobOwners ? ownerParts('Definition') : '';
      const query = `query Repositories { repositoriesOrError { ${faults} ... on RepositoryConnection { nodes {
        name location { name }
        jobs {
          name isAssetJob tags { key value } ${owners}
          schedules { cronSchedule executionTimezone scheduleState { status } }
        }
      } } } }`;
      const schema = z.object({ repositoriesOrError: z.object({ nodes: z.array(Repository) }) });
      return (await ask(query, {}, schema)).repositoriesOrError.nodes;
    },
    async assets(): Promise<Asset[]> {
      const query = `query Assets { assetNodes {
        assetKey { path } dependedByKeys { path } jobNames groupName isExecutable ${ownerParts('Asset')}
        tags { key value } repository { name location { name } }
      } }`;
      return (await ask(query, {}, z.object({ assetNodes: z.array(Asset) }))).assetNodes;
    },

    /** The partitions of a job or an asset, oldest first; none where it has no partitions. @throws Failure `not-found` */
    async partitions(place: Place): Promise<string[]> {
      const query = `query Partitions($selector: PipelineSelector!, $assets: [AssetKeyInput!]) {
        pipelineOrError(params: $selector) {
          ${faults} ... on Pipeline { partitionKeysOrError(selectedAssetKeys: $assets) { partitionKeys } }
        }
      }`;
      const selector = selectorOf(place);
      const schema = z.object({
        pipelineOrError: z.object({ partitionKeysOrError: z.object({ partitionKeys: z.array(z.string()) }) }),
      });
      const answer = await ask(query, { selector, assets: selector.assetSelection }, schema);
      return answer.pipelineOrError.partitionKeysOrError.partitionKeys;
    },
    /** With what a run for this partition is started. */
    async partition(place: Place, name: string): Promise<Partition> {
      const query = `query Partition($selector: PipelineSelector!, $name: String!, $assets: [AssetKeyInput!]) {
        pipelineOrError(params: $selector) {
          ${faults} ... on Pipeline { partition(partitionName: $name, selectedAssetKeys: $assets) {
            runConfigOrError { ... on PartitionRunConfig { yaml } }
            tagsOrError { ... on PartitionTags { results { key value } } }
          } }
        }
      }`;
      const selector = selectorOf(place);
      const schema = z.object({ pipelineOrError: z.object({ partition: Partition }) });
      return (await ask(query, { selector, name, assets: selector.assetSelection }, schema)).pipelineOrError.partition;
    },
    async partitionSet({ repository, location }: At, job: string): Promise<string | undefined> {
      const query = `query PartitionSets($at: RepositorySelector!, $job: String!) {
        partitionSetsOrError(repositorySelector: $at, pipelineName: $job) {
          ${faults} ... on PartitionSets { results { name } }
        }
      }`;
      const schema = z.object({ partitionSetsOrError: z.object({ results: z.array(z.object({ name: z.string() })) }) });
      const at = { repositoryName: repository, repositoryLocationName: location };
      return (await ask(query, { at, job }, schema)).partitionSetsOrError.results[0]?.name;
    },

    async backfill(id: string): Promise<Backfill> {
      const query = `query Backfill($id: String!) {
        partitionBackfillOrError(backfillId: $id) { ${faults} ... on PartitionBackfill { ${backfillParts} } }
      }`;
      return (await ask(query, { id }, z.object({ partitionBackfillOrError: Backfill }))).partitionBackfillOrError;
    },
    /** Newest first. */
    async backfillsSince(since: Date, limit: number): Promise<{ id: string; tags: Tags }[]> {
      const query = `query Backfills($filters: BulkActionsFilter, $limit: Int) {
        partitionBackfillsOrError(filters: $filters, limit: $limit) {
          ${faults} ... on PartitionBackfills { results { id tags { key value } } }
        }
      }`;
      const Results = z.array(Backfill.pick({ id: true, tags: true }));
      const schema = z.object({ partitionBackfillsOrError: z.object({ results: Results }) });
      const filters = { createdAfter: seconds(since) };
      return (await ask(query, { filters, limit }, schema)).partitionBackfillsOrError.results;
    },

    async launch(
      place: Place,
      wish: { config: unknown; tags: Tags; steps?: string[]; mode?: string; root?: string; parent?: string },
      signal?: AbortSignal,
    ): Promise<Run> {
      const { pipelineName: jobName, ...selector } = selectorOf(place);
      const params = {
        selector: { ...selector, jobName },
        runConfigData: wish.config,
        mode: wish.mode,
        stepKeys: wish.steps,
        executionMetadata: { tags: wish.tags, rootRunId: wish.root, parentRunId: wish.parent },
      };
      if (wish.parent !== undefined) {
        const query = `mutation RunStepsAgain($params: ExecutionParams!) {
          launchRunReexecution(executionParams: $params) { ${launched} }
        }`;
        const schema = z.object({ launchRunReexecution: LaunchedRun });
        return (await change(query, { params }, schema, signal)).launchRunReexecution.run;
      }
      const query = `mutation Launch($params: ExecutionParams!) { launchRun(executionParams: $params) { ${launched} } }`;
      return (await change(query, { params }, z.object({ launchRun: LaunchedRun }), signal)).launchRun.run;
    },
    async runAgain(
      parent: string,
      strategy: 'FROM_FAILURE' | 'ALL_STEPS',
      tags: Tags,
      signal?: AbortSignal,
    ): Promise<Run> {
      const query = `mutation RunAgain($params: ReexecutionParams) {
        launchRunReexecution(reexecutionParams: $params) { ${launched} }
      }`;
      const params = { parentRunId: parent, strategy, extraTags: tags, useParentRunTags: true };
      const schema = z.object({ launchRunReexecution: LaunchedRun });
      return (await change(query, { params }, schema, signal)).launchRunReexecution.run;
    },
    /** `isAtOnce`: cross it out without waiting for its worker. */
    async terminate(id: string, isAtOnce: boolean, signal?: AbortSignal): Promise<void> {
      const query = `mutation Terminate($id: String!, $policy: TerminateRunPolicy) {
        terminateRun(runId: $id, terminatePolicy: $policy) { ${faults} ... on TerminateRunFailure { message } }
      }`;
      const policy = isAtOnce ? 'MARK_AS_CANCELED_IMMEDIATELY' : 'SAFE_TERMINATE';
      await change(query, { id, policy }, z.unknown(), signal);
    },
    async launchBackfill(
      aim: { set: string; at: At } | { asset: string[] },
      wish: { partitions: readonly string[]; tags: Tags; title: string },
      signal?: AbortSignal,
    ): Promise<string> {
      const query = `mutation Backfill($params: LaunchBackfillParams!) {
        launchPartitionBackfill(backfillParams: $params) { ${faults} ... on LaunchBackfillSuccess { backfillId } }
      }`;
      const what =
        'asset' in aim
          ? { assetSelection: [{ path: aim.asset }] }
          : {
              selector: {
                partitionSetName: aim.set,
                repositorySelector: { repositoryName: aim.at.repository, repositoryLocationName: aim.at.location },
              },
            };
      const params = { ...what, partitionNames: wish.partitions, tags: wish.tags, title: wish.title };
      const schema = z.object({ launchPartitionBackfill: z.object({ backfillId: z.string() }) });
      return (await change(query, { params }, schema, signal)).launchPartitionBackfill.backfillId;
    },
    async cancelBackfill(id: string, signal?: AbortSignal): Promise<void> {
      const query = `mutation CancelBackfill($id: String!) { cancelPartitionBackfill(backfillId: $id) { ${faults} } }`;
      await change(query, { id }, z.unknown(), signal);
    },

    /** What starts a job by itself. */
    async starters(place: Place & { kind: 'job' }): Promise<Starter[]> {
      const state = 'id status hasStartPermission hasStopPermission';
      const query = `query Starters($selector: PipelineSelector!) {
        pipelineOrError(params: $selector) { ${faults} ... on Pipeline {
          schedules { name canReset scheduleState { ${state} } }
          sensors { name canReset targets { pipelineName } sensorState { ${state} } }
        } }
      }`;
      const schema = z.object({ pipelineOrError: Starters });
      const { schedules, sensors } = (await ask(query, { selector: selectorOf(place) }, schema)).pipelineOrError;
      const told = (state: z.output<typeof StarterState>) => ({
        ...{ at: { repository: place.repository, location: place.location }, id: state.id },
        isRunning: state.status === 'RUNNING',
        mayChange: state.status === 'RUNNING' ? state.hasStopPermission : state.hasStartPermission,
      });
      return [
        ...schedules.map(({ name, canReset: isByHand, scheduleState }): Starter => {
          return { kind: 'schedule', name, isByHand, isShared: false, ...told(scheduleState) };
        }),
        ...sensors.map(({ name, canReset: isByHand, targets, sensorState }): Starter => {
          const isShared = (targets ?? []).some(({ pipelineName }) => pipelineName !== place.job);
          return { kind: 'sensor', name, isByHand, isShared, ...told(sensorState) };
        }),
      ];
    },
    async setStarter({ kind, name, id, at }: Starter, isRunning: boolean, signal?: AbortSignal): Promise<void> {
      const { repository: repositoryName, location: repositoryLocationName } = at;
      const where = { repositoryName, repositoryLocationName };
      const [query, variables] = isRunning
        ? kind === 'schedule'
          ? [
              `mutation Start($at: ScheduleSelector!) { startSchedule(scheduleSelector: $at) { ${faults} } }`,
              { at: { ...where, scheduleName: name } },
            ]
          : [
              `mutation Start($at: SensorSelector!) { startSensor(sensorSelector: $at) { ${faults} } }`,
              { at: { ...where, sensorName: name } },
            ]
        : [
            `mutation Stop($id: String!) { ${kind === 'schedule' ? 'stopRunningSchedule' : 'stopSensor'}(id: $id) { ${faults} } }`,
            { id },
          ];
      await change(query, variables, z.unknown(), signal);
    },

    async permissions(): Promise<Permission[]> {
      const query = 'query Permissions { permissions { permission value disabledReason } }';
      return (await ask(query, {}, z.object({ permissions: z.array(Permission) }))).permissions;
    },
    async locations(): Promise<Location[]> {
      const query = `query Locations { workspaceOrError { ${faults} ... on Workspace { locationEntries {
        name loadStatus locationOrLoadError { __typename ... on PythonError { message } }
      } } } }`;
      const schema = z.object({ workspaceOrError: z.object({ locationEntries: z.array(Location) }) });
      return (await ask(query, {}, schema)).workspaceOrError.locationEntries;
    },
    async daemons(): Promise<Daemon[]> {
      const query = 'query Daemons { instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }';
      const health = z.object({ daemonHealth: z.object({ allDaemonStatuses: z.array(Daemon) }) });
      return (await ask(query, {}, z.object({ instance: health }))).instance.daemonHealth.allDaemonStatuses;
    },
  };
}
export type Api = ReturnType<typeof createApi>;

function ownerParts(of: 'Definition' | 'Asset'): string {
  return `owners { ... on User${of}Owner { email } ... on Team${of}Owner { team } }`;
}
