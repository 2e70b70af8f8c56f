import { Failure } from '../../domain/failure';
import { defineOrchestrator } from '../orchestrator';
import { createChanges } from './changes';
import { check } from './check';
import { createNormalise } from './events';
import { discover } from './facts';
import { createStatuses } from './fields';
import { readLineage } from './lineage';
import { createPoll } from './poll';
import { createRuns } from './runs';
import { GenericHttpSettings } from './settings';

/** Any scheduler that speaks JSON over HTTP, set up by configuration alone. What the configuration leaves out, the connection cannot do. */
export const genericHttp = defineOrchestrator<GenericHttpSettings>({
  id: 'generic-http',
  title: 'Scheduler',
  settings: GenericHttpSettings,
  lacks: {
    authenticate: 'This kind takes deliveries by a token under `ingest.sources` alone.',
    discover: 'The connection is not set up for it. Ask whoever runs Pitcrew to map `pipelines`.',
    poll: 'The connection is not set up for it. Ask whoever runs Pitcrew to map `runs`.',
    steps: 'The connection is not set up for it. Ask whoever runs Pitcrew to map `steps`.',
    openLog: 'The connection is not set up for logs. Ask whoever runs Pitcrew to map `log`.',
    runsOf: 'This kind does not look for runs by their day.',
    progress: 'The connection is not set up for changes, so that there are none to follow.',
    lookUp: 'The connection is not set up for changes, so that there are none to look up.',
    versions:
      'This kind knows no versions. Send events of the type `io.pitcrew.change.deployed.v1`, and alerts tell what changed.',
    lineage:
      'The connection is not set up for it. Map `lineage`, send OpenLineage events to `/api/v1/lineage`, or write `feeds` in the catalogue.',
    retry: 'The connection is not set up for it. Ask whoever runs Pitcrew to add `actions.retry`.',
    stop: 'The connection is not set up for it. Ask whoever runs Pitcrew to add `actions.stop`.',
    kill: 'The connection is not set up for it. Stop ends a run where that is set up; else ask whoever runs Pitcrew to add `actions.kill`.',
    skip: 'This kind changes whole runs only. Leave the step out in the scheduler itself.',
    unblock: 'This kind holds nothing back. Look in the scheduler itself what waits.',
    pause: 'The connection is not set up for it. Ask whoever runs Pitcrew to add `actions.pause` and `paused`.',
    resume: 'The connection is not set up for it. Ask whoever runs Pitcrew to add `actions.resume` and `paused`.',
    start: 'The connection is not set up for it. Ask whoever runs Pitcrew to add `actions.start`.',
    backfill: 'The connection is not set up for it. Ask whoever runs Pitcrew to add `actions.backfill`.',
    redeploy: 'This kind puts no version in force. Deploy in the scheduler itself.',
  },
  address: ({ url, headers }) => ({ baseUrl: url, headers }),
  connect: ({ name: connection, settings, http, log, clock, unknownWord }) => {
    const statusOf = createStatuses(settings, unknownWord);
    const runs = createRuns({ http, connection, settings, statusOf });
    const poll = createPoll({ http, connection, settings, statusOf, unknownWord, log, clock });
    const { actions, lookUp } = createChanges({ http, connection, settings, runs });
    const { pipelines, steps, log: logs, lineage } = settings;
    const canAct = Object.keys(actions).length > 0;

    return {
      normalise: createNormalise({ where: http.where, connection, settings, statusOf }),
      fetchRun: runs.complete,
      check: () => check({ http, connection, settings, statusOf }),
      ...(pipelines ? { discover: () => discover(http, connection, pipelines) } : {}),
      ...(poll ? { poll } : {}),
      ...(steps ? { steps: runs.steps } : {}),
      ...(logs ? { openLog: runs.log } : {}),
      ...(lineage ? { lineage: () => readLineage({ http, connection, clock, wish: lineage }) } : {}),
      actions,
      ...(canAct
        ? {
            progress: ({ run }) => {
              if (run) return runs.progress(run);
              throw new Failure('not-found', http.where, { detail: 'The receipt names no run.' });
            },
            lookUp,
          }
        : {}),
    };
  },
});
