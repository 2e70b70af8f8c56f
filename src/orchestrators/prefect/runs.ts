import { Failure } from '../../domain/failure';
import { hasEnded, type Run, type RunRef, type RunStatus, type Step, type StepRef } from '../../domain/run';
import type { Progress } from '../orchestrator';
import { byOffset } from '../paging';
import type { UnknownWord } from '../status-words';
import { type Api, perPage } from './api';
import type { Links } from './links';
import { readLog } from './log';
import type { Names } from './names';
import type { Partitions } from './partitions';
import type { FlowRun, TaskRun } from './schema';
import { statusOf, stepStatusOf } from './status';
import { findStep, flowStep, type NamedTaskRun, nameSteps } from './steps';
import { wordsOf } from './words';

/** Task runs of one run that are read: mapped tasks may have thousands. */
const taskRunsRead = 2_000;

export interface RunsDeps {
  api: Api;
  connection: string;
  links: Links;
  names: Names;
  partitions: Partitions;
  unknownWord: UnknownWord;
}

/** Reads runs and their steps. Our run is a flow run; our attempt counts how often it began to run, as Prefect does. */
export function createRuns(deps: RunsDeps) {
  const { api, connection, links, names, partitions, unknownWord } = deps;

  const runStatus = ({ state }: FlowRun): RunStatus => statusOf(state, unknownWord);
  const attemptOf = ({ run_count: times }: FlowRun) => Math.max(1, times);

  /** When this attempt began. The run itself knows the start of the first one alone. */
  async function startOf(run: FlowRun): Promise<Date | undefined> {
    if (runStatus(run) === 'queued') return undefined;
    if (run.run_count <= 1) return run.start_time;
    const states = await api.states(run.id);
    return states.findLast(({ type }) => type === 'RUNNING')?.timestamp ?? run.start_time;
  }

  async function namedOf(run: string, attempt?: number): Promise<NamedTaskRun[]> {
    const read: TaskRun[] = [];
    const page = async (offset: number, limit: number) => ({ items: await api.taskRuns(run, offset, limit) });
    for await (const taskRun of byOffset(page, perPage)) {
      read.push(taskRun);
      if (read.length >= taskRunsRead) break;
    }
    return nameSteps(read, attempt);
  }

  /** The task that failed first; the flow itself where none did. */
  function whyFailed(run: FlowRun, named: readonly NamedTaskRun[]): { step: string; error?: string; logUrl: string } {
    const endOf = ({ taskRun }: NamedTaskRun) => taskRun.end_time?.getTime() ?? Number.POSITIVE_INFINITY;
    const failed = named
      .filter(({ taskRun }) => stepStatusOf(taskRun.state, unknownWord) === 'failed')
      .reduce<NamedTaskRun | undefined>((first, one) => (first && endOf(first) <= endOf(one) ? first : one), undefined);
    const said = wordsOf(run.state?.message);
    if (!failed) return { step: flowStep, error: said, logUrl: links.run(run.id) };
    const { step, taskRun } = failed;
    return { step, error: wordsOf(taskRun.state?.message) ?? said, logUrl: links.taskRun(taskRun.id) };
  }

  async function refOf(run: FlowRun): Promise<RunRef> {
    return { pipeline: { connection, key: await names.ofRun(run) }, run: run.id };
  }

  async function stateOf(run: FlowRun): Promise<Run> {
    const status = runStatus(run);
    const [ref, startedAt] = await Promise.all([refOf(run), startOf(run)]);
    return {
      ...ref,
      attempt: attemptOf(run),
      status,
      partition: partitions.of(run),
      startedAt,
      endedAt: hasEnded(status) ? run.end_time : undefined,
      url: links.run(run.id),
      tags: run.tags?.length ? run.tags : undefined,
    };
  }

  return {
    refOf,
    stateOf,
    startOf,
    runStatus,
    attemptOf,
    namedOf,
    read: ({ run }: RunRef): Promise<FlowRun> => api.run(run),

    async fetch({ run: id }: RunRef): Promise<Run> {
      const run = await api.run(id);
      const state = await stateOf(run);
      if (state.status === 'failed') return { ...state, ...whyFailed(run, await namedOf(id)) };
      if (state.status !== 'running') return state;
      const active = (await namedOf(id)).find(({ taskRun }) => taskRun.state?.type === 'RUNNING');
      return active ? { ...state, step: active.step } : state;
    },

    async steps({ pipeline, run: id, attempt }: RunRef): Promise<Step[]> {
      const run = await api.run(id); // a run that is not there has no steps, which is not the same
      const named = await namedOf(id, attempt);
      const ref = { pipeline: { connection, key: pipeline.key }, run: id, attempt: attempt ?? attemptOf(run) };
      const steps = named.map(({ step, taskRun }): Step => {
        const status = stepStatusOf(taskRun.state, unknownWord);
        return {
          ...ref,
          step,
          stepAttempt: Math.max(1, taskRun.run_count),
          status,
          startedAt: taskRun.start_time,
          endedAt: hasEnded(status) ? taskRun.end_time : undefined,
          error: status === 'failed' ? wordsOf(taskRun.state?.message) : undefined,
        };
      });
      const status = runStatus(run);
      const whole: Step = {
        ...ref,
        step: flowStep,
        stepAttempt: 1,
        status,
        startedAt: await startOf(run),
        endedAt: hasEnded(status) ? run.end_time : undefined,
      };
      return [...steps, whole];
    },

    /** Of the flow itself: the log of the whole run. Of a flow that it called: that one's. */
    async *openLog({ run: id, step, attempt }: StepRef): AsyncIterable<Buffer> {
      if (step === flowStep) {
        await api.run(id);
        yield* readLog(api, { run: id });
        return;
      }
      const taskRun = findStep(await namedOf(id, attempt), step) ?? findStep(await namedOf(id), step);
      if (!taskRun) throw new Failure('not-found', api.where, { detail: `Run ${id} has no step ${step}.` });
      const called = taskRun.state?.state_details?.child_flow_run_id;
      yield* readLog(api, called ? { run: called } : { run: id, tasks: [taskRun.id] });
    },

    async progress({ run: id }: RunRef): Promise<Progress> {
      const run = await api.run(id);
      const status = runStatus(run);
      const isBegun = status !== 'queued';
      const named = isBegun ? await namedOf(id) : [];
      const active = named.find(({ taskRun }) => taskRun.state?.type === 'RUNNING');
      const ended = named.filter(({ taskRun }) => hasEnded(stepStatusOf(taskRun.state, unknownWord)));
      const why = status === 'failed' ? whyFailed(run, named) : undefined;
      return {
        status,
        run: { ...(await refOf(run)), attempt: attemptOf(run) },
        // How many tasks a flow will have is not known before its end.
        ...(hasEnded(status) && named.length > 0 ? { stepsDone: ended.length, stepsTotal: named.length } : {}),
        step: why?.step ?? active?.step,
        startedAt: await startOf(run),
        endedAt: hasEnded(status) ? run.end_time : undefined,
        error: why?.error,
      };
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
