import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';
import { deliveryOf, fixture } from './deliveries';

describeOrchestrator('maestro', {
  open: openBench,
  abilities: [
    'authenticate',
    'discover',
    'poll',
    'steps',
    'openLog',
    'runsOf',
    'progress',
    'lookUp',
    'versions',
    'lineage',
    'retry',
    'stop',
    'kill',
    'skip',
    'unblock',
    'pause',
    'resume',
    'start',
    'backfill',
    'redeploy',
  ],
  wordOfSuccess: { known: /"SUCCEEDED"/g, unknown: '"MELTED"' },
  ignored: [
    deliveryOf(fixture('run-failed', { depth: 2 })),
    deliveryOf(fixture('run-failed', { type: 'STEP_INSTANCE_STATUS_CHANGE_EVENT' })),
    deliveryOf([]),
  ],
  malformed: [deliveryOf('{'), deliveryOf({ type: 'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT' }), deliveryOf(null)],
});
