/** Servers of several products that have so many runs which ended over a day, and answer what a poll asks without holding any of them. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const day = 86_400_000;

/** When the newest of them ended, in ms of the epoch, and how many there are. */
interface Absence {
  newest: number;
  count: number;
}

interface RunList {
  kind: string;
  settings(url: string): Record<string, unknown>;
  /** As it was stored a day before the newest of them. */
  cursor(from: number): unknown;
  answer(call: { path: string; query: URLSearchParams; body: Body }, runs: Runs): unknown;
  /** Of a run as it is told. Left out = it is in its id, as `run_7`. */
  numberOf?(told: { pipeline: string; run: string }): number;
}

/** What polls send in a body, of whichever product. */
interface Body {
  query?: string;
  variables?: {
    filter?: { statuses?: string[]; updatedAfter?: number; updatedBefore?: number };
    cursor?: string;
    limit?: number;
  };
  flow_runs?: { id?: { any_: string[] }; end_time?: { after_: string; before_: string } };
  offset?: number;
  limit?: number;
}

/** Runs by their number, oldest first. */
function runsOf({ newest, count }: Absence) {
  const firstFrom = (at: number) => Math.min(count, Math.max(0, Math.ceil(((at - newest + day) * count) / day)));
  return {
    count,
    at: (nth: number) => newest - day + Math.floor((nth * day) / count),
    isFailed: (nth: number) => nth % 50 === 0,
    /** Numbers of the first that changed at this time or later, and of the first that changed after that one. */
    between: (from: number, until: number) => ({ first: firstFrom(from), end: firstFrom(until + 1) }),
  };
}
type Runs = ReturnType<typeof runsOf>;

const numbers = (from: number, until: number) =>
  Array.from({ length: Math.max(0, until - from) }, (_, nth) => from + nth);
const iso = (ms: number) => new Date(ms).toISOString();

const airflow: RunList = {
  kind: 'airflow',
  settings: (url) => ({ url, token: 'bench' }),
  cursor: (until) => ({ until, told: [] }),
  answer({ path, query }, runs) {
    if (path.endsWith('/version')) return { version: '3.3.2' };
    if (path.endsWith('/taskInstances'))
      return {
        task_instances: [{ task_id: 'main', dag_run_id: 'r', state: 'success', try_number: 1 }],
        total_entries: 1,
      };
    if (!path.endsWith('/dagRuns')) return {};
    const { first, end } = runs.between(
      Date.parse(query.get('updated_at_gte') ?? ''),
      Date.parse(query.get('updated_at_lte') ?? ''),
    );
    const from = first + Number(query.get('offset'));
    const rows = numbers(from, Math.min(end, from + Number(query.get('limit')))).map((nth) => ({
      ...{ dag_id: `pipeline_${nth % 200}`, dag_run_id: `run_${nth}`, run_type: 'manual' },
      ...{
        state: runs.isFailed(nth) ? 'failed' : 'success',
        start_date: iso(runs.at(nth)),
        end_date: iso(runs.at(nth)),
      },
    }));
    return { dag_runs: rows, total_entries: Math.max(0, end - first) };
  },
};

const dagster: RunList = {
  kind: 'dagster',
  settings: (url) => ({ url }),
  cursor: (until) => ({ until, told: [] }),
  answer({ body }, runs) {
    const { filter = {}, cursor, limit = 0 } = body.variables ?? {};
    const asked = /^query (\w+)/.exec(String(body.query))?.[1];
    if (asked !== 'Runs' && asked !== 'CountRuns') return { data: { version: '1.13.28', job: null, retry: null } };
    if (filter.statuses) return { data: { runsOrError: { __typename: 'Runs', results: [] } } };
    // Both ends are left out.
    const { first, end } = runs.between(
      Number(filter.updatedAfter) * 1_000 + 1,
      Number(filter.updatedBefore) * 1_000 - 1,
    );
    if (asked === 'CountRuns')
      return { data: { runsOrError: { __typename: 'Runs', count: Math.max(0, end - first) } } };
    const until = cursor === undefined ? end : Number(cursor.slice(4));
    const results = numbers(Math.max(first, until - limit), until)
      .reverse()
      .map((nth) => {
        const at = runs.at(nth) / 1_000;
        const status = runs.isFailed(nth) ? 'FAILURE' : 'SUCCESS';
        return {
          ...{ runId: `run_${nth}`, jobName: `job_${nth % 200}`, status, tags: [] },
          ...{ creationTime: at, startTime: at, endTime: at },
        };
      });
    return { data: { runsOrError: { __typename: 'Runs', results } } };
  },
};

const prefect: RunList = {
  kind: 'prefect',
  settings: (url) => ({ url: `${url}/api` }),
  cursor: (until) => ({ until, told: [] }),
  answer({ path, body }, runs) {
    if (path.endsWith('/version')) return '3.9.1';
    if (!path.includes('/flow_runs/')) return { id: 'f', name: 'flow' };
    const asked = body.flow_runs ?? {};
    const show = (nth: number) => {
      const at = iso(runs.at(nth));
      const type = runs.isFailed(nth) ? 'FAILED' : 'COMPLETED';
      return {
        ...{ id: `run_${nth}`, flow_id: 'f', run_count: 1, start_time: at, end_time: at },
        state: { id: `s${nth}`, type, timestamp: at },
      };
    };
    if (asked.id) return asked.id.any_.map((id) => show(Number(id.slice(4))));
    if (!asked.end_time) return path.endsWith('/count') ? 0 : [];
    const { first, end } = runs.between(Date.parse(asked.end_time.after_), Date.parse(asked.end_time.before_));
    if (path.endsWith('/count')) return Math.max(0, end - first);
    const from = first + (body.offset ?? 0);
    return numbers(from, Math.min(end, from + (body.limit ?? 0))).map(show);
  },
};

const dbt: RunList = {
  kind: 'dbt',
  settings: (url) => ({ url, account: 7, token: 'bench' }),
  cursor: (until) => ({ until, ended: [], going: [] }),
  answer({ query }, runs) {
    const range = query.get('finished_at__range');
    const [from = '', until = ''] = range ? (JSON.parse(range) as string[]) : [];
    const { first, end } = range ? runs.between(Date.parse(from), Date.parse(until)) : { first: 0, end: 0 };
    const begin = first + Number(query.get('offset'));
    const data = numbers(begin, Math.min(end, begin + Number(query.get('limit')))).map((nth) => {
      const at = iso(runs.at(nth));
      const status = runs.isFailed(nth) ? 20 : 10;
      return {
        ...{ id: nth, job_definition_id: nth % 200, status },
        ...{ created_at: at, started_at: at, finished_at: at },
      };
    });
    return { data, extra: { pagination: { total_count: Math.max(0, end - first) } } };
  },
};

const genericHttp: RunList = {
  kind: 'generic-http',
  settings: (url) => ({
    ...{ url, times: 'milliseconds', poll: { everySeconds: 30 } },
    statuses: { running: ['go'], succeeded: ['ok'], failed: ['ko'] },
    run: {
      path: '/run/{run}',
      fields: { pipeline: 'flow', run: 'no', status: 'word', startedAt: 'at', endedAt: 'at' },
    },
    runs: {
      ...{ path: '/runs?since={since}&token={next}', items: 'rows', fields: {} },
      paging: { by: 'next', next: 'more' },
    },
  }),
  cursor: (since) => ({ since, told: [] }),
  answer({ query }, runs) {
    const { first, end } = runs.between(Number(query.get('since')), Number.MAX_SAFE_INTEGER / 4);
    const from = query.get('token') ? Number(query.get('token')) : first;
    const rows = numbers(from, Math.min(end, from + 100)).map((nth) => ({
      ...{ flow: `flow_${nth % 200}`, no: `run_${nth}`, word: runs.isFailed(nth) ? 'ko' : 'ok', at: runs.at(nth) },
    }));
    return { rows, more: from + 100 < end ? String(from + 100) : null };
  },
};

/** Maestro counts the runs of each workflow by itself, and gives each with all of its definition. */
const workflows = 200;
const workflowOf = (nth: number) => `pipeline_${nth % workflows}`;
const steps = Array.from({ length: 8 }, (_, nth) => ({
  step: { id: `step_${nth}`, type: 'NoOp', params: { sql: { type: 'STRING', value: 'select 1 -- '.repeat(20) } } },
}));
const maestro: RunList = {
  kind: 'maestro',
  settings: (url) => ({
    url,
    poll: { everySeconds: 30, pipelines: Array.from({ length: workflows }, (_, nth) => workflowOf(nth)) },
  }),
  cursor: () => ({
    pipelines: Object.fromEntries(
      Array.from({ length: workflows }, (_, nth) => [workflowOf(nth), { newest: 0, seen: {}, active: 1, latest: 1 }]),
    ),
  }),
  numberOf: ({ pipeline, run }) => (Number(run) - 1) * workflows + Number(pipeline.slice('pipeline_'.length)),
  answer({ path, query }, runs) {
    const workflow = path.split('/')[4] ?? '';
    const first = Number(workflow.slice('pipeline_'.length));
    if (path.endsWith('/overview'))
      return { workflow_id: workflow, active_version_id: 1, latest_version_id: 1, failed_instances: 0 };
    const show = (number: number) => {
      const nth = (number - 1) * workflows + first;
      const at = runs.at(nth);
      return {
        ...{ workflow_id: workflow, workflow_instance_id: number, workflow_run_id: 1, workflow_version_id: 1 },
        ...{ status: runs.isFailed(nth) ? 'FAILED' : 'SUCCEEDED', create_time: at, start_time: at, end_time: at },
        ...{ initiator: { type: 'MANUAL' }, runtime_workflow: { id: workflow, steps }, timeline: [] },
      };
    };
    const one = /\/instances\/(\d+)\/runs\//.exec(path);
    if (one) return show(Number(one[1]));
    const newest = Math.ceil((runs.count - first) / workflows);
    const isNewest = query.has('first');
    const size = Number(query.get(isNewest ? 'first' : 'last'));
    const from = isNewest ? Math.max(1, newest - size + 1) : Number(query.get('cursor')) + 1;
    const elements = numbers(from, Math.min(newest + 1, from + size))
      .reverse()
      .map(show);
    return { page_info: { has_next_page: false, has_previous_page: false }, total_count: newest, elements };
  },
};

export const runLists: readonly RunList[] = [airflow, dagster, prefect, dbt, genericHttp, maestro];

/** @param tell told of the port */
export function serveRuns(kind: string, absence: Absence, tell: (port: number) => void): void {
  const list = runLists.find((one) => one.kind === kind);
  const runs = runsOf(absence);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://product');
    const call = { path: url.pathname, query: url.searchParams, body: await bodyOf(request) };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(list?.answer(call, runs) ?? {}));
  });
  server.listen(0, '127.0.0.1', () => tell((server.address() as AddressInfo).port));
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Body);
}
