import { describeOrchestrator } from '../../contracts/orchestrator';
import { deliveryOf, openBench } from './bench';

const execution = { exec_no: 1, flow: { code: 'smooth' }, state: { word: 'OK' }, began: 1, ended: 2 };
const changed = (...executions: unknown[]) => deliveryOf({ what: 'execution.changed', executions });

describeOrchestrator('generic-http', {
  open: openBench,
  abilities: [
    ...(['discover', 'poll', 'steps', 'openLog', 'progress', 'lookUp', 'lineage'] as const),
    ...(['retry', 'stop', 'kill', 'pause', 'resume', 'start', 'backfill'] as const),
  ],
  wordOfSuccess: { known: /"OK"/g, unknown: '"MELTED"' },
  ignored: [
    deliveryOf({ what: 'flow.changed', flow: 'smooth' }),
    changed(),
    changed({ ...execution, state: { word: 'MELTED' } }),
  ],
  malformed: [
    deliveryOf('{'),
    deliveryOf(null),
    changed({ ...execution, exec_no: undefined }),
    changed({ ...execution, ended: 'soon' }),
    changed({ ...execution, state: 'OK' }),
  ],
});
