import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { until } from '../../support/until';
import type { AssetDefinition, JobDefinition, Run } from './engine';
import { type Dagster, startDagster } from './server';

const failure = 'ValueError: column "total" is missing';
export const days = Array.from({ length: 31 }, (_, nth) => `2026-03-${String(nth + 1).padStart(2, '0')}`);

/** Jobs of the bench: one that succeeds, one that fails once in its second op, one by days, one that needs to be told something. */
export const jobs: JobDefinition[] = [
  {
    name: 'smooth',
    ops: [{ id: 'extract' }, { id: 'publish' }],
    tags: { tier: '2', team: 'orders' },
    owner: 'orders',
    cron: '30 2 * * *',
  },
  {
    name: 'bumpy',
    ops: [{ id: 'extract' }, { id: 'load', does: ({ nth }) => (nth === 1 ? failure : undefined) }, { id: 'publish' }],
  },
  { name: 'daily', ops: [{ id: 'load_day' }], partitions: days },
  { name: 'named', ops: [{ id: 'load_named' }], needs: ['ops', 'load_named', 'config', 'day'] },
];
export const assets: AssetDefinition[] = [
  { path: ['dwh', 'orders'], feeds: [['report'], ['dashboard']], jobs: ['smooth'], owner: 'orders@example.com' },
  { path: ['report'], partitions: days },
  { path: ['dashboard'], jobs: ['smooth'] },
];

/** Keeps ops running until they are let go. */
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

/** What the sensor sends of a run, as it was seen to send it. */
function deliveryOf(run: Run, kind: string, location: string): Delivery {
  const event = {
    specversion: '1.0',
    id: `${run.id}/${kind}`,
    source: 'dagster',
    type: `io.pitcrew.run.${kind}.v1`,
    time: run.updated.toISOString(),
    data: {
      run: run.id,
      job: run.job,
      location,
      repository: '__repository__',
      assets: run.assets ?? null,
      tags: run.tags,
      startedAt: run.start?.toISOString() ?? null,
      endedAt: run.end?.toISOString() ?? null,
    },
  };
  return { headers: {}, body: JSON.stringify(event), receivedAt: new Date() };
}

export async function openBench(): Promise<Bench & { server: Dagster }> {
  const holds = createHolds();
  const patient: JobDefinition = {
    name: 'patient',
    ops: [{ id: 'wait', does: ({ run, signal }) => holds.wait(run, signal) }],
  };
  const server = await startDagster({ jobs: [...jobs, patient], assets });
  const { engine } = server;
  const pushed: Delivery[] = [];
  engine.changes.on('run', (run: Run) => {
    const kind = { STARTED: 'started', SUCCESS: 'succeeded', FAILURE: 'failed', CANCELED: 'cancelled' }[run.status];
    if (kind) pushed.push(deliveryOf(run, kind, engine.location));
  });
  const ref = (job: string) => ({ connection: 'works', key: `${job}@etl` });
  const runOf = ({ run }: RunRef): Run => {
    const found = engine.find(run);
    if (!found) throw new Error(`no run ${run}`);
    return found;
  };

  async function start(job: string, status: string): Promise<RunRef> {
    const run = engine.add(job);
    await until(async () => run.status === status, { what: `${job} to be ${status}` });
    return { pipeline: ref(job), run: run.id };
  }
  const attemptsOf = ({ run }: RunRef) => engine.runs.filter(({ id, root }) => id === run || root === run).length;
  const newRuns = (job: string) => {
    const before = engine.runs.filter((run) => run.job === job).length;
    return async () => engine.runs.filter((run) => run.job === job).length - before;
  };
  const ending = async (): Promise<Aim> => {
    const run = await start('patient', 'STARTED');
    return {
      target: { kind: 'run', run },
      effects: async () => (['CANCELING', 'CANCELED'].includes(runOf(run).status) ? 1 : 0),
      illegal: { target: { kind: 'run', run: await start('smooth', 'SUCCESS') }, because: /has ended already/ },
      finish: () => holds.release(run.run),
      namesNobody: true,
    };
  };
  /** How the schedule of that job stands is what is changed; nothing starts another one. */
  async function pausing(isRunning: boolean): Promise<Aim> {
    const schedule = server.starters.find(({ name }) => name === 'smooth_schedule');
    if (schedule) Object.assign(schedule, { isRunning: !isRunning, isByHand: true });
    return {
      target: { kind: 'pipeline', pipeline: ref('smooth') },
      effects: async () => (schedule?.isRunning === isRunning ? 1 : 0),
      illegal: {
        target: { kind: 'pipeline', pipeline: ref('bumpy') },
        because: /No schedule or sensor starts bumpy@etl/,
      },
      namesNobody: true,
    };
  }
  let day = 0;

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = await start('bumpy', 'FAILURE');
      return {
        target: { kind: 'run', run, from: 'start' },
        effects: async () => attemptsOf(run) - 1,
        illegal: { target: { kind: 'run', run, parameters: { day: '2026-01-01' } }, because: /Start a new run/ },
      };
    },
    stop: ending,
    kill: ending,
    pause: () => pausing(false),
    resume: () => pausing(true),
    start: async () => ({
      target: { kind: 'pipeline', pipeline: ref('named'), parameters: { 'ops.load_named.config.day': '2026-03-02' } },
      effects: newRuns('named'),
      illegal: { target: { kind: 'pipeline', pipeline: ref('daily') }, because: /Backfill the partitions/ },
    }),
    backfill: async () => {
      day += 1;
      return {
        target: { kind: 'partitions', pipeline: ref('daily'), partitions: [`2026-03-${String(day).padStart(2, '0')}`] },
        effects: newRuns('daily'),
        illegal: {
          target: { kind: 'partitions', pipeline: ref('daily'), partitions: ['2026-02-30'] },
          because: /is not a partition of daily@etl/,
        },
      };
    },
  };

  return {
    server,
    aims,
    settings: { url: server.url, poll: { everySeconds: 30 } },
    settingsAt: (url: string) => ({ url, poll: { everySeconds: 30 } }),
    succeeded: () => start('smooth', 'SUCCESS'),
    failed: async () => ({
      run: await start('bumpy', 'FAILURE'),
      step: 'load',
      error: /ValueError: column "total" is missing/,
    }),
    running: async () => {
      const run = await start('patient', 'STARTED');
      return { run, finish: () => holds.release(run.run) };
    },
    missing: { pipeline: ref('bumpy'), run: 'nowhere' },
    pushed: () => pushed,
    loseNextAnswer: () => server.loseAnswer(/^\{"query":"mutation /),
    attempts: async (run) => attemptsOf(run),
    lastCaller: () =>
      server.heard.flatMap((text) => /"key":"pitcrew\/by","value":"([^"]+)"/.exec(text)?.[1] ?? []).at(-1),
    close: () => server.close(),
  };
}
