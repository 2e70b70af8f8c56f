import { Failure } from '../../domain/failure';
import { defineOrchestrator } from '../orchestrator';
import { createActions } from './actions';
import { createApi } from './api';
import { createAttempts } from './attempts';
import { check } from './check';
import { createDays } from './days';
import { createEvents } from './events';
import { discover } from './facts';
import { readLineage } from './lineage';
import { createLinks } from './links';
import { readLog } from './log';
import { createNormalise } from './normalise';
import { readRunsOf } from './partition-runs';
import { createPoll } from './poll';
import { createRelease } from './release';
import { createRuns } from './runs';
import { AirflowSettings } from './settings';
import { signInWith } from './sign-in';
import { readVersions } from './versions';

/** Apache Airflow 3 (REST v2) and 2 (REST v1), told apart by asking. Our run is its DAG run; our attempt counts how often its tasks were cleared. */
export const airflow = defineOrchestrator<AirflowSettings>({
  id: 'airflow',
  title: 'Airflow',
  settings: AirflowSettings,
  lacks: {
    authenticate: 'Airflow does not sign what it sends. A bearer token under `ingest.sources` does that.',
    kill: 'Airflow ends a run in one way only. Stop does that.',
    unblock:
      'Airflow holds nothing back as a whole: a task that depends on its past waits for that task alone. Retry or skip that; where the pipeline is paused, resume it.',
    redeploy:
      'Airflow takes what stands in its DAG folder or bundle. Put the version you want there, and it is in force.',
  },
  address: (settings) => ({ baseUrl: settings.url, headers: settings.headers, authorise: signInWith(settings) }),
  connect: ({ name: connection, settings, http, log, clock, unknownWord }) => {
    const api = createApi(
      http,
      createRelease(http, () => clock.now()),
    );
    const links = createLinks(settings.uiUrl ?? settings.url);
    const attempts = createAttempts(api, clock);
    const days = createDays(api, clock, settings.timeZone);
    const runs = createRuns({ api, http, connection, links, attempts, days, unknownWord });
    const events = createEvents(connection, links);
    const only = settings.poll?.pipelines;
    const { actions, lookUp, followBackfill } = createActions({ api, connection, runs, days });

    return {
      normalise: createNormalise({ where: http.where, events }),
      fetchRun: runs.fetch,
      check: () => check({ api, baseUrl: settings.url, only }),
      discover: () => discover({ api, connection, links }),
      poll: createPoll({ api, connection, login: settings.username, attempts, days, runs, events, log, only }),
      steps: runs.steps,
      openLog: (step) => readLog({ api, http, attempts }, step),
      runsOf: (pipeline, wanted) => readRunsOf({ api, days, runs }, pipeline, wanted),
      actions,
      progress: ({ run, batch }) => {
        if (run) return runs.progress(run);
        if (batch !== undefined) return followBackfill(batch);
        throw new Failure('not-found', http.where, { detail: 'The receipt names neither a run nor a backfill.' });
      },
      lookUp,
      versions: ({ key }) => readVersions(api, connection, key),
      lineage: () => readLineage({ api, connection, clock }),
    };
  },
});
