import { randomUUID } from 'node:crypto';
import { defineWorkflow, scriptedRunner } from '../../../src/demo/stand-in';
import { createGate, createServers, inRun, isOver } from '../support';

const servers = createServers();
afterEach(() => servers.stopAll());

const nine = new Date('2026-11-20T09:00:00.000Z');
const clock = { now: () => nine };
const orders = defineWorkflow({
  id: 'orders.daily',
  name: 'Orders daily',
  steps: ['extract', 'load'],
  tags: ['orders', 'tier1'],
});
const missingTable = {
  exitCode: 1,
  output: 'starting\nERROR: relation "raw_orders" does not exist',
};
const failingOnce = () => scriptedRunner({ load: [missingTable, { exitCode: 0 }] });
const startBody = { initiator: { type: 'manual' } };

describe('the shapes of errors', () => {
  it.each([
    {
      title: 'no user on a start',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: startBody,
      user: null,
      says: 'the user name cannot be null',
    },
    {
      title: 'no user on a stop',
      method: 'PUT',
      path: '/workflows/orders.daily/actions/stop',
      user: null,
      says: 'the user name cannot be null',
    },
    {
      title: 'an unknown field',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: { ...startBody, colour: 'red' },
      says: 'Unrecognized field "colour" (class com.netflix.maestro.models.api.WorkflowStartRequest), not marked as ignorable',
    },
    {
      title: 'malformed JSON',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: '{"initiator":',
      says: 'JSON parse error: Unexpected end-of-input: expected close marker for Object',
    },
    {
      title: 'a request id that is no UUID',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: { ...startBody, request_id: 'abc' },
      says: 'of type `java.util.UUID` from String "abc"',
    },
    {
      title: 'a start without an initiator',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: {},
      says: 'Validation failure',
      errors: ['initiator may not be null'],
    },
    {
      title: 'a reserved parameter',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: { ...startBody, run_params: { params: { type: 'STRING', value: 'x' } } },
      says: 'Validation failure',
      errors: ['runParams [param definition] cannot use any of reserved param names - rejected value is [params]'],
    },
    {
      title: 'a reserved workflow id',
      method: 'POST',
      path: '/workflows',
      body: { properties: { owner: 'o' }, workflow: { id: 'maestro_x', steps: [{ step: { id: 'a', type: 'NoOp' } }] } },
      says: 'Validation failure',
      errors: ['workflow.id [maestro id] cannot start with reserved prefix: maestro_ - rejected value is [maestro_x]'],
    },
    {
      title: 'a page that is too large',
      method: 'GET',
      path: '/workflows/orders.daily/instances?first=500',
      says: 'Validation failure',
    },
    {
      title: 'a parameter without a type',
      method: 'POST',
      path: '/workflows/orders.daily/versions/active/actions/start',
      body: { ...startBody, run_params: { a: { value: 1 } } },
      says: 'run_params.a',
    },
    {
      title: 'a version that is no version',
      method: 'GET',
      path: '/workflows/orders.daily/versions/newest',
      says: 'Invalid workflow version [newest] for workflow [orders.daily]',
      errors: ['Invalid workflow version: newest'],
    },
    {
      title: 'neither first nor last',
      method: 'GET',
      path: '/workflows/orders.daily/instances',
      says: 'both cannot be null',
    },
    {
      title: 'first and last',
      method: 'GET',
      path: '/workflows/orders.daily/instances?first=1&last=1',
      says: 'not both',
    },
    {
      title: 'a lower-case restart policy',
      method: 'POST',
      path: '/workflows/orders.daily/instances/1/actions/restart',
      body: { restart_policy: 'restart_from_incomplete' },
      says: 'of type `com.netflix.maestro.models.api.RestartPolicy` from String "restart_from_incomplete"',
    },
  ])('answers $title with 400 in the application shape', async ({ method, path, body, user, says, errors }) => {
    const { call } = await servers.start({ pipelines: [orders] });
    const answer = await call(method, path, body, user === null ? { user } : {});
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual(errors);
    expect(answer.contentType).toContain('application/json');
    expect(answer.body.status).toBe('BAD_REQUEST');
    expect(answer.body.message).toContain(says);
    expect(answer.body.retryable).toBeUndefined();
  });

  it.each([
    {
      path: '/workflows/orders.daily/instances/42',
      says: 'workflow instance [orders.daily][42][0] not found (either not created or deleted)',
    },
    {
      path: '/workflows/orders.daily/instances/42/runs/2',
      says: 'workflow instance [orders.daily][42][2] not found (either not created or deleted)',
    },
    { path: '/workflows/orders.daily/versions/9', says: 'Cannot find workflow [orders.daily] with version [9]' },
    {
      path: '/workflows/nobody/overview',
      says: 'Cannot find workflow [nobody], which is either not created or has been deleted.',
    },
    {
      path: '/workflows/nobody/versions/latest',
      says: 'Workflow [nobody] has not been created yet or has been deleted.',
    },
    {
      path: '/workflows/orders.daily/instances/42/runs/1/steps',
      says: 'Step instances of workflow instance [orders.daily][42][1] not found (either empty, not created, or deleted)',
    },
    {
      path: '/workflows/orders.daily/instances/42/steps/load',
      says: 'step instance view for [orders.daily][42][load] not found (either not created or deleted)',
    },
    { path: '/workflows/orders.daily/instances/1/runs/1/steps/load/attempts/latest', says: '[load]' },
  ])('answers GET $path with 404', async ({ path, says }) => {
    const { call } = await servers.start({ pipelines: [orders] });
    const answer = await call('GET', path);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ status: 'NOT_FOUND', message: expect.stringContaining(says) });
  });

  it.each([
    { title: 'an unknown address', method: 'GET', path: '/workflows/a/b/c/d/e', status: 404 },
    { title: 'a list of workflows, which there is not', method: 'GET', path: '/workflows', status: 405 },
    { title: 'a wrong method', method: 'DELETE', path: '/workflows/orders.daily/overview', status: 405 },
    { title: 'an id that is no number', method: 'GET', path: '/workflows/orders.daily/instances/abc', status: 400 },
  ])("answers $title in the framework's problem form", async ({ method, path, status }) => {
    const { call } = await servers.start({ pipelines: [orders] });
    const answer = await call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.contentType).toContain('application/problem+json');
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.any(String),
      instance: `/api/v3${path}`,
    });
  });

  it('wants JSON to be called JSON', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    const path = '/workflows/orders.daily/versions/active/actions/start';
    const answer = await call('POST', path, JSON.stringify(startBody), { headers: { 'content-type': 'text/plain' } });
    expect(answer).toMatchObject({ status: 415, body: { status: 415, title: 'Unsupported Media Type' } });
  });
});

describe('a start', () => {
  it('answers with the ids of the run and says who started it', async () => {
    const { call } = await servers.start({ pipelines: [orders], clock });
    const uuid = randomUUID();
    const { status, body } = await call('POST', '/workflows/orders.daily/versions/active/actions/start', {
      initiator: { type: 'MANUAL' },
      request_id: uuid,
      run_params: { TARGET_RUN_DATE: { type: 'STRING', value: '20251120' } },
      runtime_tags: ['slack-ops'],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      workflow_id: 'orders.daily',
      workflow_version_id: 1,
      workflow_instance_id: 1,
      workflow_run_id: 1,
      workflow_uuid: uuid,
      status: 'CREATED',
      timeline_event: {
        timestamp: nine.getTime(),
        type: 'LOG',
        level: 'INFO',
        message: 'Manually run a new workflow instance by a user [dana]',
      },
    });
  });

  it('answers DUPLICATED with ids 0 for a request id it has seen, and starts nothing', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    const body = { ...startBody, request_id: randomUUID() };
    const path = '/workflows/orders.daily/versions/active/actions/start';
    await call('POST', path, body);
    const again = await call('POST', path, body);
    expect(again).toMatchObject({
      status: 200,
      body: { status: 'DUPLICATED', workflow_instance_id: 0, workflow_run_id: 0, workflow_uuid: body.request_id },
    });
    await standIn.idle();
    const page = await call('GET', '/workflows/orders.daily/instances?first=10');
    expect(page.body.elements).toHaveLength(1);
  });

  it('dedupes per workflow, not over all', async () => {
    const { call } = await servers.start({ pipelines: [orders, defineWorkflow({ id: 'other' })] });
    const body = { ...startBody, request_id: randomUUID() };
    await call('POST', '/workflows/orders.daily/versions/active/actions/start', body);
    const other = await call('POST', '/workflows/other/versions/active/actions/start', body);
    expect(other.body.status).toBe('CREATED');
  });

  it('refuses a parameter that cannot be evaluated, or keeps a failed run when asked to', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    const path = '/workflows/orders.daily/versions/active/actions/start';
    const run_params = { region: { type: 'STRING', expression: 'nowhere' } };
    expect((await call('POST', path, { ...startBody, run_params })).status).toBe(400);
    const kept = await call('POST', path, { ...startBody, run_params, persist_failed_run: true });
    expect(kept.body).toMatchObject({ status: 'CREATED', workflow_instance_id: 1 });
    const instance = await call('GET', '/workflows/orders.daily/instances/1');
    expect(instance.body.status).toBe('FAILED');
  });

  it('runs a fixed version, and answers 404 for the active one when there is none', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    await call('PUT', '/workflows/orders.daily/actions/deactivate');
    expect((await call('POST', '/workflows/orders.daily/versions/active/actions/start', startBody)).status).toBe(404);
    for (const version of ['latest', 'default', '1']) {
      const answer = await call('POST', `/workflows/orders.daily/versions/${version}/actions/start`, startBody);
      expect(answer.body).toMatchObject({ status: 'CREATED', workflow_version_id: 1 });
    }
  });
});

describe('an instance', () => {
  it('tells a failure by its overview, and the leaf by its ref', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders], runner: failingOnce(), clock });
    await standIn.startRun('orders.daily', { TARGET_RUN_DATE: '20261119' });
    await standIn.waitFor('orders.daily', 1, isOver);
    const { body } = await call('GET', '/workflows/orders.daily/instances/1');
    const at = nine.getTime();
    expect(body).toMatchObject({
      workflow_id: 'orders.daily',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      correlation_id: 'orders.daily:1:1',
      workflow_version_id: 1,
      run_config: { policy: 'START_FRESH_NEW_RUN' },
      run_properties: { owner: 'data-platform', tags: [{ name: 'orders' }, { name: 'tier1' }] },
      runtime_dag: { extract: { successors: { load: 'true' } }, load: { predecessors: ['extract'] } },
      initiator: { type: 'TIME', depth: 0, timezone: 'UTC', trigger_time: at },
      status: 'FAILED',
      request_time: at,
      create_time: at,
      start_time: at,
      end_time: at,
      aggregated_info: {
        workflow_instance_status: 'FAILED',
        step_aggregated_views: {
          extract: { workflow_run_id: 1, status: 'SUCCEEDED', start_time: at, end_time: at },
          load: { workflow_run_id: 1, status: 'FATALLY_FAILED' },
        },
      },
    });
    expect(body.params.TARGET_RUN_DATE).toEqual({
      type: 'STRING',
      value: '20261119',
      mode: 'MUTABLE_ON_START',
      evaluated_result: '20261119',
      evaluated_time: at,
    });
    expect(body.runtime_overview).toEqual({
      total_step_count: 2,
      step_overview: { SUCCEEDED: { cnt: 1, steps: [[1, at, at]] }, FATALLY_FAILED: { cnt: 1, steps: [[2, at, at]] } },
      rollup_overview: {
        total_leaf_count: 2,
        overview: {
          SUCCEEDED: { cnt: 1 },
          FATALLY_FAILED: { cnt: 1, ref: { 'orders.daily:1': ['1:load:1'] } },
        },
      },
    });
    expect(body.timeline.map((entry: { type: string; status?: string }) => entry.status ?? entry.type)).toEqual([
      'LOG',
      'IN_PROGRESS',
      'FAILED',
    ]);
  });

  it('keeps status changes out of the timeline in lists', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    await standIn.startRun('orders.daily');
    await standIn.waitFor('orders.daily', 1, isOver);
    const { body } = await call('GET', '/workflows/orders.daily/instances?first=5');
    expect(body.elements[0].timeline.map((entry: { type: string }) => entry.type)).toEqual(['LOG']);
    expect(body.elements[0].aggregated_info.workflow_instance_status).toBe('SUCCEEDED');
  });

  it('of an unknown workflow is an empty page, not an error', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    expect(await call('GET', '/workflows/nobody/instances?first=5')).toMatchObject({
      status: 200,
      body: {
        page_info: {
          start_cursor: null,
          end_cursor: null,
          has_previous_page: false,
          has_next_page: false,
          start_index: null,
        },
        total_count: 0,
        elements: [],
      },
    });
    expect((await call('GET', '/workflows/nobody/instances/1/steps')).body).toEqual([]);
  });
});

describe('a restart', () => {
  it('from what is incomplete runs only the failed step, as the next run of the same instance', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders], runner: failingOnce() });
    await standIn.startRun('orders.daily');
    await standIn.waitFor('orders.daily', 1, isOver);
    const uuid = randomUUID();
    const { body } = await call('POST', '/workflows/orders.daily/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
      request_id: uuid,
    });
    expect(body).toMatchObject({ workflow_instance_id: 1, workflow_run_id: 2, workflow_uuid: uuid, status: 'CREATED' });
    await standIn.waitFor('orders.daily', 1, inRun(2));

    const run = (await call('GET', '/workflows/orders.daily/instances/1/runs/2')).body;
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      correlation_id: 'orders.daily:1:1',
      run_config: { policy: 'RESTART_FROM_INCOMPLETE' },
      runtime_dag: { load: {} },
    });
    expect(Object.keys(run.runtime_dag)).toEqual(['load']);
    const steps = (await call('GET', '/workflows/orders.daily/instances/1/steps')).body;
    expect(steps.map((step: Record<string, unknown>) => [step.step_id, step.workflow_run_id])).toEqual([
      ['extract', 1],
      ['load', 2],
    ]);
    const runs = (await call('GET', '/workflows/orders.daily/instances/1/runs?first=10')).body;
    expect(runs.elements.map((element: Record<string, unknown>) => element.status)).toEqual(['SUCCEEDED', 'FAILED']);
    expect((await call('GET', '/workflows/orders.daily/overview')).body.failed_instances).toBe(0);
  });

  it('from the beginning runs all steps again', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders], runner: failingOnce() });
    await standIn.startRun('orders.daily');
    await standIn.waitFor('orders.daily', 1, isOver);
    await call('POST', '/workflows/orders.daily/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_BEGINNING',
    });
    await standIn.waitFor('orders.daily', 1, inRun(2));
    const steps = (await call('GET', '/workflows/orders.daily/instances/1/runs/2/steps')).body;
    expect(steps.map((step: Record<string, unknown>) => step.step_id)).toEqual(['extract', 'load']);
  });

  it('keeps the run date, and refuses to change it', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders], runner: failingOnce() });
    await standIn.startRun('orders.daily', { TARGET_RUN_DATE: '20261101' });
    await standIn.waitFor('orders.daily', 1, isOver);
    const path = '/workflows/orders.daily/instances/1/actions/restart';
    const changed = await call('POST', path, {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
      run_params: { TARGET_RUN_DATE: { type: 'STRING', value: '20261102' } },
    });
    expect(changed.status).toBe(400);
    await call('POST', path, { restart_policy: 'RESTART_FROM_INCOMPLETE' });
    const after = await standIn.waitFor('orders.daily', 1, inRun(2));
    expect(after).toMatchObject({ params: { TARGET_RUN_DATE: { evaluated_result: '20261101' } } });
  });

  it('is refused while the newest run is live', async () => {
    const gate = createGate();
    const runner = scriptedRunner({ load: gate.step });
    const { call, standIn } = await servers.start({ pipelines: [orders], runner });
    await standIn.startRun('orders.daily');
    const answer = await call('POST', '/workflows/orders.daily/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
    });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('non-terminal status') } });
    gate.open();
    await standIn.waitFor('orders.daily', 1, isOver);
  });

  it('answers DUPLICATED with run 0 for a request id it has seen', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders], runner: failingOnce() });
    await standIn.startRun('orders.daily');
    await standIn.waitFor('orders.daily', 1, isOver);
    const body = { restart_policy: 'RESTART_FROM_INCOMPLETE', request_id: randomUUID() };
    await call('POST', '/workflows/orders.daily/instances/1/actions/restart', body);
    await standIn.waitFor('orders.daily', 1, inRun(2));
    const again = await call('POST', '/workflows/orders.daily/instances/1/actions/restart', body);
    expect(again.body).toMatchObject({ status: 'DUPLICATED', workflow_run_id: 0 });
  });

  it('does not take artifacts', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders], runner: failingOnce() });
    await standIn.startRun('orders.daily');
    await standIn.waitFor('orders.daily', 1, isOver);
    const answer = await call('POST', '/workflows/orders.daily/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
      artifacts: {},
    });
    expect(answer.status).toBe(400);
  });
});

describe('versions and properties', () => {
  it('a push makes the next version, even of the same content, and activates it', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    const { status, body } = await call('POST', '/workflows', { ...orders, dsl_source: 'orders.yaml' });
    expect(status).toBe(200);
    expect(body.workflow_definition).toMatchObject({
      metadata: {
        workflow_id: 'orders.daily',
        workflow_version_id: 2,
        version_author: 'dana',
        dsl_source: 'orders.yaml',
      },
      is_active: true,
      is_latest: true,
      is_default: true,
      activated_by: 'dana',
      workflow: { steps: [{ step: { id: 'extract' } }, { step: { id: 'load', transition: {} } }] },
    });
    const page = await call('GET', '/workflows/orders.daily/versions/pagination?first=1');
    expect(page.body).toMatchObject({ total_count: 2, page_info: { start_cursor: '2', has_next_page: true } });
  });

  it('a first push needs an owner', async () => {
    const { call } = await servers.start({ pipelines: [] });
    const answer = await call('POST', '/workflows', { workflow: orders.workflow });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('owner') } });
  });

  it.each([
    {
      title: 'a cycle',
      steps: [
        { step: { id: 'a', type: 'NoOp', transition: { successors: { b: 'true' } } } },
        { step: { id: 'b', type: 'NoOp', transition: { successors: { a: 'true' } } } },
      ],
      says: 'cycle',
    },
    {
      title: 'a step named twice',
      steps: [{ step: { id: 'a', type: 'NoOp' } }, { step: { id: 'a', type: 'NoOp' } }],
      says: 'same id [a]',
    },
    {
      title: 'a way to nowhere',
      steps: [{ step: { id: 'a', type: 'NoOp', transition: { successors: { b: 'true' } } } }],
      says: '[b]',
    },
    { title: 'no steps', steps: [], says: 'workflow.steps' },
  ])('a definition with $title is refused', async ({ steps, says }) => {
    const { call } = await servers.start({ pipelines: [] });
    const body = { properties: { owner: 'a' }, workflow: { id: 'w', steps } };
    const answer = await call('PUT', '/workflows/actions/validate', body);
    expect(answer.status).toBe(400);
    expect([answer.body.message, ...(answer.body.errors ?? [])].join(' ')).toContain(says);
  });

  it('an older version can be made active again, which twice does nothing', async () => {
    const { call } = await servers.start({ pipelines: [orders, orders] });
    const path = '/workflows/orders.daily/versions/1/actions/activate';
    const first = await call('PUT', path);
    expect(first.body).toMatchObject({ workflow_id: 'orders.daily', workflow_version_id: 1 });
    expect(first.body.timeline_event.message).toContain('previous active version is [2]');
    expect((await call('PUT', path)).body.timeline_event.message).toContain('do nothing');
    expect((await call('GET', '/workflows/orders.daily/versions/active')).body).toMatchObject({
      metadata: { workflow_version_id: 1 },
      is_latest: false,
    });
    const { body } = await call('GET', '/workflows/orders.daily/timeline');
    expect(body.workflow_id).toBe('orders.daily');
    expect(body.timeline_events[0]).toEqual({ author: 'dana', log: expect.any(String), timestamp: expect.any(Number) });
    expect(body.timeline_events).toHaveLength(4);
  });

  it('unblocking a workflow that is not there unblocks nothing, and is no fault', async () => {
    const { call } = await servers.start({ pipelines: [] });
    const answer = await call('PUT', '/workflows/nobody/actions/unblock');
    expect(answer).toMatchObject({ status: 200, body: { message: 'Unblocked [0] failed workflow instances.' } });
  });

  it('deactivating leaves the latest as default and takes the active one away', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    expect((await call('PUT', '/workflows/orders.daily/actions/deactivate')).body.workflow_version_id).toBe(0);
    expect((await call('GET', '/workflows/orders.daily/versions/active')).status).toBe(404);
    expect((await call('GET', '/workflows/orders.daily/versions/default')).status).toBe(200);
    const overview = (await call('GET', '/workflows/orders.daily/overview')).body;
    expect(overview.active_version_id).toBeUndefined();
    expect(overview).toMatchObject({ latest_version_id: 1, default_version_id: 1 });
  });

  it('properties are updated in part, flat, and told back whole', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    const { body } = await call('POST', '/workflows/orders.daily/properties', {
      time_trigger_disabled: true,
      run_strategy: 3,
    });
    expect(body).toMatchObject({
      workflow_id: 'orders.daily',
      author: 'dana',
      owner: 'data-platform',
      time_trigger_disabled: true,
      run_strategy: { rule: 'PARALLEL', workflow_concurrency: 3 },
    });
    expect((await call('GET', '/workflows/orders.daily/properties-snapshot/latest')).body).toEqual(body);
    expect((await call('GET', '/workflows/orders.daily/properties-snapshot/1')).status).toBe(500);
    const both = await call('POST', '/workflows/orders.daily/properties', {
      step_concurrency: 2,
      reset_step_concurrency: true,
    });
    expect(both.status).toBe(400);
    const wrapped = await call('POST', '/workflows/orders.daily/properties', { properties: { owner: 'a' } });
    expect(wrapped.status).toBe(400);
  });

  it('tags of the properties come and go', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    const added = await call('POST', '/workflows/orders.daily/properties/tag', { name: 'tier/1' });
    expect(added.body.tags).toEqual([{ name: 'tier/1' }]);
    const removed = await call('DELETE', '/workflows/orders.daily/properties/tag/tier%2F1');
    expect(removed.body.tags).toBeUndefined();
    expect((await call('DELETE', '/workflows/orders.daily/properties/tag/tier%2F1')).status).toBe(404);
  });

  it('a workflow with live runs cannot be deleted; without, it is gone', async () => {
    const gate = createGate();
    const runner = scriptedRunner({ load: gate.step });
    const { call, standIn } = await servers.start({ pipelines: [orders], runner });
    await standIn.startRun('orders.daily');
    expect((await call('DELETE', '/workflows/orders.daily')).status).toBe(400);
    gate.open();
    await standIn.waitFor('orders.daily', 1, isOver);
    expect((await call('DELETE', '/workflows/orders.daily')).body).toMatchObject({ type: 'LOG', level: 'INFO' });
    expect((await call('GET', '/workflows/orders.daily/overview')).status).toBe(404);
  });
});

describe('maps of what may be done', () => {
  it('are told for instances and steps', async () => {
    const { call } = await servers.start({ pipelines: [orders] });
    expect((await call('GET', '/workflows/instances/action-map')).body).toMatchObject({
      FAILED: ['RESTART', 'UNBLOCK'],
      IN_PROGRESS: ['STOP', 'KILL'],
    });
    expect((await call('GET', '/workflows/steps/instances/action-map')).body).toMatchObject({
      RUNNING: ['STOP', 'KILL', 'SKIP'],
      FATALLY_FAILED: ['RESTART', 'SKIP'],
      WAITING_FOR_SIGNALS: expect.arrayContaining(['BYPASS_STEP_DEPENDENCIES']),
    });
  });
});

describe('signals over HTTP', () => {
  it('are numbered per name, refused when repeated, and empty when missing', async () => {
    const { call } = await servers.start({ pipelines: [] });
    const body = { name: 'warehouse/orders', params: { ds: '20261120', n: 3 }, origin: 'import' };
    const first = await call('POST', '/signals', body, { user: null });
    expect(first.body).toMatchObject({
      name: 'warehouse/orders',
      seq_id: 1,
      params: body.params,
      payload: { origin: 'import' },
    });
    expect((await call('POST', '/signals', body)).body).toMatchObject({ status: 'CONFLICT' });
    await call('POST', '/signals', { ...body, request_id: 'again' });
    const latest = await call('GET', '/signals/warehouse%2Forders/instances/latest');
    expect(latest.body.seq_id).toBe(2);
    const missing = await call('GET', '/signals/nothing/instances/latest');
    expect(missing).toMatchObject({ status: 200, text: '' });
  });
});
