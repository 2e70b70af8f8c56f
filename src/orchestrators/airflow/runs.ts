import { Failure } from '../../domain/failure';
import { hasEnded, type Run, type RunRef, type RunStatus, type Step } from '../../domain/run';
import type { Http } from '../http';
import type { Progress } from '../orchestrator';
import { byOffset } from '../paging';
import type { UnknownWord } from '../status-words';
import type { Api } from './api';
import type { Attempts } from './attempts';
import type { Days } from './days';
import type { Links } from './links';
import { readLog } from './log';
import { isStopped } from './notes';
import type { DagRun, TaskInstance } from './schema';
import { runStatus, stepStatus } from './status';
import { stepOf } from './steps';
import { errorIn } from './words';

/** Task instances of one run that are read: mapped tasks may have thousands. */
const instancesRead = 1_000;
const perPage = 100;

export interface RunsDeps {
  api: Api;
  http: Http;
  connection: string;
  links: Links;
  attempts: Attempts;
  days: Days;
  unknownWord: UnknownWord;
}

/** Reads runs and their steps. */
export function createRuns(deps: RunsDeps) {
  const { api, connection, links, attempts, days, unknownWord } = deps;

  /** Airflow says `failed` of a run that somebody ended; one that was stopped through us is cancelled. */
  function statusOf(run: DagRun): RunStatus {
    const status = runStatus(run.state, unknownWord);
    return status === 'failed' && isStopped(run) ? 'cancelled' : status;
  }

  async function instancesOf(dag: string, run: string, states?: string[]): Promise<TaskInstance[]> {
    const read: TaskInstance[] = [];
    const all = byOffset((offset, limit) => api.instances(dag, run, { states }, offset, limit), perPage);
    for await (const instance of all) {
      read.push(instance);
      if (read.length >= instancesRead) break;
    }
    return read;
  }

  /** The task that failed first for good. Those behind it did not fail, they were not tried. */
  async function failedIn(run: DagRun): Promise<TaskInstance | undefined> {
    const endOf = ({ end_date }: TaskInstance) => end_date?.getTime() ?? Number.POSITIVE_INFINITY;
    const failed = await instancesOf(run.dag_id, run.dag_run_id, ['failed']);
    return failed.reduce<TaskInstance | undefined>(
      (first, one) => (first && endOf(first) <= endOf(one) ? first : one),
      undefined,
    );
  }

  /** Its words are in its log alone; where that cannot be read, the rest is told without them. */
  async function wordsOf(run: DagRun, failed: TaskInstance): Promise<string | undefined> {
    const step = { ...refOf(run), step: stepOf(failed), stepAttempt: Math.max(1, failed.try_number) };
    try {
      return await errorIn(readLog(deps, step));
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }

  async function whyFailed(run: DagRun): Promise<{ step?: string; error?: string }> {
    const failed = await failedIn(run);
    return failed ? { step: stepOf(failed), error: await wordsOf(run, failed) } : {};
  }

  function refOf(run: DagRun, attempt?: number): RunRef {
    return { pipeline: { connection, key: run.dag_id }, run: run.dag_run_id, ...(attempt ? { attempt } : {}) };
  }

  async function stateOf(run: DagRun): Promise<Run> {
    const { dag_id: dag, dag_run_id: id, start_date: startedAt, end_date } = run;
    const status = statusOf(run);
    const [attempt, partition, isNew] = await Promise.all([attempts.of(dag, id), days.of(run), api.isNew()]);
    return {
      ...refOf(run),
      attempt,
      status,
      partition,
      startedAt,
      endedAt: hasEnded(status) ? end_date : undefined,
      url: links.page({ dag, run: id, isNew }),
    };
  }

  return {
    refOf,
    statusOf,
    stateOf,
    instancesOf,
    read: ({ pipeline, run }: RunRef): Promise<DagRun> => api.run(pipeline.key, run),

    async fetch({ pipeline, run: id }: RunRef): Promise<Run> {
      const run = await api.run(pipeline.key, id);
      const state = await stateOf(run);
      const isNew = await api.isNew();
      if (state.status === 'failed') {
        const why = await whyFailed(run);
        const page = why.step && links.page({ dag: run.dag_id, run: id, task: why.step.replace(/\[.*$/, ''), isNew });
        return { ...state, ...why, ...(page ? { logUrl: page } : {}) };
      }
      if (state.status !== 'running') return state;
      const [active] = await instancesOf(run.dag_id, id, ['running']);
      return active ? { ...state, step: stepOf(active) } : state;
    },

    async steps({ pipeline, run: id }: RunRef): Promise<Step[]> {
      await api.run(pipeline.key, id); // a run that is not there has no steps, which is not the same
      const instances = await instancesOf(pipeline.key, id);
      const attempt = await attempts.among(pipeline.key, instances);
      const startOf = ({ start_date }: TaskInstance) => start_date?.getTime() ?? Number.POSITIVE_INFINITY;
      const inOrder = [...instances].sort(
        (a, b) => startOf(a) - startOf(b) || stepOf(a).localeCompare(stepOf(b), 'en', { numeric: true }),
      );
      return inOrder.map((one) => {
        const status = stepStatus(one.state, unknownWord);
        return {
          pipeline: { connection, key: pipeline.key },
          run: id,
          attempt,
          step: stepOf(one),
          stepAttempt: Math.max(1, one.try_number),
          status,
          startedAt: one.start_date,
          endedAt: hasEnded(status) ? one.end_date : undefined,
        };
      });
    },

    async progress({ pipeline, run: id }: RunRef): Promise<Progress> {
      const run = await api.run(pipeline.key, id);
      const status = statusOf(run);
      const instances = await instancesOf(pipeline.key, id);
      const attempt = await attempts.among(pipeline.key, instances);
      const statuses = instances.map((one) => ({ one, status: stepStatus(one.state, unknownWord) }));
      const active = statuses.find((step) => step.one.state === 'running');
      const why: { step?: string; error?: string } = status === 'failed' ? await whyFailed(run) : {};
      return {
        status,
        run: refOf(run, attempt),
        ...(instances.length > 0
          ? { stepsDone: statuses.filter((step) => hasEnded(step.status)).length, stepsTotal: instances.length }
          : {}),
        step: why.step ?? (active && stepOf(active.one)),
        startedAt: run.start_date,
        endedAt: hasEnded(status) ? run.end_date : undefined,
        error: why.error,
      };
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
