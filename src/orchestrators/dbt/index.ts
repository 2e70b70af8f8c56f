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
