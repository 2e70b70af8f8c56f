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
  lacks: {
    authenticate: 'Prefect does not sign what it sends. A bearer token under `ingest.sources` does that.',
    versions: 'Prefect tells no versions that could be put in force. The repository of the flow knows them.',
    lineage: 'Prefect tells no graph between deployments. Write `feeds` in the catalogue, or send OpenLineage events.',
    kill: 'Prefect ends a run in one way only. Stop does that.',
    skip: 'Prefect leaves no task of a run out. Retry runs only those again that did not complete.',
    unblock:
      'Nothing in Prefect waits for a failed run: the next runs begin by themselves. Where the deployment is paused, resume it.',
    redeploy: 'Prefect runs what the deployment points to. Deploy the version you want with `prefect deploy`.',
  },
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
      poll: createPoll({ api, connection, names, runs, partitions, events, clock, log, only }),
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
