import { EventEmitter } from 'node:events';

export interface OpDefinition {
  id: string;
  /** The words of a failure, or nothing. `nth` counts from 1 over the run and all that is made of it. */
  does?(at: {
    run: string;
    nth: number;
    partition?: string;
    signal: AbortSignal;
  }): string | undefined | Promise<string | undefined>;
}

export interface JobDefinition {
  name: string;
  /** One behind the other. */
  ops: OpDefinition[];
  partitions?: string[];
  tags?: Record<string, string>;
  owner?: string;
  cron?: string;
  /** A value that a run of it must be configured with, as the way to it. */
  needs?: string[];
}

export interface AssetDefinition {
  path: string[];
  feeds?: string[][];
  jobs?: string[];
  partitions?: string[];
  owner?: string;
  does?: OpDefinition['does'];
}

export interface StepState {
  key: string;
  status: 'IN_PROGRESS' | 'SUCCESS' | 'FAILURE' | 'SKIPPED';
  start: Date;
  end?: Date;
}

export interface RunEvent {
  type: string;
  at: Date;
  level: string;
  step?: string;
  eventType?: string;
  message: string;
  error?: { message: string; cause: string };
  file?: { key: string; steps: string[] };
}

export interface Run {
  id: string;
  job: string;
  status: string;
  tags: Record<string, string>;
  assets?: string[][];
  plan: string[];
  steps: StepState[];
  events: RunEvent[];
  created: Date;
  updated: Date;
  start?: Date;
  end?: Date;
  parent?: string;
  root?: string;
  config: unknown;
  stdout: string;
  stderr: string;
  abort: AbortController;
}

export interface Backfill {
  id: string;
  status: string;
  job: string;
  asset?: string[];
  partitions: string[];
  tags: Record<string, string>;
  created: Date;
  end?: Date;
}

const finished = ['SUCCESS', 'FAILURE', 'CANCELED'];

/** Runs jobs as Dagster would, without doing anything: what a run, its log and a backfill look like from outside. */
export function createEngine(jobs: JobDefinition[], assets: AssetDefinition[], location = 'etl') {
  const changes = new EventEmitter();
  const runs: Run[] = [];
  const backfills: Backfill[] = [];
  const tries = new Map<string, number>();
  let made = 0;

  function opsOf(job: string, selection?: string[][]): OpDefinition[] {
    if (selection) return selection.map((path) => ({ id: path.join('__'), does: assetOf(path)?.does }));
    return jobs.find(({ name }) => name === job)?.ops ?? [];
  }
  const assetOf = (path: string[]) => assets.find((asset) => asset.path.join('/') === path.join('/'));
  const find = (id: string) => runs.find((run) => run.id === id);

  function touch(run: Run, status?: string): void {
    if (status) run.status = status;
    run.updated = new Date();
    changes.emit('run', run);
  }

  function tell(run: Run, type: string, message: string, more: Partial<RunEvent> = {}): void {
    run.events.push({ type, at: new Date(), level: 'INFO', message, ...more });
  }

  function add(job: string, more: Partial<Run> = {}): Run {
    made += 1;
    const assetsOfIt = more.assets;
    const run: Run = {
      id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
      job,
      status: 'QUEUED',
      plan: opsOf(job, assetsOfIt).map(({ id }) => id),
      steps: [],
      events: [],
      created: new Date(),
      updated: new Date(),
      config: {},
      stdout: '',
      stderr: '',
      abort: new AbortController(),
      ...more,
      tags: { ...jobs.find(({ name }) => name === job)?.tags, ...more.tags },
    };
    runs.push(run);
    if (run.status === 'QUEUED') setImmediate(() => void execute(run));
    return run;
  }

  async function execute(run: Run): Promise<void> {
    if (run.status !== 'QUEUED') return;
    run.status = 'STARTING';
    run.start = new Date();
    touch(run, 'STARTED');
    tell(run, 'LogsCapturedEvent', 'Capturing logs.', {
      eventType: 'LOGS_CAPTURED',
      file: { key: 'abcdefgh', steps: run.plan },
    });
    let failed: string | undefined;
    for (const key of run.plan) {
      if (run.abort.signal.aborted || failed) break;
      failed = (await step(run, key)) ? key : undefined;
    }
    if (finished.includes(run.status)) return;
    run.end = new Date();
    const status = run.abort.signal.aborted ? 'CANCELED' : failed ? 'FAILURE' : 'SUCCESS';
    if (failed)
      tell(run, 'RunFailureEvent', `Execution of run for "${run.job}" failed. Steps failed: ['${failed}'].`, {
        level: 'ERROR',
        eventType: 'RUN_FAILURE',
      });
    touch(run, status);
  }

  async function step(run: Run, key: string): Promise<boolean> {
    const state: StepState = { key, status: 'IN_PROGRESS', start: new Date() };
    run.steps.push(state);
    tell(run, 'ExecutionStepStartEvent', `Started execution of step "${key}".`, {
      step: key,
      eventType: 'STEP_START',
      level: 'DEBUG',
    });
    const place = `${run.root ?? run.id}/${key}`;
    const nth = (tries.get(place) ?? 0) + 1;
    tries.set(place, nth);
    run.stdout += `${key} prints\n`;
    run.stderr += `2026-03-02 09:00:00 +0000 - dagster - DEBUG - ${run.job} - ${run.id} - ${key} - STEP_START - Started\n${key} complains\n`;
    const does = opsOf(run.job, run.assets).find(({ id }) => id === key)?.does;
    const words = await does?.({
      run: run.id,
      nth,
      partition: run.tags['dagster/partition'],
      signal: run.abort.signal,
    });
    if (run.abort.signal.aborted) return false;
    Object.assign(state, { end: new Date(), status: words ? 'FAILURE' : 'SUCCESS' });
    if (words) {
      const error = {
        message: `dagster._core.errors.DagsterExecutionStepExecutionError: Error occurred while executing op "${key}":\n`,
        cause: `${words}\n`,
      };
      tell(run, 'ExecutionStepFailureEvent', `Execution of step "${key}" failed.`, {
        step: key,
        eventType: 'STEP_FAILURE',
        level: 'ERROR',
        error,
      });
      run.stderr += `2026-03-02 09:00:00 +0000 - dagster - ERROR - ${run.job} - ${key} - STEP_FAILURE - failed.\n\n${words}\n`;
    } else
      tell(run, 'ExecutionStepSuccessEvent', `Finished execution of step "${key}".`, {
        step: key,
        eventType: 'STEP_SUCCESS',
        level: 'DEBUG',
      });
    return words !== undefined;
  }

  function end(run: Run, status: string): void {
    run.end = new Date();
    run.abort.abort();
    touch(run, status);
  }

  function terminate(run: Run, isAtOnce: boolean): void {
    if (isAtOnce || run.status === 'QUEUED') {
      end(run, 'CANCELED');
      return;
    }
    touch(run, 'CANCELING');
    setImmediate(() => end(run, 'CANCELED'));
  }

  function runsOfBackfill({ id }: Backfill): Run[] {
    return runs.filter(({ tags }) => tags['dagster/backfill'] === id);
  }

  function addBackfill(more: Pick<Backfill, 'job' | 'asset' | 'partitions' | 'tags'>): Backfill {
    const backfill: Backfill = {
      ...more,
      id: `bf${backfills.length + 1}abcde`,
      status: 'REQUESTED',
      created: new Date(),
    };
    backfills.push(backfill);
    for (const partition of backfill.partitions)
      add(backfill.job, {
        tags: { ...backfill.tags, 'dagster/backfill': backfill.id, 'dagster/partition': partition },
        ...(backfill.asset ? { assets: [backfill.asset] } : {}),
      });
    return backfill;
  }

  /** As the daemon does it now and then: looks at its runs. */
  function settle(backfill: Backfill): Backfill {
    const its = runsOfBackfill(backfill);
    if (backfill.status === 'CANCELING')
      for (const run of its) if (!finished.includes(run.status)) end(run, 'CANCELED');
    if (backfill.end === undefined && its.every(({ status }) => finished.includes(status))) {
      backfill.end = new Date();
      const isWell = its.every(({ status }) => status === 'SUCCESS');
      backfill.status =
        backfill.status === 'CANCELING' ? 'CANCELED' : isWell ? 'COMPLETED_SUCCESS' : 'COMPLETED_FAILED';
    }
    return backfill;
  }

  return {
    changes,
    location,
    jobs,
    assets,
    runs,
    backfills,
    add,
    find,
    touch,
    terminate,
    assetOf,
    addBackfill,
    runsOfBackfill,
    settle,
  };
}
