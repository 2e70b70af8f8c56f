import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { until } from '../../support/until';
import type { FlowDefinition, FlowRun, State } from './engine';
import { type Prefect, startPrefect } from './server';

const failure = 'reading 7 files\nValueError: column "total" is missing';

/** Flows of the bench: one that succeeds, one that fails once in its second task, one that waits, one that takes a day. */
export const flows: FlowDefinition[] = [
  { name: 'smooth', tags: ['tier2'], takes: ['note?'], tasks: [{ name: 'extract' }, { name: 'load' }] },
  {
    name: 'bumpy',
    tasks: [{ name: 'extract' }, { name: 'load', does: ({ nth }) => (nth === 1 ? failure : undefined) }],
  },
  { name: 'daily', cron: '30 2 * * *', takes: ['day', 'note?'], tasks: [{ name: 'load' }] },
  { name: 'held', tasks: [{ name: 'main' }] },
];

/** What an automation sends of a change, as it was seen to send it. */
export function deliveryOf({ engine }: Prefect, run: FlowRun, state: State, isWhole = true): Delivery {
  const deployment = engine.deployments.find(({ id }) => id === run.deployment);
  const related = (role: string, id: string | undefined, name: string | undefined) =>
    id
      ? [
          {
            'prefect.resource.id': `prefect.${role}.${id}`,
            'prefect.resource.role': role,
            'prefect.resource.name': name,
          },
        ]
      : [];
  const event = {
    id: state.id,
    event: `prefect.flow-run.${state.name}`,
    occurred: state.timestamp,
    follows: null,
    payload: {},
    resource: {
      'prefect.resource.id': `prefect.flow-run.${run.id}`,
      'prefect.resource.name': 'ruddy-otter',
      'prefect.run-count': String(run.count),
      'prefect.state-message': state.message ?? '',
      'prefect.state-name': state.name,
      'prefect.state-timestamp': state.timestamp,
      'prefect.state-type': state.type,
    },
    related: [
      ...related('flow', run.flow, engine.flows.get(run.flow)),
      ...related('deployment', deployment?.id, deployment?.name),
      ...related('task-run', run.parentTask ?? undefined, 'load-0'),
    ],
  };
  const told = { id: run.id, start_time: run.start ?? null, parameters: run.parameters };
  return { headers: {}, body: JSON.stringify(isWhole ? { event, flow_run: told } : event), receivedAt: new Date() };
}

/** Keeps tasks running until they are let go. */
function createHolds() {
  const held = new Map<string, () => void>();
  return {
    wait: (run: string, signal: AbortSignal) =>
      new Promise<undefined>((resolve) => {
        held.set(run, () => resolve(undefined));
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      }),
    release: (run: string) => held.get(run)?.(),
  };
}

export async function openBench(): Promise<Bench & { server: Prefect }> {
  const holds = createHolds();
  const server = await startPrefect([
    ...flows,
    { name: 'patient', tasks: [{ name: 'wait', does: ({ run, signal }) => holds.wait(run, signal) }] },
  ]);
  const { engine } = server;
  const pushed: Delivery[] = [];
  engine.changes.on('run', (run: FlowRun) => pushed.push(deliveryOf(server, run, run.state)));
  const settingsAt = (url: string) => ({
    ...{ url, username: 'admin', password: 'admin-pw', partitionParam: 'day', poll: { everySeconds: 30 } },
  });
  const ref = (flow: string) => ({ connection: 'works', key: `${flow}/live` });
  const runOf = ({ run }: RunRef): FlowRun => {
    const found = engine.runs.find(({ id }) => id === run);
    if (!found) throw new Error(`no run ${run}`);
    return found;
  };

  async function start(flow: string, state: string): Promise<RunRef> {
    const run = engine.add(flow);
    await until(async () => run.state.type === state, { what: `${flow} to be ${state}` });
    return { pipeline: ref(flow), run: run.id };
  }
  const newRuns = (flow: string) => {
    const all = () => engine.runs.filter((run) => engine.flows.get(run.flow) === flow).length;
    const before = all();
    return async () => all() - before;
  };
  const failed = () => start('bumpy', 'FAILED');
  let day = 0;

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = await failed();
      return {
        target: { kind: 'run', run },
        effects: async () => runOf(run).states.filter(({ name }) => name === 'AwaitingRetry').length,
        illegal: { target: { kind: 'steps', run, steps: ['load'] }, because: /whole flows .* Retry the run instead/ },
      };
    },
    stop: async () => {
      const run = await start('patient', 'RUNNING');
      return {
        target: { kind: 'run', run },
        effects: async () => (runOf(run).state.type === 'CANCELLED' ? 1 : 0),
        illegal: { target: { kind: 'run', run: await start('smooth', 'COMPLETED') }, because: /has ended already/ },
        finish: () => holds.release(run.run),
      };
    },
    pause: async () => {
      const [spare, held] = ['smooth', 'held'].map((flow) =>
        engine.deployments.find(({ definition }) => definition.name === flow),
      );
      if (spare) spare.isPaused = false;
      if (held) held.isPaused = true;
      return {
        target: { kind: 'pipeline', pipeline: ref('smooth') },
        effects: async () => (spare?.isPaused ? 1 : 0),
        illegal: { target: { kind: 'pipeline', pipeline: ref('held') }, because: /is paused already.* Resume it/ },
        namesNobody: true,
        finish: () => {
          if (spare) spare.isPaused = false;
        },
      };
    },
    resume: async () => {
      const held = engine.deployments.find(({ definition }) => definition.name === 'held');
      if (held) held.isPaused = true;
      return {
        target: { kind: 'pipeline', pipeline: ref('held') },
        effects: async () => (held?.isPaused ? 0 : 1),
        illegal: { target: { kind: 'pipeline', pipeline: ref('smooth') }, because: /is not paused/ },
        namesNobody: true,
      };
    },
    start: async () => ({
      target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { note: 'by hand' } },
      effects: newRuns('smooth'),
      illegal: {
        target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { colour: 'red' } },
        because: /no parameter colour\. .* it has note/,
      },
    }),
    backfill: async () => {
      day += 1;
      return {
        target: {
          ...{ kind: 'partitions', pipeline: ref('daily') },
          partitions: [`2026-03-${String(day).padStart(2, '0')}`],
        },
        effects: newRuns('daily'),
        illegal: {
          target: { kind: 'partitions', pipeline: ref('daily'), partitions: ['2026-02-30'] },
          because: /is not a day, such as/,
        },
      };
    },
  };

  return {
    server,
    aims,
    settings: settingsAt(server.url),
    settingsAt,
    succeeded: () => start('smooth', 'COMPLETED'),
    failed: async () => ({ run: await failed(), step: 'load', error: /ValueError: column "total" is missing/ }),
    running: async () => {
      const run = await start('patient', 'RUNNING');
      return { run, finish: () => holds.release(run.run) };
    },
    missing: { pipeline: ref('bumpy'), run: '0b9d2f6e-3a1c-4f6e-9a51-2c7d1e8f4a60' },
    pushed: () => pushed,
    loseNextAnswer: () => server.loseAnswer(/set_state|create_flow_run|(?:pause|resume)_deployment/),
    attempts: async (run) => {
      await until(async () => !['SCHEDULED', 'PENDING'].includes(runOf(run).state.type), { what: 'the run to begin' });
      return runOf(run).count;
    },
    lastCaller: () =>
      server.heard
        .flatMap(({ body }) => /"message":"\w+ by (\S+) \(Pitcrew\)"/.exec(JSON.stringify(body))?.[1] ?? [])
        .at(-1),
    close: () => server.close(),
  };
}
