import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createEngine,
  type Deployment,
  type FlowDefinition,
  type FlowRun,
  isTerminal,
  type State,
  type TaskRun,
} from './engine';

export interface HeardCall {
  method: string;
  path: string;
  body: unknown;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: object,
  ) {
    super(String(status));
  }
}

type Body = Record<string, unknown>;
interface Asked {
  body: Body;
  query: URLSearchParams;
  mayChange: boolean;
}
type Route = [method: string, pattern: RegExp, handle: (parts: string[], asked: Asked) => unknown];

/** Who may come in: the user of a server's own, and keys as Prefect Cloud has them. */
const passes = new Map([
  [`Basic ${Buffer.from('admin:admin-pw').toString('base64')}`, { mayChange: true }],
  ['Bearer pnu_worker', { mayChange: true }],
  ['Bearer pnu_viewer', { mayChange: false }],
]);
const mostAtOnce = 200;
const id = '([\\da-f-]{36})';

/** Strict as the real one was seen to be: unknown keys, wrong states, missing rights and what is not there are refused. */
export async function startPrefect(definitions: FlowDefinition[]) {
  const engine = createEngine(definitions);
  const heard: HeardCall[] = [];
  const lost: RegExp[] = [];
  const outcomes: object[] = [];
  const meanwhile: (() => void)[] = [];

  /** Bodies are closed, and so are the filters in them. */
  function only(body: unknown, keys: string[], place: string[] = ['body']): Body {
    const given = (body ?? {}) as Body;
    const stray = Object.keys(given).find((key) => !keys.includes(key));
    if (stray)
      throw new Refusal(422, {
        detail: [{ loc: [...place, stray], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' }],
      });
    return given;
  }

  function deploymentOf(wanted: string): Deployment {
    const found = engine.deployments.find((one) => one.id === wanted);
    if (!found) throw new Refusal(404, { detail: 'Deployment not found' });
    return found;
  }

  function runOf(wanted: string): FlowRun {
    const found = engine.runs.find((one) => one.id === wanted);
    if (!found) throw new Refusal(404, { detail: 'Flow run not found' });
    return found;
  }

  const showState = (state: State) => ({
    id: state.id,
    type: state.type,
    name: state.name,
    timestamp: state.timestamp,
    message: state.message,
    data: null,
    state_details: { transition_id: state.transitionId, pause_reschedule: state.isSuspended ?? false },
  });

  const showRun = (run: FlowRun) => ({
    id: run.id,
    created: run.expected,
    updated: run.state.timestamp,
    name: 'ruddy-otter',
    flow_id: run.flow,
    deployment_id: run.deployment,
    idempotency_key: run.idempotencyKey,
    created_by: run.creator ?? null,
    parameters: run.parameters,
    tags: run.tags,
    run_count: run.count,
    expected_start_time: run.expected,
    start_time: run.start ?? null,
    end_time: run.end ?? null,
    parent_task_run_id: run.parentTask,
    infrastructure_pid: run.process,
    state_id: run.state.id,
    state_type: run.state.type,
    state_name: run.state.name,
    state: showState(run.state),
  });

  const showTask = (run: FlowRun, task: TaskRun) => ({
    id: task.id,
    created: task.expected,
    updated: task.expected,
    name: task.name,
    task_key: `${task.name.replace(/-[^-]*$/, '')}-7a3ed0fb`,
    dynamic_key: task.key,
    flow_run_id: run.id,
    run_count: 1,
    flow_run_run_count: task.attempt,
    start_time: task.start ?? null,
    end_time: task.end ?? null,
    state: showState(task.state),
  });

  const showDeployment = ({ id: own, flow, name, definition, isPaused, created }: Deployment) => ({
    id: own,
    created,
    updated: created,
    name,
    flow_id: flow,
    paused: isPaused,
    status: 'READY',
    tags: definition.tags ?? [],
    schedules: definition.cron
      ? [
          {
            ...{ id: crypto.randomUUID(), created, updated: created, active: true },
            schedule: { cron: definition.cron, timezone: 'Europe/Berlin', day_or: true },
          },
        ]
      : [],
    parameters: {},
    enforce_parameter_schema: true,
    parameter_openapi_schema: {
      title: 'Parameters',
      type: 'object',
      properties: Object.fromEntries((definition.takes ?? []).map((one) => [one.replace('?', ''), { type: 'string' }])),
      required: (definition.takes ?? []).filter((one) => !one.endsWith('?')),
    },
    concurrency_limit: null,
    global_concurrency_limit: definition.limit
      ? {
          ...{ id: crypto.randomUUID(), created, updated: created, active: true, name: `deployment:${own}` },
          ...{ limit: definition.limit.limit, active_slots: engine.slotsOf(flow) },
        }
      : null,
    concurrency_options: definition.limit ? { collision_strategy: definition.limit.strategy } : null,
  });

  function page<T>(all: T[], body: Body): T[] {
    const [limit, offset] = [Number(body.limit ?? mostAtOnce), Number(body.offset ?? 0)];
    if (limit > mostAtOnce)
      throw new Refusal(422, { detail: `Invalid limit: must be less than or equal to ${mostAtOnce}.` });
    return all.slice(offset, offset + limit);
  }

  const isAny = (filter: unknown, value: string | null, place: string) => {
    const { any_: wanted } = only(filter, ['any_', 'not_any_', 'is_null_', 'operator'], ['body', place]);
    return !wanted || (value !== null && (wanted as string[]).includes(value));
  };

  function isWithin(filter: unknown, at: Date | undefined, fallback: Date | undefined): boolean {
    const { after_, before_, is_null_: isNull } = only(filter, ['after_', 'before_', 'is_null_']);
    const shown = at ?? fallback;
    return (
      (after_ === undefined || (shown !== undefined && shown >= new Date(String(after_)))) &&
      (before_ === undefined || (shown !== undefined && shown <= new Date(String(before_)))) &&
      (isNull === undefined || isNull === (at === undefined))
    );
  }

  function runsAsked(body: Body): FlowRun[] {
    const runFilter = only(body.flow_runs, [
      ...['operator', 'id', 'name', 'tags', 'deployment_id', 'state', 'start_time', 'end_time', 'expected_start_time'],
      ...['idempotency_key', 'parent_task_run_id'],
    ]);
    const ofDeployment = only(body.deployments, ['operator', 'id', 'name', 'paused', 'tags']);
    const tests: ((run: FlowRun) => boolean)[] = [];
    const { id: ids, state, idempotency_key: key, start_time: start, end_time: end } = runFilter;
    if (ids) tests.push((run) => isAny(ids, run.id, 'id'));
    if (key) tests.push((run) => isAny(key, run.idempotencyKey, 'idempotency_key'));
    if (state) {
      const { type, name } = only(state, ['operator', 'type', 'name']);
      tests.push(
        (run) => (!type || isAny(type, run.state.type, 'type')) && (!name || isAny(name, run.state.name, 'name')),
      );
    }
    if (start) tests.push((run) => isWithin(start, run.start, run.expected));
    if (end) tests.push((run) => isWithin(end, run.end, undefined));
    const holds = (run: FlowRun) =>
      tests.length === 0 ||
      (runFilter.operator === 'or_' ? tests.some((test) => test(run)) : tests.every((test) => test(run)));
    return engine.runs.filter(
      (run) => holds(run) && (!ofDeployment.id || isAny(ofDeployment.id, run.deployment, 'id')),
    );
  }

  const runKeys = ['flows', 'flow_runs', 'task_runs', 'deployments', 'work_pools', 'work_pool_queues'];
  function filterRuns(body: Body) {
    only(body, [...runKeys, 'sort', 'offset', 'limit']);
    const found = runsAsked(body);
    if (body.sort === 'EXPECTED_START_TIME_DESC') found.sort((a, b) => b.expected.getTime() - a.expected.getTime());
    else if (body.sort === undefined || body.sort === 'ID_DESC') found.sort((a, b) => (a.id < b.id ? 1 : -1));
    else throw new Refusal(422, { detail: [{ loc: ['body', 'sort'], msg: 'Input should be one of its own' }] });
    return page(found, body).map(showRun);
  }

  function filterTasks(body: Body) {
    only(body, [...runKeys, 'sort', 'offset', 'limit']);
    const { id: runs } = only(body.flow_runs, ['id']);
    const found = engine.runs
      .filter((run) => isAny(runs, run.id, 'id'))
      .flatMap((run) => run.tasks.map((task) => ({ run, task })));
    return page(
      found.sort((a, b) => a.task.expected.getTime() - b.task.expected.getTime()),
      body,
    ).map(({ run, task }) => showTask(run, task));
  }

  function filterLogs(body: Body) {
    only(body, ['logs', 'sort', 'offset', 'limit']);
    const logs = only(body.logs, ['operator', 'flow_run_id', 'task_run_id', 'level', 'timestamp', 'text']);
    const found = engine.logs.filter(
      (log) =>
        isAny(logs.flow_run_id, log.run, 'flow_run_id') &&
        isAny(logs.task_run_id, log.task, 'task_run_id') &&
        isWithin(logs.timestamp, log.timestamp, undefined),
    );
    return page(
      found.sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime()),
      body,
    ).map((log) => ({
      ...{ id: log.id, created: log.timestamp, updated: log.timestamp, level: log.level, message: log.message },
      name: log.task === null ? 'prefect.flow_runs' : 'prefect.task_runs',
      timestamp: log.timestamp,
      flow_run_id: log.run,
      task_run_id: log.task,
    }));
  }

  function wishedState(given: unknown): State {
    const {
      type,
      name,
      message,
      state_details: details,
    } = only(given, ['type', 'name', 'message', 'data', 'state_details']);
    if (!['SCHEDULED', 'CANCELLING', 'CANCELLED', 'FAILED', 'COMPLETED'].includes(String(type)))
      throw new Refusal(422, { detail: [{ loc: ['body', 'state', 'type'], msg: 'Input should be a state type' }] });
    const { transition_id: transition } = only(details, ['transition_id', 'scheduled_time']);
    return engine.stateOf(String(type), {
      ...(name === undefined ? {} : { name: String(name) }),
      message: message === undefined ? null : String(message),
      transitionId: transition === undefined ? null : String(transition),
    });
  }

  /** The rules of the server, in its words. The status of the answer is 200 whatever they say. */
  function setState(run: FlowRun, body: Body) {
    only(body, ['state', 'force']);
    const wished = wishedState(body.state);
    meanwhile.shift()?.();
    const set = outcomes.shift();
    if (set) return { state: showState(run.state), ...set };
    const now = run.state;
    const say = (status: string, type: string, reason: string) => ({
      ...{ state: showState(run.state), status },
      details: { type, reason },
    });
    const accept = (state: State) => {
      engine.enter(run, state);
      return { state: showState(state), status: 'ACCEPT', details: { type: 'accept_details' } };
    };
    if (wished.transitionId && wished.transitionId === now.transitionId)
      return say('REJECT', 'reject_details', 'This run has already made this state transition.');
    if (isTerminal(now) && wished.type === 'CANCELLING')
      return say('ABORT', 'abort_details', `Run is already in terminal state ${now.type}.`);
    if (now.type === 'COMPLETED' && now.hasResult && !isTerminal(wished))
      return say('REJECT', 'reject_details', 'Run is already COMPLETED.');
    if (isTerminal(now) && wished.type === 'SCHEDULED' && !run.deployment)
      return say('ABORT', 'abort_details', 'Cannot reschedule a run without an associated deployment.');
    if (wished.type === 'CANCELLING' && ((now.type === 'SCHEDULED' && !run.process) || now.isSuspended)) {
      engine.enter(run, engine.stateOf('CANCELLED'));
      return say('REJECT', 'reject_details', 'Scheduled flow run has no infrastructure to terminate.');
    }
    return accept(wished);
  }

  function createRun(deployment: Deployment, body: Body) {
    only(body, [
      ...['state', 'name', 'parameters', 'enforce_parameter_schema', 'context', 'empirical_policy', 'tags'],
      ...['idempotency_key', 'labels', 'parent_task_run_id', 'work_queue_name', 'job_variables'],
    ]);
    const parameters = (body.parameters ?? {}) as Body;
    const takes = deployment.definition.takes ?? [];
    const missing = takes.find((one) => !one.endsWith('?') && parameters[one] === undefined);
    const stray = Object.keys(parameters).find((one) => !takes.includes(one) && !takes.includes(`${one}?`));
    if (missing ?? stray)
      throw new Refusal(409, {
        detail: `Error creating flow run: Validation failed. Failure reason: '${missing ?? stray}' is ${missing ? 'a required property' : 'unexpected'}`,
      });
    const key = body.idempotency_key === undefined ? null : String(body.idempotency_key);
    const before = engine.runs.find(
      (run) => run.flow === deployment.flow && key !== null && run.idempotencyKey === key,
    );
    if (before) return showRun(before);
    const tags = [...new Set([...(deployment.definition.tags ?? []), ...((body.tags ?? []) as string[])])];
    return showRun(
      engine.add(deployment.definition.name, {
        ...{ parameters, tags, idempotencyKey: key },
        ...(body.state ? { state: wishedState(body.state) } : {}),
      }),
    );
  }

  const routes: Route[] = [
    ['GET', /^\/api\/admin\/version$/, () => '3.9.1'],
    ['GET', new RegExp(`^/api/flow_runs/${id}$`), ([run = '']) => showRun(runOf(run))],
    ['POST', /^\/api\/flow_runs\/filter$/, (_, { body }) => filterRuns(body)],
    [
      'POST',
      /^\/api\/flow_runs\/count$/,
      (_, { body }) => {
        only(body, runKeys);
        return runsAsked(body).length;
      },
    ],
    [
      'GET',
      /^\/api\/flow_run_states\/$/,
      (_, { query }) =>
        engine.runs.find(({ id: run }) => run === query.get('flow_run_id'))?.states.map(showState) ?? [],
    ],
    ['POST', /^\/api\/task_runs\/filter$/, (_, { body }) => filterTasks(body)],
    ['POST', /^\/api\/logs\/filter$/, (_, { body }) => filterLogs(body)],
    [
      'GET',
      new RegExp(`^/api/flows/${id}$`),
      ([flow = '']) => {
        const name = engine.flows.get(flow);
        if (name === undefined) throw new Refusal(404, { detail: 'Flow not found' });
        return { id: flow, name, created: new Date(), updated: new Date() };
      },
    ],
    ['GET', new RegExp(`^/api/deployments/${id}$`), ([one = '']) => showDeployment(deploymentOf(one))],
    [
      'GET',
      /^\/api\/deployments\/name\/([^/]+)\/([^/]+)$/,
      ([flow, name]) => {
        const found = engine.deployments.find((one) => one.definition.name === flow && one.name === name);
        if (!found) throw new Refusal(404, { detail: 'Deployment not found' });
        return showDeployment(found);
      },
    ],
    [
      'POST',
      /^\/api\/deployments\/filter$/,
      (_, { body }) => {
        only(body, [...runKeys, 'sort', 'offset', 'limit']);
        return page([...engine.deployments].reverse(), body).map(showDeployment);
      },
    ],
    ['POST', /^\/api\/deployments\/count$/, () => engine.deployments.length],
    [
      'POST',
      new RegExp(`^/api/flow_runs/${id}/set_state$`),
      ([run = ''], { body, mayChange }) => {
        mustChange(mayChange);
        const found = engine.runs.find((one) => one.id === run);
        if (!found) throw new Refusal(404, { exception_message: `Flow run with id ${run} not found` });
        return setState(found, body);
      },
    ],
    [
      'POST',
      new RegExp(`^/api/deployments/${id}/create_flow_run$`),
      ([one = ''], { body, mayChange }) => {
        mustChange(mayChange);
        return createRun(deploymentOf(one), body);
      },
    ],
    [
      'POST',
      new RegExp(`^/api/deployments/${id}/(pause|resume)_deployment$`),
      ([one = '', word = ''], { mayChange }) => {
        mustChange(mayChange);
        deploymentOf(one).isPaused = word === 'pause';
        return null;
      },
    ],
  ];

  function mustChange(may: boolean): void {
    if (!may) throw new Refusal(403, { detail: 'Forbidden' });
  }

  function answer(request: IncomingMessage, path: string, asked: Omit<Asked, 'mayChange'>): unknown {
    const pass = passes.get(request.headers.authorization ?? '');
    if (!pass) throw new Refusal(401, { exception_message: 'Unauthorized' });
    for (const [method, pattern, handle] of routes) {
      const parts = method === request.method ? pattern.exec(path)?.slice(1).map(decodeURIComponent) : undefined;
      if (parts) return handle(parts, { ...asked, ...pass });
    }
    throw new Refusal(404, { detail: 'Not Found' });
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://prefect');
      const text = Buffer.concat(chunks).toString('utf8');
      const body: Body = text === '' ? {} : JSON.parse(text);
      heard.push({ method: request.method ?? '', path: url.pathname, body });
      const send = (status: number, said: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
      try {
        const said = answer(request, url.pathname, { body, query: url.searchParams });
        const at = lost.findIndex((pattern) => pattern.test(`${request.method} ${url.pathname}`));
        if (at < 0) return void send(200, said);
        lost.splice(at, 1);
        request.socket.destroy();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        send(error.status, error.detail);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api`,
    engine,
    heard,
    /** The next call like this ("METHOD path") takes effect, and its answer never comes. */
    loseAnswer: (pattern: RegExp) => void lost.push(pattern),
    /** The next wish for another state is answered so, with 200, and changes nothing. */
    answerWish: (outcome: { status: string; details: object }) => void outcomes.push(outcome),
    /** Happens on the server just before the next wish for another state comes in. */
    justBeforeWish: (act: () => void) => void meanwhile.push(act),
    async close() {
      for (const { abort } of engine.runs) abort.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Prefect = Awaited<ReturnType<typeof startPrefect>>;
