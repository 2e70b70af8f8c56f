import { Failure } from '../../domain/failure';
import { defineOrchestrator } from '../orchestrator';
import { createChanges } from './changes';
import { check } from './check';
import { createNormalise } from './events';
import { discover } from './facts';
import { createStatuses } from './fields';
import { createPoll } from './poll';
import { createRuns } from './runs';
import { GenericHttpSettings } from './settings';

/** Any scheduler that speaks JSON over HTTP, set up by configuration alone. What the configuration leaves out, the connection cannot do. */
export const genericHttp = defineOrchestrator<GenericHttpSettings>({
  id: 'generic-http',
  title: 'Scheduler',
  settings: GenericHttpSettings,
  address: ({ url, headers }) => ({ baseUrl: url, headers }),
  connect: ({ name: connection, settings, http, log, clock, unknownWord }) => {
    const statusOf = createStatuses(settings, unknownWord);
    const runs = createRuns({ http, connection, settings, statusOf });
    const poll = createPoll({ http, connection, settings, statusOf, log, clock });
    const { actions, lookUp } = createChanges({ http, connection, settings, runs });
    const { pipelines, steps, log: logs } = settings;
    const canAct = Object.keys(actions).length > 0;

    return {
      normalise: createNormalise({ where: http.where, connection, settings, statusOf }),
      fetchRun: runs.complete,
      check: () => check({ http, connection, settings, statusOf }),
      ...(pipelines ? { discover: () => discover(http, connection, pipelines) } : {}),
      ...(poll ? { poll } : {}),
      ...(steps ? { steps: runs.steps } : {}),
      ...(logs ? { openLog: runs.log } : {}),
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
