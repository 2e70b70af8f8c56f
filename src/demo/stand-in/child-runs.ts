import type { Outcome } from './attempts';
import type { Catalogue } from './catalogue';
import type { RunBook } from './run-book';
import {
  type Attempt,
  type Initiator,
  type Instance,
  identityOf,
  isLive,
  latestRun,
  type Parent,
  type Run,
  type StepRun,
} from './run-state';
import type { Starts } from './starts';
import type { Params } from './wire';

export interface ChildRunDeps {
  catalogue: Catalogue;
  book: RunBook;
  start: Starts['start'];
  restartDirectly: Starts['restartDirectly'];
  terminate(run: Run, status: 'STOPPED' | 'FAILED'): void;
  say(attempt: Attempt, message: string): void;
}

/** Runs the workflow that a subworkflow step names, and waits for its end when the step is synchronous. */
export function createChildRuns({ catalogue, book, start, restartDirectly, terminate, say }: ChildRunDeps) {
  async function runChild(
    run: Run,
    step: StepRun,
    attempt: Attempt,
    values: Record<string, unknown>,
  ): Promise<Outcome> {
    if (!('subworkflow' in step.step)) throw new Error(`step ${step.body.id} is not a subworkflow`);
    const { sync = true, explicit_params = false, params = {} } = step.step.subworkflow;
    const childId = String(values.subworkflow_id);
    const parent: Parent = { run, stepId: step.body.id, attemptId: attempt.id, sync };
    const ancestor = {
      workflow_id: run.instance.record.id,
      instance_id: run.instance.id,
      run_id: run.id,
      step_id: step.body.id,
      step_attempt_id: attempt.id,
      ...(sync ? {} : { sync: false }),
    };
    const above = Array.isArray(run.initiator.fields.ancestors) ? run.initiator.fields.ancestors : [];
    const initiator: Initiator = {
      type: 'SUBWORKFLOW',
      depth: run.initiator.depth + 1,
      fields: { ancestors: [...above, ancestor] },
    };
    const earlier = earlierChild(run.instance, step.body.id, childId);
    const child = earlier ? startChildAgain(earlier, run, parent, initiator) : startChild();
    attempt.artifacts.maestro_subworkflow = {
      subworkflow_id: childId,
      subworkflow_version_id: child.instance.version.id,
      subworkflow_instance_id: child.instance.id,
      subworkflow_run_id: child.id,
      subworkflow_uuid: child.uuid,
      type: 'SUBWORKFLOW',
    };
    attempt.child = child;
    book.changed(run);
    if (!sync) return { kind: 'done', status: 'SUCCEEDED' };
    const onAbort = () => terminate(child, attempt.requested === 'KILL' ? 'FAILED' : 'STOPPED');
    attempt.abort.signal.addEventListener('abort', onAbort);
    if (attempt.abort.signal.aborted) onAbort();
    await book.until(() => book.isClosed() || !isLive(child));
    attempt.abort.signal.removeEventListener('abort', onAbort);
    if (child.status === 'SUCCEEDED') return { kind: 'done', status: 'SUCCEEDED' };
    say(attempt, `Subworkflow instance ${identityOf(child)} ended with status [${child.status}]`);
    if (child.status === 'STOPPED') return { kind: 'done', status: 'STOPPED' };
    return { kind: 'done', status: child.status === 'TIMED_OUT' ? 'TIMED_OUT' : 'FATALLY_FAILED' };

    function startChild(): Run {
      const record = catalogue.get(childId);
      const version = catalogue.versionOf(record, String(values.subworkflow_version ?? 'active'));
      const own = Object.keys(params).filter((name) => !name.startsWith('subworkflow_'));
      const inherited = explicit_params ? [] : ['RUN_TS', 'TARGET_RUN_DATE'];
      const runParams: Params = Object.fromEntries(
        [...inherited, ...own].map((name) => [
          name,
          { type: params[name]?.type ?? (name === 'RUN_TS' ? 'LONG' : 'STRING'), value: values[name] },
        ]),
      );
      const outcome = start(record, version, {
        initiator,
        parent,
        runParams,
        correlationId: run.instance.correlationId,
      });
      if (!outcome.run) throw new Error(`subworkflow ${childId} did not start`);
      return outcome.run;
    }
  }

  function earlierChild(instance: Instance, stepId: string, childId: string): Instance | undefined {
    return book
      .instancesOf(childId)
      .findLast(
        (child) =>
          child.parent?.stepId === stepId && child.parent.run.instance === instance && !isLive(latestRun(child)),
      );
  }

  function startChildAgain(child: Instance, run: Run, parent: Parent, initiator: Initiator): Run {
    child.parent = parent;
    const whole = run.subworkflowPolicy === 'RESTART_FROM_BEGINNING' || latestRun(child).status === 'SUCCEEDED';
    const outcome = restartDirectly(child, {
      policy: whole ? 'RESTART_FROM_BEGINNING' : 'RESTART_FROM_INCOMPLETE',
      initiator,
    });
    if (!outcome.run) throw new Error(`subworkflow ${child.record.id} did not restart`);
    return outcome.run;
  }

  return { runChild };
}
