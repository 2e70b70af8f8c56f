import { Failure } from '../../domain/failure';
import { defineOrchestrator } from '../orchestrator';
import { createActions } from './actions';
import { createApi } from './api';
import { check } from './check';
import { createEvents } from './events';
import { discover } from './facts';
import { createLinks } from './links';
import { createNames } from './names';
import { createNormalise } from './normalise';
import { readRunsOf } from './partition-runs';
import { createPartitions } from './partitions';
import { createPoll } from './poll';
import { createRuns } from './runs';
import { headersOf, PrefectSettings } from './settings';

/** Prefect 3. Our pipeline is a deployment, `flow/deployment`; our run is a flow run. */
export const prefect = defineOrchestrator<PrefectSettings>({
  id: 'prefect',
  title: 'Prefect',
  settings: PrefectSettings,
  address: (settings) => ({ baseUrl: settings.url, headers: headersOf(settings) }),
  connect: ({ name: connection, settings, http, log, clock, unknownWord }) => {
    const api = createApi(http);
    const links = createLinks(settings);
    const names = createNames(api);
    const partitions = createPartitions(settings.partitionParam);
    const runs = createRuns({ api, connection, links, names, partitions, unknownWord });
    const events = createEvents(connection, links);
    const only = settings.poll?.pipelines;
    const { actions, lookUp } = createActions({ api, runs, names, partitions });

    return {
      normalise: createNormalise({ where: http.where, events, partitions }),
      fetchRun: runs.fetch,
      check: () => check({ api, names, baseUrl: settings.url, only }),
      discover: () => discover({ api, connection, links, names }),
      poll: createPoll({ api, names, runs, partitions, events, clock, log, only }),
      steps: runs.steps,
      openLog: runs.openLog,
      runsOf: (pipeline, wanted) => readRunsOf({ api, names, runs, partitions }, pipeline, wanted),
      actions,
      progress: ({ run }) => {
        if (run) return runs.progress(run);
        throw new Failure('not-found', http.where, { detail: 'The receipt names no run.' });
      },
      lookUp,
    };
  },
});
