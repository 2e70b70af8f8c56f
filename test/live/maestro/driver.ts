import { z } from 'zod';
import type { RunRef } from '../../../src/domain/run';
import { until } from '../../support/until';

/** What scripts/live.ts tells of the Maestro that it has started. */
const About = z.object({
  url: z.string(),
  /** Where the notifier publishes to. */
  sinkPort: z.number(),
  /** Where the steps expect their jobs. */
  worksPort: z.number(),
});
export type About = z.infer<typeof About>;
export const about = About.parse(JSON.parse(process.env.PITCREW_LIVE ?? '{}'));

export const patienceMs = 240_000;
const soon = { withinMs: patienceMs, everyMs: 300 };
const ended = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED'];

export type Json = Record<string, unknown>;
interface Simple {
  id: string;
  steps: object[];
  runStrategy?: string;
  more?: object;
}

/** Maestro as anybody would drive it, past the adapter. */
export function createDriver({ url, worksPort }: About) {
  async function ask<T = Json>(method: string, path: string, body?: object): Promise<T> {
    const headers = { user: 'bench', ...(body ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetch(`${url}/api/v3/workflows${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  const text = (value: string) => ({ type: 'STRING', value });
  const then = (next?: string) => ({ transition: next ? { successors: { [next]: 'true' } } : {} });
  const nothing = (id: string, next?: string) => ({ step: { id, type: 'NoOp', ...then(next) } });
  /** A step that calls a job of works.ts, and asks again while it is told that it is too early. */
  const job = (id: string, next?: string) => ({
    step: {
      ...{ id, type: 'Http', ...then(next) },
      params: {
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Maestro fills these in
        http: {
          type: 'MAP',
          value: {
            url: text(
              `http://127.0.0.1:${worksPort}/\${workflow_id}/\${workflow_instance_id}/\${TARGET_RUN_DATE}/\${step_id}`,
            ),
          },
        },
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
        state_expr: text(
          'if (status_code == 200) return "DONE"; else if (status_code == 425) return "CONTINUE"; else return "FATAL_ERROR";',
        ),
      },
    },
  });

  return {
    ask,
    nothing,
    job,
    /** A new version, in force unless said otherwise. @returns its number */
    async push({ id, steps, runStrategy = 'PARALLEL', more }: Simple, isActive = true): Promise<number> {
      const pushed = await ask<{ workflow_definition: { metadata: { workflow_version_id: number } } }>('POST', '', {
        properties: { owner: 'data-platform', run_strategy: runStrategy },
        workflow: { id, steps, ...more },
        is_active: isActive,
      });
      return pushed.workflow_definition.metadata.workflow_version_id;
    },
    async start(workflow: string): Promise<RunRef> {
      const { workflow_instance_id: instance } = await ask('POST', `/${workflow}/versions/active/actions/start`, {
        initiator: { type: 'MANUAL' },
      });
      return { pipeline: { connection: 'works', key: workflow }, run: String(instance) };
    },
    read: ({ pipeline, run }: RunRef) =>
      ask<{ status: string; workflow_run_id: number }>('GET', `/${pipeline.key}/instances/${run}/runs/latest`),
    async becomes(run: RunRef, status: string): Promise<RunRef> {
      const isSo = async () => {
        const last = (await this.read(run)).status;
        if (last !== status && ended.includes(last)) throw new Error(`${run.pipeline.key} is ${last}, not ${status}`);
        return last === status;
      };
      await until(isSo, { ...soon, what: `${run.pipeline.key} to be ${status}` });
      return run;
    },
    overview: (workflow: string) =>
      ask<{ latest_instance_id?: number; failed_instances: number }>('GET', `/${workflow}/overview`),
    pushBumpy(id: string): Promise<number> {
      return this.push({ id, steps: [nothing('extract', 'load'), job('load', 'publish'), nothing('publish')] });
    },
    /** What both suites run. */
    async pushAll(): Promise<void> {
      await this.push({ id: 'smooth', steps: [nothing('extract', 'load'), nothing('load')] });
      await this.pushBumpy('bumpy');
      await this.push({ id: 'patient', steps: [job('wait')] });
      await this.push({ id: 'picky', steps: [job('load')] });
    },
  };
}
