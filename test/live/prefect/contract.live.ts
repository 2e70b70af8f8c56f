import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';

const delivery = (body: unknown) => ({ headers: {}, body: JSON.stringify(body), receivedAt: new Date() });

describe('the real Prefect', () => {
  describeOrchestrator('prefect', {
    open: openBench,
    abilities: [
      ...(['discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp'] as const),
      ...(['retry', 'stop', 'pause', 'resume', 'start', 'backfill'] as const),
    ],
    wordOfSuccess: { known: /"COMPLETED"/g, unknown: '"MELTED"' },
    ignored: [delivery([])],
    malformed: [delivery(null)],
  });
});
