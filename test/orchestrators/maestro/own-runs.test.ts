import type { Receipt } from '../../../src/orchestrators/orchestrator';
import { sendJson, startServer } from '../local-server';
import { callFor, connectTo } from './connect';

const orders = { connection: 'prod', key: 'orders' };
const target = { kind: 'pipeline' as const, pipeline: orders };

/** A server that has one workflow without runs, and answers a start like this. */
async function startAnsweredBy(answer: Record<string, unknown>): Promise<Receipt | undefined> {
  const definition = { metadata: { workflow_id: 'orders', workflow_version_id: 3 }, workflow: { steps: [] } };
  const server = await startServer(({ url = '' }, response) => {
    if (url.includes('/actions/start')) return sendJson(response, 200, { workflow_id: 'orders', ...answer });
    if (url.includes('/versions/')) return sendJson(response, 200, definition);
    if (url.includes('/overview')) return sendJson(response, 200, { workflow_id: 'orders', active_version_id: 3 });
    return sendJson(response, 200, { page_info: { has_next_page: false }, elements: [] });
  });
  const { orchestrator, close } = connectTo(server.url);
  try {
    return await orchestrator.actions.start?.perform(target, callFor(target, { kind: 'start' }));
  } finally {
    await close();
    await server.close();
  }
}

describe('the answer to a start', () => {
  it('CREATED names the run to follow', async () => {
    await expect(
      startAnsweredBy({ status: 'CREATED', workflow_instance_id: 7, workflow_run_id: 1 }),
    ).resolves.toMatchObject({ run: { pipeline: orders, run: '7', attempt: 1 } });
  });

  it.each([
    ['STOPPED', 'rejected', /run strategy dropped the run.*Ask again when/],
    ['INTERNAL_ERROR', 'unsure', /the queue is full/],
    ['DUPLICATED', 'unsure', /has this request already, but its run cannot be found/],
  ])('%s is %s', async (status, kind, detail) => {
    await expect(
      startAnsweredBy({
        status,
        workflow_instance_id: status === 'STOPPED' ? 7 : 0,
        workflow_run_id: 0,
        timeline_event: { message: 'the queue is full' },
      }),
    ).rejects.toMatchObject({ kind, detail: expect.stringMatching(detail) });
  });
});
