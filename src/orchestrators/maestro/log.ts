import type { StepRef } from '../../domain/run';
import { orGone } from '../gone';
import type { Api } from './api';
import { followStep } from './leaves';
import { runIdOf } from './run-id';
import type { StepInstance, TimelineEntry } from './schema';

/** Attempts of one step that are shown, the newest. A step may be tried up to 99 times. */
const attemptsShown = 20;

/**
 * Maestro keeps no logs. What it keeps of a step, as readable text: of every attempt its timeline, then what its job left behind.
 * A step that runs other workflows leads on to the step that failed in them.
 */
export async function* readLog(api: Api, ref: StepRef): AsyncIterable<Buffer> {
  const newest = await findStep(api, ref);
  const from = ref.stepAttempt ?? Math.max(1, newest.step_attempt_id - attemptsShown + 1);
  const to = ref.stepAttempt ?? newest.step_attempt_id;
  for (let attempt = from; attempt <= to; attempt += 1) {
    const step = attempt === newest.step_attempt_id ? newest : await orGone(api.step({ ...placeIn(newest), attempt }));
    if (step) yield lines([headline(step, newest.step_attempt_id), ...describe(step)]);
  }
  const leaf = await followStep(api, newest);
  if (leaf !== newest) {
    const where = `${leaf.workflow_id}, run ${leaf.workflow_instance_id}:${leaf.workflow_run_id}`;
    yield lines([
      `--- It runs other workflows; this failed in ${where}`,
      headline(leaf, leaf.step_attempt_id),
      ...describe(leaf),
    ]);
  }
}

/** The newest attempt in that run, or the newest of all where that run did not come to the step. */
async function findStep(api: Api, ref: StepRef): Promise<StepInstance> {
  const { workflow, instance, run } = runIdOf(ref, api.where);
  const { step } = ref;
  const inRun = run && (await orGone(api.step({ workflow, instance, run, step, attempt: 'latest' })));
  return inRun || api.stepOverAllRuns(workflow, instance, step);
}

function placeIn(step: StepInstance) {
  return {
    workflow: step.workflow_id,
    instance: step.workflow_instance_id,
    run: step.workflow_run_id,
    step: step.step_id,
  };
}

function lines(all: string[]): Buffer {
  return Buffer.from(`${all.join('\n')}\n`);
}

function headline(step: StepInstance, of: number): string {
  const tries = of > 1 ? `, attempt ${step.step_attempt_id} of ${of}` : '';
  return `--- ${step.step_id}${tries}: ${step.runtime_state.status}`;
}

function describe(step: StepInstance): string[] {
  const entries = [...step.timeline].sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
  return [...entries.flatMap(sayEntry), ...sayArtifacts(step)];
}

function sayEntry(entry: TimelineEntry): string[] {
  const at = entry.timestamp.toISOString();
  switch (entry.type) {
    case 'DETAILS':
      return [`${at} ERROR ${entry.message ?? entry.status ?? ''}`.trimEnd(), ...(entry.errors ?? [])];
    case 'STATUS':
      return [`${at} STATUS ${entry.status ?? ''}`.trimEnd()];
    case 'ACTION': {
      const by = entry.author ? ` by ${entry.author}` : '';
      return [`${at} ACTION ${entry.action ?? ''}${by} ${entry.reason ?? entry.message ?? ''}`.trimEnd()];
    }
    default:
      return entry.message ? [`${at} ${entry.level ?? 'INFO'} ${entry.message}`] : [];
  }
}

function sayArtifacts({ artifacts }: StepInstance): string[] {
  const http = artifacts?.maestro_http;
  const kubernetes = artifacts?.maestro_kubernetes;
  const titus = artifacts?.maestro_titus;
  return [
    ...section(
      http &&
        [`HTTP ${http.status_code ?? http.status ?? ''}`, http.request?.method, http.request?.url]
          .filter(Boolean)
          .join(' '),
      http?.body,
    ),
    ...section(`Output of ${kubernetes?.job_id ?? 'the job'}:`, kubernetes?.execution_output),
    ...section(`Output of ${titus?.titus_task_id ?? 'the job'}:`, titus?.titus_execution_output),
    ...section('Error output:', titus?.titus_execution_error_output),
    ...[artifacts?.maestro_notebook?.output_path].flatMap((path) => (path ? [`Notebook: ${path}`] : [])),
    ...[titus?.titus_log_ui_link, titus?.cmb_ui_link].flatMap((link) => (link ? [`More: ${link}`] : [])),
  ];
}

/** A title over a text; nothing without the text, except where the title alone says something. */
function section(title: string | null | undefined, text: string | null | undefined): string[] {
  const body = text?.trimEnd();
  if (body && body !== 'n/a') return [...(title ? [title] : []), ...body.split('\n')];
  return title && !title.endsWith(':') ? [title] : [];
}
