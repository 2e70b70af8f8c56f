import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { until } from '../../support/until';
import type { DagDefinition, Run } from './engine';
import { type Airflow, startAirflow } from './server';

const failure = 'reading 7 files\nValueError: column "total" is missing';

/** Pipelines of the bench: one that succeeds, one that fails once in its second task, one that waits, one with a schedule. */
export const pipelines: DagDefinition[] = [
  {
    id: 'smooth',
    tags: ['tier2'],
    owner: 'orders',
    tasks: [{ id: 'extract' }, { id: 'load' }],
    produces: 'file://orders',
  },
  {
    id: 'bumpy',
    tasks: [{ id: 'extract' }, { id: 'load', does: ({ nth }) => (nth === 1 ? failure : undefined) }, { id: 'publish' }],
  },
  { id: 'daily', cron: '30 2 * * *', tasks: [{ id: 'load' }] },
  { id: 'reading', startedBy: 'file://orders', tasks: [{ id: 'main' }] },
  { id: 'paused', tasks: [{ id: 'main' }] },
  { id: 'spare', tasks: [{ id: 'main' }] },
];

/** Keeps tasks running until they are let go. */
function createHolds() {
  const held = new Map<string, () => void>();
  const released = new Set<string>();
  return {
    wait: (run: string, signal: AbortSignal) =>
      released.has(run)
        ? Promise.resolve(undefined)
        : new Promise<undefined>((resolve) => {
            held.set(run, () => resolve(undefined));
            signal.addEventListener('abort', () => resolve(undefined), { once: true });
          }),
    release(run: string): void {
      released.add(run);
      held.get(run)?.();
    },
  };
}

/** What the callback file sends of a run, as it was seen to send it. */
function deliveryOf(run: Run, kind: string, more: object = {}): Delivery {
  const attempt = 1 + Math.max(0, ...run.tasks.map(({ maxTries }) => maxTries));
  const event = {
    specversion: '1.0',
    id: `${run.dag}/${run.id}/${run.start?.toISOString()}/${kind}`,
    source: 'airflow',
    type: `io.pitcrew.run.${kind}.v1`,
    time: run.updated.toISOString(),
    data: {
      pipeline: run.dag,
      run: run.id,
      attempt,
      startedAt: run.start?.toISOString() ?? null,
      endedAt: run.end?.toISOString() ?? null,
      note: run.note ?? null,
      ...more,
    },
  };
  return { headers: {}, body: JSON.stringify(event), receivedAt: new Date() };
}

export async function openBench(major: 3 | 2): Promise<Bench & { server: Airflow }> {
  const holds = createHolds();
  const server = await startAirflow({
    major,
    pipelines: [
      ...pipelines,
      { id: 'patient', tasks: [{ id: 'wait', does: ({ run, signal }) => holds.wait(run, signal) }, { id: 'after' }] },
    ],
  });
  const { engine } = server;
  const pushed: Delivery[] = [];
  engine.changes.on('run', (run: Run) => {
    const kind = { running: 'started', success: 'succeeded', failed: 'failed' }[run.state];
    if (kind) pushed.push(deliveryOf(run, kind, { airflow: major }));
  });
  const settingsAt = (url: string) => ({ url, username: 'op', password: 'op-pw', poll: { everySeconds: 30 } });
  const refOf = (run: Run): RunRef => ({ pipeline: { connection: 'works', key: run.dag }, run: run.id });
  let made = 0;

  async function start(dag: string, state: string, more: Partial<Run> = {}): Promise<RunRef> {
    made += 1;
    const run = engine.add(dag, { id: `manual__2026-03-02T09:00:00+00:00_${made}`, type: 'manual', ...more });
    await until(async () => run.state === state, { what: `${dag} to be ${state}` });
    return refOf(run);
  }
  const runOf = ({ pipeline, run }: RunRef): Run => {
    const found = engine.find(pipeline.key, run);
    if (!found) throw new Error(`no run ${run}`);
    return found;
  };
  const attemptsOf = (run: Run) => 1 + Math.max(...run.tasks.map(({ maxTries }) => maxTries));
  const newRuns = (dag: string) => {
    const before = engine.runs.filter((run) => run.dag === dag).length;
    return async () => engine.runs.filter((run) => run.dag === dag).length - before;
  };
  const ref = (key: string) => ({ connection: 'works', key });
  const failed = () => start('bumpy', 'failed');
  let day = 0;

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = await failed();
      return {
        target: { kind: 'run', run, from: 'start' },
        effects: async () => attemptsOf(runOf(run)) - 1,
        illegal: {
          target: { kind: 'run', run, parameters: { day: '2026-01-01' } },
          because: /keeps the parameters .* Start a new run/,
        },
      };
    },
    stop: async () => {
      const run = await start('patient', 'running');
      return {
        target: { kind: 'run', run },
        effects: async () => (runOf(run).state === 'failed' ? 1 : 0),
        illegal: { target: { kind: 'run', run: await start('smooth', 'success') }, because: /has ended already/ },
        finish: () => holds.release(run.run),
      };
    },
    skip: async () => {
      const run = await failed();
      return {
        target: { kind: 'steps', run, steps: ['load'] },
        effects: async () =>
          runOf(run).tasks.some(({ task, state }) => task === 'load' && state === 'success') ? 1 : 0,
        illegal: { target: { kind: 'steps', run, steps: ['publish'] }, because: /was not reached/ },
      };
    },
    pause: async () => {
      const [dag, held] = ['spare', 'paused'].map((id) => engine.dags.get(id));
      if (dag) dag.isPaused = false;
      if (held) held.isPaused = true;
      return {
        target: { kind: 'pipeline', pipeline: ref('spare') },
        effects: async () => (dag?.isPaused ? 1 : 0),
        illegal: { target: { kind: 'pipeline', pipeline: ref('paused') }, because: /is paused already.* Resume it/ },
        namesNobody: true,
      };
    },
    resume: async () => {
      const dag = engine.dags.get('paused');
      if (dag) dag.isPaused = true;
      return {
        target: { kind: 'pipeline', pipeline: ref('paused') },
        effects: async () => (dag?.isPaused ? 0 : 1),
        illegal: { target: { kind: 'pipeline', pipeline: ref('smooth') }, because: /is not paused/ },
        namesNobody: true,
      };
    },
    start: async () => {
      const dag = engine.dags.get('paused');
      if (dag) dag.isPaused = true;
      return {
        target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { note: 'by hand' } },
        effects: newRuns('smooth'),
        illegal: { target: { kind: 'pipeline', pipeline: ref('paused') }, because: /is paused, .* Resume/ },
      };
    },
    backfill: async () => {
      day += 1;
      const partition = `2026-03-${String(day).padStart(2, '0')}`;
      await until(async () => engine.backfills.every(({ completed }) => completed), { what: 'the backfill before' });
      return {
        target: { kind: 'partitions', pipeline: ref('daily'), partitions: [partition] },
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
    succeeded: () => start('smooth', 'success'),
    failed: async () => ({ run: await failed(), step: 'load', error: /ValueError: column "total" is missing/ }),
    running: async () => {
      const run = await start('patient', 'running');
      return { run, finish: () => holds.release(run.run) };
    },
    missing: { pipeline: ref('bumpy'), run: 'manual__nowhere' },
    pushed: () => pushed,
    // Who acts is written into a note first; that is no change of the run.
    loseNextAnswer: () =>
      server.loseAnswer(/"state":"failed"|"dry_run":false|"new_state"|"is_paused"|POST \S+\/(?:dagRuns|backfills) /),
    attempts: async (run) => attemptsOf(runOf(run)),
    lastCaller: () => {
      const notes = server.heard.flatMap(
        ({ body }) => /"note":"[^"]*Pitcrew: \w+ by (\S+) \(/.exec(JSON.stringify(body))?.[1] ?? [],
      );
      return notes.at(-1);
    },
    close: () => server.close(),
  };
}
