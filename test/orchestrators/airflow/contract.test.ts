import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';

const delivery = (body: unknown) => ({
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receivedAt: new Date(),
});
const event = { specversion: '1.0', id: '1', source: 'airflow', data: {} };

describe.each([3, 2] as const)('Airflow %i', (major) => {
  describeOrchestrator('airflow', {
    open: () => openBench(major),
    abilities: [
      ...(['discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp', 'versions', 'lineage'] as const),
      ...(['retry', 'stop', 'skip', 'pause', 'resume', 'start', 'backfill'] as const),
    ],
    lacks: major === 2 ? { versions: 'Airflow 2 keeps no versions' } : {},
    wordOfSuccess: { known: /"success"/g, unknown: '"melted"' },
    ignored: [delivery({ ...event, type: 'io.pitcrew.usage.v1' }), delivery([])],
    malformed: [
      delivery('{'),
      delivery({ ...event, type: 'io.pitcrew.run.failed.v1' }),
      delivery({ ...event, type: 'io.pitcrew.run.failed.v1', data: { pipeline: 'p', run: 'r', startedAt: 'soon' } }),
      delivery(null),
    ],
  });
});
