import { z } from 'zod';
import type { Http } from '../http';
import { path } from '../path';
import {
  Acted,
  ActionMap,
  Activated,
  Definition,
  DefinitionPage,
  History,
  Instance,
  InstancePage,
  type Leaf,
  Overview,
  Started,
  StepActed,
  StepInstance,
  StepInstances,
  WorkflowActed,
} from './schema';

const root = '/api/v3/workflows';
/** Instances come with all of their definition and parameters. */
const largestPageBytes = 48 * 1024 * 1024;
type RunWord = number | 'latest';
export type RestartPolicy = 'RESTART_FROM_INCOMPLETE' | 'RESTART_FROM_BEGINNING';

/** A parameter as it is passed: the server wants its type beside its value. */
export interface PassedParameter {
  type: string;
  value: unknown;
}
export type PassedParameters = Record<string, PassedParameter>;

/** Who changes something, and until when they wait. */
export interface Caller {
  user: string;
  signal?: AbortSignal;
}

/** The calls of Maestro's API that we use, one function each. Throws what Http throws. */
export function createApi(http: Http) {
  const by = ({ user, signal }: Caller) => ({ headers: { user: headerText(user) }, signal });
  const at = (workflow: string) => root + path`/${workflow}`;

  const versionAt = (workflow: string, version: number | 'active') => at(workflow) + path`/versions/${version}`;

  return {
    where: http.where,
    actionMap: () => http.get(`${root}/instances/action-map`, ActionMap),
    overview: (workflow: string) => http.get(`${at(workflow)}/overview`, Overview),
    definition: (workflow: string, version: number | 'active' | 'latest' | 'default') =>
      http.get(at(workflow) + path`/versions/${version}`, Definition),
    definitions: (workflow: string, first: number, cursor?: string) =>
      http.get(`${at(workflow)}/versions/pagination`, DefinitionPage, { query: { first, cursor } }),
    history: (workflow: string) => http.get(`${at(workflow)}/timeline`, History),
    /** Newest first: of each instance its latest run. */
    instances: (workflow: string, first: number, cursor?: string) =>
      http.get(`${at(workflow)}/instances`, InstancePage, {
        query: { first, cursor },
        maxBytes: largestPageBytes,
      }),
    /** Those with a higher number than that: the next so many numbers, of which some may be gone. */
    instancesAfter: (workflow: string, number: number, last: number) =>
      http.get(`${at(workflow)}/instances`, InstancePage, {
        query: { last, cursor: number },
        maxBytes: largestPageBytes,
      }),
    /** Newest first: the runs of one instance. */
    runs: (workflow: string, instance: number, first: number, cursor?: string) =>
      http.get(at(workflow) + path`/instances/${instance}/runs`, InstancePage, { query: { first, cursor } }),
    run: (workflow: string, instance: number, run: RunWord) =>
      http.get(at(workflow) + path`/instances/${instance}/runs/${run}`, Instance, {
        query: { enriched: true, aggregated: true },
      }),
    steps: (workflow: string, instance: number, run: number) =>
      http.get(at(workflow) + path`/instances/${instance}/runs/${run}/steps`, StepInstances),
    stepsOverAllRuns: (workflow: string, instance: number) =>
      http.get(at(workflow) + path`/instances/${instance}/steps`, StepInstances),
    stepOverAllRuns: (workflow: string, instance: number, step: string) =>
      http.get(at(workflow) + path`/instances/${instance}/steps/${step}`, StepInstance, { query: { enriched: true } }),
    step: ({ workflow, instance, run, step, attempt }: Omit<Leaf, 'attempt'> & { attempt: RunWord }) =>
      http.get(
        at(workflow) + path`/instances/${instance}/runs/${run}/steps/${step}/attempts/${attempt}`,
        StepInstance,
        {
          query: { enriched: true },
        },
      ),
    stepActionMap: () => http.get(`${root}/steps/instances/action-map`, ActionMap),
    /** A new instance. `requestId`: a UUID; the same one twice is one run. */
    start: (
      workflow: string,
      version: number | 'active',
      { requestId, params }: { requestId: string; params: PassedParameters },
      caller: Caller,
    ) =>
      http.post(`${versionAt(workflow, version)}/actions/start`, Started, {
        ...by(caller),
        body: {
          initiator: { type: 'MANUAL' },
          request_id: requestId,
          ...(Object.keys(params).length > 0 ? { run_params: params } : {}),
        },
      }),
    /** The next run of an instance, with the version it had. `requestId`: as for a start. */
    restart: (
      workflow: string,
      instance: number,
      { requestId, policy, params }: { requestId: string; policy: RestartPolicy; params: PassedParameters },
      caller: Caller,
    ) =>
      http.post(at(workflow) + path`/instances/${instance}/actions/restart`, Started, {
        ...by(caller),
        body: {
          restart_policy: policy,
          request_id: requestId,
          ...(Object.keys(params).length > 0 ? { run_params: params } : {}),
        },
      }),
    restartStep: (workflow: string, instance: number, step: string, requestId: string, caller: Caller) =>
      http.post(at(workflow) + path`/instances/${instance}/steps/${step}/actions/restart`, Started, {
        ...by(caller),
        query: { blocking: false },
        body: { restart_policy: 'RESTART_FROM_INCOMPLETE', request_id: requestId },
      }),
    /** Of a run that is not the newest the server refuses it. */
    onRun: (
      action: 'stop' | 'kill' | 'unblock',
      workflow: string,
      instance: number,
      run: number | undefined,
      caller: Caller,
    ) =>
      http.put(
        at(workflow) +
          (run === undefined ? path`/instances/${instance}` : path`/instances/${instance}/runs/${run}`) +
          `/actions/${action}`,
        Acted,
        by(caller),
      ),
    /** Answered as soon as it is stored; what comes of it is read from the step. */
    onStep: (action: 'stop' | 'kill' | 'skip', workflow: string, instance: number, step: string, caller: Caller) =>
      http.put(at(workflow) + path`/instances/${instance}/steps/${step}/actions/${action}`, StepActed, {
        ...by(caller),
        query: { blocking: false },
      }),
    unblockAll: (workflow: string, caller: Caller) =>
      http.put(`${at(workflow)}/actions/unblock`, WorkflowActed, by(caller)),
    activate: (workflow: string, version: number, caller: Caller) =>
      http.put(`${versionAt(workflow, version)}/actions/activate`, Activated, by(caller)),
    /** Of both kinds; what starts it else is not touched. */
    holdTriggers: (workflow: string, isHeld: boolean, caller: Caller) =>
      http.post(`${at(workflow)}/properties`, z.unknown(), {
        ...by(caller),
        body: { time_trigger_disabled: isHeld, signal_trigger_disabled: isHeld },
      }),
    /** Has a small definition checked, which saves nothing: the only call that needs the caller's name and changes nothing. */
    validate: (caller: Caller) =>
      http.put(`${root}/actions/validate`, z.unknown(), {
        ...by(caller),
        body: {
          properties: { owner: headerText(caller.user) },
          workflow: {
            id: 'pitcrew.doctor',
            name: 'Check of the connection',
            steps: [{ step: { id: 'check', type: 'NoOp' } }],
          },
        },
      }),
  };
}
export type Api = ReturnType<typeof createApi>;

/** HTTP headers carry plain letters only: accents are dropped, other signs become `?`. */
function headerText(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
}
