import { Failure } from '../../domain/failure';
import { defineOrchestrator } from '../orchestrator';
import { createActions } from './actions';
import { createApi } from './api';
import { check } from './check';
import { createEvents } from './events';
import { discover } from './facts';
import { createFeatures } from './features';
import { readLineage } from './lineage';
import { createLinks } from './links';
import { readLog } from './log';
import { createNormalise } from './normalise';
import { readRunsOf } from './partitions';
import { createPoll } from './poll';
import { createRuns } from './runs';
import { DagsterSettings } from './settings';

/** Dagster and Dagster+, by GraphQL. Our run is its run, our pipeline a job of a code location, or an asset that is run without one. */
export const dagster = defineOrchestrator<DagsterSettings>({
  id: 'dagster',
  title: 'Dagster',
  settings: DagsterSettings,
  lacks: {
    authenticate: 'Dagster does not sign what it sends. A bearer token under `ingest.sources` does that.',
    versions: 'Dagster tells no versions of a job. The repository of its code location knows them.',
    skip: 'Dagster leaves no step of a run out. Run it again from the step behind it in Dagster, by choosing its steps.',
    unblock: 'Nothing in Dagster waits for a failed run: the next runs begin by themselves.',
    redeploy: 'Dagster runs what its code location holds. Deploy that anew with the version you want, and reload it.',
  },
  address: ({ url, headers, token }) => ({
    baseUrl: url,
    headers: { ...headers, ...(token === undefined ? {} : { 'Dagster-Cloud-Api-Token': token }) },
  }),
  connect: ({ name: connection, settings, http, log, clock, unknownWord }) => {
    const api = createApi(http, createFeatures(http, clock));
    const links = createLinks(settings.uiUrl ?? settings.url);
    const runs = createRuns({ api, connection, links, unknownWord });
    const events = createEvents(connection, links);
    const only = settings.poll?.pipelines;
    const { actions, lookUp, followBackfill } = createActions({ api, runs });

    return {
      normalise: createNormalise({ where: http.where, events }),
      fetchRun: runs.fetch,
      check: () => check({ api, baseUrl: settings.url, only }),
      discover: () => discover({ api, connection, links }),
      poll: createPoll({ api, connection, runs, events, log, only }),
      steps: runs.steps,
      openLog: (step) => readLog(api, step),
      runsOf: (pipeline, wanted) => readRunsOf({ api, runs }, pipeline, wanted),
      actions,
      progress: ({ run, batch }) => {
        if (run) return runs.progress(run);
        if (batch !== undefined) return followBackfill(batch);
        throw new Failure('not-found', http.where, { detail: 'The receipt names neither a run nor a backfill.' });
      },
      lookUp,
      lineage: () => readLineage({ api, connection, clock }),
    };
  },
});
