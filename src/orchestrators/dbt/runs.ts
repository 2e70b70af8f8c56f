import { Failure } from '../../domain/failure';
import { hasEnded, type Run, type RunRef, type Step, type StepRef } from '../../domain/run';
import type { Progress } from '../orchestrator';
import type { UnknownWord } from '../status-words';
import type { Api } from './api';
import type * as schema from './schema';
import { isGoing, statusOf, words } from './status';
import { errorIn, readable } from './words';

/** A step as it is named to people; one that comes again in its run is numbered. */
interface NamedStep extends schema.RunStep {
  key: string;
}

/** Reads runs, their steps and logs. Our run is a run of dbt Cloud; a retry is another run there. */
export function createRuns({
  api,
  connection,
  unknownWord,
}: {
  api: Api;
  connection: string;
  unknownWord: UnknownWord;
}) {
  function stepsOf(run: schema.Run): NamedStep[] {
    const seen = new Map<string, number>();
    return [...(run.run_steps ?? [])]
      .sort((a, b) => a.index - b.index)
      .map((step) => {
        const nth = (seen.get(step.name) ?? 0) + 1;
        seen.set(step.name, nth);
        return { ...step, key: nth === 1 ? step.name : `${step.name} (${nth})` };
      });
  }

  const refOf = (run: schema.Run): RunRef => ({ pipeline: { connection, key: run.job_definition_id }, run: run.id });
  const failedIn = (run: schema.Run) => stepsOf(run).find(({ status }) => status === words.error);
  const activeIn = (run: schema.Run) => stepsOf(run).find(({ status }) => status === words.running);

  /** A run of another job is none of this one's. */
  async function read({ pipeline, run: id }: Pick<RunRef, 'pipeline' | 'run'>): Promise<schema.Run> {
    const run = await api.run(id);
    if (run.job_definition_id === pipeline.key) return run;
    throw new Failure('not-found', api.where, { detail: `Run ${id} is not of job ${pipeline.key}.` });
  }

  function whyFailed(run: schema.Run): { step?: string; error?: string } {
    const failed = failedIn(run);
    const error = (failed && errorIn(failed.logs ?? '')) ?? run.status_message ?? undefined;
    return { step: failed?.key, error };
  }

  return {
    read,
    refOf,
    stepsOf,
    async fetch(ref: RunRef): Promise<Run> {
      const run = await read(ref);
      const status = statusOf(run.status, unknownWord);
      return {
        ...refOf(run),
        attempt: 1,
        status,
        startedAt: run.started_at,
        endedAt: hasEnded(status) ? run.finished_at : undefined,
        url: run.href ?? undefined,
        ...(status === 'failed' ? whyFailed(run) : { step: activeIn(run)?.key }),
      };
    },

    async steps(ref: RunRef): Promise<Step[]> {
      const run = await read(ref);
      return stepsOf(run).map((step) => {
        const status = statusOf(step.status, unknownWord);
        return {
          ...refOf(run),
          attempt: 1,
          step: step.key,
          status,
          startedAt: step.started_at,
          endedAt: hasEnded(status) ? step.finished_at : undefined,
        };
      });
    },

    async *log(ref: StepRef): AsyncIterable<Buffer> {
      const step = stepsOf(await read(ref)).find(({ key }) => key === ref.step);
      if (!step) throw new Failure('not-found', api.where, { detail: `Run ${ref.run} has no step "${ref.step}".` });
      const text = readable(step.logs ?? '');
      if (text !== '') yield Buffer.from(text.endsWith('\n') ? text : `${text}\n`);
    },

    async progress(ref: RunRef): Promise<Progress> {
      const run = await read(ref);
      const status = statusOf(run.status, unknownWord);
      const steps = stepsOf(run);
      const why: { step?: string; error?: string } = status === 'failed' ? whyFailed(run) : {};
      return {
        status,
        run: refOf(run),
        ...(steps.length > 0
          ? { stepsDone: steps.filter((step) => !isGoing(step.status)).length, stepsTotal: steps.length }
          : {}),
        step: why.step ?? activeIn(run)?.key,
        startedAt: run.started_at,
        endedAt: hasEnded(status) ? run.finished_at : undefined,
        error: why.error,
      };
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
