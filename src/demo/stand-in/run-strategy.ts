import { addTimeline } from './attempts';
import { strategyOf, type WorkflowRecord } from './catalogue';
import type { RunBook } from './run-book';
import { identityOf, type Run } from './run-state';
import type { RunStatus } from './statuses';

export interface RunStrategyDeps {
  book: RunBook;
  newUuid(): string;
  launch(run: Run): void;
  terminate(run: Run, status: 'STOPPED'): void;
}

/** Who may run, who waits, and who has to give way. */
export function createRunStrategy({ book, newUuid, launch, terminate }: RunStrategyDeps) {
  /** Ends a run that was never launched. */
  function endQueued(run: Run, status: RunStatus, message: string): void {
    addTimeline(run, { timestamp: book.now(), type: 'LOG', level: 'INFO', message });
    book.setRunStatus(run, status);
  }

  /** Lets a new run in as the workflow's run strategy wants. */
  function admit(run: Run): 'CREATED' | 'STOPPED' {
    const { record } = run.instance;
    const others = book.liveOf(record.id).filter((other) => other !== run);
    const { rule } = strategyOf(record);
    if (rule === 'FIRST_ONLY' && others[0]) {
      const message = `With FIRST_ONLY run strategy, this run is stopped due to a running one ${identityOf(others[0])}.`;
      endQueued(run, 'STOPPED', message);
      return 'STOPPED';
    }
    if (rule === 'LAST_ONLY') {
      const message = 'With LAST_ONLY run strategy, this run is stopped due to starting a new run.';
      for (const other of others) {
        if (other.executionId) terminate(other, 'STOPPED');
        else endQueued(other, 'STOPPED', message);
      }
    }
    if (rule === 'SERIAL_LATEST_ONLY') {
      const message = `With SERIAL_LATEST_ONLY run strategy, this run is stopped because new instance ${run.instance.id} with run ${run.id} arrived.`;
      for (const other of others) if (!other.executionId) endQueued(other, 'STOPPED', message);
    }
    book.changed(run);
    dispatch(record);
    return 'CREATED';
  }

  /** Launches queued runs, oldest first, as many as the strategy has room for. */
  function dispatch(record: WorkflowRecord): void {
    if (book.isClosed()) return;
    const { rule, workflow_concurrency } = strategyOf(record);
    const isBlocking = (run: Run) => run.status === 'FAILED' && !run.restarted && !run.unblocked;
    if (rule === 'STRICT_SEQUENTIAL' && book.runsOf(record.id).some(isBlocking)) return;
    const live = book.liveOf(record.id);
    const running = live.filter((run) => run.executionId).length;
    const queued = live.filter((run) => !run.executionId).sort((a, b) => a.instance.id - b.instance.id || a.id - b.id);
    const room = (rule === 'PARALLEL' ? workflow_concurrency : 1) - running;
    for (const run of queued.slice(0, Math.max(0, room))) {
      run.executionId = newUuid();
      // The answer to the start comes first; the flow begins after it.
      setImmediate(() => launch(run));
    }
  }

  return { admit, dispatch, endQueued };
}
