import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';

const delivery = (body: unknown) => ({
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receivedAt: new Date(),
});
const event = { accountId: 4711, timestamp: '2026-11-25T08:59:00Z', eventType: 'job.run.completed' };
const data = { jobId: '101', runId: '9000', runStatus: 'Success', runStatusCode: 10 };

describeOrchestrator('dbt', {
  open: openBench,
  abilities: [
    ...(['authenticate', 'discover', 'poll', 'steps', 'openLog', 'progress', 'lookUp'] as const),
    ...(['retry', 'stop', 'start'] as const),
  ],
  wordOfSuccess: { known: /"status":\s*10\b/g, unknown: '"status":77' },
  ignored: [
    delivery({ ...event, eventType: 'job.run.considered', data }),
    delivery({ ...event, accountId: 1, data }),
    delivery({ ...event, data: { ...data, runStatus: 'Melted', runStatusCode: 77 } }),
  ],
  malformed: [
    delivery('{'),
    delivery(null),
    delivery({ ...event, data: { ...data, runId: undefined } }),
    delivery({ ...event, timestamp: 'soon', data }),
  ],
});
