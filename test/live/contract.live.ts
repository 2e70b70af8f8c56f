import { describeOrchestrator } from '../contracts/orchestrator';
import { about, openBench } from './airflow-bench';

const delivery = (body: unknown) => ({ headers: {}, body: JSON.stringify(body), receivedAt: new Date() });

describe(`the real ${about.name}`, () => {
  describeOrchestrator('airflow', {
    open: openBench,
    abilities: [
      ...(['discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp', 'versions', 'lineage'] as const),
      ...(['retry', 'stop', 'skip', 'pause', 'resume', 'start', 'backfill'] as const),
    ],
    lacks: about.major === 2 ? { versions: 'Airflow 2 keeps no versions' } : {},
    wordOfSuccess: { known: /"success"/g, unknown: '"melted"' },
    ignored: [delivery([])],
    malformed: [delivery(null)],
  });
});
