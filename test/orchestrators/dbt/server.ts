import { createHmac } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Heard, sendJson, startServer } from '../local-server';

export const account = '4711';
export const token = 'dbtc_service-token';
export const webhookSecret = 'whsec-of-the-account';

/** Commands of a job, and how each run of it goes. */
export interface JobDefinition {
  id: number;
  name: string;
  commands: string[];
  cron?: string;
  /** `nth` counts the runs of this chain of retries from 1. `wait` = until it is let go. */
  goes(nth: number): 'well' | 'wrong' | 'wait';
}

export interface CloudRun {
  id: number;
  job: JobDefinition;
  status: number;
  created: Date;
  started?: Date;
  finished?: Date;
  cause: string;
  retrying?: number;
  nth: number;
}

const log = {
  well: ['\u001b[0m08:58:01  Running with dbt=1.11.2', '08:58:09  Completed successfully', '08:58:09  Done. PASS=2'],
  wrong: [
    '08:58:01  Running with dbt=1.11.2',
    '08:58:09  \u001b[31mCompleted with 1 error, 0 partial successes, and 0 warnings:\u001b[0m',
    '08:58:09',
    '08:58:09    Database Error in model orders (models/orders.sql)',
    '  column "total" does not exist',
    '  compiled code at target/run/shop/models/orders.sql',
    '08:58:09',
    '08:58:09  Done. PASS=1 WARN=0 ERROR=1 SKIP=0',
  ],
};

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly words: string,
  ) {
    super(words);
  }
}

/** Strict as the official description says: unknown parameters and keys, wrong states and what is not there are refused. */
export async function startDbtCloud(jobs: JobDefinition[]) {
  const runs: CloudRun[] = [];
  const changes = new EventEmitter();
  let lost: RegExp | undefined;
  let lastCause: string | undefined;
  let clockMs = Date.now();
  /** Every moment is another one. */
  const tick = () => {
    clockMs = Math.max(clockMs + 1, Date.now());
    return new Date(clockMs);
  };

  function settle(run: CloudRun, status: number): void {
    run.status = status;
    run.finished = tick();
    changes.emit('run', run);
  }

  function make(job: JobDefinition, cause: string, retried?: CloudRun): CloudRun {
    const run: CloudRun = {
      id: 9_000 + runs.length,
      job,
      status: 3,
      created: tick(),
      started: tick(),
      cause,
      retrying: retried?.id,
      nth: (retried?.nth ?? 0) + 1,
    };
    runs.push(run);
    changes.emit('run', run);
    const goes = job.goes(run.nth);
    if (goes !== 'wait') settle(run, goes === 'well' ? 10 : 20);
    return run;
  }

  function stepsOf(run: CloudRun) {
    const names = ['Clone git repository', ...run.job.commands.map((command) => `Invoke dbt with \`${command}\``)];
    return names.map((name, index) => {
      const isLast = index === names.length - 1;
      const status = isLast || run.status === 3 ? (index === 0 ? 10 : run.status) : 10;
      return {
        id: run.id * 10 + index,
        run_id: run.id,
        account_id: Number(account),
        index: index + 1,
        status,
        name,
        logs: index === 0 ? '' : log[status === 20 ? 'wrong' : 'well'].join('\n'),
      };
    });
  }

  const isLatest = (run: CloudRun) => runs.findLast(({ job }) => job === run.job) === run;
  /** The API writes a space where the description has a T. */
  const written = (at?: Date) => at?.toISOString().replace('T', ' ').replace('Z', '000+00:00') ?? null;
  const shown = (run: CloudRun, related: string[]) => ({
    id: run.id,
    account_id: Number(account),
    job_definition_id: run.job.id,
    job_id: run.job.id,
    status: run.status,
    status_message: null,
    created_at: written(run.created),
    updated_at: written(run.finished ?? run.created),
    started_at: written(run.started),
    finished_at: written(run.finished),
    retrying_run_id: run.retrying ?? null,
    can_retry: run.status === 20 && isLatest(run),
    retry_not_supported_reason:
      run.status !== 20 ? 'RETRY_NOT_FAILED_RUN' : isLatest(run) ? null : 'RETRY_NOT_LATEST_RUN',
    href: `https://cloud.example/deploy/${account}/projects/1/runs/${run.id}/`,
    trigger: related.includes('trigger') ? { cause: run.cause, job_definition_id: run.job.id } : null,
    run_steps: related.includes('run_steps') ? stepsOf(run) : [],
  });
  const shownJob = (job: JobDefinition, related: string[]) => ({
    id: job.id,
    name: job.name,
    project_id: 1,
    state: 1,
    triggers: { schedule: job.cron !== undefined, github_webhook: false },
    schedule: { cron: job.cron ?? '0 0 * * *' },
    environment: related.includes('environment') ? { name: 'Production' } : null,
  });

  function only(query: URLSearchParams, ...names: string[]): void {
    const stray = [...query.keys()].find((name) => !names.includes(name));
    if (stray) throw new Refusal(400, `unknown parameter ${stray}`);
  }
  function listIn(query: URLSearchParams, name: string): string[] {
    const text = query.get(name);
    const read: unknown = text === null ? [] : JSON.parse(text);
    if (!Array.isArray(read)) throw new Refusal(400, `${name} is no list`);
    return read.map(String);
  }
  function paged<T>(all: T[], query: URLSearchParams, show: (one: T) => unknown) {
    const limit = Number(query.get('limit') ?? 100);
    const offset = Number(query.get('offset') ?? 0);
    if (limit > 100) throw new Refusal(400, 'limit is at most 100');
    const data = all.slice(offset, offset + limit);
    const pagination = { count: data.length, total_count: all.length };
    return { data: data.map(show), extra: { filters: {}, order_by: query.get('order_by'), pagination } };
  }
  function find<T extends { id: number }>(all: T[], id: string | undefined): T {
    const found = all.find((one) => one.id === Number(id));
    if (!found) throw new Refusal(404, 'The requested resource was not found.');
    return found;
  }

  function listRuns(query: URLSearchParams) {
    const filters = ['job_definition_id', 'status__in', 'finished_at__range', 'include_related'];
    only(query, 'limit', 'offset', 'order_by', ...filters);
    const [job, statuses, range] = [
      query.get('job_definition_id'),
      listIn(query, 'status__in').map(Number),
      listIn(query, 'finished_at__range').map((text) => Date.parse(text)),
    ];
    const inRange = ({ finished }: CloudRun) =>
      range.length === 0 || (finished !== undefined && +finished >= Number(range[0]) && +finished <= Number(range[1]));
    const found = runs.filter(
      (run) =>
        (job === null || run.job.id === Number(job)) &&
        (statuses.length === 0 || statuses.includes(run.status)) &&
        inRange(run),
    );
    const order = query.get('order_by') ?? 'id';
    if (!/^-?(id|created_at|finished_at)$/.test(order)) throw new Refusal(400, 'unknown order');
    const keyOf = (run: CloudRun) =>
      order.endsWith('finished_at') ? +(run.finished ?? Number.POSITIVE_INFINITY) : run.id;
    found.sort((a, b) => keyOf(a) - keyOf(b) || a.id - b.id);
    if (order.startsWith('-')) found.reverse();
    return paged(found, query, (run) => shown(run, listIn(query, 'include_related')));
  }

  function act(heard: Heard, place: string, query: URLSearchParams): unknown {
    const [, part, id, what] = /^\/(runs|jobs)\/(?:(\d+)\/)?(?:(\w+)\/)?$/.exec(place) ?? [];
    const related = () => listIn(query, 'include_related');
    if (heard.method === 'GET' && place === '/') return { data: { id: Number(account), name: 'Shop' } };
    if (heard.method === 'GET' && part === 'runs' && id === undefined) return listRuns(query);
    if (heard.method === 'GET' && part === 'runs' && what === undefined) {
      only(query, 'include_related');
      return { data: shown(find(runs, id), related()) };
    }
    if (heard.method === 'GET' && part === 'jobs' && what === undefined) {
      only(query, ...(id === undefined ? ['limit', 'offset', 'order_by', 'state', 'include_related'] : []));
      if (id === undefined) return paged(jobs, query, (job) => shownJob(job, related()));
      return { data: shownJob(find(jobs, id), []) };
    }
    if (heard.method !== 'POST' || id === undefined) throw new Refusal(405, 'Method not allowed');
    if (part === 'jobs' && what === 'run') {
      const { cause, ...rest } = JSON.parse(heard.body) as { cause?: string };
      if (!cause || Object.keys(rest).length > 0) throw new Refusal(400, 'cause: This field is required.');
      lastCause = cause;
      return { data: shown(make(find(jobs, id), cause), []) };
    }
    if (heard.body !== '') throw new Refusal(400, 'this takes no body');
    const run = find(runs, id);
    if (part === 'runs' && what === 'retry') {
      if (run.status !== 20 || !isLatest(run)) throw new Refusal(400, 'This run cannot be retried.');
      return { data: shown(make(run.job, 'Retry of a run', run), []) };
    }
    if (part === 'runs' && what === 'cancel') {
      if (run.status >= 10) throw new Refusal(400, 'This run is complete.');
      settle(run, 30);
      return { data: shown(run, []) };
    }
    throw new Refusal(404, 'The requested resource was not found.');
  }

  function answer(heard: Heard, response: ServerResponse): void {
    const url = new URL(heard.url, 'http://x');
    const prefix = `/api/v2/accounts/${account}`;
    const say = (status: number, more: object, words = '') =>
      sendJson(response, status, {
        ...more,
        status: { code: status, is_success: status < 300, user_message: words, developer_message: '' },
      });
    try {
      if (heard.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, 'Invalid token.');
      if (!url.pathname.startsWith(prefix)) throw new Refusal(404, 'No such account.');
      const body = act(heard, url.pathname.slice(prefix.length), url.searchParams);
      const isLost = lost?.test(`${heard.method} ${url.pathname}`) ?? false;
      if (isLost) {
        lost = undefined;
        response.destroy();
        return;
      }
      say(200, body as object, 'Success!');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(error.status, {}, error.words);
    }
  }

  const server = await startServer(answer);
  return {
    url: server.url,
    heard: server.heard,
    runs,
    changes,
    make: (id: number, cause = 'scheduled') => make(find(jobs, String(id)), cause),
    settle,
    loseAnswer: (of: RegExp) => {
      lost = of;
    },
    lastCause: () => lastCause,
    close: server.close,
  };
}
export type DbtCloud = Awaited<ReturnType<typeof startDbtCloud>>;

/** What its webhook sends of a run, signed. */
export function deliveryOf(run: CloudRun, eventType: string, more: object = {}) {
  const words = new Map([
    [3, 'Running'],
    [10, 'Success'],
    [20, 'Errored'],
    [30, 'Cancelled'],
  ]);
  const body = JSON.stringify({
    accountId: Number(account),
    webhookId: 'wsu_1',
    eventId: `wev_${run.id}_${eventType}`,
    timestamp: '2026-11-25T08:59:00.742843678Z',
    eventType,
    webhookName: 'pitcrew',
    data: {
      jobId: String(run.job.id),
      jobName: run.job.name,
      runId: String(run.id),
      environmentId: '1',
      environmentName: 'Production',
      runReason: run.cause,
      runStartedAt: run.started?.toISOString(),
      ...(run.status === 20
        ? { runErroredAt: run.finished?.toISOString() }
        : { runFinishedAt: run.finished?.toISOString() }),
      runStatus: words.get(run.status),
      runStatusCode: run.status,
      runStatusMessage: 'None',
      ...more,
    },
  });
  const headers = { authorization: createHmac('sha256', webhookSecret).update(body).digest('hex') };
  return { headers, body, receivedAt: new Date() };
}
