import type { Logger } from '../../lib/logger';
import { type Attempts, addTimeline } from './attempts';
import type { RunBook } from './run-book';
import {
  type Attempt,
  aggregatedSteps,
  backoffMs,
  isLive,
  latestAttempt,
  type Run,
  retryLimitsOf,
  type StepRequest,
  type StepRun,
} from './run-state';
import {
  isAttemptOver,
  isRunOver,
  isStepComplete,
  isStepFailed,
  isStepRetried,
  type RunStatus,
  runStatusOf,
  type StepStatus,
} from './statuses';

export interface StepRunDeps {
  book: RunBook;
  attempts: Attempts;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  newUuid(): string;
  /** A queued run is ended at once. */
  endQueued(run: Run, status: RunStatus, message: string): void;
  runEnded(run: Run): void;
  log: Logger;
}

/** The steps of launched runs: whose turn it is, attempt after attempt, until the run is over. */
export function createStepRuns({ book, attempts, sleep, newUuid, endQueued, runEnded, log }: StepRunDeps) {
  const inFlight = new Set<Promise<void>>();

  /** Starts every step whose turn it is; ends the run when nothing is left to wait for. */
  function advance(run: Run): void {
    if (isRunOver(run.status) || book.isClosed()) return;
    const most = run.instance.version.workflow.instance_step_concurrency ?? Number.POSITIVE_INFINITY;
    if (!run.ending) {
      for (const [id, step] of run.steps) {
        if (step.attempts.length > 0 || step.active) continue;
        const turn = turnOf(run, id);
        if (turn === 'unsatisfied') {
          const attempt = newAttempt(step, 'manual');
          attempts.setStatus(run, step, attempt, 'UNSATISFIED');
          advance(run);
          return;
        }
        if (turn === 'now' && [...run.steps.values()].filter((other) => other.active).length < most) follow(run, step);
      }
    }
    if (![...run.steps.values()].some((step) => step.active)) endRun(run);
  }

  function turnOf(run: Run, stepId: string): 'now' | 'later' | 'unsatisfied' {
    const predecessors = run.dag.get(stepId)?.predecessors ?? [];
    const states = predecessors.map((id) => ({
      id,
      status: latestAttempt(run.steps.get(id))?.status ?? 'NOT_CREATED',
    }));
    if (!states.every(({ status }) => isStepComplete(status))) return 'later';
    const led = states.filter(
      ({ id, status }) =>
        status !== 'UNSATISFIED' && status !== 'DISABLED' && holds(run, run.dag.get(id)?.successors[stepId] ?? 'true'),
    );
    return predecessors.length === 0 || led.length > 0 ? 'now' : 'unsatisfied';
  }

  /** A condition is `true`, `false`, or the name of a BOOLEAN parameter. */
  const holds = (run: Run, condition: string) => {
    const text = condition.trim();
    return text === 'true' || (text !== 'false' && run.values[text] === true);
  };

  function newAttempt(step: StepRun, because: 'error' | 'platform' | 'timeout' | 'manual'): Attempt {
    const before = step.attempts.at(-1);
    const retries = before
      ? { ...before.retries, [because]: before.retries[because] + 1 }
      : { error: 0, platform: 0, timeout: 0, manual: 0 };
    const attempt: Attempt = {
      id: (before?.id ?? 0) + 1,
      uuid: newUuid(),
      status: 'NOT_CREATED',
      times: {},
      statusLog: [],
      timeline: [],
      artifacts: {},
      params: {},
      retries,
      retryable: true,
      dependencies: [],
      outputs: [],
      unpublished: [],
      abort: new AbortController(),
    };
    step.attempts.push(attempt);
    return attempt;
  }

  function follow(run: Run, step: StepRun, because: 'manual' | undefined = undefined): void {
    step.active = true;
    const work = runStep(run, step, because)
      .catch((error: unknown) => log.error({ err: error, workflow: run.instance.record.id }, 'stand-in.step-broke'))
      .finally(() => {
        step.active = false;
        inFlight.delete(work);
        book.changed(run);
        advance(run);
      });
    inFlight.add(work);
  }

  /** Attempt after attempt, until one is final. */
  async function runStep(run: Run, step: StepRun, first: 'manual' | undefined): Promise<void> {
    const policy = 'step' in step.step ? step.step.step.retry_policy : undefined;
    const limits = retryLimitsOf(run, step);
    let because: 'error' | 'platform' | 'timeout' | 'manual' = first ?? 'manual';
    for (;;) {
      const attempt = newAttempt(step, because);
      attempts.setStatus(run, step, attempt, 'CREATED');
      if (run.ending) requestOf(attempt, run.ending === 'FAILED' ? 'KILL' : 'STOP');
      const outcome = await attempts.execute(run, step, attempt);
      if (outcome.kind === 'done') return conclude(run, step, attempt, outcome.status);
      const { by } = outcome;
      if (attempt.retries[by] >= limits[by]) {
        return conclude(run, step, attempt, by === 'timeout' ? 'TIMED_OUT' : 'FATALLY_FAILED');
      }
      attempts.setStatus(
        run,
        step,
        attempt,
        by === 'error' ? 'USER_FAILED' : by === 'platform' ? 'PLATFORM_FAILED' : 'TIMEOUT_FAILED',
      );
      if (attempt.timedOut) attempt.abort = new AbortController();
      await sleep(backoffMs(policy, by, attempt.retries[by]), attempt.abort.signal);
      if (book.isClosed()) return;
      if (attempt.requested) {
        const status =
          attempt.requested === 'STOP' ? 'STOPPED' : attempt.requested === 'KILL' ? 'FATALLY_FAILED' : 'SKIPPED';
        return conclude(run, step, attempt, status);
      }
      because = by;
    }
  }

  function conclude(run: Run, step: StepRun, attempt: Attempt, status: StepStatus): void {
    attempt.retryable = false;
    step.pendingAction = undefined;
    const mode = step.body.failure_mode ?? 'FAIL_AFTER_RUNNING';
    const ignored =
      mode === 'IGNORE_FAILURE' && (status === 'FATALLY_FAILED' || status === 'TIMED_OUT') && !attempt.requested;
    attempts.setStatus(run, step, attempt, ignored ? 'COMPLETED_WITH_ERROR' : status);
    if (mode === 'FAIL_IMMEDIATELY' && isStepFailed(attempt.status)) {
      for (const other of run.steps.values()) if (other !== step) requestOf(latestAttempt(other), 'STOP');
    }
  }

  function requestOf(attempt: Attempt | undefined, request: StepRequest): void {
    if (!attempt || (isAttemptOver(attempt.status) && !isStepRetried(attempt.status))) return;
    attempt.requested ??= request;
    attempt.abort.abort();
  }

  /** A stop or kill shows in the steps; it counts where they all came to a good end before it. */
  function endOf(run: Run, ofSteps: RunStatus): RunStatus {
    return run.ending === 'TIMED_OUT' || ofSteps === 'SUCCEEDED' ? (run.ending ?? ofSteps) : ofSteps;
  }

  function endRun(run: Run): void {
    const made = [...run.steps.values()].flatMap((step) => latestAttempt(step)?.status ?? []);
    // A run in which no step came to be is a failure: Maestro marks it so.
    const own = made.length === 0 ? (run.ending ?? 'FAILED') : endOf(run, runStatusOf(made));
    const whole =
      own === 'SUCCEEDED' && run.id > 1
        ? runStatusOf([...aggregatedSteps(run).values()].map((view) => view.status))
        : own;
    if (whole !== own) run.ownStatus = own;
    run.abort.abort();
    book.setRunStatus(run, whole);
    runEnded(run);
  }

  function launch(run: Run): void {
    if (book.isClosed()) return;
    addTimeline(run, { timestamp: book.now(), type: 'LOG', level: 'INFO', message: 'Workflow instance is dequeued.' });
    book.setRunStatus(run, 'IN_PROGRESS');
    const timeoutMs = Number(run.instance.version.workflow.timeout ?? 0) * 1000;
    if (timeoutMs > 0) {
      const timer = setTimeout(() => terminate(run, 'TIMED_OUT'), timeoutMs);
      run.abort.signal.addEventListener('abort', () => clearTimeout(timer));
    }
    advance(run);
  }

  /** Asks every live step to end; the run ends when all have. */
  function terminate(run: Run, status: 'STOPPED' | 'FAILED' | 'TIMED_OUT'): void {
    if (!isLive(run)) return;
    if (!run.executionId) {
      endQueued(run, status, `The queued run is ended with status [${status}]`);
      return;
    }
    run.ending ??= status;
    for (const step of run.steps.values()) requestOf(latestAttempt(step), run.ending === 'FAILED' ? 'KILL' : 'STOP');
    if (run.status === 'IN_PROGRESS') setImmediate(() => advance(run));
  }

  return {
    launch,
    follow,
    terminate,
    requestOf,
    /** Cuts every job off and waits for them to be gone. */
    async close(): Promise<void> {
      for (const run of book.allRuns()) {
        run.abort.abort();
        for (const step of run.steps.values()) for (const attempt of step.attempts) attempt.abort.abort();
      }
      await Promise.all(inFlight);
    },
  };
}
