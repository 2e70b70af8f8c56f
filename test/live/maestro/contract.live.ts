import { describeOrchestrator } from '../../contracts/orchestrator';
import { deliveryOf, fixture } from '../../orchestrators/maestro/deliveries';
import { openBench } from './bench';

describe('the real Maestro', () => {
  describeOrchestrator('maestro', {
    open: openBench,
    abilities: [
      ...(['authenticate', 'discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp'] as const),
      ...(['versions', 'lineage'] as const),
      ...(['retry', 'stop', 'kill', 'skip', 'unblock', 'pause', 'resume', 'start', 'backfill', 'redeploy'] as const),
    ],
    wordOfSuccess: { known: /"SUCCEEDED"/g, unknown: '"MELTED"' },
    ignored: [deliveryOf(fixture('run-failed', { depth: 2 })), deliveryOf([])],
    malformed: [deliveryOf('{'), deliveryOf(null)],
  });
});
