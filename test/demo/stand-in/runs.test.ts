import {
  defineWorkflow,
  type JsonObject,
  type Script,
  type StepContext,
  scriptedRunner,
  type WorkflowPush,
} from '../../../src/demo/stand-in';
import { createGate, createServers, inRun, isOver } from '../support';

const servers = createServers();
afterEach(() => servers.stopAll());

const failing = { exitCode: 1, output: 'it broke' };
const fine = { exitCode: 0 };
/** A status, or a place such as `1:load:1`, shows in the overview. */
const overviewHas = (text: string) => (seen: JsonObject) =>
  JSON.stringify(seen.runtime_overview ?? {}).includes(`"${text}"`);
const attemptsOf = '/workflows/orders/instances/1/runs/1/steps/load/attempts';

const startOrders = async (script: Script, given: Parameters<typeof defineWorkflow>[0] = { id: 'orders' }) => {
  const workflow = defineWorkflow({ steps: ['extract', 'load', 'publish'], ...given });
  const running = await servers.start({ pipelines: [workflow], runner: scriptedRunner(script), actionTimeoutMs: 200 });
  await running.standIn.startRun(given.id);
  return running;
};

describe('retries within a run', () => {
  it('a failed attempt is USER_FAILED while the limit allows another', async () => {
    const { call, standIn } = await startOrders({ load: [failing, fine] }, { id: 'orders', errorRetries: 1 });
    const instance = await standIn.waitFor('orders', 1, isOver);
    expect(instance.status).toBe('SUCCEEDED');
    expect((await call('GET', `${attemptsOf}/1`)).body).toMatchObject({
      step_attempt_id: 1,
      runtime_state: { status: 'USER_FAILED' },
      step_retry: { error_retries: 0, error_retry_limit: 1, retryable: true },
    });
    expect((await call('GET', `${attemptsOf}/latest`)).body).toMatchObject({
      step_attempt_id: 2,
      runtime_state: { status: 'SUCCEEDED' },
      step_retry: { error_retries: 1, retryable: false },
    });
  });

  it('the last attempt is FATALLY_FAILED, and what follows is never created', async () => {
    const { call, standIn } = await startOrders({ load: failing }, { id: 'orders', errorRetries: 2 });
    const instance = await standIn.waitFor('orders', 1, isOver);
    expect(instance).toMatchObject({
      status: 'FAILED',
      runtime_overview: {
        rollup_overview: {
          overview: { NOT_CREATED: { cnt: 1 }, FATALLY_FAILED: { cnt: 1, ref: { 'orders:1': ['1:load:3'] } } },
        },
      },
    });
    expect((await call('GET', `${attemptsOf}/latest`)).body).toMatchObject({
      step_retry: { error_retries: 2, error_retry_limit: 2, retryable: false },
      runtime_state: { status: 'FATALLY_FAILED' },
    });
    expect((await call('GET', `${attemptsOf}/4`)).status).toBe(404);
  });

  it('a job that says "do not retry" is not tried again', async () => {
    const { call, standIn } = await startOrders(
      { load: { ...failing, retryable: false } },
      { id: 'orders', errorRetries: 5 },
    );
    await standIn.waitFor('orders', 1, isOver);
    expect((await call('GET', `${attemptsOf}/latest`)).body).toMatchObject({
      step_attempt_id: 1,
      artifacts: { maestro_retry: { retryable: false } },
    });
  });

  it('waits as the backoff says, growing', async () => {
    const waits: number[] = [];
    const workflow = defineWorkflow({
      id: 'orders',
      workflow: {
        steps: [
          {
            step: {
              id: 'load',
              type: 'Kubernetes',
              retry_policy: {
                error_retry_limit: '3',
                backoff: {
                  type: 'exponential_backoff',
                  error_retry_backoff_in_secs: 10,
                  error_retry_limit_in_secs: 30,
                },
              },
            },
          },
        ],
      },
    });
    const { standIn } = await servers.start({
      pipelines: [workflow],
      runner: scriptedRunner({ load: failing }),
      sleep: async (ms) => {
        waits.push(ms);
      },
    });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, isOver);
    expect(waits).toEqual([10_000, 20_000, 30_000]);
  });
});

describe('what an attempt tells', () => {
  it('keeps the last 128 lines of the log, of them at most 10 KB', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index + 1}`);
    const long = Array.from({ length: 100 }, (_, index) => `${index + 1} ${'é'.repeat(200)}`);
    const { call, standIn } = await startOrders({
      extract: { exitCode: 0, output: lines.join('\n') },
      load: { exitCode: 1, output: long.join('\n') },
    });
    await standIn.waitFor('orders', 1, isOver);
    const short = (await call('GET', '/workflows/orders/instances/1/steps/extract')).body.artifacts.maestro_kubernetes;
    expect(short.execution_output.split('\n')).toHaveLength(128);
    expect(short.execution_output).toMatch(/^line 273\nline 274\n(.*\n)*line 400$/);
    const cut = (await call('GET', `${attemptsOf}/1`)).body.artifacts.maestro_kubernetes;
    expect(Buffer.byteLength(cut.execution_output)).toBeLessThanOrEqual(10_240);
    expect(Buffer.byteLength(cut.execution_output)).toBeGreaterThan(10_200);
    expect(cut.execution_output).not.toContain('\uFFFD');
    expect(cut.execution_output).toMatch(/100 é+$/);
    expect(cut.job_id).toMatch(/^orders-load-[0-9a-f]{8}$/);
  });

  it('a job that merely ends badly leaves no DETAILS; an error of the server itself does', async () => {
    const { call, standIn } = await startOrders({
      load: () => {
        throw new TypeError('the cluster said no');
      },
    });
    await standIn.waitFor('orders', 1, isOver);
    const { body } = await call('GET', `${attemptsOf}/1`);
    expect(body.timeline).toContainEqual({
      timestamp: expect.any(Number),
      type: 'DETAILS',
      status: 'INTERNAL_ERROR',
      message: 'Error starting KubernetesStepRuntime',
      errors: expect.arrayContaining(['TypeError: the cluster said no']),
      retryable: true,
    });

    const other = await startOrders({ load: failing });
    await other.standIn.waitFor('orders', 1, isOver);
    const plain = (await other.call('GET', `${attemptsOf}/1`)).body;
    expect(plain.timeline.map((entry: JsonObject) => entry.type)).not.toContain('DETAILS');
  });

  it('a parameter of a step that cannot be evaluated fails it internally', async () => {
    const workflow = defineWorkflow({
      id: 'orders',
      workflow: {
        steps: [{ step: { id: 'load', type: 'Kubernetes', params: { a: { type: 'STRING', value: '${nobody}' } } } }],
      },
    });
    const { call, standIn } = await servers.start({ pipelines: [workflow] });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, isOver);
    expect((await call('GET', `${attemptsOf}/latest`)).body).toMatchObject({
      runtime_state: { status: 'INTERNALLY_FAILED' },
      timeline: expect.arrayContaining([
        expect.objectContaining({ type: 'DETAILS', errors: [expect.stringContaining('[nobody]')] }),
      ]),
    });
  });

  it('artifacts of another kind of step come from its runner', async () => {
    const { call, standIn } = await startOrders({
      load: {
        exitCode: 1,
        artifacts: { maestro_http: { status: 'FAILED', status_code: 503, body: 'gone', type: 'HTTP' } },
      },
    });
    await standIn.waitFor('orders', 1, isOver);
    expect((await call('GET', `${attemptsOf}/latest`)).body.artifacts.maestro_http.status_code).toBe(503);
  });
});

describe('the order of steps', () => {
  const branching = (
    mode: 'FAIL_AFTER_RUNNING' | 'FAIL_IMMEDIATELY' | 'IGNORE_FAILURE' = 'FAIL_AFTER_RUNNING',
  ): WorkflowPush => ({
    properties: { owner: 'data' },
    workflow: {
      id: 'branching',
      params: { wanted: { type: 'BOOLEAN', value: false } },
      steps: [
        {
          step: {
            id: 'start',
            type: 'NoOp',
            transition: { successors: { left: 'true', right: 'true', extra: 'wanted' } },
          },
        },
        {
          step: {
            id: 'left',
            type: 'Kubernetes',
            failure_mode: mode,
            retry_policy: { error_retry_limit: 0 },
            transition: { successors: { end: 'true' } },
          },
        },
        { step: { id: 'right', type: 'Kubernetes', transition: { successors: { end: 'true' } } } },
        { step: { id: 'extra', type: 'Kubernetes' } },
        { step: { id: 'end', type: 'Kubernetes' } },
      ],
    },
  });
  const statusesOf = (instance: JsonObject) =>
    Object.fromEntries(
      Object.entries(Object(Object(instance.aggregated_info).step_aggregated_views)).map(([id, view]) => [
        id,
        Object(view).status,
      ]),
    );
  const runBranching = async (script: Script, workflow = branching()) => {
    const running = await servers.start({ pipelines: [workflow], runner: scriptedRunner(script) });
    await running.standIn.startRun('branching');
    return running;
  };

  it('follows the conditions; what is not wanted is UNSATISFIED', async () => {
    const { standIn } = await runBranching({});
    expect(statusesOf(await standIn.waitFor('branching', 1, isOver))).toEqual({
      start: 'SUCCEEDED',
      left: 'SUCCEEDED',
      right: 'SUCCEEDED',
      extra: 'UNSATISFIED',
      end: 'SUCCEEDED',
    });
  });

  it('lets the other branch end before the run fails', async () => {
    const gate = createGate();
    const { standIn } = await runBranching({ left: failing, right: gate.step });
    const during = await standIn.waitFor('branching', 1, (seen) => statusesOf(seen).left === 'FATALLY_FAILED');
    expect(during.status).toBe('IN_PROGRESS');
    gate.open();
    const after = await standIn.waitFor('branching', 1, isOver);
    expect(after.status).toBe('FAILED');
    expect(statusesOf(after)).toMatchObject({ right: 'SUCCEEDED', end: 'NOT_CREATED' });
  });

  it('stops the other branch where a failure is to stop everything', async () => {
    const { standIn } = await runBranching({ left: failing, right: createGate().step }, branching('FAIL_IMMEDIATELY'));
    const after = await standIn.waitFor('branching', 1, isOver);
    expect(after.status).toBe('FAILED');
    expect(statusesOf(after)).toMatchObject({ left: 'FATALLY_FAILED', right: 'STOPPED' });
  });

  it('goes on after a failure that is ignored', async () => {
    const { standIn } = await runBranching({ left: failing }, branching('IGNORE_FAILURE'));
    const after = await standIn.waitFor('branching', 1, isOver);
    expect(after.status).toBe('SUCCEEDED');
    expect(statusesOf(after)).toMatchObject({ left: 'COMPLETED_WITH_ERROR', end: 'SUCCEEDED' });
  });

  it('a run that failed before it was stopped has failed', async () => {
    const { call, standIn } = await runBranching({ left: failing, right: createGate().step });
    await standIn.waitFor('branching', 1, (seen) => statusesOf(seen).left === 'FATALLY_FAILED');
    await call('PUT', '/workflows/branching/instances/1/actions/stop');
    const after = await standIn.waitFor('branching', 1, isOver);
    expect(after.status).toBe('FAILED');
    expect(statusesOf(after).right).toBe('STOPPED');
  });

  it('a failed step of a live run can be restarted as a new attempt of the same run', async () => {
    const gate = createGate();
    const { call, standIn } = await runBranching({ left: [failing, fine], right: gate.step });
    await standIn.waitFor('branching', 1, (seen) => statusesOf(seen).left === 'FATALLY_FAILED');
    const path = '/workflows/branching/instances/1/steps';
    const running = await call('POST', `${path}/right/actions/restart`, { restart_policy: 'RESTART_FROM_INCOMPLETE' });
    expect(running.status).toBe(400);
    const never = await call('POST', `${path}/end/actions/restart`, { restart_policy: 'RESTART_FROM_INCOMPLETE' });
    expect(never).toMatchObject({ status: 400, body: { message: expect.stringContaining('not created') } });
    const { body } = await call('POST', `${path}/left/actions/restart`, { restart_policy: 'RESTART_FROM_INCOMPLETE' });
    expect(body).toMatchObject({ workflow_run_id: 1, step_id: 'left', step_attempt_id: 2, status: 'CREATED' });
    gate.open();
    const after = await standIn.waitFor('branching', 1, isOver);
    expect(after).toMatchObject({ status: 'SUCCEEDED', workflow_run_id: 1 });
  });
});

describe('step actions', () => {
  it('restart of a step of a finished run begins the next run there', async () => {
    const { call, standIn } = await startOrders({});
    await standIn.waitFor('orders', 1, isOver);
    const { body } = await call('POST', '/workflows/orders/instances/1/steps/load/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
    });
    expect(body).toMatchObject({ workflow_instance_id: 1, workflow_run_id: 2, status: 'CREATED' });
    expect(body.step_id).toBeUndefined();
    expect(body.step_attempt_id).toBeUndefined();
    const run = await standIn.waitFor('orders', 1, inRun(2));
    expect(run).toMatchObject({ run_config: { policy: 'RESTART_FROM_SPECIFIC' }, status: 'SUCCEEDED' });
    expect(Object.keys(Object(run.runtime_dag))).toEqual(['load', 'publish']);
  });

  it('skip of a failed step runs what follows it', async () => {
    const { call, standIn } = await startOrders({ load: failing });
    await standIn.waitFor('orders', 1, isOver);
    await call('PUT', '/workflows/orders/instances/1/steps/load/actions/skip');
    const run = await standIn.waitFor('orders', 1, inRun(2));
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      aggregated_info: { step_aggregated_views: { load: { status: 'SKIPPED' }, publish: { status: 'SUCCEEDED' } } },
    });
  });

  it.each([
    { action: 'stop', step: 'STOPPED', run: 'STOPPED' },
    { action: 'kill', step: 'FATALLY_FAILED', run: 'FAILED' },
    { action: 'skip', step: 'SKIPPED', run: 'SUCCEEDED' },
  ])('$action of a running step is confirmed, and ends the run as $run', async ({ action, step, run }) => {
    const { call, standIn } = await startOrders({ load: createGate().step });
    await standIn.waitFor('orders', 1, overviewHas('1:load:1'));
    const { status, body } = await call('PUT', `/workflows/orders/instances/1/steps/load/actions/${action}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ step_id: 'load', step_attempt_id: 1, step_runtime_state: { status: step } });
    expect((await standIn.waitFor('orders', 1, isOver)).status).toBe(run);
  });

  it('answers at once without a state when it is not to block', async () => {
    const { call, standIn } = await startOrders({ load: createGate().step });
    await standIn.waitFor('orders', 1, overviewHas('1:load:1'));
    const { body } = await call('PUT', '/workflows/orders/instances/1/steps/load/actions/stop?blocking=false');
    expect(body.step_runtime_state).toBeUndefined();
    await standIn.waitFor('orders', 1, isOver);
  });

  it('times out when the step does not end, refuses a second action meanwhile, and ends it later', async () => {
    const gate = createGate();
    const stubborn = (context: StepContext) => gate.step({ ...context, signal: new AbortController().signal });
    const { call, standIn } = await startOrders({ load: stubborn });
    await standIn.waitFor('orders', 1, overviewHas('1:load:1'));
    const late = await call('PUT', '/workflows/orders/instances/1/steps/load/actions/stop');
    expect(late).toMatchObject({ status: 408, body: { status: 'REQUEST_TIMEOUT' } });
    const second = await call('PUT', '/workflows/orders/instances/1/steps/load/actions/kill');
    expect(second).toMatchObject({ status: 409, body: { status: 'CONFLICT' } });
    gate.open();
    expect((await standIn.waitFor('orders', 1, isOver)).status).toBe('STOPPED');
  });

  it('stop of a step needs a live run', async () => {
    const { call, standIn } = await startOrders({});
    await standIn.waitFor('orders', 1, isOver);
    expect((await call('PUT', '/workflows/orders/instances/1/steps/load/actions/stop')).status).toBe(400);
  });
});

describe('stop, kill and unblock of instances', () => {
  it.each([
    { action: 'stop', status: 'STOPPED' },
    { action: 'kill', status: 'FAILED' },
  ])('$action is accepted at once and ends the run as $status', async ({ action, status }) => {
    const { call, standIn } = await startOrders({ load: createGate().step });
    await standIn.waitFor('orders', 1, overviewHas('1:load:1'));
    const { body } = await call('PUT', `/workflows/orders/instances/1/actions/${action}`);
    expect(body).toEqual({
      workflow_id: 'orders',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      workflow_instance_status: 'IN_PROGRESS',
      info: expect.any(String),
      completed: false,
      timeline_event: expect.objectContaining({ type: 'LOG' }),
    });
    expect((await standIn.waitFor('orders', 1, isOver)).status).toBe(status);
    const again = await call('PUT', `/workflows/orders/instances/1/actions/${action}`);
    expect(again.body.completed).toBe(true);
  });

  it('a finished run in another state cannot be stopped, nor one that is not the newest', async () => {
    const { call, standIn } = await startOrders({ load: [failing, fine] });
    await standIn.waitFor('orders', 1, isOver);
    expect((await call('PUT', '/workflows/orders/instances/1/actions/stop')).status).toBe(400);
    await call('POST', '/workflows/orders/instances/1/actions/restart', { restart_policy: 'RESTART_FROM_INCOMPLETE' });
    await standIn.waitFor('orders', 1, inRun(2));
    const old = await call('PUT', '/workflows/orders/instances/1/runs/1/actions/stop');
    expect(old).toMatchObject({ status: 400, body: { message: expect.stringContaining('not the latest run [2]') } });
  });

  it('all runs of a workflow can be stopped with one call', async () => {
    const { call, standIn } = await startOrders({ load: createGate().step });
    await standIn.startRun('orders');
    const { status, body } = await call('PUT', '/workflows/orders/actions/stop');
    expect(status).toBe(202);
    expect(body).toMatchObject({ type: 'ACTION', action: 'STOP', author: 'dana' });
    expect((await standIn.waitFor('orders', 1, isOver)).status).toBe('STOPPED');
    expect((await standIn.waitFor('orders', 2, isOver)).status).toBe('STOPPED');
  });
});

describe('run strategies', () => {
  const running = async (rule: NonNullable<Parameters<typeof defineWorkflow>[0]['runStrategy']>, script: Script = {}) =>
    servers.start({ pipelines: [defineWorkflow({ id: 'w', runStrategy: rule })], runner: scriptedRunner(script) });
  const inProgress = (instance: JsonObject) => instance.status === 'IN_PROGRESS';

  it('SEQUENTIAL runs one at a time; a queued run can be ended at once', async () => {
    const gate = createGate();
    const { call, standIn } = await running('sequential', { main: gate.step });
    for (let n = 1; n <= 3; n += 1) await standIn.startRun('w');
    await standIn.waitFor('w', 1, inProgress);
    const overview = (await call('GET', '/workflows/w/overview')).body;
    expect(overview.nonterminal_instances).toEqual({ CREATED: 2, IN_PROGRESS: 1, PAUSED: 0 });
    expect((await call('PUT', '/workflows/w/instances/2/actions/stop')).body.completed).toBe(true);
    const queued = (await call('GET', '/workflows/w/instances/3')).body;
    expect(queued).toMatchObject({ status: 'CREATED' });
    expect(queued.execution_id).toBeUndefined();
    expect(queued.runtime_overview).toBeUndefined();
    expect((await call('GET', '/workflows/w/instances/3/runs/1/steps')).status).toBe(404);
    gate.open();
    expect((await standIn.waitFor('w', 3, isOver)).status).toBe('SUCCEEDED');
    expect((await standIn.waitFor('w', 2, isOver)).status).toBe('STOPPED');
  });

  it('PARALLEL runs as many as it may', async () => {
    const gate = createGate();
    const { call, standIn } = await running({ rule: 'parallel', workflow_concurrency: 2 }, { main: gate.step });
    for (let n = 1; n <= 3; n += 1) await standIn.startRun('w');
    await standIn.waitFor('w', 2, inProgress);
    expect((await call('GET', '/workflows/w/instances/3')).body.status).toBe('CREATED');
    gate.open();
    await standIn.waitFor('w', 3, isOver);
  });

  it('FIRST_ONLY refuses a second run', async () => {
    const gate = createGate();
    const { call, standIn } = await running('FIRST_ONLY', { main: gate.step });
    await standIn.startRun('w');
    const second = await call('POST', '/workflows/w/versions/active/actions/start', { initiator: { type: 'MANUAL' } });
    expect(second.body).toMatchObject({ status: 'STOPPED', workflow_instance_id: 2 });
    expect((await call('GET', '/workflows/w/instances/2')).body.status).toBe('STOPPED');
    gate.open();
    await standIn.waitFor('w', 1, isOver);
  });

  it('LAST_ONLY stops the run before', async () => {
    const { standIn } = await running('LAST_ONLY', { main: [createGate().step] });
    await standIn.startRun('w');
    await standIn.waitFor('w', 1, inProgress);
    await standIn.startRun('w');
    expect((await standIn.waitFor('w', 1, isOver)).status).toBe('STOPPED');
    await standIn.waitFor('w', 2, inProgress);
  });

  it('SERIAL_LATEST_ONLY keeps the running one and only the newest of the queue', async () => {
    const gate = createGate();
    const { standIn } = await running('SERIAL_LATEST_ONLY', { main: gate.step });
    await standIn.startRun('w');
    await standIn.waitFor('w', 1, inProgress);
    await standIn.startRun('w');
    await standIn.startRun('w');
    expect((await standIn.waitFor('w', 2, isOver)).status).toBe('STOPPED');
    gate.open();
    expect((await standIn.waitFor('w', 3, isOver)).status).toBe('SUCCEEDED');
    expect((await standIn.waitFor('w', 1, isOver)).status).toBe('SUCCEEDED');
  });

  it.each(['unblock', 'restart'])('STRICT_SEQUENTIAL halts at a failure until %s', async (way) => {
    const { call, standIn } = await running('STRICT_SEQUENTIAL', {
      main: ({ instanceId, runId }) => ({ exitCode: instanceId === 1 && runId === 1 ? 1 : 0 }),
    });
    await standIn.startRun('w');
    await standIn.waitFor('w', 1, isOver);
    await standIn.startRun('w');
    expect((await call('GET', '/workflows/w/overview')).body).toMatchObject({
      failed_instances: 1,
      nonterminal_instances: { CREATED: 1 },
    });
    if (way === 'unblock') {
      const { body } = await call('PUT', '/workflows/w/instances/1/actions/unblock');
      expect(body).toMatchObject({
        workflow_instance_status: 'FAILED',
        completed: true,
        timeline_event: { action: 'UNBLOCK' },
      });
    } else {
      await call('POST', '/workflows/w/instances/1/actions/restart', { restart_policy: 'RESTART_FROM_INCOMPLETE' });
    }
    expect((await standIn.waitFor('w', 2, isOver)).status).toBe('SUCCEEDED');
    expect((await call('GET', '/workflows/w/overview')).body.failed_instances).toBe(0);
    expect((await call('PUT', '/workflows/w/instances/2/actions/unblock')).status).toBe(400);
  });

  it('cannot be changed to FIRST_ONLY while several runs are live', async () => {
    const gate = createGate();
    const { call, standIn } = await running('parallel', { main: gate.step });
    await standIn.startRun('w');
    await standIn.startRun('w');
    const answer = await call('POST', '/workflows/w/properties', { run_strategy: 'FIRST_ONLY' });
    expect(answer).toMatchObject({ status: 412, body: { status: 'PRECONDITION_FAILED' } });
    gate.open();
    await standIn.idle();
  });
});

describe('child workflows', () => {
  const child = defineWorkflow({ id: 'child', steps: ['first', 'second'] });
  const parent: WorkflowPush = {
    properties: { owner: 'data' },
    workflow: {
      id: 'parent',
      steps: [
        {
          subworkflow: {
            id: 'call_child',
            params: { subworkflow_id: { type: 'STRING', value: 'child' }, region: { type: 'STRING', value: 'eu' } },
            transition: { successors: { after: 'true' } },
          },
        },
        { step: { id: 'after', type: 'Kubernetes' } },
      ],
    },
  };

  it('are named by the artifact, inherit the run date and lead the overview to the failing leaf', async () => {
    const { call, standIn } = await servers.start({
      pipelines: [child, parent],
      runner: scriptedRunner({ second: failing }),
    });
    await standIn.startRun('parent', { TARGET_RUN_DATE: '20261101' });
    const instance = await standIn.waitFor('parent', 1, isOver);
    expect(instance).toMatchObject({
      status: 'FAILED',
      runtime_overview: {
        step_overview: { FATALLY_FAILED: { cnt: 1 }, NOT_CREATED: { cnt: 1 } },
        rollup_overview: {
          total_leaf_count: 3,
          overview: { SUCCEEDED: { cnt: 1 }, FATALLY_FAILED: { cnt: 1, ref: { 'child:1': ['1:second:1'] } } },
        },
      },
    });
    const step = (await call('GET', '/workflows/parent/instances/1/steps/call_child')).body;
    expect(step).toMatchObject({
      definition: { subworkflow: { sync: true } },
      artifacts: {
        maestro_subworkflow: { subworkflow_id: 'child', subworkflow_instance_id: 1, subworkflow_run_id: 1 },
      },
    });
    expect((await call('GET', '/workflows/child/instances/1')).body).toMatchObject({
      correlation_id: 'parent:1:1',
      initiator: {
        type: 'SUBWORKFLOW',
        depth: 1,
        ancestors: [{ workflow_id: 'parent', instance_id: 1, run_id: 1, step_id: 'call_child', step_attempt_id: 1 }],
      },
      params: { TARGET_RUN_DATE: { evaluated_result: '20261101' }, region: { evaluated_result: 'eu' } },
    });
  });

  it('restart through their parent, as the next run of the same child', async () => {
    const { call, standIn } = await servers.start({
      pipelines: [child, parent],
      runner: scriptedRunner({ second: [failing, fine] }),
    });
    await standIn.startRun('parent');
    await standIn.waitFor('parent', 1, isOver);
    const { body } = await call('POST', '/workflows/child/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
    });
    expect(body).toMatchObject({
      workflow_id: 'parent',
      workflow_instance_id: 1,
      workflow_run_id: 2,
      status: 'CREATED',
    });
    expect((await standIn.waitFor('parent', 1, inRun(2))).status).toBe('SUCCEEDED');
    const run = (await call('GET', '/workflows/child/instances/1')).body;
    expect(run).toMatchObject({ workflow_run_id: 2, status: 'SUCCEEDED' });
    expect(Object.keys(run.runtime_dag)).toEqual(['second']);
  });

  it('are stopped with their parent', async () => {
    const { call, standIn } = await servers.start({
      pipelines: [child, parent],
      runner: scriptedRunner({ second: createGate().step }),
    });
    await standIn.startRun('parent');
    await standIn.waitFor('parent', 1, (seen) => JSON.stringify(seen).includes('1:second:1'));
    await call('PUT', '/workflows/parent/instances/1/actions/stop');
    expect((await standIn.waitFor('parent', 1, isOver)).status).toBe('STOPPED');
    expect((await standIn.waitFor('child', 1, isOver)).status).toBe('STOPPED');
  });
});

describe('signals between workflows', () => {
  const upstream = defineWorkflow({
    id: 'upstream',
    workflow: {
      steps: [
        {
          step: {
            id: 'main',
            type: 'Kubernetes',
            retry_policy: { error_retry_limit: 0 },
            signal_outputs: [
              { name: 'warehouse/orders', params: { ds: { type: 'STRING', expression: 'TARGET_RUN_DATE' } } },
            ],
          },
        },
      ],
    },
  });
  const triggered = defineWorkflow({
    id: 'triggered',
    workflow: { signal_triggers: [{ definitions: { 'warehouse/orders': {} } }] },
  });
  const waiting = defineWorkflow({
    id: 'waiting',
    workflow: {
      steps: [
        {
          step: {
            id: 'main',
            type: 'Kubernetes',
            signal_dependencies: [
              {
                name: 'warehouse/orders',
                match_params: { ds: { param: { type: 'STRING', expression: 'TARGET_RUN_DATE' }, operator: '=' } },
              },
            ],
          },
        },
      ],
    },
  });

  it('a step that succeeds announces its outputs, and starts who is triggered by them', async () => {
    const { call, standIn } = await servers.start({ pipelines: [upstream, triggered] });
    await standIn.startRun('upstream', { TARGET_RUN_DATE: '20261101' });
    await standIn.waitFor('upstream', 1, isOver);
    const signal = (await call('GET', '/signals/warehouse%2Forders/instances/latest')).body;
    expect(signal).toMatchObject({
      seq_id: 1,
      params: { ds: '20261101' },
      payload: { signal_source: { workflow_id: 'upstream', workflow_instance_id: 1, step_id: 'main' } },
    });
    expect((await call('GET', '/workflows/upstream/instances/1/steps/main')).body.signal_outputs.outputs).toEqual([
      { name: 'warehouse/orders', params: { ds: '20261101' }, signal_id: 1, announce_time: expect.any(Number) },
    ]);
    const started = await standIn.waitFor('triggered', 1, isOver);
    expect(started.initiator).toMatchObject({ type: 'SIGNAL', signal_id_map: { 'warehouse/orders': 1 } });
  });

  it('a run that fails announces nothing', async () => {
    const { call, standIn } = await servers.start({
      pipelines: [upstream, triggered],
      runner: scriptedRunner({ 'upstream/main': failing }),
    });
    await standIn.startRun('upstream');
    await standIn.waitFor('upstream', 1, isOver);
    expect((await call('GET', '/signals/warehouse%2Forders/instances/latest')).text).toBe('');
  });

  it('a disabled trigger does not fire', async () => {
    const { call, standIn } = await servers.start({ pipelines: [upstream, triggered] });
    await call('POST', '/workflows/triggered/properties', { signal_trigger_disabled: true });
    await standIn.startRun('upstream');
    await standIn.waitFor('upstream', 1, isOver);
    expect((await call('GET', '/workflows/triggered/instances?first=1')).body.elements).toEqual([]);
  });

  it('a step waits for the signal of its own date, and no other', async () => {
    const { call, standIn } = await servers.start({ pipelines: [waiting] });
    await standIn.startRun('waiting', { TARGET_RUN_DATE: '20261101' });
    await standIn.waitFor('waiting', 1, overviewHas('WAITING_FOR_SIGNALS'));
    await call('POST', '/signals', { name: 'warehouse/orders', params: { ds: '20261031' } });
    const step = (await call('GET', '/workflows/waiting/instances/1/steps/main')).body;
    expect(step).toMatchObject({
      runtime_state: { status: 'WAITING_FOR_SIGNALS' },
      signal_dependencies: {
        dependencies: [
          { name: 'warehouse/orders', status: 'PENDING', match_params: { ds: { value: '20261101', operator: '=' } } },
        ],
      },
    });
    await call('POST', '/signals', { name: 'warehouse/orders', params: { ds: '20261101' } });
    expect((await standIn.waitFor('waiting', 1, isOver)).status).toBe('SUCCEEDED');
  });

  it('the wait can be bypassed, but only while it waits', async () => {
    const { call, standIn } = await servers.start({ pipelines: [waiting] });
    await standIn.startRun('waiting');
    await standIn.waitFor('waiting', 1, overviewHas('WAITING_FOR_SIGNALS'));
    const path = '/workflows/waiting/instances/1/steps/main/actions/bypass';
    expect((await call('PUT', path)).body).toMatchObject({ step_id: 'main', step_attempt_id: 1 });
    expect((await standIn.waitFor('waiting', 1, isOver)).status).toBe('SUCCEEDED');
    expect((await call('PUT', path)).status).toBe(400);
  });
});

describe('time limits', () => {
  const slow = (timeout: { workflow?: number; step?: number }) =>
    defineWorkflow({
      id: 'slow',
      workflow: {
        ...(timeout.workflow === undefined ? {} : { timeout: timeout.workflow }),
        steps: [
          {
            step: { id: 'main', type: 'Kubernetes', ...(timeout.step === undefined ? {} : { timeout: timeout.step }) },
          },
        ],
      },
    });

  it.each([
    { title: 'a run', timeout: { workflow: 0.05 }, step: 'STOPPED' },
    { title: 'a step', timeout: { step: 0.05 }, step: 'TIMED_OUT' },
  ])('of $title end it as TIMED_OUT', async ({ timeout, step }) => {
    const { call, standIn } = await servers.start({
      pipelines: [slow(timeout)],
      runner: scriptedRunner({ main: createGate().step }),
    });
    await standIn.startRun('slow');
    expect((await standIn.waitFor('slow', 1, isOver)).status).toBe('TIMED_OUT');
    expect((await call('GET', '/workflows/slow/instances/1/steps/main')).body.runtime_state.status).toBe(step);
    expect((await call('GET', '/workflows/slow/overview')).body.failed_instances).toBe(0);
  });
});

describe('a time trigger', () => {
  it.each<[string, string, string, unknown]>([
    ['no version is in force', 'PUT', 'actions/deactivate', undefined],
    ['it is disabled', 'POST', 'properties', { time_trigger_disabled: true }],
  ])('starts nothing while %s; a person may still start a version', async (_title, method, path, body) => {
    const { call, standIn } = await servers.start({ pipelines: [defineWorkflow({ id: 'orders' })] });
    await call(method, `/workflows/orders/${path}`, body);
    await expect(standIn.startRun('orders')).rejects.toThrow();
    const started = await call('POST', '/workflows/orders/versions/latest/actions/start', {
      initiator: { type: 'MANUAL' },
    });
    expect(started.body.status).toBe('CREATED');
  });
});
