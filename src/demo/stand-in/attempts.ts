import type { Clock } from '../../lib/clock';
import type { StepContext, StepResult, StepRunner } from './options';
import { evaluateParams, ParamFault } from './params';
import type { Attempt, Run, StepRun } from './run-state';
import type { Match, Signal, Signals } from './signals';
import { isAttemptOver, type StepStatus } from './statuses';
import { type JsonObject, type Params, present } from './wire';

/** How an attempt ended, before the retry policy has spoken. */
export type Outcome =
  | { kind: 'done'; status: 'SUCCEEDED' | 'SKIPPED' | 'STOPPED' | 'FATALLY_FAILED' | 'INTERNALLY_FAILED' | 'TIMED_OUT' }
  | { kind: 'failed'; by: 'error' | 'platform' | 'timeout' };

const timeOf: Partial<Record<StepStatus, string>> = {
  CREATED: 'create_time',
  INITIALIZED: 'initialize_time',
  PAUSED: 'pause_time',
  WAITING_FOR_SIGNALS: 'wait_signal_time',
  EVALUATING_PARAMS: 'evaluate_param_time',
  WAITING_FOR_PERMITS: 'wait_permit_time',
  STARTING: 'start_time',
  RUNNING: 'execute_time',
  FINISHING: 'finish_time',
};
const publishedAt: StepStatus[] = ['WAITING_FOR_SIGNALS', 'RUNNING'];

export interface AttemptDeps {
  clock: Clock;
  signals: Signals;
  runner: StepRunner;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs a child workflow for a subworkflow step and waits for its end when the step is synchronous. */
  runChild(run: Run, step: StepRun, attempt: Attempt, values: Record<string, unknown>): Promise<Outcome>;
  /** Publishes the status changes that have gathered. */
  publish(run: Run, step: StepRun, attempt: Attempt): void;
  changed(run: Run): void;
}

export type Attempts = ReturnType<typeof createAttempts>;

/** Takes one attempt of a step from CREATED to its outcome. */
export function createAttempts(deps: AttemptDeps) {
  const { clock, signals, runner, sleep, runChild, publish, changed } = deps;
  const now = () => clock.now().getTime();

  const setStatus = (run: Run, step: StepRun, attempt: Attempt, status: StepStatus) => {
    const at = now();
    attempt.unpublished.push({ old_status: attempt.status, new_status: status, event_time: at });
    attempt.status = status;
    attempt.statusLog.push({ status, at });
    const time = isAttemptOver(status) ? 'end_time' : timeOf[status];
    if (time) attempt.times[time] = at;
    attempt.times.modify_time = at;
    if (isAttemptOver(status) || publishedAt.includes(status)) publish(run, step, attempt);
    changed(run);
  };
  const say = (attempt: Attempt, message: string, level = 'INFO') =>
    addTimeline(attempt, { timestamp: now(), type: 'LOG', level, message });

  const byRequest = (attempt: Attempt): Outcome | undefined => {
    if (attempt.requested === 'STOP') return { kind: 'done', status: 'STOPPED' };
    if (attempt.requested === 'KILL') return { kind: 'done', status: 'FATALLY_FAILED' };
    if (attempt.requested === 'SKIP') return { kind: 'done', status: 'SKIPPED' };
    return undefined;
  };

  async function waitForSignals(run: Run, step: StepRun, attempt: Attempt): Promise<void> {
    const wanted = (step.body.signal_dependencies ?? []).map((dependency) => {
      const definitions: Params = Object.fromEntries(
        Object.entries(dependency.match_params ?? {}).map(([name, { param }]) => [name, param]),
      );
      const { values } = evaluateParams(definitions, run.values, now());
      const match: Record<string, Match> = Object.fromEntries(
        Object.entries(dependency.match_params ?? {}).map(([name, { operator }]) => [
          name,
          { value: values[name], operator },
        ]),
      );
      return { name: dependency.name, match };
    });
    if (wanted.length === 0) return;
    const found = new Map<string, Signal>();
    const look = () => {
      for (const { name, match } of wanted) {
        const signal = signals.newestMatch(name, match);
        if (signal) found.set(name, signal);
      }
      attempt.dependencies = wanted.map(({ name, match }) =>
        present({
          name,
          status: found.has(name) ? 'MATCHED' : attempt.bypass ? 'SKIPPED' : 'PENDING',
          match_params: match,
          signal_id: found.get(name)?.seqId,
        }),
      );
    };
    setStatus(run, step, attempt, 'WAITING_FOR_SIGNALS');
    look();
    await new Promise<void>((resolve) => {
      const settle = () => {
        look();
        if (found.size < wanted.length && !attempt.bypass && !attempt.abort.signal.aborted) return;
        stopListening();
        attempt.abort.signal.removeEventListener('abort', settle);
        attempt.wake = undefined;
        resolve();
      };
      const stopListening = signals.listen(settle);
      attempt.abort.signal.addEventListener('abort', settle);
      attempt.wake = settle;
      settle();
    });
  }

  async function runJob(run: Run, step: StepRun, attempt: Attempt, values: Record<string, unknown>): Promise<Outcome> {
    const type = 'step' in step.step ? step.step.step.type : 'Subworkflow';
    if (type === 'NoOp' || type === 'Join') return { kind: 'done', status: 'SUCCEEDED' };
    if (type === 'Sleep') {
      await sleep(Number(values.sleep_seconds ?? 0) * 1000, attempt.abort.signal);
      return { kind: 'done', status: 'SUCCEEDED' };
    }
    const jobId = `${run.instance.record.id}-${step.body.id}-${attempt.uuid.slice(0, 8)}`
      .toLowerCase()
      .replaceAll('_', '-');
    const command = commandOf(values);
    const artifact = { job_id: jobId, execution_script: scriptOf(command), command, type: 'KUBERNETES' };
    if (type === 'Kubernetes') attempt.artifacts.maestro_kubernetes = present(artifact);
    const context: StepContext = {
      workflowId: run.instance.record.id,
      instanceId: run.instance.id,
      runId: run.id,
      stepId: step.body.id,
      attempt: attempt.id,
      type,
      params: values,
      jobId,
      signal: attempt.abort.signal,
    };
    const result = await runWithTimeout(context, Number(step.body.timeout ?? 0) * 1000, attempt);
    if (type === 'Kubernetes') {
      attempt.artifacts.maestro_kubernetes = present({
        ...artifact,
        execution_output: tailOf(result.output ?? '') || 'n/a',
      });
    }
    Object.assign(attempt.artifacts, result.artifacts);
    if (result.details) addDetails(attempt, now(), result.details);
    const requested = byRequest(attempt);
    if (requested) {
      say(attempt, `Terminated Kubernetes job for jobId=${jobId}`);
      return requested;
    }
    if (result.timedOut) return { kind: 'failed', by: 'timeout' };
    if (result.platform) return { kind: 'failed', by: 'platform' };
    if (result.exitCode === 0) return { kind: 'done', status: 'SUCCEEDED' };
    if (type === 'Kubernetes') say(attempt, `Kubernetes job [${jobId}] ended with exit code [${result.exitCode}]`);
    if (result.retryable === false) {
      attempt.artifacts.maestro_retry = { retryable: false, type: 'RETRY' };
      return { kind: 'done', status: 'FATALLY_FAILED' };
    }
    return { kind: 'failed', by: 'error' };
  }

  /** Platform errors are what the runner throws. @param timeoutMs 0: Maestro's own 10 days, which no demo sees */
  async function runWithTimeout(context: StepContext, timeoutMs: number, attempt: Attempt): Promise<StepResult> {
    const timer =
      timeoutMs > 0
        ? setTimeout(() => {
            attempt.timedOut = true;
            attempt.abort.abort();
          }, timeoutMs)
        : undefined;
    try {
      const result = await runner(context);
      return attempt.timedOut ? { ...result, timedOut: true } : result;
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      return {
        exitCode: 1,
        platform: true,
        timedOut: attempt.timedOut === true,
        details: {
          message: 'Error starting KubernetesStepRuntime',
          errors: [`${name}: ${message}`, ...(stack ?? '').split('\n').slice(1, 4)],
          retryable: true,
        },
      };
    } finally {
      clearTimeout(timer);
    }
  }

  function announceOutputs(run: Run, step: StepRun, attempt: Attempt, values: Record<string, unknown>): void {
    for (const output of step.body.signal_outputs ?? []) {
      const evaluated = evaluateParams(output.params ?? {}, { ...run.values, ...values }, now()).values;
      const params = Object.fromEntries(
        Object.entries(evaluated).map(([name, value]): [string, string | number] => [
          name,
          typeof value === 'number' ? value : String(value),
        ]),
      );
      const signal = signals.announce({
        name: output.name,
        params,
        request_id: attempt.uuid + output.name,
        payload: {
          ...output.payload,
          signal_source: {
            workflow_id: run.instance.record.id,
            workflow_instance_id: run.instance.id,
            workflow_run_id: run.id,
            step_id: step.body.id,
            step_attempt_id: attempt.id,
            step_instance_id: step.ordinal,
          },
        },
      });
      attempt.outputs.push({ name: output.name, params, signal_id: signal.seqId, announce_time: signal.createdAt });
    }
  }

  /** Everything between CREATED and the outcome. The outcome's status is not yet set. Never throws. */
  async function execute(run: Run, step: StepRun, attempt: Attempt): Promise<Outcome> {
    try {
      setStatus(run, step, attempt, 'INITIALIZED');
      if (run.skipFirst.delete(step.body.id)) return { kind: 'done', status: 'SKIPPED' };
      await waitForSignals(run, step, attempt);
      const early = byRequest(attempt);
      if (early) return early;
      setStatus(run, step, attempt, 'EVALUATING_PARAMS');
      const definitions = { ...step.body.params, ...run.stepRunParams[step.body.id] };
      const evaluated = evaluateParams(definitions, run.values, now());
      attempt.params = evaluated.params;
      const values = { ...run.values, ...evaluated.values };
      setStatus(run, step, attempt, 'STARTING');
      setStatus(run, step, attempt, 'RUNNING');
      const outcome =
        'subworkflow' in step.step
          ? await runChild(run, step, attempt, values)
          : await runJob(run, step, attempt, values);
      const requested = byRequest(attempt);
      if (requested) return requested;
      if (outcome.kind === 'done' && outcome.status === 'SUCCEEDED') {
        setStatus(run, step, attempt, 'FINISHING');
        announceOutputs(run, step, attempt, values);
      }
      return outcome;
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const known = error instanceof ParamFault;
      addDetails(attempt, now(), {
        message: known ? 'Failed to evaluate the parameters of the step' : 'Failed to execute the step with an error',
        errors: [`${known ? 'MaestroParamException' : name}: ${message}`],
        retryable: false,
      });
      return { kind: 'done', status: 'INTERNALLY_FAILED' };
    }
  }

  return { execute, setStatus, say };
}

/** The last 32 entries are kept. */
export function addTimeline(holder: { timeline: JsonObject[] }, entry: JsonObject): void {
  holder.timeline.push(entry);
  if (holder.timeline.length > 32) holder.timeline.shift();
}

function addDetails(attempt: Attempt, at: number, details: NonNullable<StepResult['details']>): void {
  addTimeline(
    attempt,
    present({
      timestamp: at,
      type: 'DETAILS',
      status: details.status ?? 'INTERNAL_ERROR',
      message: details.message,
      errors: details.errors ?? [],
      retryable: details.retryable ?? false,
    }),
  );
}

/** What Maestro keeps of a pod's log: the last 128 lines, of them at most the last 10 KB. */
function tailOf(output: string): string {
  const lines = output.replace(/\n$/, '').split('\n').slice(-128).join('\n');
  const bytes = Buffer.from(lines);
  if (bytes.length <= 10_240) return lines;
  // A character that the cut went through would show as a replacement mark.
  return bytes
    .subarray(-10_240)
    .toString('utf8')
    .replace(/^\uFFFD+/, '');
}

const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const commandOf = (values: Record<string, unknown>): JsonObject | undefined =>
  isRecord(values.kubernetes) ? values.kubernetes : undefined;

function scriptOf(command: JsonObject | undefined): string | undefined {
  const words = [command?.command, command?.args].flatMap((part) => (Array.isArray(part) ? part.map(String) : []));
  return words.length > 0 ? words.join(' ') : undefined;
}
