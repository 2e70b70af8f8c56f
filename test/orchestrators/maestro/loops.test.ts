import { type LocalServer, sendJson, startServer } from '../local-server';
import { connectTo, refOf } from './connect';

/** The stand-in runs no loops, so here a few answers of a server that does. */
const page = '/api/v3/workflows';
const ids = { workflow_id: 'orders', workflow_instance_id: 5, workflow_run_id: 1 };
const inner = { workflow_id: 'maestro_foreach_x1', workflow_instance_id: 3, workflow_run_id: 1 };
const failedRun = { ...ids, status: 'FAILED', start_time: 1_000, end_time: 9_000, runtime_dag: { each: {} } };
const failedStep = (artifacts: object) => ({
  ...ids,
  step_id: 'each',
  step_attempt_id: 1,
  runtime_state: { status: 'FATALLY_FAILED', end_time: 8_000 },
  artifacts,
});
const leaf = {
  ...inner,
  step_id: 'load',
  step_attempt_id: 2,
  runtime_state: { status: 'FATALLY_FAILED', end_time: 7_000 },
  artifacts: { maestro_kubernetes: { execution_output: 'OutOfMemory in region south' } },
};
const leafRef = { FATALLY_FAILED: { cnt: 1, ref: { 'maestro_foreach_x1:1': ['3:load:2'] } } };
const leafPath = `${page}/maestro_foreach_x1/instances/3/runs/1/steps/load/attempts/2`;

let server: LocalServer;
let orchestrator: ReturnType<typeof connectTo>;
afterEach(async () => {
  await orchestrator.close();
  await server.close();
});

async function serve(answers: Record<string, unknown>): Promise<void> {
  server = await startServer(({ url }, response) => {
    const answer = answers[url.split('?')[0] ?? ''];
    if (answer === undefined) sendJson(response, 404, { status: 'NOT_FOUND', message: 'not found' });
    else sendJson(response, 200, answer);
  });
  orchestrator = connectTo(server.url);
}

const told = { status: 'failed', step: 'each', error: 'OutOfMemory in region south' };
const run = `${page}/orders/instances/5/runs/latest`;
const steps = `${page}/orders/instances/5/runs/1/steps`;

describe('a run that failed inside a loop', () => {
  it('tells its own step and the words of the iteration that the overview of the run names', async () => {
    const overview = { total_step_count: 1, rollup_overview: { total_leaf_count: 9, overview: leafRef } };
    await serve({ [run]: { ...failedRun, runtime_overview: overview }, [steps]: [failedStep({})], [leafPath]: leaf });
    expect(await orchestrator.orchestrator.fetchRun(refOf('orders', 5))).toMatchObject(told);
  });

  it.each<[string, object]>([
    [
      'the overview of the loop names it',
      {
        maestro_foreach: {
          foreach_workflow_id: 'maestro_foreach_x1',
          foreach_run_id: 1,
          foreach_overview: { rollup: { overview: leafRef } },
        },
      },
    ],
    [
      'only its number is known, within a range',
      {
        maestro_foreach: {
          foreach_workflow_id: 'maestro_foreach_x1',
          foreach_run_id: 1,
          foreach_overview: { details: { FAILED: [[3, 6]] } },
        },
      },
    ],
    [
      'it was the last of a while loop',
      { maestro_while: { loop_workflow_id: 'maestro_foreach_x1', loop_run_id: 1, last_iteration: 3 } },
    ],
  ])('finds the iteration where %s', async (_title, artifacts) => {
    await serve({
      [run]: failedRun,
      [steps]: [failedStep(artifacts)],
      [leafPath]: leaf,
      [`${page}/maestro_foreach_x1/instances/3/runs/1`]: { ...inner, status: 'FAILED' },
      [`${page}/maestro_foreach_x1/instances/3/runs/1/steps`]: [leaf],
    });
    expect(await orchestrator.orchestrator.fetchRun(refOf('orders', 5))).toMatchObject(told);
  });

  it('still tells its own step where the iterations are gone', async () => {
    const details = { FAILED: [3] };
    const artifacts = {
      maestro_foreach: { foreach_workflow_id: 'maestro_foreach_x1', foreach_run_id: 1, foreach_overview: { details } },
    };
    await serve({ [run]: failedRun, [steps]: [failedStep(artifacts)] });
    expect(await orchestrator.orchestrator.fetchRun(refOf('orders', 5))).toMatchObject({
      status: 'failed',
      step: 'each',
      error: undefined,
    });
  });
});

describe('progress through loops', () => {
  it('counts the leaves of the whole tree', async () => {
    const overview = {
      total_step_count: 2,
      step_overview: { SUCCEEDED: 1, RUNNING: { cnt: 1, steps: [[2, 10, null]] } },
      rollup_overview: { total_leaf_count: 40, overview: { SUCCEEDED: { cnt: 12 }, RUNNING: { cnt: 3, ref: {} } } },
    };
    const going = {
      ...ids,
      status: 'IN_PROGRESS',
      start_time: 1,
      runtime_dag: { prepare: {}, each: {} },
      runtime_overview: overview,
    };
    await serve({ [`${page}/orders/instances/5/runs/1`]: going });
    expect(await orchestrator.orchestrator.progress?.({ run: refOf('orders', 5, 1) })).toMatchObject({
      status: 'running',
      step: 'each',
      stepsDone: 12,
      stepsTotal: 40,
    });
  });
});
