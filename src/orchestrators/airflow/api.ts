import { z } from 'zod';
import type { Http } from '../http';
import type { Page } from '../paging';
import { path } from '../path';
import type { Release } from './release';
import {
  Assets,
  Backfill,
  Backfills,
  Cleared,
  Dag,
  DagRun,
  DagRuns,
  Dags,
  DagVersions,
  DryBackfill,
  Health,
  ImportErrors,
  TaskInstance,
  TaskInstances,
  Tasks,
} from './schema';

/** All runs of all pipelines. */
const everything = '~';
const Anything = z.unknown();

export interface RunsQuery {
  states?: string[];
  updatedFrom?: Date;
  updatedUntil?: Date;
  logicalFrom?: Date;
  logicalUntil?: Date;
  orderBy?: string;
}

export interface ClearWish {
  run: string;
  /** Left out = all. Of a mapped task one can be named. */
  tasks?: { task: string; mapIndex?: number }[];
  onlyFailed: boolean;
  isDry: boolean;
}

/** Of a backfill of Airflow 3: `none` = only what is missing, `failed` = what failed too, `completed` = what succeeded too. */
export type Reprocess = 'none' | 'failed' | 'completed';

export interface BackfillWish {
  dag: string;
  from: string;
  to: string;
  reprocess: Reprocess;
  atOnce: number;
  conf?: Record<string, unknown>;
}

/** The calls that we make, in the words of whichever Airflow answers. */
export function createApi(http: Http, release: () => Promise<Release>) {
  const isNew = async () => (await release()).major >= 3;
  const base = async () => ((await isNew()) ? '/api/v2' : '/api/v1');

  async function at(rest: string): Promise<string> {
    return (await base()) + rest;
  }

  function query(limit: number, offset: number, more: Record<string, string | number | undefined> = {}) {
    return { limit, offset, ...more };
  }

  const dagNamed = async (dag: string) => http.get(await at(path`/dags/${dag}`), Dag);

  return {
    where: http.where,
    serverNow: http.serverNow,
    release,
    isNew,

    dag: dagNamed,
    async dags(offset: number, limit: number): Promise<Page<Dag>> {
      const active = (await isNew()) ? { exclude_stale: 'true' } : { only_active: 'true' };
      const { dags, total_entries } = await http.get(await at('/dags'), Dags, {
        query: query(limit, offset, { ...active, order_by: 'dag_id' }),
      });
      return { items: dags, total: total_entries ?? undefined };
    },
    tasks: async (dag: string) => (await http.get(await at(path`/dags/${dag}/tasks`), Tasks)).tasks,

    run: async (dag: string, run: string) => http.get(await at(path`/dags/${dag}/dagRuns/${run}`), DagRun),
    async runs(dag: string | undefined, wish: RunsQuery, offset: number, limit: number): Promise<Page<DagRun>> {
      // Airflow 2 names the logical date by its old name.
      const logical = (await isNew()) ? 'logical_date' : 'execution_date';
      const search = new URLSearchParams({ limit: String(limit), offset: String(offset) });
      for (const state of wish.states ?? []) search.append('state', state);
      const times: [string, Date | undefined][] = [
        ['updated_at_gte', wish.updatedFrom],
        ['updated_at_lte', wish.updatedUntil],
        [`${logical}_gte`, wish.logicalFrom],
        [`${logical}_lte`, wish.logicalUntil],
      ];
      for (const [name, time] of times) if (time) search.set(name, time.toISOString());
      if (wish.orderBy) search.set('order_by', wish.orderBy.replace('logical_date', logical));
      const place = await at(path`/dags/${dag ?? everything}/dagRuns`);
      const { dag_runs, total_entries } = await http.get(`${place}?${search}`, DagRuns);
      return { items: dag_runs, total: total_entries ?? undefined };
    },
    async instances(dag: string, run: string, wish: { states?: string[] }, offset: number, limit: number) {
      const search = new URLSearchParams({ limit: String(limit), offset: String(offset) });
      for (const state of wish.states ?? []) search.append('state', state);
      // Airflow 2 has no order here.
      if (await isNew()) search.set('order_by', '-try_number');
      const place = await at(path`/dags/${dag}/dagRuns/${run}/taskInstances`);
      const { task_instances, total_entries } = await http.get(`${place}?${search}`, TaskInstances);
      return { items: task_instances, total: total_entries ?? undefined };
    },
    async instance(dag: string, run: string, task: string, mapIndex: number): Promise<TaskInstance> {
      const place = await at(path`/dags/${dag}/dagRuns/${run}/taskInstances/${task}`);
      return http.get(mapIndex < 0 ? place : `${place}/${mapIndex}`, TaskInstance);
    },
    /** The path of a log, with its query. */
    async logPath(dag: string, run: string, { task, mapIndex }: { task: string; mapIndex: number }, attempt: number) {
      const place = await at(path`/dags/${dag}/dagRuns/${run}/taskInstances/${task}/logs/${attempt}`);
      return `${place}?map_index=${mapIndex}`;
    },

    async trigger(
      dag: string,
      run: { id: string; logicalDate?: Date; conf: object; note: string },
      signal?: AbortSignal,
    ) {
      const logical = run.logicalDate?.toISOString();
      // The key must be there in Airflow 3, also without a date; in Airflow 2 it may not be null.
      const date = (await isNew()) ? { logical_date: logical ?? null } : logical ? { logical_date: logical } : {};
      const body = { dag_run_id: run.id, conf: run.conf, note: run.note, ...date };
      return http.post(await at(path`/dags/${dag}/dagRuns`), DagRun, { body, signal });
    },
    async setNote(dag: string, run: string, note: string, signal?: AbortSignal): Promise<void> {
      const place = await at(path`/dags/${dag}/dagRuns/${run}`);
      await http.patch((await isNew()) ? place : `${place}/setNote`, Anything, { body: { note }, signal });
    },
    async setRunState(dag: string, run: string, state: 'failed' | 'queued', signal?: AbortSignal): Promise<DagRun> {
      return http.patch(await at(path`/dags/${dag}/dagRuns/${run}`), DagRun, { body: { state }, signal });
    },
    /** Marks one task as succeeded; what waits behind it and had failed for want of it is cleared by the server. */
    async markSucceeded(dag: string, run: string, task: string, mapIndex: number, signal?: AbortSignal): Promise<void> {
      const place = await at(path`/dags/${dag}/dagRuns/${run}/taskInstances/${task}`);
      const isModern = await isNew();
      const body = isModern ? { new_state: 'success' } : { new_state: 'success', dry_run: false };
      await http.patch(mapIndex < 0 ? place : `${place}/${mapIndex}`, Anything, { body, signal });
    },

    /** Every flag is said: the two ways to clear have opposite defaults, and so have the two Airflows. */
    async clear(dag: string, wish: ClearWish, signal?: AbortSignal) {
      const isModern = await isNew();
      const one = ({ task, mapIndex }: { task: string; mapIndex?: number }) =>
        isModern && mapIndex !== undefined && mapIndex >= 0 ? [task, mapIndex] : task;
      const body = {
        dag_run_id: wish.run,
        dry_run: wish.isDry,
        only_failed: wish.onlyFailed,
        only_running: false,
        reset_dag_runs: true,
        include_upstream: false,
        include_downstream: true,
        include_future: false,
        include_past: false,
        ...(wish.tasks ? { task_ids: wish.tasks.map(one) } : {}),
      };
      const place = await at(path`/dags/${dag}/clearTaskInstances`);
      const call = wish.isDry ? http.query : http.post;
      return (await call(place, Cleared, { body, signal })).task_instances;
    },

    async pause(dag: string, isPaused: boolean, signal?: AbortSignal): Promise<void> {
      await http.patch(await at(path`/dags/${dag}`), Anything, { body: { is_paused: isPaused }, signal });
    },

    // Airflow 3 alone has the following.
    async dryBackfill(wish: BackfillWish): Promise<Date[]> {
      const { backfills } = await http.query('/api/v2/backfills/dry_run', DryBackfill, { body: backfillBody(wish) });
      return backfills.flatMap(({ logical_date }) => logical_date ?? []);
    },
    createBackfill: (wish: BackfillWish, signal?: AbortSignal) =>
      http.post('/api/v2/backfills', Backfill, { body: backfillBody(wish), signal }),
    backfill: (id: string) => http.get(path`/api/v2/backfills/${id}`, Backfill),
    async backfills(dag: string, offset: number, limit: number): Promise<Page<Backfill>> {
      const { backfills, total_entries } = await http.get('/api/v2/backfills', Backfills, {
        query: query(limit, offset, { dag_id: dag, order_by: '-id' }),
      });
      return { items: backfills, total: total_entries ?? undefined };
    },
    tellBackfill: (id: string, word: 'pause' | 'unpause' | 'cancel', signal?: AbortSignal) =>
      http.put(path`/api/v2/backfills/${id}/${word}`, Anything, { signal }),
    async versions(dag: string, offset: number, limit: number) {
      const { dag_versions, total_entries } = await http.get(path`/api/v2/dags/${dag}/dagVersions`, DagVersions, {
        query: query(limit, offset, { order_by: '-version_number' }),
      });
      return { items: dag_versions, total: total_entries ?? undefined };
    },

    async assets(offset: number, limit: number) {
      const place = (await isNew()) ? '/api/v2/assets' : '/api/v1/datasets';
      const { assets, total_entries } = await http.get(place, Assets, { query: query(limit, offset) });
      return { items: assets, total: total_entries ?? undefined };
    },
    async health() {
      return http.get(await at((await isNew()) ? '/monitor/health' : '/health'), Health);
    },
    async importErrors(): Promise<number> {
      return (await http.get(await at('/importErrors'), ImportErrors, { query: { limit: 1 } })).total_entries ?? 0;
    },
    /** Calls that ask for something impossible: who may do it is told so, who may not is refused before. */
    probe: {
      async clear(dag: string): Promise<void> {
        const body = { dry_run: true, dag_run_id: 'pitcrew-doctor-asks' };
        await http.query(await at(path`/dags/${dag}/clearTaskInstances`), Anything, { body });
      },
      /** Never a run: without the date that Airflow 3 must have, and with two dates that Airflow 2 finds to be at odds. */
      async trigger(dag: string): Promise<void> {
        const atOdds = { logical_date: '2000-01-01T00:00:00Z', execution_date: '2000-01-02T00:00:00Z' };
        await http.query(await at(path`/dags/${dag}/dagRuns`), Anything, { body: (await isNew()) ? {} : atOdds });
      },
      async setState(dag: string): Promise<void> {
        const place = await at(path`/dags/${dag}/dagRuns/pitcrew-doctor-asks`);
        await http.patch(place, Anything, { body: { state: 'failed' } });
      },
      /** What it is already, and to be written to a field that no release lets be written. */
      async pause(dag: string): Promise<void> {
        const { is_paused } = await dagNamed(dag);
        const place = await at(path`/dags/${dag}`);
        await http.patch(place, Anything, { query: { update_mask: 'pitcrew-doctor-asks' }, body: { is_paused } });
      },
      async backfill(): Promise<void> {
        await http.query('/api/v2/backfills/dry_run', Anything, { body: {} });
      },
    },
  };
}
export type Api = ReturnType<typeof createApi>;

function backfillBody({ dag, from, to, reprocess, atOnce, conf }: BackfillWish) {
  return {
    dag_id: dag,
    from_date: from,
    to_date: to,
    run_backwards: false,
    reprocess_behavior: reprocess,
    max_active_runs: atOnce,
    ...(conf && Object.keys(conf).length > 0 ? { dag_run_conf: conf } : {}),
  };
}
