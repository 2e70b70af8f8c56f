import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';

const delivery = (body: unknown) => ({
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receivedAt: new Date(),
});
const event = { specversion: '1.0', id: '1', source: 'dagster', data: {} };

describeOrchestrator('dagster', {
  open: openBench,
  abilities: [
    ...(['discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp', 'lineage'] as const),
    ...(['retry', 'stop', 'kill', 'pause', 'resume', 'start', 'backfill'] as const),
  ],
  wordOfSuccess: { known: /"SUCCESS"/g, unknown: '"MELTED"' },
  ignored: [delivery({ ...event, type: 'io.pitcrew.usage.v1' }), delivery([])],
  malformed: [
    delivery('{'),
    delivery({ ...event, type: 'io.pitcrew.run.failed.v1' }),
    delivery({
      ...event,
      type: 'io.pitcrew.run.failed.v1',
      data: { run: 'r', job: 'j', location: 'l', repository: 'r', startedAt: 'soon' },
    }),
    delivery(null),
  ],
});
