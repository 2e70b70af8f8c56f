import { Failure } from '../../domain/failure';
import { hasEnded, type Run, type RunRef, type Step, type StepRef } from '../../domain/run';
import type { Http } from '../http';
import { linesOf } from '../lines';
import { Data, valueAt } from './expression';
import { createReader, readRun, type Statuses } from './fields';
import { readList } from './pages';
import type { GenericHttpSettings } from './settings';
import { fillPath, type Values } from './template';

export interface RunsDeps {
  http: Http;
  connection: string;
  settings: GenericHttpSettings;
  statusOf: Statuses;
}

/** What an address can hold of a run. */
export function placesOf({ pipeline, run, attempt }: RunRef): Values {
  return { pipeline: pipeline.key, run, attempt };
}

/** Reads single runs, their steps and logs, as the configuration says where they are. */
export function createRuns({ http, connection, settings, statusOf }: RunsDeps) {
  const { where } = http;

  async function fetch(ref: RunRef): Promise<Run> {
    const { path, item, fields } = settings.run;
    const answer = await http.get(fillPath(where, path, placesOf(ref)), Data);
    const found = valueAt(where, 'run.item', item, answer);
    if (found === undefined) throw new Failure('not-found', where, { detail: `Run ${ref.run} is not there.` });
    const run = readRun(createReader(where, 'run.fields', Data.parse(found)), fields, statusOf, connection);
    if (run.pipeline.key !== ref.pipeline.key)
      throw new Failure('not-found', where, { detail: `Run ${ref.run} is not of ${ref.pipeline.key}.` });
    return run;
  }

  async function steps(ref: RunRef): Promise<Step[]> {
    const wish = settings.steps;
    if (!wish) return [];
    const found: Step[] = [];
    for await (const item of readList(http, { key: 'steps', ...wish }, placesOf(ref))) {
      const reader = createReader(where, 'steps.fields', item);
      const status = statusOf(reader.id('status', wish.fields.status));
      found.push({
        ...ref,
        step: reader.id('step', wish.fields.step),
        status,
        startedAt: reader.time('startedAt', wish.fields.startedAt),
        endedAt: hasEnded(status) ? reader.time('endedAt', wish.fields.endedAt) : undefined,
        error: reader.text('error', wish.fields.error),
      });
    }
    return found;
  }

  /** A run says by itself which step failed and why, or its steps do. */
  async function withSteps(run: Run): Promise<{ run: Run; steps: Step[] }> {
    const { pipeline, run: id, attempt, status } = run;
    if (!settings.steps) return { run, steps: [] };
    const all = await steps({ pipeline, run: id, attempt });
    const told = all.find((step) => step.status === status);
    const step = run.step ?? (status === 'failed' || status === 'running' ? told?.step : undefined);
    return { run: { ...run, step, error: run.error ?? (status === 'failed' ? told?.error : undefined) }, steps: all };
  }

  return {
    fetch,
    steps,
    complete: async (ref: RunRef): Promise<Run> => (await withSteps(await fetch(ref))).run,
    async progress(ref: RunRef) {
      const { run, steps: all } = await withSteps(await fetch(ref));
      const { pipeline, run: id, attempt, status, startedAt, endedAt, step, error } = run;
      return {
        ...{ status, startedAt, endedAt, step, error, run: { pipeline, run: id, attempt } },
        ...(all.length > 0
          ? { stepsDone: all.filter((one) => hasEnded(one.status)).length, stepsTotal: all.length }
          : {}),
      };
    },

    async *log(ref: StepRef): AsyncIterable<Buffer> {
      const wish = settings.log;
      if (!wish) return;
      if (settings.steps && !(await steps(ref)).some(({ step }) => step === ref.step))
        throw new Failure('not-found', where, { detail: `Run ${ref.run} has no step "${ref.step}".` });
      const path = fillPath(where, wish.path, { ...placesOf(ref), step: ref.step });
      if (wish.lines === undefined) {
        const headers = { accept: 'text/plain, */*' };
        for await (const line of linesOf(http.stream(path, { headers }))) yield Buffer.from(`${line}\n`);
        return;
      }
      const lines = valueAt(where, 'log.lines', wish.lines, await http.get(path, Data));
      if (!Array.isArray(lines))
        throw new Failure('bad-response', where, { detail: '`log.lines` is no list in the answer.' });
      for (const line of lines) yield Buffer.from(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
