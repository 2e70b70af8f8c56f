import type { Ability } from '../../src/domain/ability';

/** What the reasons of each kind rest on, for what stands in docs/orchestrators.md. A connection that is set up by configuration needs none. */
const sources: Record<string, Partial<Record<Ability, string>>> = {
  airflow: {
    kill: 'REST API, `DAGRunPatchStates`: queued, success and failed are all the states that can be set',
    unblock: 'REST API, `depends_on_past` of a task; `is_paused` of a DAG',
    redeploy: 'REST API: of `dagVersions` and `dagSources` it has GET alone',
  },
  dagster: {
    versions: 'GraphQL schema: `Job` has a `pipelineSnapshotId`, and no list of versions',
    skip: 'GraphQL schema: `ReexecutionStrategy` is FROM_FAILURE, FROM_ASSET_FAILURE or ALL_STEPS; `ExecutionParams.stepKeys` chooses steps',
    unblock: 'GraphQL schema: a run waits as QUEUED for room, and for no other to be mended',
    redeploy: 'GraphQL schema: `reloadRepositoryLocation` and `reloadWorkspace` take no version',
  },
  dbt: {
    lineage: 'Administrative API v2: it has none; that is another service, the Discovery API',
    versions: 'Administrative API v2: a job has no versions',
    runsOf: 'Administrative API v2, *List Runs*: filters by job, status and times',
    kill: 'Administrative API v2, *Cancel Run*: the one way to end a run',
    skip: 'Administrative API v2, *Retry Failed Job*: takes no steps',
    unblock: 'Administrative API v2: no state in which a run waits for another to be mended',
    pause:
      'Administrative API v2, *Update Job*: `triggers.schedule` is a setting of the job, which is written as a whole',
    resume:
      'Administrative API v2, *Update Job*: `triggers.schedule` is a setting of the job, which is written as a whole',
    backfill: 'Administrative API v2, *Trigger Job Run*: `steps_override`, and no day',
    redeploy: 'Administrative API v2, *Trigger Job Run*: `git_sha` and `git_branch` hold for that run alone',
  },
  prefect: {
    lineage: 'REST API: `graph` and `graph-v2` are of one flow run',
    versions: 'REST API: no path of versions of a deployment',
    kill: 'REST API, `StateType`: CANCELLING and CANCELLED',
    skip: 'REST API: `/task_runs/{id}/set_state` marks a task run; an attempt that is made anew has task runs of its own',
    unblock: 'REST API: `pause_deployment` is all that holds a deployment back',
    redeploy: 'REST API: no path that puts a version in force',
  },
};

export function sourceOf(kind: string, ability: string): string | undefined {
  return sources[kind]?.[ability as Ability];
}
