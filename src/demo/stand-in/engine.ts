import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import { createAttempts } from './attempts';
import type { Catalogue } from './catalogue';
import { createChildRuns } from './child-runs';
import type { StepRunner } from './options';
import { badRequest, notFound, Refusal } from './refusal';
import { createRunBook } from './run-book';
import { type Attempt, identityOf, isLive, latestAttempt, type Run, type StepRequest } from './run-state';
import { createRunStrategy } from './run-strategy';
import type { Signals } from './signals';
import { createStarts } from './starts';
import { isAttemptOver, isStepRetried } from './statuses';
import { createStepRuns } from './step-runs';
import { startTriggers } from './triggers';
import type { JsonObject } from './wire';

export type { StartOutcome } from './starts';

export interface EngineDeps {
  clock: Clock;
  catalogue: Catalogue;
  signals: Signals;
  runner: StepRunner;
  refusalToStart(workflowId: string): string | undefined;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  newUuid(): string;
  /** Milliseconds that a blocking step action waits to be confirmed. */
  actionTimeoutMs: number;
  publish(event: JsonObject): void;
  log: Logger;
}

/** What runs workflows: the parts below, tied together. */
export function createEngine(deps: EngineDeps) {
  const { clock, catalogue, signals, refusalToStart, sleep, newUuid, actionTimeoutMs, publish, log } = deps;
  const book = createRunBook({ clock, publish });
  const attempts = createAttempts({
    clock,
    signals,
    runner: deps.runner,
    sleep,
    runChild: (...given) => children.runChild(...given),
    publish: book.publishStep,
    changed: book.changed,
  });
  const steps = createStepRuns({
    book,
    attempts,
    sleep,
    newUuid,
    endQueued: (...given) => strategy.endQueued(...given),
    runEnded: (run) => strategy.dispatch(run.instance.record),
    log,
  });
  const strategy = createRunStrategy({ book, newUuid, launch: steps.launch, terminate: steps.terminate });
  const starts = createStarts({ book, newUuid, refusalToStart, admit: strategy.admit, follow: steps.follow });
  const children = createChildRuns({
    catalogue,
    book,
    start: starts.start,
    restartDirectly: starts.restartDirectly,
    terminate: steps.terminate,
    say: attempts.say,
  });
  startTriggers({ catalogue, signals, newUuid, start: starts.start, log });

  return {
    start: starts.start,
    restart: starts.restart,
    instance: book.instance,
    instancesOf: book.instancesOf,
    instanceAt: book.instanceAt,
    runsOf: book.runsOf,
    liveOf: book.liveOf,
    forget: book.forget,
    until: book.until,
    nudge: book.nudge,
    dispatch: strategy.dispatch,
    endQueued: strategy.endQueued,
    terminate: steps.terminate,

    /** Stop, kill or skip of one live step. */
    async stepAction(run: Run, stepId: string, action: StepRequest, blocking: boolean): Promise<Attempt> {
      if (!isLive(run)) {
        throw badRequest(
          `Cannot manually ${action} the step [${stepId}] as the workflow instance ${identityOf(run)} is in a terminal state [${run.status}]`,
        );
      }
      const step = run.steps.get(stepId);
      if (!step) {
        throw badRequest(
          `Cannot manually ${action} the step [${stepId}] because the latest workflow run ${identityOf(run)} with status [${run.status}] does not contain it in the runtime dag.`,
        );
      }
      const attempt = latestAttempt(step);
      if (!attempt) {
        throw notFound(
          `workflow instance [${run.instance.record.id}][${run.instance.id}][${run.id}]'s step instance [${stepId}][LATEST] not found (either not created or deleted)`,
        );
      }
      const where = `${identityOf(run)}[${stepId}][${attempt.id}]`;
      if (isAttemptOver(attempt.status) && !isStepRetried(attempt.status)) {
        throw badRequest(
          `Cannot manually ${action} the step ${where} as it is in a terminal state [${attempt.status}]`,
        );
      }
      if (step.pendingAction) {
        throw new Refusal(
          'CONFLICT',
          `There is an ongoing action for this step ${where} and please try it again later.`,
        );
      }
      step.pendingAction = action;
      steps.requestOf(attempt, action);
      if (
        blocking &&
        !(await book.until(() => isAttemptOver(attempt.status) && !isStepRetried(attempt.status), actionTimeoutMs))
      ) {
        throw new Refusal(
          'REQUEST_TIMEOUT',
          `${action} action for the step ${where} is timed out. No retry is needed and maestro will eventually complete the action.`,
        );
      }
      return attempt;
    },

    /** Ends everything that is live without telling of it, and waits for the jobs to be gone. */
    async close(): Promise<void> {
      book.close();
      await steps.close();
    },
  };
}

export type Engine = ReturnType<typeof createEngine>;
