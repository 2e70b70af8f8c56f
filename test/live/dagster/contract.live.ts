import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';

const delivery = (body: unknown) => ({ headers: {}, body: JSON.stringify(body), receivedAt: new Date() });

describe('the real Dagster', () => {
  describeOrchestrator('dagster', {
    open: openBench,
    abilities: [
      ...(['discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp', 'lineage'] as const),
      ...(['retry', 'stop', 'kill', 'pause', 'resume', 'start', 'backfill'] as const),
    ],
    wordOfSuccess: { known: /"SUCCESS"/g, unknown: '"MELTED"' },
    ignored: [delivery([])],
    malformed: [delivery(null)],
  });
});
