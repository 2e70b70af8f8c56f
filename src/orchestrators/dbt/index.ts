import { Failure } from '../../domain/failure';
import { defineOrchestrator } from '../orchestrator';
import { createApi } from './api';
import { createChanges } from './changes';
import { check } from './check';
import { createEvents } from './events';
import { discover } from './facts';
import { createAuthenticate, createNormalise } from './normalise';
import { createPoll } from './poll';
import { createRuns } from './runs';
import { DbtSettings } from './settings';

/** dbt Cloud (administrative API v2). Our pipeline is its job, known by its number; a retry is a new run there. */
export const dbt = defineOrchestrator<DbtSettings>({
  id: 'dbt',
  title: 'dbt Cloud',
  settings: DbtSettings,
  lacks: {
    runsOf: 'Runs of dbt Cloud are not made for a day, so that none can be found by its day.',
    versions: 'dbt Cloud tells no versions of a job. The repository of the project knows them.',
    lineage: 'Post `manifest.json` to `/api/v1/dbt` after a run, and the models are known with what feeds them.',
    kill: 'dbt Cloud ends a run in one way only. Stop does that.',
    skip: 'dbt Cloud retries from what failed, and leaves no model out. Exclude it in the commands of the job.',
    unblock: 'Nothing in dbt Cloud waits for a failed run: the next one begins by its schedule.',
    pause: 'dbt Cloud has no pause: turn *Run on schedule* off in the settings of the job there.',
    resume: 'dbt Cloud has no pause: turn *Run on schedule* on in the settings of the job there.',
    backfill:
      'dbt Cloud runs whole jobs, and knows no days. Start the job in dbt Cloud with variables for the days, or with a full refresh.',
    redeploy: 'dbt Cloud builds what its branch holds. Merge or revert there; the next run takes it.',
  },
  address: ({ url, token, headers }) => ({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}`, ...headers },
  }),
  connect: ({ name: connection, settings, http, log, unknownWord }) => {
    const { account, url, webhookSecret } = settings;
    const api = createApi(http, account);
    const runs = createRuns({ api, connection, unknownWord });
    const events = createEvents(connection);
    const only = settings.poll?.pipelines;
    const { actions, lookUp } = createChanges({ api, runs });
    const root = url.replace(/\/+$/, '');

    return {
      normalise: createNormalise({ where: http.where, account, events, unknownWord }),
      authenticate: createAuthenticate(webhookSecret),
      fetchRun: runs.fetch,
      check: () => check({ api, baseUrl: url, only }),
      discover: () =>
        discover({
          api,
          connection,
          page: ({ id, project_id: project }) =>
            project ? `${root}/deploy/${account}/projects/${project}/jobs/${id}` : undefined,
        }),
      poll: createPoll({ api, events, log, unknownWord, only }),
      steps: runs.steps,
      openLog: runs.log,
      actions,
      progress: ({ run }) => {
        if (run) return runs.progress(run);
        throw new Failure('not-found', http.where, { detail: 'The receipt names no run.' });
      },
      lookUp,
    };
  },
});
