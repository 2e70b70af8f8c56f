import { EventEmitter } from 'node:events';

/** What a task does at its `nth` try in this run. A promise keeps it running. */
export type Doing = (at: { dag: string; run: string; nth: number; logicalDate?: Date; signal: AbortSignal }) => Outcome;
type Outcome = string | undefined | Promise<string | undefined>;

export interface TaskDefinition {
  id: string;
  /** Returns what is written to the log before it fails; undefined = it succeeds. Left out = it succeeds. */
  does?: Doing;
  retries?: number;
  /** So many instances. */
  mapped?: number;
  /** The class of its operator, and the fields of it that are filled in when it runs. */
  operator?: string;
  fields?: Record<string, string>;
}

export interface DagDefinition {
  id: string;
  tasks: TaskDefinition[];
  tags?: string[];
  owner?: string;
  /** One time of day in UTC, as cron; left out = only by hand. */
  cron?: string;
  produces?: string;
  startedBy?: string;
}

export interface Task {
  dag: string;
  run: string;
  task: string;
  mapIndex: number;
  state: string | null;
  tries: number;
  maxTries: number;
  start?: Date;
  end?: Date;
  logs: Map<number, string>;
}

export interface Run {
  dag: string;
  id: string;
  state: string;
  type: string;
  tasks: Task[];
  queued: Date;
  start?: Date;
  end?: Date;
  logicalDate?: Date;
  runAfter: Date;
  conf: object;
  note?: string;
  user: string;
  /** How it was triggered: `ui`, `rest_api`, `operator` … */
  way?: string;
  updated: Date;
  backfill?: number;
  /** Ends tasks that are under way. */
  abort: AbortController;
}

export interface Backfill {
  id: number;
  dag: string;
  from: Date;
  /** As it came, with its microseconds. */
  to: string;
  created: Date;
  completed?: Date;
  isPaused: boolean;
  atOnce: number;
}

/** Airflow as far as it shows at its API: runs go through their tasks one after the other, at once, and tell each change. */
export function createEngine(definitions: DagDefinition[]) {
  const dags = new Map(definitions.map((definition) => [definition.id, { definition, isPaused: false }]));
  const runs: Run[] = [];
  const backfills: Backfill[] = [];
  const changes = new EventEmitter();
  let last = 0;

  /** No two moments are the same. */
  function now(): Date {
    last = Math.max(Date.now(), last + 1);
    return new Date(last);
  }

  function touch(run: Run, state?: string): void {
    run.updated = now();
    if (state === undefined || state === run.state) return;
    run.state = state;
    if (state === 'running') run.start = run.updated;
    if (state === 'success' || state === 'failed') run.end = run.updated;
    changes.emit('run', run);
  }

  function instancesOf(run: string, { id, tasks }: DagDefinition): Task[] {
    return tasks.flatMap(({ id: task, mapped, retries = 0 }) =>
      Array.from({ length: mapped ?? 1 }, (_, index) => ({
        dag: id,
        run,
        task,
        mapIndex: mapped === undefined ? -1 : index,
        state: null,
        tries: 0,
        maxTries: retries,
        logs: new Map<number, string>(),
      })),
    );
  }

  function add(dag: string, given: Partial<Run> & { id: string; type: string }): Run {
    const definition = definitionOf(dag);
    const at = now();
    const run: Run = {
      dag,
      state: 'queued',
      queued: at,
      runAfter: at,
      updated: at,
      conf: {},
      user: 'nobody',
      abort: new AbortController(),
      tasks: instancesOf(given.id, definition),
      ...given,
    };
    runs.push(run);
    setImmediate(() => void advance(run));
    return run;
  }

  function definitionOf(dag: string): DagDefinition {
    const found = dags.get(dag);
    if (!found) throw new Error(`no pipeline ${dag}`);
    return found.definition;
  }

  const isFree = (run: Run) => {
    const backfill = backfills.find(({ id }) => id === run.backfill);
    const going = runs.filter((other) => other.backfill === run.backfill && other.state === 'running').length;
    return !dags.get(run.dag)?.isPaused && (!backfill || (!backfill.isPaused && going < backfill.atOnce));
  };

  async function advance(run: Run): Promise<void> {
    if (run.state !== 'queued' || !isFree(run)) return;
    touch(run, 'running');
    const { signal } = run.abort;
    const { tasks } = definitionOf(run.dag);
    for (const definition of tasks) {
      for (const task of run.tasks.filter((one) => one.task === definition.id && one.state === null)) {
        const broken = run.tasks.slice(0, run.tasks.indexOf(task)).filter((one) => one.task !== task.task);
        if (broken.some(({ state }) => state === 'failed' || state === 'upstream_failed')) {
          task.state = 'upstream_failed';
          continue;
        }
        await tryTask(run, task, definition);
        if (signal.aborted) return;
      }
    }
    touch(run, run.tasks.some(({ state }) => state === 'failed') ? 'failed' : 'success');
    settle();
  }

  async function tryTask(run: Run, task: Task, { does }: TaskDefinition): Promise<void> {
    const { signal } = run.abort;
    do {
      task.tries += 1;
      task.state = 'running';
      task.start = now();
      const at = { dag: run.dag, run: run.id, nth: task.tries, logicalDate: run.logicalDate, signal };
      const failure = await does?.(at);
      if (signal.aborted) return;
      task.end = now();
      task.logs.set(task.tries, failure ?? 'done');
      task.state = failure === undefined ? 'success' : 'failed';
    } while (task.state === 'failed' && task.tries <= task.maxTries);
  }

  /** What waited for another run begins; backfills without open runs are over. */
  function settle(): void {
    for (const run of runs) if (run.state === 'queued') setImmediate(() => void advance(run));
    for (const backfill of backfills) {
      const open = runs.some((run) => run.backfill === backfill.id && ['queued', 'running'].includes(run.state));
      if (!open) backfill.completed ??= now();
    }
  }

  function requeue(run: Run): void {
    run.abort = new AbortController();
    run.queued = now();
    run.start = undefined;
    run.end = undefined;
    touch(run, 'queued');
    setImmediate(() => void advance(run));
  }

  return {
    dags,
    runs,
    backfills,
    changes,
    now,
    add,
    requeue,
    settle,
    definitionOf,
    find: (dag: string, id: string) => runs.find((run) => run.dag === dag && run.id === id),
    touch,

    /** As many tries again as the definition has. */
    clear(run: Run, tasks: Task[]): void {
      for (const task of tasks) {
        const { retries = 0 } = definitionOf(run.dag).tasks.find(({ id }) => id === task.task) ?? {};
        task.maxTries = task.tries + retries;
        task.state = null;
      }
      requeue(run);
    },

    end(run: Run, state: 'failed' | 'success'): void {
      run.abort.abort();
      for (const task of run.tasks) {
        if (task.state === 'running') task.state = state;
        else if (task.state === null) task.state = 'skipped';
      }
      touch(run, state);
      settle();
    },

    /** Logical dates of a schedule in a stretch of time. */
    datesBetween(dag: string, from: Date, to: Date): Date[] {
      const { cron } = definitionOf(dag);
      const [minute, hour] = (cron ?? '').split(' ').map(Number);
      if (cron === undefined || minute === undefined || hour === undefined) return [];
      const dates: Date[] = [];
      const day = new Date(from);
      day.setUTCHours(hour, minute, 0, 0);
      for (; day <= to; day.setUTCDate(day.getUTCDate() + 1)) if (day >= from) dates.push(new Date(day));
      return dates;
    },
  };
}
