import { hasEnded, type RunRef, type Run as RunState, type RunStatus, type Step } from '../../domain/run';
import type { Progress } from '../orchestrator';
import type { UnknownWord } from '../status-words';
import type { Api } from './api';
import { keyOfRun } from './keys';
import type { Links } from './links';
import type { Run, RunWithSteps, StepStats } from './schema';
import { runStatus, stepStatus } from './status';
import { partitionIn } from './tags';
import { whyFailed } from './why';

export interface RunsDeps {
  api: Api;
  connection: string;
  links: Links;
  unknownWord: UnknownWord;
}

/** Reads runs and their steps. */
export function createRuns({ api, connection, links, unknownWord }: RunsDeps) {
  const statusOf = (run: Pick<Run, 'status'>): RunStatus => runStatus(run.status, unknownWord);

  function refOf(run: Run): RunRef {
    return { pipeline: { connection, key: keyOfRun(run) }, run: run.runId };
  }

  function stateOf(run: Run): RunState {
    const status = statusOf(run);
    return {
      ...refOf(run),
      attempt: 1,
      status,
      partition: partitionIn(run.tags),
      startedAt: run.startTime,
      endedAt: hasEnded(status) ? run.endTime : undefined,
      url: links.run(run.runId),
    };
  }

  /** A step that did not come to its turn: it waits while the run goes on, and was left out of one that has ended. */
  function statusOfStep(stats: StepStats | undefined, run: Run): RunStatus {
    if (stats?.status) return stepStatus(stats.status, unknownWord);
    return hasEnded(statusOf(run)) ? 'skipped' : 'queued';
  }

  /** Steps in the order in which they began, then those that have not. */
  function stepsOf(run: RunWithSteps): Step[] {
    const startOf = ({ startTime }: StepStats) => startTime?.getTime() ?? Number.POSITIVE_INFINITY;
    const begun = [...run.stepStats].sort((a, b) => startOf(a) - startOf(b));
    const known = new Set(begun.map(({ stepKey }) => stepKey));
    const others = (run.stepKeysToExecute ?? []).filter((key) => !known.has(key));
    const step = (key: string, stats?: StepStats): Step => {
      const status = statusOfStep(stats, run);
      return {
        ...refOf(run),
        attempt: 1,
        step: key,
        stepAttempt: Math.max(1, stats?.attempts?.length ?? 1),
        status,
        startedAt: stats?.startTime,
        endedAt: hasEnded(status) ? stats?.endTime : undefined,
      };
    };
    return [...begun.map((stats) => step(stats.stepKey, stats)), ...others.map((key) => step(key))];
  }

  return {
    refOf,
    statusOf,
    stateOf,
    stepsOf,
    read: ({ run }: RunRef): Promise<Run> => api.run(run),

    async fetch({ run: id }: RunRef): Promise<RunState> {
      const run = await api.run(id);
      const state = stateOf(run);
      if (state.status === 'failed') return { ...state, ...(await whyFailed(api, id)) };
      if (state.status !== 'running') return state;
      const active = stepsOf(await api.runWithSteps(id)).find(({ status }) => status === 'running');
      return active ? { ...state, step: active.step } : state;
    },

    steps: async ({ run: id }: RunRef): Promise<Step[]> => stepsOf(await api.runWithSteps(id)),

    async progress({ run: id }: RunRef): Promise<Progress> {
      const run = await api.runWithSteps(id);
      const state = stateOf(run);
      const steps = stepsOf(run);
      const why: { step?: string; error?: string } = state.status === 'failed' ? await whyFailed(api, id) : {};
      return {
        status: state.status,
        run: refOf(run),
        ...(steps.length > 0
          ? { stepsDone: steps.filter(({ status }) => hasEnded(status)).length, stepsTotal: steps.length }
          : {}),
        step: why.step ?? steps.find(({ status }) => status === 'running')?.step,
        startedAt: state.startedAt,
        endedAt: state.endedAt,
        error: why.error,
      };
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
