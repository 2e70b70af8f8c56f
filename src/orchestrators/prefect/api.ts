import { z } from 'zod';
import { Failure } from '../../domain/failure';
import type { Parameters } from '../../domain/target';
import type { Http } from '../http';
import { path } from '../path';
import {
  Count,
  Deployment,
  Deployments,
  Flow,
  FlowRun,
  FlowRuns,
  LogLines,
  Outcome,
  States,
  TaskRuns,
  Version,
} from './schema';

/** The most that a server gives at once, unless its owner has set less. */
export const perPage = 200;
const Anything = z.unknown();
/** An id that nothing has. */
const nobody = '00000000-0000-4000-8000-000000000000';
const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

export interface RunsWish {
  /** Started or ended from one moment to the other, both included. */
  changed?: { from: Date; until: Date };
  types?: string[];
  stateNames?: string[];
  ids?: string[];
  idempotencyKey?: string;
  /** Ids of deployments; left out = all runs, also those of none. */
  deployments?: string[];
  sort?: 'ID_DESC' | 'EXPECTED_START_TIME_DESC';
}

export interface WishedState {
  type: 'SCHEDULED' | 'CANCELLING' | 'CANCELLED';
  name?: string;
  message: string;
  transitionId?: string;
}

/** The calls that we make to Prefect 3. */
export function createApi(http: Http) {
  function mustBeId(id: string): string {
    if (uuid.test(id)) return id;
    throw new Failure('not-found', http.where, { detail: `"${id.slice(0, 60)}" is not an id of a run.` });
  }

  function filterOf({ changed, types, stateNames, ids, idempotencyKey, deployments }: RunsWish) {
    const span = changed && { after_: changed.from.toISOString(), before_: changed.until.toISOString() };
    const state = {
      ...(types ? { type: { any_: types } } : {}),
      ...(stateNames ? { name: { any_: stateNames } } : {}),
    };
    const runs = {
      ...(span ? { operator: 'or_', start_time: { ...span, is_null_: false }, end_time: span } : {}),
      ...(types || stateNames ? { state } : {}),
      ...(ids ? { id: { any_: ids } } : {}),
      ...(idempotencyKey ? { idempotency_key: { any_: [idempotencyKey] } } : {}),
    };
    return { flow_runs: runs, ...(deployments ? { deployments: { id: { any_: deployments } } } : {}) };
  }

  const stateBody = ({ type, name, message, transitionId }: WishedState) => ({
    type,
    ...(name ? { name } : {}),
    message,
    ...(transitionId ? { state_details: { transition_id: transitionId } } : {}),
  });

  return {
    where: http.where,
    serverNow: http.serverNow,
    version: () => http.get('/admin/version', Version),

    run: async (id: string) => http.get(path`/flow_runs/${mustBeId(id)}`, FlowRun),
    runs: (wish: RunsWish, offset: number, limit: number) =>
      http.query('/flow_runs/filter', FlowRuns, {
        body: { ...filterOf(wish), sort: wish.sort ?? 'ID_DESC', offset, limit },
      }),
    count: (wish: RunsWish) => http.query('/flow_runs/count', Count, { body: filterOf(wish) }),
    /** Every state that the run has had, oldest first. */
    states: async (run: string) => {
      const states = await http.get('/flow_run_states/', States, { query: { flow_run_id: mustBeId(run) } });
      return states.sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
    },
    taskRuns: (run: string, offset: number, limit: number) =>
      http.query('/task_runs/filter', TaskRuns, {
        body: { flow_runs: { id: { any_: [mustBeId(run)] } }, sort: 'EXPECTED_START_TIME_ASC', offset, limit },
      }),
    logs: (of: { run: string; tasks?: string[] }, after: string | undefined, offset: number, limit: number) =>
      http.query('/logs/filter', LogLines, {
        body: {
          logs: {
            flow_run_id: { any_: [mustBeId(of.run)] },
            ...(of.tasks ? { task_run_id: { any_: of.tasks } } : {}),
            ...(after ? { timestamp: { after_: after } } : {}),
          },
          sort: 'TIMESTAMP_ASC',
          offset,
          limit,
        },
      }),

    flow: (id: string) => http.get(path`/flows/${id}`, Flow),
    deployment: (id: string) => http.get(path`/deployments/${id}`, Deployment),
    deploymentNamed: (flow: string, name: string) => http.get(path`/deployments/name/${flow}/${name}`, Deployment),
    deployments: (offset: number, limit: number) =>
      http.query('/deployments/filter', Deployments, { body: { sort: 'CREATED_DESC', offset, limit } }),
    deploymentCount: () => http.query('/deployments/count', Count, { body: {} }),

    setState: (run: string, state: WishedState, signal?: AbortSignal) =>
      http.post(path`/flow_runs/${mustBeId(run)}/set_state`, Outcome, {
        body: { state: stateBody(state), force: false },
        signal,
      }),
    createRun: (
      deployment: string,
      run: {
        idempotencyKey: string;
        parameters: Parameters | Record<string, unknown>;
        tags: string[];
        message: string;
      },
      signal?: AbortSignal,
    ) =>
      http.post(path`/deployments/${deployment}/create_flow_run`, FlowRun, {
        body: {
          idempotency_key: run.idempotencyKey,
          parameters: run.parameters,
          tags: run.tags,
          state: stateBody({ type: 'SCHEDULED', message: run.message }),
        },
        signal,
      }),
    async pause(deployment: string, signal?: AbortSignal): Promise<void> {
      await http.post(path`/deployments/${deployment}/pause_deployment`, Anything, { signal });
    },
    async resume(deployment: string, signal?: AbortSignal): Promise<void> {
      await http.post(path`/deployments/${deployment}/resume_deployment`, Anything, { signal });
    },

    /** Calls about what is not there: who may make them is told so, who may not is refused before. */
    probe: {
      async setState(): Promise<void> {
        const body = { state: stateBody({ type: 'CANCELLED', message: 'Asked by pitcrew doctor' }), force: false };
        await http.query(path`/flow_runs/${nobody}/set_state`, Anything, { body });
      },
      async createRun(): Promise<void> {
        await http.query(path`/deployments/${nobody}/create_flow_run`, Anything, { body: {} });
      },
      async pause(): Promise<void> {
        await http.query(path`/deployments/${nobody}/pause_deployment`, Anything);
      },
    },
  };
}
export type Api = ReturnType<typeof createApi>;
