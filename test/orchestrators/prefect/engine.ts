import { EventEmitter } from 'node:events';

interface At {
  run: string;
  /** How often the run has begun. */
  nth: number;
  parameters: Record<string, unknown>;
  signal: AbortSignal;
}

/** Returns what is written to the log before it fails; undefined = it succeeds. A promise keeps it running. */
export type Doing = (at: At) => string | undefined | Promise<string | undefined>;

export interface FlowDefinition {
  name: string;
  tasks: { name: string; does?: Doing; mapped?: number }[];
  /** What the flow's own code does after its tasks. */
  does?: Doing;
  tags?: string[];
  cron?: string;
  /** Names of its parameters; those with a question mark may be left out. */
  takes?: string[];
  limit?: { limit: number; strategy: 'ENQUEUE' | 'CANCEL_NEW' };
}

export interface State {
  id: string;
  type: string;
  name: string;
  timestamp: Date;
  message: string | null;
  transitionId: string | null;
  isSuspended?: boolean;
  hasResult?: boolean;
}

export interface TaskRun {
  id: string;
  name: string;
  key: string;
  attempt: number;
  state: State;
  expected: Date;
  start?: Date;
  end?: Date;
}

export interface FlowRun {
  id: string;
  flow: string;
  deployment: string | null;
  parameters: Record<string, unknown>;
  tags: string[];
  idempotencyKey: string | null;
  creator?: { type: string; display_value: string };
  expected: Date;
  count: number;
  start?: Date;
  end?: Date;
  process: string | null;
  parentTask: string | null;
  state: State;
  states: State[];
  tasks: TaskRun[];
  abort: AbortController;
}

export interface Log {
  id: string;
  run: string;
  task: string | null;
  level: number;
  message: string;
  timestamp: Date;
}

export interface Deployment {
  id: string;
  flow: string;
  name: string;
  definition: FlowDefinition;
  isPaused: boolean;
  created: Date;
}

const terminal = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];
export const isTerminal = ({ type }: State) => terminal.includes(type);
const titles: Record<string, string> = { PENDING: 'Pending', RUNNING: 'Running', SCHEDULED: 'Scheduled' };

/** Prefect as far as it shows at its API: one worker takes every run at once, and each change of a state is told. */
export function createEngine(definitions: FlowDefinition[]) {
  const changes = new EventEmitter();
  const runs: FlowRun[] = [];
  const logs: Log[] = [];
  const flows = new Map<string, string>();
  const deployments: Deployment[] = [];
  let last = 0;
  for (const definition of definitions) {
    const flow = crypto.randomUUID();
    flows.set(flow, definition.name);
    deployments.push({
      ...{ id: crypto.randomUUID(), flow, name: 'live', definition, isPaused: false },
      created: now(),
    });
  }

  /** No two moments are the same. */
  function now(): Date {
    last = Math.max(Date.now(), last + 1);
    return new Date(last);
  }

  function stateOf(type: string, more: Partial<State> = {}): State {
    const name = more.name ?? titles[type] ?? type.charAt(0) + type.slice(1).toLowerCase();
    return { message: null, transitionId: null, id: crypto.randomUUID(), timestamp: now(), ...more, type, name };
  }

  /** The run is in this state now. Its times follow as the server's rules have it. */
  function enter(run: FlowRun, state: State): void {
    const wasOver = isTerminal(run.state);
    /** Its worker has listed no process of it: what is said of it now, nobody hears. */
    const isUnheard = run.state.type === 'PENDING' && !run.process;
    run.state = state;
    run.states.push(state);
    if (state.type === 'RUNNING') {
      run.count += 1;
      run.start ??= state.timestamp;
    }
    if (wasOver && !isTerminal(state)) run.end = undefined;
    if (isTerminal(state)) {
      run.start ??= state.timestamp;
      run.end ??= state.timestamp;
      run.process = null;
    }
    changes.emit('run', run);
    if (state.type === 'SCHEDULED') setImmediate(() => void advance(run));
    if (state.type === 'CANCELLING') {
      run.abort.abort();
      if (!isUnheard)
        setImmediate(() => enter(run, stateOf('CANCELLED', { message: 'Flow run was cancelled successfully.' })));
    }
    if (isTerminal(state)) settle();
  }

  function add(flow: string, given: Partial<FlowRun> & { state?: State } = {}): FlowRun {
    const deployment = deployments.find(({ definition }) => definition.name === flow);
    if (!deployment) throw new Error(`no flow ${flow}`);
    const state = given.state ?? stateOf('SCHEDULED');
    const run: FlowRun = {
      id: crypto.randomUUID(),
      flow: deployment.flow,
      deployment: deployment.id,
      parameters: {},
      tags: [...(deployment.definition.tags ?? [])],
      idempotencyKey: null,
      expected: now(),
      count: 0,
      process: null,
      parentTask: null,
      states: [],
      tasks: [],
      abort: new AbortController(),
      ...given,
      state,
    };
    runs.push(run);
    if (given.end) run.states.push(state);
    else enter(run, state);
    return run;
  }

  const definitionOf = (run: FlowRun) => deployments.find(({ flow }) => flow === run.flow)?.definition;
  const slotsOf = (flow: string) =>
    runs.filter((run) => run.flow === flow && ['PENDING', 'RUNNING'].includes(run.state.type)).length;

  const brokenIn = (run: FlowRun) => run.tasks.find((one) => one.attempt === run.count && one.state.type === 'FAILED');

  async function advance(run: FlowRun): Promise<void> {
    const definition = definitionOf(run);
    if (run.state.type !== 'SCHEDULED' || ['Held', 'Late'].includes(run.state.name) || !definition) return;
    if (definition.limit && slotsOf(run.flow) >= definition.limit.limit) {
      if (definition.limit.strategy === 'CANCEL_NEW')
        enter(run, stateOf('CANCELLED', { message: 'Deployment concurrency limit reached.' }));
      return;
    }
    run.abort = new AbortController();
    const { signal } = run.abort;
    enter(run, stateOf('PENDING'));
    run.process = '4711';
    enter(run, stateOf('RUNNING'));
    const at = { run: run.id, nth: run.count, parameters: run.parameters, signal };
    for (const task of definition.tasks) {
      for (let nth = 0; nth < (task.mapped ?? 1); nth += 1) {
        await tryTask(run, task, at);
        if (signal.aborted) return;
      }
      if (brokenIn(run)) break;
    }
    const broken = brokenIn(run);
    const own = broken ? undefined : await definition.does?.(at);
    if (signal.aborted) return;
    const said = own ?? broken?.state.message?.replace(/^Task run encountered an exception /, '');
    if (own !== undefined) write(run, null, 40, `Encountered exception during execution: ${own}`);
    enter(
      run,
      said === undefined
        ? stateOf('COMPLETED')
        : stateOf('FAILED', { message: `Flow run encountered an exception: ${said.split('\n').at(-1)}` }),
    );
  }

  async function tryTask(run: FlowRun, { name, does }: { name: string; does?: Doing }, at: At): Promise<void> {
    const key = crypto.randomUUID();
    const task: TaskRun = {
      id: crypto.randomUUID(),
      name: `${name}-${key.slice(0, 3)}`,
      key,
      attempt: run.count,
      state: stateOf('RUNNING'),
      expected: now(),
      start: now(),
    };
    run.tasks.push(task);
    const failure = await does?.(at);
    if (at.signal.aborted) return;
    task.end = now();
    for (const line of (failure ?? 'done').split('\n')) write(run, task.id, failure === undefined ? 20 : 40, line);
    task.state =
      failure === undefined
        ? stateOf('COMPLETED', { message: '' })
        : stateOf('FAILED', { message: `Task run encountered an exception ${failure.split('\n').at(-1)}` });
  }

  function write(run: FlowRun, task: string | null, level: number, message: string, timestamp = now()): void {
    logs.push({ id: crypto.randomUUID(), run: run.id, task, level, message, timestamp });
  }

  /** What waited for another run begins. */
  function settle(): void {
    for (const run of runs) if (run.state.type === 'SCHEDULED') setImmediate(() => void advance(run));
  }

  return { changes, runs, logs, flows, deployments, now, stateOf, enter, add, slotsOf, write };
}
