import { z } from 'zod';
import type { Http } from '../http';
import type { Page } from '../paging';
import { path } from '../path';
import { Account, Job, list, one, Run, Runs } from './schema';

const OneRun = one(Run);
const RunList = list(Runs);
const OneJob = one(Job);
const Jobs = list(z.array(Job));

export interface RunsQuery {
  job?: string;
  statuses?: readonly number[];
  finishedFrom?: Date;
  finishedUntil?: Date;
  orderBy: 'finished_at' | '-id';
}

/** Several values go as one list in JSON. */
const listed = (values: readonly (string | number)[]) => JSON.stringify(values);
const related = (...names: string[]) => listed(names);

/** The calls that we make: API v2 of dbt Cloud, whose every path ends with a slash. */
export function createApi(http: Http, account: string) {
  const base = path`/api/v2/accounts/${account}`;
  const page = ({ data, extra }: { data: Run[]; extra?: { pagination: { total_count: number } } | null }) => ({
    items: data,
    total: extra?.pagination.total_count,
  });

  return {
    where: http.where,
    serverNow: http.serverNow,
    account: () => http.get(`${base}/`, one(Account)),

    run: async (run: string): Promise<Run> =>
      (
        await http.get(base + path`/runs/${run}/`, OneRun, {
          query: { include_related: related('trigger', 'run_steps') },
        })
      ).data,
    async runs(wish: RunsQuery, offset: number, limit: number): Promise<Page<Run>> {
      const { job, statuses, finishedFrom, finishedUntil, orderBy } = wish;
      const range =
        finishedFrom && finishedUntil ? listed([finishedFrom.toISOString(), finishedUntil.toISOString()]) : undefined;
      const query = {
        limit,
        offset,
        order_by: orderBy,
        job_definition_id: job,
        status__in: statuses && listed(statuses),
        finished_at__range: range,
        include_related: related('trigger'),
      };
      return page(await http.get(`${base}/runs/`, RunList, { query }));
    },
    job: async (job: string): Promise<Job> => (await http.get(base + path`/jobs/${job}/`, OneJob)).data,
    async jobs(offset: number, limit: number): Promise<Page<Job>> {
      const query = { limit, offset, order_by: 'id', state: 'active', include_related: related('environment') };
      const { data, extra } = await http.get(`${base}/jobs/`, Jobs, { query });
      return { items: data, total: extra?.pagination.total_count };
    },

    trigger: async (job: string, cause: string, signal?: AbortSignal): Promise<Run> =>
      (await http.post(base + path`/jobs/${job}/run/`, OneRun, { body: { cause }, signal })).data,
    retry: async (run: string, signal?: AbortSignal): Promise<Run> =>
      (await http.post(base + path`/runs/${run}/retry/`, OneRun, { signal })).data,
    cancel: async (run: string, signal?: AbortSignal): Promise<Run> =>
      (await http.post(base + path`/runs/${run}/cancel/`, OneRun, { signal })).data,
  };
}
export type Api = ReturnType<typeof createApi>;
