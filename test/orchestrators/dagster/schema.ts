/** The part of Dagster's schema that the stand-in speaks. `description.test.ts` holds it to the official one. */
export const typeDefs = `
scalar RunConfigData

interface Error { message: String! }
type UnauthorizedError implements Error { message: String! }
type RunNotFoundError implements Error { message: String! runId: String! }
type PipelineNotFoundError implements Error { message: String! pipelineName: String! }
type PartitionKeysNotFoundError implements Error { message: String! partitionKeys: [String!]! }
type BackfillNotFoundError implements Error { message: String! backfillId: String! }
type PythonError implements Error { message: String! className: String stack: [String!]! errorChain: [ErrorChainLink!]! }
type ErrorChainLink implements Error { message: String! error: PythonError! isExplicitLink: Boolean! }
type InvalidStepError { invalidStepKey: String! }
interface PipelineConfigValidationError { message: String! }
type MissingFieldConfigError implements PipelineConfigValidationError { message: String! }
type RunConfigValidationInvalid { pipelineName: String! errors: [PipelineConfigValidationError!]! }

enum RunStatus { QUEUED NOT_STARTED MANAGED STARTING STARTED SUCCESS FAILURE CANCELING CANCELED }
enum StepEventStatus { SKIPPED SUCCESS FAILURE IN_PROGRESS }
enum LogLevel { CRITICAL ERROR INFO WARNING DEBUG }
enum DagsterEventType { STEP_START STEP_SUCCESS STEP_FAILURE RUN_START RUN_SUCCESS RUN_FAILURE RUN_CANCELED LOGS_CAPTURED }
enum TerminateRunPolicy { SAFE_TERMINATE MARK_AS_CANCELED_IMMEDIATELY }
enum ReexecutionStrategy { FROM_ASSET_FAILURE FROM_FAILURE ALL_STEPS }
enum BulkActionStatus { REQUESTED COMPLETED FAILED CANCELED CANCELING COMPLETED_SUCCESS COMPLETED_FAILED FAILING }
enum RepositoryLocationLoadStatus { LOADING LOADED }
enum InstigationStatus { RUNNING STOPPED }

type PipelineTag { key: String! value: String! }
type DefinitionTag { key: String! value: String! }
type AssetKey { path: [String!]! }
type RepositoryOrigin { repositoryLocationName: String! repositoryName: String! }
type RunMarker { startTime: Float endTime: Float }
type RunStepStats { stepKey: String! status: StepEventStatus startTime: Float endTime: Float attempts: [RunMarker!]! }
type ExecutionStep { key: String! inputs: [ExecutionStepInput!]! }
type ExecutionStepInput { name: String! dependsOn: [ExecutionStep!]! }
type ExecutionPlan { steps: [ExecutionStep!]! }

type Run {
  runId: String! jobName: String! status: RunStatus! mode: String!
  rootRunId: String parentRunId: String
  creationTime: Float! startTime: Float endTime: Float updateTime: Float
  repositoryOrigin: RepositoryOrigin assetSelection: [AssetKey!] tags: [PipelineTag!]!
  stepKeysToExecute: [String!] stepStats: [RunStepStats!]! executionPlan: ExecutionPlan runConfigYaml: String!
  hasReExecutePermission: Boolean! hasTerminatePermission: Boolean!
}
union RunOrError = Run | RunNotFoundError | PythonError
type Runs { results: [Run!]! count: Int! }
type InvalidPipelineRunsFilterError implements Error { message: String! }
union RunsOrError = Runs | InvalidPipelineRunsFilterError | PythonError

interface MessageEvent { message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType }
interface ErrorEvent { error: PythonError }
type ExecutionStepStartEvent implements MessageEvent { message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType }
type ExecutionStepSuccessEvent implements MessageEvent { message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType }
type ExecutionStepFailureEvent implements MessageEvent & ErrorEvent { message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType error: PythonError }
type LogMessageEvent implements MessageEvent { message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType }
type RunFailureEvent implements MessageEvent & ErrorEvent { message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType error: PythonError }
type LogsCapturedEvent implements MessageEvent {
  message: String! timestamp: String! level: LogLevel! stepKey: String eventType: DagsterEventType
  fileKey: String! stepKeys: [String!] externalStdoutUrl: String externalStderrUrl: String
}
union DagsterRunEvent = ExecutionStepStartEvent | ExecutionStepSuccessEvent | ExecutionStepFailureEvent | LogMessageEvent | RunFailureEvent | LogsCapturedEvent
type EventConnection { events: [DagsterRunEvent!]! cursor: String! hasMore: Boolean! }
union EventConnectionOrError = EventConnection | RunNotFoundError | PythonError
type CapturedLogs { stdout: String stderr: String cursor: String }

type UserDefinitionOwner { email: String! }
type TeamDefinitionOwner { team: String! }
union DefinitionOwner = UserDefinitionOwner | TeamDefinitionOwner
type UserAssetOwner { email: String! }
type TeamAssetOwner { team: String! }
union AssetOwner = UserAssetOwner | TeamAssetOwner
type InstigationState { id: ID! status: InstigationStatus! hasStartPermission: Boolean! hasStopPermission: Boolean! }
type Schedule { name: String! canReset: Boolean! cronSchedule: String! executionTimezone: String scheduleState: InstigationState! }
type Target { pipelineName: String! }
type Sensor { name: String! canReset: Boolean! targets: [Target!] sensorState: InstigationState! }
type ScheduleStateResult { scheduleState: InstigationState! }
type ScheduleNotFoundError implements Error { message: String! scheduleName: String! }
union ScheduleMutationResult = ScheduleStateResult | ScheduleNotFoundError | UnauthorizedError | PythonError
type SensorNotFoundError implements Error { message: String! sensorName: String! }
union SensorOrError = Sensor | SensorNotFoundError | UnauthorizedError | PythonError
type StopSensorMutationResult { instigationState: InstigationState }
union StopSensorMutationResultOrError = StopSensorMutationResult | UnauthorizedError | PythonError
type Job { name: String! isAssetJob: Boolean! tags: [PipelineTag!]! owners: [DefinitionOwner!]! schedules: [Schedule!]! }
type RepositoryLocation { name: String! }
type Repository { name: String! location: RepositoryLocation! jobs: [Job!]! }
type RepositoryConnection { nodes: [Repository!]! }
union RepositoriesOrError = RepositoryConnection | PythonError
type AssetNode {
  assetKey: AssetKey! dependedByKeys: [AssetKey!]! jobNames: [String!]! groupName: String! isExecutable: Boolean!
  owners: [AssetOwner!]! tags: [DefinitionTag!]! repository: Repository!
}

type PartitionKeys { partitionKeys: [String!]! }
type PartitionRunConfig { yaml: String! }
union PartitionRunConfigOrError = PartitionRunConfig | PythonError
type PartitionTags { results: [PipelineTag!]! }
union PartitionTagsOrError = PartitionTags | PythonError
type PartitionTagsAndConfig { name: String! runConfigOrError: PartitionRunConfigOrError! tagsOrError: PartitionTagsOrError! }
type Pipeline {
  name: String!
  partitionKeysOrError(selectedAssetKeys: [AssetKeyInput!]): PartitionKeys!
  partition(partitionName: String!, selectedAssetKeys: [AssetKeyInput!]): PartitionTagsAndConfig
  schedules: [Schedule!]! sensors: [Sensor!]!
}
union PipelineOrError = Pipeline | PipelineNotFoundError | PythonError
type PartitionSet { name: String! }
type PartitionSets { results: [PartitionSet!]! }
union PartitionSetsOrError = PartitionSets | PipelineNotFoundError | PythonError

type PartitionStatusCounts { runStatus: RunStatus! count: Int! }
type AssetPartitionsStatusCounts {
  numPartitionsTargeted: Int! numPartitionsInProgress: Int! numPartitionsMaterialized: Int! numPartitionsFailed: Int!
}
union AssetBackfillStatus = AssetPartitionsStatusCounts
type AssetBackfillData { assetBackfillStatuses: [AssetBackfillStatus!]! }
type PartitionBackfill {
  id: ID! status: BulkActionStatus! timestamp: Float! endTimestamp: Float numPartitions: Int isAssetBackfill: Boolean!
  tags: [PipelineTag!]! partitionStatusCounts: [PartitionStatusCounts!]! assetBackfillData: AssetBackfillData error: PythonError
}
union PartitionBackfillOrError = PartitionBackfill | BackfillNotFoundError | PythonError
type PartitionBackfills { results: [PartitionBackfill!]! }
union PartitionBackfillsOrError = PartitionBackfills | PythonError

type Permission { permission: String! value: Boolean! disabledReason: String }
union RepositoryLocationOrLoadError = RepositoryLocation | PythonError
type WorkspaceLocationEntry { name: String! loadStatus: RepositoryLocationLoadStatus! locationOrLoadError: RepositoryLocationOrLoadError }
type Workspace { locationEntries: [WorkspaceLocationEntry!]! }
union WorkspaceOrError = Workspace | PythonError
type DaemonStatus { daemonType: String! required: Boolean! healthy: Boolean }
type DaemonHealth { allDaemonStatuses: [DaemonStatus!]! }
type Instance { daemonHealth: DaemonHealth! }

input AssetKeyInput { path: [String!]! }
input ExecutionTag { key: String! value: String! }
input RunsFilter { runIds: [String] pipelineName: String tags: [ExecutionTag!] statuses: [RunStatus!] updatedAfter: Float updatedBefore: Float }
input PipelineSelector { pipelineName: String! repositoryName: String! repositoryLocationName: String! assetSelection: [AssetKeyInput!] }
input RepositorySelector { repositoryName: String! repositoryLocationName: String! }
input JobOrPipelineSelector { jobName: String repositoryName: String! repositoryLocationName: String! assetSelection: [AssetKeyInput!] }
input ExecutionMetadata { tags: [ExecutionTag!] rootRunId: String parentRunId: String }
input ExecutionParams { selector: JobOrPipelineSelector! runConfigData: RunConfigData mode: String executionMetadata: ExecutionMetadata stepKeys: [String!] }
input ReexecutionParams { parentRunId: String! strategy: ReexecutionStrategy! extraTags: [ExecutionTag!] useParentRunTags: Boolean }
input PartitionSetSelector { partitionSetName: String! repositorySelector: RepositorySelector! }
input LaunchBackfillParams { selector: PartitionSetSelector partitionNames: [String!] assetSelection: [AssetKeyInput!] tags: [ExecutionTag!] title: String }
input ScheduleSelector { repositoryName: String! repositoryLocationName: String! scheduleName: String! }
input SensorSelector { repositoryName: String! repositoryLocationName: String! sensorName: String! }
input BulkActionsFilter { createdAfter: Float }

type LaunchRunSuccess { run: Run! }
union LaunchRunResult = LaunchRunSuccess | InvalidStepError | RunConfigValidationInvalid | PipelineNotFoundError | UnauthorizedError | PythonError
union LaunchRunReexecutionResult = LaunchRunSuccess | InvalidStepError | RunConfigValidationInvalid | PipelineNotFoundError | UnauthorizedError | PythonError
type TerminateRunSuccess { run: Run! }
type TerminateRunFailure { run: Run! message: String! }
union TerminateRunResult = TerminateRunSuccess | TerminateRunFailure | RunNotFoundError | UnauthorizedError | PythonError
type LaunchBackfillSuccess { backfillId: String! }
union LaunchBackfillResult = LaunchBackfillSuccess | PartitionKeysNotFoundError | UnauthorizedError | PythonError
type CancelBackfillSuccess { backfillId: String! }
union CancelBackfillResult = CancelBackfillSuccess | UnauthorizedError | PythonError

type Query {
  version: String!
  runOrError(runId: ID!): RunOrError!
  runsOrError(filter: RunsFilter, cursor: String, limit: Int): RunsOrError!
  logsForRun(runId: ID!, afterCursor: String, limit: Int): EventConnectionOrError!
  capturedLogs(logKey: [String!]!, cursor: String, limit: Int): CapturedLogs!
  repositoriesOrError: RepositoriesOrError!
  assetNodes: [AssetNode!]!
  pipelineOrError(params: PipelineSelector!): PipelineOrError!
  partitionSetsOrError(repositorySelector: RepositorySelector!, pipelineName: String!): PartitionSetsOrError!
  partitionBackfillOrError(backfillId: String!): PartitionBackfillOrError!
  partitionBackfillsOrError(limit: Int, filters: BulkActionsFilter): PartitionBackfillsOrError!
  permissions: [Permission!]!
  workspaceOrError: WorkspaceOrError!
  instance: Instance!
}
type Mutation {
  launchRun(executionParams: ExecutionParams!): LaunchRunResult!
  launchRunReexecution(executionParams: ExecutionParams, reexecutionParams: ReexecutionParams): LaunchRunReexecutionResult!
  terminateRun(runId: String!, terminatePolicy: TerminateRunPolicy): TerminateRunResult!
  launchPartitionBackfill(backfillParams: LaunchBackfillParams!): LaunchBackfillResult!
  cancelPartitionBackfill(backfillId: String!): CancelBackfillResult!
  startSchedule(scheduleSelector: ScheduleSelector!): ScheduleMutationResult!
  stopRunningSchedule(id: String): ScheduleMutationResult!
  startSensor(sensorSelector: SensorSelector!): SensorOrError!
  stopSensor(id: String): StopSensorMutationResultOrError!
}
`;
