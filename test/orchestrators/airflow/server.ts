import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Backfill, createEngine, type DagDefinition, type Run, type Task } from './engine';

export interface ServerOptions {
  /** Airflow 3 speaks REST v2, Airflow 2 REST v1. */
  major: 3 | 2;
  pipelines: DagDefinition[];
}

export interface HeardCall {
  method: string;
  path: string;
  user?: string;
  body: unknown;
}

/** Who may come in, and what each may do. */
const users = new Map([
  ['op', { password: 'op-pw', rights: ['read', 'run', 'backfill'] }],
  ['user', { password: 'user-pw', rights: ['read', 'run'] }],
  ['viewer', { password: 'viewer-pw', rights: ['read'] }],
]);

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: unknown,
  ) {
    super(String(status));
  }
}

type Body = Record<string, unknown>;
interface Asked {
  user: string;
  body: Body;
  query: URLSearchParams;
  accept: string;
}

/** Strict as the real ones were seen to be: unknown keys, wrong states, missing rights and what is not there are refused. */
export async function startAirflow({ major, pipelines }: ServerOptions) {
  const engine = createEngine(pipelines);
  const heard: HeardCall[] = [];
  const lost: RegExp[] = [];
  const tokens = new Map<string, string>();
  const isNew = major === 3;
  const base = isNew ? '/api/v2' : '/api/v1';
  const logical = isNew ? 'logical_date' : 'execution_date';
  let signIns = 0;

  function signIn(body: Body): { access_token: string } {
    const { username, password } = body;
    const user = users.get(String(username));
    if (!user || user.password !== password) throw new Refusal(401, 'Invalid credentials');
    signIns += 1;
    const claims = { sub: username, exp: Math.floor(Date.now() / 1_000) + 3_600, nth: signIns };
    const token = `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
    tokens.set(token, String(username));
    return { access_token: token };
  }

  function userOf({ headers }: IncomingMessage): string | undefined {
    const [scheme, shown = ''] = (headers.authorization ?? '').split(' ');
    if (isNew) return scheme === 'Bearer' ? tokens.get(shown) : undefined;
    const [name = '', password] = Buffer.from(shown, 'base64').toString('utf8').split(':');
    return scheme === 'Basic' && users.get(name)?.password === password ? name : undefined;
  }

  function must(user: string, right: string): void {
    if (!users.get(user)?.rights.includes(right)) throw new Refusal(403, 'Forbidden');
  }

  /** Bodies are closed. */
  function only(body: Body, keys: string[], required: string[] = []): void {
    const status = isNew ? 422 : 400;
    const extra = Object.keys(body).find((key) => !keys.includes(key));
    const missing = required.find((key) => body[key] === undefined);
    if (extra) throw new Refusal(status, [{ loc: ['body', extra], msg: 'Extra inputs are not permitted' }]);
    if (missing) throw new Refusal(status, [{ loc: ['body', missing], msg: 'Field required' }]);
  }

  function dagOf(id: string) {
    const found = engine.dags.get(id);
    if (!found) throw new Refusal(404, `The Dag with ID: \`${id}\` was not found`);
    return found;
  }

  function runOf(dag: string, id: string): Run {
    const run = engine.find(dag, id);
    if (!run) throw new Refusal(404, `The DagRun with dag_id: \`${dag}\` and run_id: \`${id}\` was not found`);
    return run;
  }

  function taskOf(run: Run, id: string, mapIndex: number): Task {
    const task = run.tasks.find((one) => one.task === id && one.mapIndex === mapIndex);
    if (!task) throw new Refusal(404, 'TaskInstance not found');
    return task;
  }

  const showDag = ({ definition, isPaused }: { definition: DagDefinition; isPaused: boolean }) => ({
    dag_id: definition.id,
    dag_display_name: definition.id,
    is_paused: isPaused,
    owners: [definition.owner ?? 'airflow'],
    tags: (definition.tags ?? []).map((name) => ({ name })),
    max_active_runs: 16,
    ...(isNew
      ? { is_stale: false, timetable_summary: definition.cron ?? null }
      : {
          is_active: true,
          schedule_interval: definition.cron ? { __type: 'CronExpression', value: definition.cron } : null,
        }),
  });

  const showRun = (run: Run) => ({
    dag_id: run.dag,
    dag_run_id: run.id,
    state: run.state,
    run_type: run.type,
    start_date: run.start ?? null,
    end_date: run.end ?? null,
    logical_date: run.logicalDate ?? (isNew ? null : run.queued),
    conf: run.conf,
    note: run.note ?? null,
    ...(isNew
      ? {
          queued_at: run.queued,
          run_after: run.runAfter,
          partition_key: null,
          triggering_user_name: run.user,
          triggered_by: run.way ?? 'rest_api',
        }
      : {}),
  });

  const showTask = (task: Task) => ({
    task_id: task.task,
    dag_id: task.dag,
    dag_run_id: task.run,
    map_index: task.mapIndex,
    state: task.state,
    try_number: task.tries,
    max_tries: task.maxTries,
    start_date: task.start ?? null,
    end_date: task.state === 'running' ? null : (task.end ?? null),
    rendered_fields: fieldsOf(task),
  });

  /** Known once it has begun. */
  const fieldsOf = ({ dag, task, start }: Task) =>
    (start && engine.definitionOf(dag).tasks.find(({ id }) => id === task)?.fields) ?? {};

  const showBackfill = (one: Backfill) => ({
    id: one.id,
    dag_id: one.dag,
    from_date: one.from,
    to_date: one.to.replace('+00:00', 'Z'),
    is_paused: one.isPaused,
    created_at: one.created,
    completed_at: one.completed ?? null,
  });

  function page<T>(name: string, all: T[], { query }: Asked) {
    const limit = Math.min(Number(query.get('limit') ?? (isNew ? 50 : 100)), 100);
    const offset = Number(query.get('offset') ?? 0);
    return { [name]: all.slice(offset, offset + limit), total_entries: all.length };
  }

  function runsAsked(dag: string, asked: Asked): Run[] {
    const { query } = asked;
    if (dag !== '~') dagOf(dag);
    const states = query.getAll('state');
    const within = (at: Date | undefined, name: string) => {
      const [from, until] = [query.get(`${name}_gte`), query.get(`${name}_lte`)];
      return (!from || (at && at >= new Date(from))) && (!until || (at && at <= new Date(until)));
    };
    const found = engine.runs.filter(
      (run) =>
        (dag === '~' || run.dag === dag) &&
        (states.length === 0 || states.includes(run.state)) &&
        within(run.updated, 'updated_at') &&
        within(run.logicalDate ?? (isNew ? undefined : run.queued), logical),
    );
    const order = query.get('order_by');
    if (order === null) return found;
    const keys: Record<string, (run: Run) => Date | undefined> = {
      updated_at: (run) => run.updated,
      start_date: (run) => run.start,
      [logical]: (run) => run.logicalDate,
    };
    const key = keys[order.replace('-', '')];
    if (!key) throw new Refusal(400, `Ordering with '${order}' is disallowed`);
    const sign = order.startsWith('-') ? -1 : 1;
    return found.sort((a, b) => sign * ((key(a)?.getTime() ?? 0) - (key(b)?.getTime() ?? 0)));
  }

  function trigger(dag: string, { body, user }: Asked) {
    must(user, 'run');
    const common = ['dag_run_id', 'logical_date', 'conf', 'note'];
    const more = ['run_after', 'data_interval_start', 'data_interval_end', 'partition_key'];
    only(body, isNew ? [...common, ...more] : [...common, 'execution_date'], isNew ? ['logical_date'] : []);
    if (!isNew && body.execution_date !== undefined && body.execution_date !== body.logical_date)
      throw new Refusal(400, 'logical_date conflicts with execution_date');
    if (!isNew && body.logical_date === null) throw new Refusal(400, 'None is not of type string');
    dagOf(dag);
    const id = String(body.dag_run_id ?? `manual__${engine.now().toISOString()}`);
    const date = typeof body.logical_date === 'string' ? new Date(body.logical_date) : undefined;
    const isTaken = engine.runs.some(
      (run) => run.dag === dag && (run.id === id || (date && run.logicalDate?.getTime() === date.getTime())),
    );
    if (isTaken) throw new Refusal(409, { reason: 'Unique constraint violation' });
    const note = body.note === undefined ? undefined : String(body.note);
    return showRun(
      engine.add(dag, {
        id,
        type: 'manual',
        note,
        conf: { ...(body.conf as object) },
        user,
        logicalDate: date ?? (isNew ? undefined : engine.now()),
      }),
    );
  }

  function clear(dag: string, { body, user }: Asked) {
    must(user, 'run');
    only(body, [
      ...[
        'dry_run',
        'only_failed',
        'only_running',
        'reset_dag_runs',
        'task_ids',
        'dag_run_id',
        'start_date',
        'end_date',
      ],
      ...['include_upstream', 'include_downstream', 'include_future', 'include_past'],
      ...(isNew ? ['run_on_latest_version', 'prevent_running_task'] : []),
    ]);
    dagOf(dag);
    const run = engine.find(dag, String(body.dag_run_id));
    if (!run) throw new Refusal(404, `Dag Run id ${body.dag_run_id} not found in dag ${dag}`);
    const named = body.task_ids as (string | [string, number])[] | undefined;
    if (named?.length === 0)
      throw new Refusal(422, [{ loc: ['body'], msg: 'task_ids list should have at least 1 element.' }]);
    const isNamed = (task: Task) =>
      !named ||
      named.some((one) =>
        typeof one === 'string' ? one === task.task : one[0] === task.task && one[1] === task.mapIndex,
      );
    const order = engine.definitionOf(dag).tasks.map(({ id }) => id);
    const firstNamed = Math.min(...run.tasks.filter(isNamed).map(({ task }) => order.indexOf(task)));
    const isBehind = (task: Task) => body.include_downstream === true && order.indexOf(task.task) > firstNamed;
    const onlyFailed = body.only_failed !== false;
    const touched = run.tasks.filter(
      (task) =>
        (isNamed(task) || isBehind(task)) && (!onlyFailed || ['failed', 'upstream_failed'].includes(task.state ?? '')),
    );
    const answer = { task_instances: touched.map(showTask), total_entries: touched.length };
    if (body.dry_run === false) engine.clear(run, touched);
    return answer;
  }

  function patchRun(dag: string, id: string, { body, user }: Asked) {
    must(user, 'run');
    const run = runOf(dag, id);
    only(body, isNew ? ['state', 'note'] : ['state']);
    if (typeof body.note === 'string') noteOn(run, body.note);
    if (body.state === undefined) return showRun(run);
    if (!['queued', 'success', 'failed'].includes(String(body.state)))
      throw new Refusal(422, "Input should be 'queued', 'success' or 'failed'");
    if (body.state === 'queued') engine.requeue(run);
    else engine.end(run, body.state === 'success' ? 'success' : 'failed');
    return showRun(run);
  }

  function noteOn(run: Run, note: string): void {
    if (note.length > 1_000) throw new Refusal(422, 'String should have at most 1000 characters');
    run.note = note;
    engine.touch(run);
  }

  function patchTask(dag: string, id: string, task: string, mapIndex: number, { body, user }: Asked) {
    must(user, 'run');
    only(body, isNew ? ['new_state', 'note'] : ['new_state', 'dry_run']);
    const run = runOf(dag, id);
    if (!['success', 'failed', 'skipped'].includes(String(body.new_state)))
      throw new Refusal(422, 'not one of success, failed, skipped');
    const found = taskOf(run, task, mapIndex);
    if (!isNew && body.dry_run !== false) return showTask(found);
    found.state = String(body.new_state);
    const waiting = run.tasks.filter(({ state }) => state === 'upstream_failed');
    if (waiting.length > 0) engine.clear(run, waiting);
    return { task_instances: [showTask(found)] };
  }

  function datesFor(body: Body): { dates: Date[]; dag: string } {
    only(
      body,
      [
        'dag_id',
        'from_date',
        'to_date',
        'run_backwards',
        'dag_run_conf',
        'reprocess_behavior',
        'max_active_runs',
        'run_on_latest_version',
      ],
      ['dag_id', 'from_date', 'to_date'],
    );
    const dag = String(body.dag_id);
    if (!engine.dags.has(dag)) throw new Refusal(404, `Could not find dag ${dag}`);
    if (!engine.definitionOf(dag).cron)
      throw new Refusal(422, `${dag} has a non-periodic schedule that does not support backfills`);
    const [from, to] = [new Date(String(body.from_date)), new Date(String(body.to_date))];
    if (from > new Date()) throw new Refusal(422, 'Backfill cannot be executed for future dates.');
    const mayRepeat = { none: [], failed: ['failed'], completed: ['failed', 'success'] }[
      String(body.reprocess_behavior ?? 'none')
    ];
    const dates = engine.datesBetween(dag, from, to).filter((date) => {
      const run = engine.runs.find((one) => one.dag === dag && one.logicalDate?.getTime() === date.getTime());
      return !run || (mayRepeat as string[]).includes(run.state);
    });
    return { dates, dag };
  }

  function createBackfill({ body, user }: Asked) {
    must(user, 'backfill');
    const { dates, dag } = datesFor(body);
    if (engine.backfills.some((one) => one.dag === dag && !one.completed))
      throw new Refusal(409, `There is already a running backfill for dag ${dag}`);
    const backfill: Backfill = {
      id: engine.backfills.length + 1,
      dag,
      from: new Date(String(body.from_date)),
      to: String(body.to_date),
      created: engine.now(),
      isPaused: false,
      atOnce: Number(body.max_active_runs ?? 10),
    };
    engine.backfills.push(backfill);
    for (const date of dates) {
      const existing = engine.runs.find((run) => run.dag === dag && run.logicalDate?.getTime() === date.getTime());
      if (existing) {
        Object.assign(existing, { type: 'backfill', backfill: backfill.id });
        engine.clear(existing, existing.tasks);
      } else {
        const id = `backfill__${date.toISOString()}`;
        engine.add(dag, { id, type: 'backfill', logicalDate: date, user, backfill: backfill.id });
      }
    }
    return showBackfill(backfill);
  }

  function tellBackfill(id: string, word: string, { user }: Asked) {
    must(user, 'backfill');
    const one = engine.backfills.find((each) => String(each.id) === id);
    if (!one) throw new Refusal(404, 'Backfill not found');
    if (one.completed) throw new Refusal(409, 'Backfill is already completed.');
    one.isPaused = word !== 'unpause';
    if (word === 'cancel') {
      one.completed = engine.now();
      for (const run of engine.runs) if (run.backfill === one.id && run.state === 'queued') engine.end(run, 'failed');
    }
    engine.settle();
    return showBackfill(one);
  }

  function log(dag: string, id: string, task: string, nth: number, { query, accept }: Asked, response: ServerResponse) {
    const found = taskOf(runOf(dag, id), task, Number(query.get('map_index') ?? -1));
    const text = found.logs.get(nth) ?? (nth === found.tries ? '' : undefined);
    if (text === undefined || nth < 1) throw new Refusal(404, 'TaskInstance not found');
    const token = query.get('token');
    if (token && !['pitcrew.s', 'eyJkb3dubG9hZF9sb2dzIjpmYWxzZX0.s'].includes(token))
      throw new Refusal(400, 'Bad Signature. Please use only the tokens provided by the API.');
    if (!isNew) {
      const head = '[2026-03-02T09:00:00.000+0000] {taskinstance.py:2613} INFO - Starting';
      const printed = (part: string) => `[('host', '${part.replaceAll("'", "\\'").replaceAll('\n', '\\n')}')]`;
      return { content: printed(token ? '' : `${head}\n${text}`), continuation_token: 'pitcrew.s' };
    }
    if (accept !== 'application/x-ndjson') return { content: [{ event: text }], continuation_token: null };
    const lines = [{ timestamp: null, event: '::group::Log message source details' }, ...text.split('\n').map(sayLine)];
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'airflow-continuation-token': 'eyJkb3dubG9hZF9sb2dzIjpmYWxzZX0.s',
    });
    response.end(`${lines.map((line) => JSON.stringify(line)).join('\n')}\nThe log ends here.\n`);
    return undefined;
  }

  function assets(asked: Asked) {
    const all = pipelines.flatMap(({ id, produces }) => {
      if (produces === undefined) return [];
      const read = pipelines
        .filter(({ startedBy }) => startedBy === produces)
        .map((one) => ({ dag_id: one.id, created_at: new Date(0) }));
      return [
        {
          uri: produces,
          producing_tasks: [{ dag_id: id, task_id: 'main' }],
          [isNew ? 'scheduled_dags' : 'consuming_dags']: read,
        },
      ];
    });
    return page(isNew ? 'assets' : 'datasets', all, asked);
  }

  type Route = [
    method: string,
    pattern: RegExp,
    handle: (parts: string[], asked: Asked, response: ServerResponse) => unknown,
  ];
  const at = (pattern: string) => new RegExp(`^${base}${pattern.replace(/:\w+/g, '([^/]+)')}$`);
  const run = '/dags/:d/dagRuns/:r';
  const routes: Route[] = [
    ['GET', at('/dags'), (_, asked) => page('dags', [...engine.dags.values()].map(showDag), asked)],
    ['GET', at('/dags/:d'), ([dag = '']) => showDag(dagOf(dag))],
    [
      'PATCH',
      at('/dags/:d'),
      ([dag = ''], { body, user, query }) => {
        must(user, 'run');
        only(body, ['is_paused']);
        if (query.has('update_mask') && query.get('update_mask') !== 'is_paused')
          throw new Refusal(400, 'Only `is_paused` field can be updated through the REST API');
        dagOf(dag).isPaused = body.is_paused === true;
        engine.settle();
        return showDag(dagOf(dag));
      },
    ],
    [
      'GET',
      at('/dags/:d/tasks'),
      ([dag = '']) => ({
        tasks: dagOf(dag).definition.tasks.map(({ id, retries = 0, operator = 'PythonOperator' }) => ({
          task_id: id,
          retries,
          class_ref: { class_name: operator },
          downstream_task_ids: [],
        })),
      }),
    ],
    ['POST', at('/dags/:d/clearTaskInstances'), ([dag = ''], asked) => clear(dag, asked)],
    [
      'GET',
      at('/dags/:d/dagRuns'),
      ([dag = ''], asked) => {
        const { dag_runs: shown, ...rest } = page('dag_runs', runsAsked(dag, asked), asked);
        return { dag_runs: (shown as Run[]).map(showRun), ...rest };
      },
    ],
    ['POST', at('/dags/:d/dagRuns'), ([dag = ''], asked) => trigger(dag, asked)],
    ['GET', at(run), ([dag = '', id = '']) => showRun(runOf(dag, id))],
    ['PATCH', at(run), ([dag = '', id = ''], asked) => patchRun(dag, id, asked)],
    [
      'GET',
      at(`${run}/taskInstances`),
      ([dag = '', id = ''], asked) => {
        const states = asked.query.getAll('state');
        dagOf(dag);
        const found = runOf(dag, id).tasks.filter(
          ({ state }) => states.length === 0 || states.includes(state ?? 'none'),
        );
        return page('task_instances', found.sort((a, b) => b.tries - a.tries).map(showTask), asked);
      },
    ],
    [
      'GET',
      at(`${run}/taskInstances/:t`),
      ([dag = '', id = '', task = '']) => showTask(taskOf(runOf(dag, id), task, -1)),
    ],
    [
      'GET',
      at(`${run}/taskInstances/:t/:m`),
      ([dag = '', id = '', task = '', map]) => showTask(taskOf(runOf(dag, id), task, Number(map))),
    ],
    [
      'PATCH',
      at(`${run}/taskInstances/:t`),
      ([dag = '', id = '', task = ''], asked) => patchTask(dag, id, task, -1, asked),
    ],
    [
      'PATCH',
      at(`${run}/taskInstances/:t/:m`),
      ([dag = '', id = '', task = '', map], asked) => patchTask(dag, id, task, Number(map), asked),
    ],
    [
      'GET',
      at(`${run}/taskInstances/:t/logs/:n`),
      ([dag = '', id = '', task = '', nth], asked, response) => log(dag, id, task, Number(nth), asked, response),
    ],
    ['GET', at('/importErrors'), () => ({ import_errors: [], total_entries: 0 })],
    [
      'GET',
      at(isNew ? '/monitor/health' : '/health'),
      () => ({ metadatabase: { status: 'healthy' }, scheduler: { status: 'healthy' } }),
    ],
    ['GET', at(isNew ? '/assets' : '/datasets'), (_, asked) => assets(asked)],
    ...(isNew ? newRoutes() : oldRoutes()),
  ];

  function newRoutes(): Route[] {
    return [
      [
        'GET',
        at('/backfills'),
        (_, asked) => {
          const dag = asked.query.get('dag_id');
          if (dag === null) throw new Refusal(422, [{ loc: ['query', 'dag_id'], msg: 'Field required' }]);
          return page(
            'backfills',
            engine.backfills
              .filter((one) => one.dag === dag)
              .reverse()
              .map(showBackfill),
            asked,
          );
        },
      ],
      ['POST', at('/backfills'), (_, asked) => createBackfill(asked)],
      [
        'POST',
        at('/backfills/dry_run'),
        (_, { body, user }) => {
          must(user, 'backfill');
          const { dates } = datesFor(body);
          return { backfills: dates.map((date) => ({ logical_date: date })), total_entries: dates.length };
        },
      ],
      [
        'GET',
        at('/backfills/:b'),
        ([id]) => {
          const one = engine.backfills.find((each) => String(each.id) === id);
          if (!one) throw new Refusal(404, 'Backfill not found');
          return showBackfill(one);
        },
      ],
      ['PUT', at('/backfills/:b/:w'), ([id = '', word = ''], asked) => tellBackfill(id, word, asked)],
      [
        'GET',
        at('/dags/:d/dagVersions'),
        ([dag = ''], asked) => {
          dagOf(dag);
          return page(
            'dag_versions',
            [{ version_number: 1, created_at: new Date(0), bundle_version: null, bundle_url: null }],
            asked,
          );
        },
      ],
    ];
  }

  function oldRoutes(): Route[] {
    return [
      [
        'PATCH',
        at(`${run}/setNote`),
        ([dag = '', id = ''], { body, user }) => {
          must(user, 'run');
          only(body, ['note'], ['note']);
          noteOn(runOf(dag, id), String(body.note));
          return showRun(runOf(dag, id));
        },
      ],
    ];
  }

  function answer(
    method: string,
    path: string,
    request: IncomingMessage,
    asked: Omit<Asked, 'user'>,
    response: ServerResponse,
  ): unknown {
    if (isNew && method === 'POST' && path === '/auth/token') return signIn(asked.body);
    if (method === 'GET' && path === `${base}/version`)
      return { version: isNew ? '3.3.2' : '2.11.2', git_version: null };
    const found = routes.flatMap(([verb, pattern, handle]) => {
      const parts = verb === method ? pattern.exec(path)?.slice(1).map(decodeURIComponent) : undefined;
      return parts ? [{ parts, handle }] : [];
    })[0];
    if (!found) throw new Refusal(404, 'Not Found');
    const user = userOf(request);
    if (user === undefined) throw new Refusal(401, 'Not authenticated');
    return found.handle(found.parts, { ...asked, user }, response);
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://airflow');
      const method = request.method ?? '';
      const text = Buffer.concat(chunks).toString('utf8');
      const body: unknown = text === '' ? {} : JSON.parse(text);
      heard.push({ method, path: url.pathname, user: userOf(request), body });
      const asked = { body: body as Body, query: url.searchParams, accept: request.headers.accept ?? '' };
      try {
        const said = answer(method, url.pathname, request, asked, response);
        const at = lost.findIndex((pattern) => pattern.test(`${method} ${url.pathname} ${text}`));
        if (at >= 0) {
          lost.splice(at, 1);
          request.socket.destroy();
        } else if (said !== undefined)
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        response
          .writeHead(error.status, { 'content-type': 'application/json' })
          .end(JSON.stringify({ detail: error.detail }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    engine,
    heard,
    /** No token that was given out is taken any more. */
    forgetTokens: () => tokens.clear(),
    signIns: () => signIns,
    /** The next call like this ("METHOD path body") takes effect, and its answer never comes. */
    loseAnswer: (pattern: RegExp) => void lost.push(pattern),
    async close() {
      for (const { abort } of engine.runs) abort.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Airflow = Awaited<ReturnType<typeof startAirflow>>;

function sayLine(line: string): object {
  const [, type, value] = /^(\w+Error): (.*)$/.exec(line) ?? [];
  return type
    ? {
        timestamp: '2026-03-02T09:00:00.000000Z',
        level: 'error',
        logger: 'task',
        event: 'Task failed with exception',
        error_detail: [
          { exc_type: type, exc_value: value, frames: [{ filename: '/dags/orders.py', lineno: 39, name: 'load' }] },
        ],
      }
    : { timestamp: '2026-03-02T09:00:00.000000Z', level: 'info', event: line };
}
