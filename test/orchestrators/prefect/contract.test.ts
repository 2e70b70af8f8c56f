import { describeOrchestrator } from '../../contracts/orchestrator';
import { openBench } from './bench';

const delivery = (body: unknown) => ({
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receivedAt: new Date(),
});
const heartbeat = {
  id: '01a2290b-6397-7098-a103-7b88c7d5955c',
  event: 'prefect.flow-run.heartbeat',
  occurred: '2026-11-25T20:42:21.890726Z',
  resource: { 'prefect.resource.id': 'prefect.flow-run.86e789e0-f1b6-42c5-a571-2839c677335b' },
  related: [{ 'prefect.resource.role': 'flow', 'prefect.resource.name': 'orders' }],
};

describeOrchestrator('prefect', {
  open: openBench,
  abilities: [
    ...(['discover', 'poll', 'steps', 'openLog', 'runsOf', 'progress', 'lookUp'] as const),
    ...(['retry', 'stop', 'pause', 'resume', 'start', 'backfill'] as const),
  ],
  wordOfSuccess: { known: /"COMPLETED"/g, unknown: '"MELTED"' },
  ignored: [delivery([]), delivery(heartbeat), delivery({ event: heartbeat, flow_run: null })],
  malformed: [delivery('{'), delivery(null), delivery({ event: 'prefect.flow-run.Failed' }), delivery([heartbeat, 7])],
});
