import { pipelineNode } from '../../../src/domain/edge';
import { Failure } from '../../../src/domain/failure';
import { until } from '../../support/until';
import { pipelines } from './bench';
import { callFor, connectTo, refOf } from './connect';
import type { DagDefinition, Run } from './engine';
import { type Airflow, startAirflow } from './server';

let server: Airflow;
let connection: ReturnType<typeof connectTo>;

async function open(major: 3 | 2, more: DagDefinition[] = [], keys: Record<string, unknown> = {}): Promise<void> {
  server = await startAirflow({ major, pipelines: [...pipelines, ...more] });
  connection = connectTo(server.url, keys);
}

async function run(dag: string, more: Partial<Run> = {}): Promise<Run> {
  const made = server.engine.add(dag, { id: `run ${server.engine.runs.length + 1}+00:00/x`, type: 'manual', ...more });
  await ended(made);
  return made;
}
const ended = (made: Run) =>
  until(async () => made.state === 'success' || made.state === 'failed', { what: `the end of ${made.id}` });

async function failureOf(reading: Promise<unknown> | undefined): Promise<Failure> {
  const outcome = await reading?.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Failure) return outcome;
  throw new Error(`no failure: ${outcome}`);
}

async function all<T>(items: AsyncIterable<T> | undefined): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items ?? []) list.push(item);
  return list;
}

afterEach(async () => {
  await connection.close();
  await server.close();
});

describe.each([3, 2] as const)('with Airflow %i', (major) => {
  it('names with signs of all kinds arrive as they are', async () => {
    await open(major);
    const { id } = await run('smooth', { id: 'manual__2026-03-02T09:00:00.123+00:00 & ü/%?' });
    await expect(connection.orchestrator.fetchRun(refOf('smooth', id))).resolves.toMatchObject({ run: id });
  });

  it('who may not sign in is told so, and not that there are no runs', async () => {
    await open(major, [], { username: 'op', password: 'wrong' });
    expect((await failureOf(connection.orchestrator.poll?.(undefined))).kind).toBe('not-allowed');
    const [, fault] = (await connection.orchestrator.check()).concat();
    expect(await connection.orchestrator.check()).toContainEqual(
      expect.objectContaining({ ok: false, fix: expect.stringContaining('`username` and `password`') }),
    );
    expect(fault?.ok ?? false).toBe(false);
  });

  it('who may only look is told of each right that is missing, and is refused a retry', async () => {
    await open(major, [], { username: 'viewer', password: 'viewer-pw' });
    const found = await connection.orchestrator.check();
    const faults = found.filter(({ ok }) => !ok).map(({ say }) => say);
    const lacks = Object.assign({}, ...found.map((finding) => finding.lacks));
    expect(Object.keys(lacks)).toEqual([
      ...(major === 3 ? [] : ['versions']),
      ...['retry', 'skip', 'stop', 'pause', 'resume', 'start', 'backfill'],
    ]);
    expect(lacks.retry).toBe(
      "Pitcrew's user in Airflow may not clear and mark tasks. Ask whoever runs Airflow to give it the role Op.",
    );
    expect(faults).toContain('The user may not clear and mark tasks, which Retry and Skip need.');
    expect(faults).toContain('The user may not pause pipelines, which Pause and Resume need.');
    if (major === 3) expect(faults).toContain('The user may not make backfills.');
    const { id } = await run('bumpy');
    const target = { kind: 'run' as const, run: refOf('bumpy', id) };
    expect((await failureOf(connection.orchestrator.actions.retry?.plan?.(target))).kind).toBe('not-allowed');
  });

  it('asking for rights changes nothing', async () => {
    await open(major);
    for (const [nth, dag] of [...server.engine.dags.values()].entries()) dag.isPaused = nth % 2 === 0;
    const paused = () => [...server.engine.dags.values()].map(({ isPaused }) => isPaused);
    const before = paused();
    const found = await connection.orchestrator.check();
    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect(paused()).toEqual(before);
    expect(server.engine.runs).toEqual([]);
  });

  it('a state that is not known becomes unknown, is counted, and is no news', async () => {
    await open(major);
    const cursor = (await connection.orchestrator.poll?.(undefined))?.cursor;
    const strange = await run('smooth');
    server.engine.touch(strange, 'hibernating');
    await expect(connection.orchestrator.fetchRun(refOf('smooth', strange.id))).resolves.toMatchObject({
      status: 'unknown',
    });
    expect((await connection.orchestrator.poll?.(cursor))?.events).toEqual([]);
    expect(connection.unknown).toContain('hibernating');
  });

  it('a retry begins where it failed and takes all behind it along', async () => {
    await open(major);
    const { id } = await run('bumpy');
    const target = { kind: 'run' as const, run: refOf('bumpy', id) };
    await expect(connection.orchestrator.actions.retry?.plan?.(target)).resolves.toEqual([
      { run: refOf('bumpy', id), steps: ['load', 'publish'], note: 'Runs again what failed, and all behind it.' },
    ]);
  });

  it('a run that was stopped is cancelled, its retry runs all that was left out, and the next failure is one', async () => {
    let fails = false;
    const definition: DagDefinition = {
      id: 'long',
      tasks: [
        {
          id: 'wait',
          does: ({ signal, nth }) =>
            nth > 1
              ? fails
                ? 'ValueError: no'
                : undefined
              : new Promise((end) => signal.addEventListener('abort', () => end(undefined))),
        },
        { id: 'after' },
      ],
    };
    await open(major, [definition]);
    const made = server.engine.add('long', { id: 'r1', type: 'manual' });
    await until(async () => made.state === 'running', { what: 'the run' });
    const target = { kind: 'run' as const, run: refOf('long', 'r1') };
    await connection.orchestrator.actions.stop?.perform(target, callFor(target, { kind: 'stop' }));
    await expect(connection.orchestrator.fetchRun(target.run)).resolves.toMatchObject({ status: 'cancelled' });
    const plan = await connection.orchestrator.actions.retry?.plan?.(target);
    expect(plan?.[0]?.steps).toEqual(['wait', 'after']);
    fails = true;
    await connection.orchestrator.actions.retry?.perform(target, callFor(target));
    await ended(made);
    await expect(connection.orchestrator.fetchRun(target.run)).resolves.toMatchObject({ status: 'failed', attempt: 2 });
  });

  it('one of a mapped task is a step of its own, with its own log', async () => {
    let nth = 0;
    await open(major, [
      {
        id: 'wide',
        tasks: [{ id: 'part', mapped: 3, does: () => (nth++ === 1 ? 'ValueError: part 1 is broken' : undefined) }],
      },
    ]);
    const { id } = await run('wide');
    await expect(connection.orchestrator.fetchRun(refOf('wide', id))).resolves.toMatchObject({
      step: 'part[1]',
      error: 'ValueError: part 1 is broken',
    });
    const steps = (await connection.orchestrator.steps?.(refOf('wide', id))) ?? [];
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'part[0] succeeded',
      'part[1] failed',
      'part[2] succeeded',
    ]);
    const log = Buffer.concat(await all(connection.orchestrator.openLog?.({ ...refOf('wide', id), step: 'part[1]' })));
    expect(log.toString().match(/part 1 is broken/g)).toHaveLength(1);
  });

  it('tries of the server’s own are no new attempt of the run', async () => {
    await open(major, [
      { id: 'flaky', tasks: [{ id: 'load', retries: 3, does: ({ nth }) => (nth < 7 ? 'ValueError: no' : undefined) }] },
    ]);
    const made = await run('flaky');
    await expect(connection.orchestrator.fetchRun(refOf('flaky', made.id))).resolves.toMatchObject({ attempt: 1 });
    const target = { kind: 'run' as const, run: refOf('flaky', made.id) };
    await connection.orchestrator.actions.retry?.perform(target, callFor(target));
    await ended(made);
    await expect(connection.orchestrator.fetchRun(refOf('flaky', made.id))).resolves.toMatchObject({
      attempt: 2,
      status: 'succeeded',
    });
  });

  it('a skip of the last task lets the run succeed', async () => {
    await open(major, [{ id: 'short', tasks: [{ id: 'only', does: () => 'ValueError: no' }] }]);
    const made = await run('short');
    const target = { kind: 'steps' as const, run: refOf('short', made.id), steps: ['only'] };
    await connection.orchestrator.actions.skip?.perform(target, callFor(target, { kind: 'skip' }));
    await until(async () => made.state === 'success', { what: 'the success' });
  });

  it('only the pipelines that are named are polled', async () => {
    await open(major, [], { poll: { pipelines: ['bumpy'] } });
    const cursor = (await connection.orchestrator.poll?.(undefined))?.cursor;
    await run('smooth');
    await run('bumpy');
    const events = (await connection.orchestrator.poll?.(cursor))?.events ?? [];
    expect(events.map(({ pipeline, kind }) => `${pipeline} ${kind}`)).toEqual(['bumpy failed']);
  });

  it('feeds whom it starts by a task, and is fed by whom it waits for, once it has run', async () => {
    const starting = { id: 'call', operator: 'TriggerDagRunOperator', fields: { trigger_dag_id: 'smooth' } };
    const waiting = { id: 'wait', operator: 'ExternalTaskSensor', fields: { external_dag_id: 'daily' } };
    await open(major, [
      { id: 'calling', tasks: [starting, waiting] },
      { id: 'idle', tasks: [starting] },
    ]);
    await run('calling');
    const edges = (await all(connection.orchestrator.lineage?.())).map(({ from, to }) => `${from} ${to}`);
    const node = (key: string) => pipelineNode({ connection: 'prod', key });
    expect(edges).toContain(`${node('calling')} ${node('smooth')}`);
    expect(edges).toContain(`${node('daily')} ${node('calling')}`);
    expect(edges.filter((edge) => edge.includes('idle'))).toEqual([]);
  });

  it('a run for a day is told with its partition, one by hand without', async () => {
    await open(major);
    const cursor = (await connection.orchestrator.poll?.(undefined))?.cursor;
    await run('daily', { type: 'scheduled', logicalDate: new Date('2026-03-02T02:30:00Z') });
    await run('daily', { type: 'manual', logicalDate: new Date('2026-03-03T02:30:00Z') });
    const events = (await connection.orchestrator.poll?.(cursor))?.events ?? [];
    expect(events.map(({ partition }) => partition)).toEqual(['2026-03-02', undefined]);
  });
});

it('who triggers a run by hand is told of Airflow 3, and neither Pitcrew, a task nor the clock is anybody', async () => {
  await open(3);
  const cursor = (await connection.orchestrator.poll?.(undefined))?.cursor;
  await run('smooth', { user: 'ada' });
  await run('smooth', { user: 'service', id: 'pitcrew__1b4e28ba' });
  await run('smooth', { user: 'ben', way: 'operator' });
  await run('daily', { type: 'scheduled', logicalDate: new Date('2026-03-02T02:30:00Z') });
  const starts = (await connection.orchestrator.poll?.(cursor))?.starts ?? [];
  expect(starts.map(({ pipeline, by }) => `${pipeline.key} ${by}`)).toEqual(['smooth ada']);
});

describe('a token of Airflow 3', () => {
  it('that is taken no more is renewed without anybody noticing', async () => {
    await open(3);
    await connection.orchestrator.poll?.(undefined);
    server.forgetTokens();
    const { id } = await run('smooth');
    await expect(connection.orchestrator.fetchRun(refOf('smooth', id))).resolves.toMatchObject({ status: 'succeeded' });
    expect(server.signIns()).toBe(2);
  });

  it('that was made elsewhere is shown as it is, and its refusal is told', async () => {
    await open(3, [], { token: 'made-elsewhere' });
    expect((await failureOf(connection.orchestrator.poll?.(undefined))).kind).toBe('not-allowed');
    expect(server.signIns()).toBe(0);
  });
});

describe('a backfill of Airflow 3', () => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'];
  const target = (partitions: string[]) => ({
    kind: 'partitions' as const,
    pipeline: { connection: 'prod', key: 'daily' },
    partitions,
  });
  const backfill = (partitions: string[], key = crypto.randomUUID()) =>
    connection.orchestrator.actions.backfill?.perform(
      target(partitions),
      callFor(target(partitions), { kind: 'backfill', idempotencyKey: key }),
    );

  it('takes many days in one call, and is followed by its counts to its end', async () => {
    await open(3);
    const receipt = await backfill(days);
    expect(receipt).toEqual({ batch: '1' });
    await until(async () => server.engine.backfills[0]?.completed !== undefined, { what: 'the end' });
    await expect(connection.orchestrator.progress?.(receipt ?? {})).resolves.toMatchObject({
      status: 'succeeded',
      partitions: { total: 5, done: 5, failed: 0, running: 0 },
    });
  });

  it('fails when one day fails, and says how many', async () => {
    await open(3, [
      {
        id: 'picky',
        cron: '30 2 * * *',
        tasks: [
          {
            id: 'load',
            does: ({ logicalDate }) => (logicalDate?.getUTCDate() === 3 ? 'ValueError: bad day' : undefined),
          },
        ],
      },
    ]);
    const aim = { ...target(days), pipeline: { connection: 'prod', key: 'picky' } };
    const receipt = await connection.orchestrator.actions.backfill?.perform(aim, callFor(aim, { kind: 'backfill' }));
    await until(async () => server.engine.backfills[0]?.completed !== undefined, { what: 'the end' });
    await expect(connection.orchestrator.progress?.(receipt ?? {})).resolves.toMatchObject({
      status: 'failed',
      error: '1 of 5 runs failed.',
    });
    // Only what failed is done again, and the gentlest way that does so is taken.
    const able = connection.orchestrator.actions.backfill?.batch;
    await expect(able?.takes?.(aim.pipeline, ['2026-03-03'])).resolves.toBe(true);
    await connection.orchestrator.actions.backfill?.perform(
      { ...aim, partitions: ['2026-03-03'] },
      callFor({ ...aim, partitions: ['2026-03-03'] }, { kind: 'backfill' }),
    );
    const bodies = server.heard.filter(({ method, path }) => method === 'POST' && path === '/api/v2/backfills');
    expect(bodies.at(-1)?.body).toMatchObject({ reprocess_behavior: 'failed' });
  });

  it('of days with a gap that Airflow would fill is not one call', async () => {
    await open(3);
    const able = connection.orchestrator.actions.backfill?.batch;
    await expect(able?.takes?.(target([]).pipeline, days)).resolves.toBe(true);
    await expect(able?.takes?.(target([]).pipeline, ['2026-03-01', '2026-03-03'])).resolves.toBe(false);
    expect((await failureOf(backfill(['2026-03-01', '2026-03-03']))).detail).toMatch(/no run for exactly these days/);
    const plan = await connection.orchestrator.actions.backfill?.plan?.(target(['2026-03-01', '2026-03-03']));
    expect(plan).toMatchObject([{ partition: '2026-03-01', note: expect.stringContaining('one day each') }, {}]);
  });

  it('waits while another is open, and knows its own again', async () => {
    await open(3);
    const dag = server.engine.dags.get('daily');
    const first = crypto.randomUUID();
    const made = backfill(days, first);
    await made;
    const open1 = server.engine.backfills[0];
    if (open1) open1.completed = undefined;
    expect(dag?.isPaused).toBe(false);
    await expect(backfill(days, first)).resolves.toMatchObject({ batch: '1', duplicate: true });
    expect(await failureOf(backfill(['2026-04-01']))).toMatchObject({
      kind: 'busy',
      detail: expect.stringContaining('open'),
    });
  });

  it('hears pause, resume and cancel, and is cancelled then', async () => {
    const gate: (() => void)[] = [];
    await open(3, [
      {
        id: 'slow',
        cron: '30 2 * * *',
        tasks: [
          {
            id: 'load',
            does: ({ signal }) =>
              new Promise((end) => {
                gate.push(() => end(undefined));
                signal.addEventListener('abort', () => end(undefined));
              }),
          },
        ],
      },
    ]);
    const aim = { ...target(days), pipeline: { connection: 'prod', key: 'slow' } };
    const call = callFor(aim, { kind: 'backfill' });
    const receipt = (await connection.orchestrator.actions.backfill?.perform(aim, call)) ?? {};
    const words = connection.orchestrator.actions.backfill?.batch;
    await words?.pause?.(receipt, call);
    expect(server.engine.backfills[0]?.isPaused).toBe(true);
    await words?.resume?.(receipt, call);
    expect(server.engine.backfills[0]?.isPaused).toBe(false);
    await words?.cancel?.(receipt, call);
    await words?.cancel?.(receipt, call);
    for (const letGo of gate) letGo();
    await until(async () => (await connection.orchestrator.progress?.(receipt))?.status === 'cancelled', {
      what: 'the end',
    });
  });
});

describe('a backfill of Airflow 2', () => {
  it('is a run for each day: triggered under an id of ours, or cleared where there is one', async () => {
    await open(2);
    const existing = await run('daily', { type: 'scheduled', logicalDate: new Date('2026-03-02T02:30:00Z') });
    const perform = (partition: string) => {
      const target = {
        kind: 'partitions' as const,
        pipeline: { connection: 'prod', key: 'daily' },
        partitions: [partition],
      };
      return connection.orchestrator.actions.backfill?.perform(target, callFor(target, { kind: 'backfill' }));
    };
    await expect(perform('2026-03-02')).resolves.toMatchObject({ run: { run: existing.id }, note: 'cleared' });
    const receipt = await perform('2026-03-03');
    const made = server.engine.find('daily', receipt?.run?.run ?? '');
    expect(made?.logicalDate).toEqual(new Date('2026-03-03T02:30:00Z'));
    await expect(
      connection.orchestrator.actions.backfill?.batch?.takes?.({ connection: 'prod', key: 'daily' }, []),
    ).resolves.toBe(false);
  });
});
