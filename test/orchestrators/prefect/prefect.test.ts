import { Failure, sayFailure } from '../../../src/domain/failure';
import type { Target } from '../../../src/domain/target';
import { until } from '../../support/until';
import { deliveryOf, flows } from './bench';
import { callFor, connectTo, pipelineOf } from './connect';
import type { FlowDefinition, FlowRun } from './engine';
import { type Prefect, startPrefect } from './server';

let server: Prefect;
let connection: ReturnType<typeof connectTo>;

async function open(more: FlowDefinition[] = [], keys: Record<string, unknown> = {}): Promise<void> {
  server = await startPrefect([...flows, ...more]);
  connection = connectTo(server.url, keys);
}
afterEach(async () => {
  await connection.close();
  await server.close();
});

const refOf = (flow: string, { id }: FlowRun) => ({ pipeline: pipelineOf(flow), run: id });
const becomes = (run: FlowRun, type: string) =>
  until(async () => run.state.type === type, { what: `the run to be ${type}` });

async function run(flow: string, type = 'COMPLETED', more: Partial<FlowRun> = {}): Promise<FlowRun> {
  const made = server.engine.add(flow, more);
  await becomes(made, type);
  return made;
}

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

async function poll(cursor?: unknown) {
  const news = await connection.orchestrator.poll?.(cursor);
  if (!news) throw new Error('It cannot poll.');
  return { ...news, cursor: JSON.parse(JSON.stringify(news.cursor)) as unknown };
}

describe('who comes in', () => {
  it('with a wrong password is told so, and not that there are no runs', async () => {
    await open([], { username: 'admin', password: 'wrong' });
    const failure = await failureOf(connection.orchestrator.poll?.(undefined));
    expect(failure).toMatchObject({ kind: 'not-allowed', detail: 'Unauthorized' });
    expect(await connection.orchestrator.check()).toEqual([
      expect.objectContaining({ ok: false, fix: expect.stringContaining('PREFECT_SERVER_API_AUTH_STRING') }),
    ]);
  });

  it('with a key that may only look is told of each right that is missing, and is refused a start', async () => {
    await open([], { apiKey: 'pnu_viewer' });
    const found = await connection.orchestrator.check();
    const faults = found.filter(({ ok }) => !ok).map(({ say }) => say);
    expect(found.flatMap(({ lacks }) => Object.keys(lacks ?? {}))).toEqual([
      ...['retry', 'stop', 'start', 'backfill', 'pause', 'resume'],
    ]);
    expect(faults).toEqual([
      'The key may not change the state of runs, which Retry and Stop need.',
      'The key may not start runs of deployments, which Start and Backfill need.',
      'The key may not pause deployments, which Pause and Resume need.',
    ]);
    const target: Target = { kind: 'pipeline', pipeline: pipelineOf('smooth') };
    const start = connection.orchestrator.actions.start?.perform(target, callFor(target, { kind: 'start' }));
    expect((await failureOf(start)).kind).toBe('not-allowed');
  });

  it('is told of runs that no worker takes, and of deployments that are paused or not there', async () => {
    await open([], { poll: { pipelines: ['held/live', 'orders/live'] } });
    server.engine.add('smooth', { state: server.engine.stateOf('SCHEDULED', { name: 'Late' }) });
    const held = server.engine.deployments.find(({ definition }) => definition.name === 'held');
    if (held) held.isPaused = true;
    const faults = (await connection.orchestrator.check()).filter(({ ok }) => !ok).map(({ say }) => say);
    expect(faults).toEqual([
      'Deployment held/live is paused: its schedules start nothing.',
      'Deployment orders/live is not there.',
      '1 run waits for a worker longer than it should.',
    ]);
  });
});

describe('an answer of 200 to a wish for another state', () => {
  it.each<[string, { status: string; details: object }, object]>([
    [
      'that says REJECT is a refusal with its reason',
      { status: 'REJECT', details: { type: 'reject_details', reason: 'Not now.' } },
      { kind: 'rejected', detail: 'Not now.' },
    ],
    [
      'that says ABORT is a refusal with its reason',
      { status: 'ABORT', details: { type: 'abort_details', reason: 'Never.' } },
      { kind: 'rejected', detail: 'Never.' },
    ],
    [
      'that says WAIT is to be tried again when it says',
      { status: 'WAIT', details: { type: 'wait_details', delay_seconds: 7, reason: 'No slot is free.' } },
      { kind: 'busy', detail: 'No slot is free.', retryAfterMs: 7_000 },
    ],
    ['that says something else leaves it open', { status: 'PERHAPS', details: {} }, { kind: 'unsure' }],
  ])('%s', async (_title, outcome, failure) => {
    await open();
    const made = await run('bumpy', 'FAILED');
    const target: Target = { kind: 'run', run: refOf('bumpy', made) };
    server.answerWish(outcome);
    const retry = connection.orchestrator.actions.retry?.perform(target, callFor(target));
    expect(await failureOf(retry)).toMatchObject(failure);
    expect(made.count).toBe(1);
  });
});

describe('a state that is not known', () => {
  it('becomes unknown, is counted, is no news, and is not retried', async () => {
    await open();
    const { cursor } = await poll();
    const made = await run('smooth');
    made.state.type = 'HIBERNATING';
    const ref = refOf('smooth', made);
    await expect(connection.orchestrator.fetchRun(ref)).resolves.toMatchObject({ status: 'unknown' });
    expect((await poll(cursor)).events).toEqual([]);
    expect(connection.unknown).toContain('HIBERNATING');
    const failure = await failureOf(connection.orchestrator.actions.retry?.plan?.({ kind: 'run', run: ref }));
    expect(failure.detail).toContain('HIBERNATING');
  });
});

describe('a step', () => {
  it('of several of one task has a number, the same in each attempt, and its own log', async () => {
    let begun = 0;
    const does = () => {
      begun += 1;
      return begun === 2 ? 'ValueError: part 1 is broken' : undefined;
    };
    await open([{ name: 'wide', tasks: [{ name: 'part', mapped: 3, does }] }]);
    const made = await run('wide', 'FAILED');
    const ref = refOf('wide', made);
    await expect(connection.orchestrator.fetchRun(ref)).resolves.toMatchObject({
      step: 'part[1]',
      error: 'ValueError: part 1 is broken',
    });
    const states = async (attempt?: number) =>
      ((await connection.orchestrator.steps?.({ ...ref, attempt })) ?? []).map(
        ({ step, status }) => `${step} ${status}`,
      );
    const first = ['part[0] succeeded', 'part[1] failed', 'part[2] succeeded'];
    expect(await states()).toEqual([...first, '(flow) failed']);
    const log = await all(connection.orchestrator.openLog?.({ ...ref, step: 'part[1]' }));
    expect(Buffer.concat(log).toString().trim().split('\n')).toEqual([
      expect.stringMatching(/ \| ERROR {3}\| prefect\.task_runs - ValueError: part 1 is broken$/),
    ]);
    const target: Target = { kind: 'run', run: ref };
    await connection.orchestrator.actions.retry?.perform(target, callFor(target));
    await becomes(made, 'COMPLETED');
    expect((await states(1)).slice(0, 3)).toEqual(first);
    expect(await states()).toContain('part[1] succeeded');
  });

  it('is the flow itself where its own code failed, with the log of the whole run', async () => {
    await open([{ name: 'own', tasks: [{ name: 'load' }], does: () => 'RuntimeError: no more disk' }]);
    const ref = refOf('own', await run('own', 'FAILED'));
    await expect(connection.orchestrator.fetchRun(ref)).resolves.toMatchObject({
      step: '(flow)',
      error: 'RuntimeError: no more disk',
    });
    const log = Buffer.concat(await all(connection.orchestrator.openLog?.({ ...ref, step: '(flow)' }))).toString();
    expect(log).toMatch(/prefect\.task_runs - done\n[\s\S]*prefect\.flow_runs - .*no more disk/);
  });
});

describe('a log', () => {
  it('of many pages is read to its end, each line once, also where lines of one moment fill a page', async () => {
    await open();
    const made = await run('smooth');
    const moment = server.engine.now();
    for (let nth = 0; nth < 450; nth += 1) server.engine.write(made, null, 20, `same ${nth}`, moment);
    for (let nth = 0; nth < 450; nth += 1) server.engine.write(made, null, 20, `then ${nth}`);
    const log = Buffer.concat(
      await all(connection.orchestrator.openLog?.({ ...refOf('smooth', made), step: '(flow)' })),
    );
    const said = log.toString().match(/(?:same|then) \d+/g) ?? [];
    expect(said).toHaveLength(900);
    expect(new Set(said).size).toBe(900);
  });
});

describe('polling', () => {
  it('tells a failure that somebody marks as completed, which moves none of its times', async () => {
    await open();
    const first = await poll();
    const made = await run('bumpy', 'FAILED');
    const second = await poll(first.cursor);
    server.engine.enter(made, server.engine.stateOf('COMPLETED', { message: 'Done by hand' }));
    const longAgo = new Date(Date.now() - 3_600_000);
    Object.assign(made, { start: longAgo, end: longAgo });
    const third = await poll(second.cursor);
    expect([second, third].map(({ events }) => events.map(({ kind }) => kind))).toEqual([['failed'], ['succeeded']]);
    expect((await poll(third.cursor)).events).toEqual([]);
  });

  it('leaves runs of flows that a flow called to that one, and tells those of deployments that it started', async () => {
    await open();
    const { cursor } = await poll();
    await run('smooth', 'COMPLETED', { parentTask: crypto.randomUUID(), deployment: null });
    await run('daily', 'COMPLETED', { parentTask: crypto.randomUUID(), parameters: { day: '2026-03-02' } });
    const { events } = await poll(cursor);
    expect(events.map(({ pipeline, partition }) => `${pipeline} ${partition}`)).toEqual(['daily/live 2026-03-02']);
  });

  it('names the person who started a run, and neither a schedule nor nobody', async () => {
    await open();
    const { cursor } = await poll();
    await run('smooth', 'COMPLETED', { creator: { type: 'USER', display_value: 'ada' } });
    await run('smooth', 'COMPLETED', { creator: { type: 'SCHEDULE', display_value: 'nightly' } });
    await run('smooth');
    const { starts } = await poll(cursor);
    expect(starts?.map(({ pipeline: { key }, by }) => `${key} ${by}`)).toEqual(['smooth/live ada']);
  });

  it('of named deployments leaves the others out, and fails where none of them is there', async () => {
    await open([], { poll: { pipelines: ['bumpy/live', 'gone/live'] } });
    const { cursor } = await poll();
    await run('smooth');
    await run('bumpy', 'FAILED');
    expect((await poll(cursor)).events.map(({ pipeline, kind }) => `${pipeline} ${kind}`)).toEqual([
      'bumpy/live failed',
    ]);
    const lost = connectTo(server.url, { poll: { pipelines: ['gone/live'] } });
    expect((await failureOf(lost.orchestrator.poll?.(cursor))).kind).toBe('not-found');
    await lost.close();
  });

  it('catches up after a long absence part by part, and tells each run once', async () => {
    await open();
    const now = Date.now();
    for (let nth = 0; nth < 1_040; nth += 1) {
      const end = new Date(now - 3_600_000 + nth * 1_000);
      const state = server.engine.stateOf('COMPLETED', { timestamp: end });
      server.engine.add('smooth', { state, start: end, end, count: 1, expected: end });
    }
    let cursor: unknown = { until: now - 7_200_000, told: [] };
    const told: string[] = [];
    const sizes: number[] = [];
    for (let nth = 0; nth < 5; nth += 1) {
      const news = await poll(cursor);
      sizes.push(news.events.length);
      told.push(...news.events.map(({ id }) => id));
      cursor = news.cursor;
    }
    expect([told.length, new Set(told).size, sizes.at(-1)]).toEqual([1_040, 1_040, 0]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
  });
});

describe('a delivery', () => {
  it('of the event alone is taken as well, without the partition that it does not tell', async () => {
    await open();
    const made = await run('daily', 'COMPLETED', { parameters: { day: '2026-03-02' } });
    const tell = (isWhole: boolean) =>
      connection.orchestrator.normalise(deliveryOf(server, made, made.state, isWhole)).events;
    expect(tell(true)).toMatchObject([{ kind: 'succeeded', pipeline: 'daily/live', partition: '2026-03-02' }]);
    expect(tell(false)).toMatchObject([{ kind: 'succeeded', id: made.state.id }]);
    expect(tell(false)[0]?.partition).toBeUndefined();
  });

  it('about a flow that another flow called tells nothing', async () => {
    await open();
    const made = await run('smooth', 'COMPLETED', { parentTask: crypto.randomUUID(), deployment: null });
    expect(connection.orchestrator.normalise(deliveryOf(server, made, made.state)).events).toEqual([]);
  });
});

describe('a retry', () => {
  it('from the start is a new run with the same parameters, once for each key', async () => {
    await open();
    const made = await run('daily', 'COMPLETED', { parameters: { day: '2026-03-02' } });
    const target: Target = { kind: 'run', run: refOf('daily', made), from: 'start' };
    const call = callFor(target);
    const first = await connection.orchestrator.actions.retry?.perform(target, call);
    const second = await connection.orchestrator.actions.retry?.perform(target, call);
    expect(second).toMatchObject({ run: first?.run, duplicate: true });
    expect(first?.run?.run).not.toBe(made.id);
    expect(server.engine.runs).toHaveLength(2);
    expect(server.engine.runs[1]?.parameters).toEqual({ day: '2026-03-02' });
  });

  it.each<[string, Partial<FlowRun>, Partial<Target>, RegExp]>([
    ['of a run without a deployment', { deployment: null }, {}, /belongs to no deployment/],
    ['with other parameters', {}, { parameters: { day: 'x' } }, /keeps the parameters .* from the start/],
  ])('%s is refused before it is asked', async (_title, more, aim, because) => {
    await open();
    const made = await run('bumpy', 'FAILED', more);
    const target = { kind: 'run', run: refOf('bumpy', made), ...aim } as Target;
    expect((await failureOf(connection.orchestrator.actions.retry?.plan?.(target))).detail).toMatch(because);
  });
});

describe('a stop', () => {
  it('of a run that nothing runs yet names who asked, and is found again', async () => {
    await open();
    const made = server.engine.add('smooth', { state: server.engine.stateOf('SCHEDULED', { name: 'Held' }) });
    const target: Target = { kind: 'run', run: refOf('smooth', made) };
    const call = callFor(target, { kind: 'stop' });
    await connection.orchestrator.actions.stop?.perform(target, call);
    expect(made.state).toMatchObject({ type: 'CANCELLED', message: 'Stop by dana (Pitcrew)' });
    await expect(connection.orchestrator.lookUp?.(call)).resolves.toMatchObject({ duplicate: true });
  });

  it('of a run that is just beginning waits until it has begun, since its worker would not hear of it before', async () => {
    await open();
    const made = server.engine.add('smooth', { state: server.engine.stateOf('PENDING') });
    const target: Target = { kind: 'run', run: refOf('smooth', made) };
    const call = callFor(target, { kind: 'stop' });
    const { stop } = connection.orchestrator.actions;
    await expect(stop?.plan?.(target)).resolves.toMatchObject([{ note: expect.stringContaining('just beginning') }]);
    const failure = await failureOf(stop?.perform(target, call));
    expect(failure).toMatchObject({ kind: 'busy', retryAfterMs: 2_000 });
    expect(sayFailure(failure)).toBe(
      `Run ${made.id} is just beginning. It is stopped as soon as it has begun; there is nothing to do until then.`,
    );
    expect(made.state.type).toBe('PENDING');

    server.engine.enter(made, server.engine.stateOf('RUNNING'));
    await stop?.perform(target, call);
    await becomes(made, 'CANCELLED');
  });

  it('of a run that a worker takes at that very moment goes on until the run has ended: what is cancelled then runs all the same', async () => {
    await open();
    const { engine } = server;
    const made = engine.add('smooth', { state: engine.stateOf('SCHEDULED', { name: 'Held' }) });
    const target: Target = { kind: 'run', run: refOf('smooth', made) };
    const call = callFor(target, { kind: 'stop' });
    const { stop } = connection.orchestrator.actions;
    server.justBeforeWish(() => engine.enter(made, engine.stateOf('PENDING')));
    expect(await failureOf(stop?.perform(target, call))).toMatchObject({ kind: 'busy' });
    expect(made.state.type).toBe('CANCELLED');
    await expect(stop?.plan?.(target)).resolves.toMatchObject([{ note: expect.stringContaining('just beginning') }]);
    await expect(connection.orchestrator.lookUp?.(call)).resolves.toBeUndefined();

    engine.enter(made, engine.stateOf('RUNNING'));
    await expect(connection.orchestrator.lookUp?.(call)).resolves.toBeUndefined();
    await stop?.perform(target, call);
    await becomes(made, 'CANCELLED');
    await expect(connection.orchestrator.lookUp?.(call)).resolves.toMatchObject({ duplicate: true });
  });

  it('of a run that its worker has told the process of, or that has not begun after a while, does not wait', async () => {
    await open();
    const { engine } = server;
    const earlier = new Date(Date.now() - 31_000);
    const listed = engine.add('smooth', { state: engine.stateOf('PENDING'), process: '4711' });
    const stuck = engine.add('smooth', { state: { ...engine.stateOf('PENDING'), timestamp: earlier } });
    for (const made of [listed, stuck]) {
      const target: Target = { kind: 'run', run: refOf('smooth', made) };
      await connection.orchestrator.actions.stop?.perform(target, callFor(target, { kind: 'stop' }));
    }
    await becomes(listed, 'CANCELLED');
    expect(stuck.state.type).toBe('CANCELLING');
  });
});

describe('a backfill', () => {
  const days = (flow: string, ...partitions: string[]): Target => ({
    kind: 'partitions',
    pipeline: pipelineOf(flow),
    partitions,
  });

  it('gives each run its day, and of two runs of a day the newer one counts', async () => {
    await open();
    await run('daily', 'COMPLETED', { parameters: { day: '2026-03-02' } });
    const target = days('daily', '2026-03-02');
    const receipt = await connection.orchestrator.actions.backfill?.perform(
      target,
      callFor(target, { kind: 'backfill' }),
    );
    await expect(connection.orchestrator.runsOf?.(pipelineOf('daily'), ['2026-03-02', '2026-03-03'])).resolves.toEqual([
      expect.objectContaining({ run: receipt?.run?.run, partition: '2026-03-02' }),
    ]);
  });

  it('says which key of the settings is missing where it does not know the parameter of the day', async () => {
    await open([], { partitionParam: [] });
    const plan = (flow: string) => connection.orchestrator.actions.backfill?.plan?.(days(flow, '2026-03-02'));
    expect((await failureOf(plan('daily'))).detail).toMatch(/Name it in `partitionParam`/);
    await connection.close();
    connection = connectTo(server.url);
    expect((await failureOf(plan('smooth'))).detail).toMatch(/smooth\/live has no parameter day .* `partitionParam`/);
  });

  it('asks for no more than Prefect would keep', async () => {
    const limit = { limit: 1, strategy: 'CANCEL_NEW' as const };
    await open([
      { name: 'narrow', takes: ['day'], limit, tasks: [{ name: 'wait', does: () => new Promise(() => {}) }] },
    ]);
    const ability = connection.orchestrator.actions.backfill;
    await expect(ability?.concurrency?.(pipelineOf('narrow'))).resolves.toMatchObject({ atOnce: 1 });
    await run('narrow', 'RUNNING', { parameters: { day: '2026-03-01' } });
    const target = days('narrow', '2026-03-02');
    const failure = await failureOf(ability?.perform(target, callFor(target, { kind: 'backfill' })));
    expect(failure).toMatchObject({ kind: 'busy', detail: expect.stringContaining('would cancel one more') });
  });
});

describe('a deployment', () => {
  it('is told with its schedule and tags, under the name that Prefect gives it', async () => {
    await open();
    const found = await all(connection.orchestrator.discover?.());
    expect(found.find(({ key }) => key === 'daily/live')?.facts).toMatchObject({
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
    });
    expect(found.find(({ key }) => key === 'smooth/live')?.facts).toMatchObject({ tier: 2, tags: ['tier2'] });
  });

  it('that is not there is not started, and the plan says how names are written', async () => {
    await open();
    for (const key of ['smooth', 'orders/live', 'a/b/c']) {
      const target: Target = { kind: 'pipeline', pipeline: { connection: 'prod', key } };
      const failure = await failureOf(connection.orchestrator.actions.start?.plan?.(target));
      expect(failure).toMatchObject({ kind: 'rejected', detail: expect.stringMatching(/such as orders\/daily/) });
    }
  });
});

describe('pages for people', () => {
  it.each([
    ['http://prefect:4200/api', 'http://prefect:4200/runs/flow-run/'],
    [
      'https://api.prefect.cloud/api/accounts/a/workspaces/w',
      'https://app.prefect.cloud/account/a/workspace/w/runs/flow-run/',
    ],
  ])('of %s are at %s', async (url, page) => {
    await open();
    const made = await run('smooth');
    const other = connectTo(url);
    expect(other.orchestrator.normalise(deliveryOf(server, made, made.state)).events[0]?.url).toBe(page + made.id);
    await other.close();
  });
});
