import { Failure } from '../../../src/domain/failure';
import type { Target } from '../../../src/domain/target';
import { until } from '../../support/until';
import { sendJson, startServer } from '../local-server';
import { assets, days, jobs } from './bench';
import { callFor, connectTo, pipeline, refOf } from './connect';
import type { JobDefinition, Run } from './engine';
import { type Dagster, type ServerOptions, startDagster } from './server';

let server: Dagster;
let connection: ReturnType<typeof connectTo>;

async function open(
  more: JobDefinition[] = [],
  options: Partial<ServerOptions> = {},
  keys: Record<string, unknown> = {},
): Promise<void> {
  server = await startDagster({ jobs: [...jobs, ...more], assets, ...options });
  connection = connectTo(server.url, keys);
}

const ended = (run: Run) =>
  until(async () => ['SUCCESS', 'FAILURE', 'CANCELED'].includes(run.status), { what: `the end of ${run.id}` });

async function run(job: string, more: Partial<Run> = {}): Promise<Run> {
  const made = server.engine.add(job, more);
  await ended(made);
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

async function poll(cursor: unknown) {
  const news = await connection.orchestrator.poll?.(cursor);
  if (!news) throw new Error('It cannot poll.');
  return { events: news.events, starts: news.starts, cursor: JSON.parse(JSON.stringify(news.cursor)) as unknown };
}

const perform = (
  kind: 'retry' | 'stop' | 'kill' | 'pause' | 'resume' | 'start' | 'backfill',
  target: Target,
  key = crypto.randomUUID(),
) => connection.orchestrator.actions[kind]?.perform(target, callFor(target, { kind, idempotencyKey: key }));
const plan = (kind: 'retry' | 'stop' | 'kill' | 'pause' | 'resume' | 'start' | 'backfill', target: Target) =>
  connection.orchestrator.actions[kind]?.plan?.(target);

afterEach(async () => {
  await connection.close();
  await server.close();
});

/** The connection before a server that answers every question with this. */
async function facing(status: number, data: object, errors?: object[]): Promise<void> {
  const local = await startServer((_, response) => sendJson(response, status, { data, errors }));
  server = { ...local, engine: undefined, loseAnswer: undefined, heard: [] } as unknown as Dagster;
  connection = connectTo(local.url);
}

describe('a fault in the place of an answer', () => {
  const said = (__typename: string) => ({ __typename, message: 'no' });

  it.each([
    {
      title: 'UnauthorizedError with 200',
      status: 200,
      data: { runsOrError: said('UnauthorizedError') },
      kind: 'not-allowed',
    },
    { title: 'PythonError with 500', status: 500, data: { runsOrError: said('PythonError') }, kind: 'unavailable' },
    {
      title: 'a filter that is not taken',
      status: 200,
      data: { runsOrError: said('InvalidPipelineRunsFilterError') },
      kind: 'rejected',
    },
    {
      title: 'a field that it does not have, with 400',
      status: 400,
      errors: [{ message: 'Cannot query field "x"' }],
      kind: 'rejected',
    },
    {
      title: 'an error on the way, with 200',
      status: 200,
      errors: [{ message: 'KeyError', path: ['runsOrError'] }],
      kind: 'unavailable',
    },
    {
      title: 'a refusal on the way, with 200',
      status: 200,
      errors: [{ message: 'Unauthorized', path: ['runsOrError'] }],
      kind: 'not-allowed',
    },
    { title: 'another shape', status: 200, data: { runsOrError: { __typename: 'Runs' } }, kind: 'bad-response' },
    { title: 'nothing at all', status: 200, data: {}, kind: 'bad-response' },
  ])('is told, and never as no runs: $title', async ({ status, data, errors, kind }) => {
    await facing(status, data ?? {}, errors);
    expect((await failureOf(connection.orchestrator.poll?.(undefined))).kind).toBe(kind);
  });

  it('is told with the words of the innermost cause', async () => {
    const error = { message: 'database is locked\n' };
    await facing(500, { runOrError: { ...said('PythonError'), errorChain: [{ error }] } });
    const failure = await failureOf(connection.orchestrator.fetchRun(refOf('smooth@etl', 'x')));
    expect(failure.detail).toBe('database is locked');
  });

  it.each([
    { title: 'is refused with its words where there is no run', leaves: false },
    { title: 'is taken where there is one', leaves: true },
  ])('of a launch that broke off $title', async ({ leaves }) => {
    const key = crypto.randomUUID();
    await open([], {
      instead: {
        launchRun: () => {
          if (leaves) server.engine.add('smooth', { tags: { 'pitcrew/action': key } });
          return { ...said('PythonError'), message: 'DagsterLaunchFailedError: no workers', stack: [], errorChain: [] };
        },
      },
    });
    const started = perform('start', { kind: 'pipeline', pipeline: pipeline('smooth@etl') }, key);
    if (leaves) expect(await started).toMatchObject({ run: { run: server.engine.runs[0]?.id }, duplicate: false });
    else
      expect(await failureOf(started)).toMatchObject({ kind: 'rejected', detail: expect.stringMatching(/no workers/) });
  });
});

describe('a run', () => {
  it('whose status is not known becomes unknown, and is counted', async () => {
    await facing(200, {
      runOrError: { __typename: 'Run', runId: 'r', jobName: 'smooth', status: 'HIBERNATING', tags: [] },
    });
    await expect(connection.orchestrator.fetchRun(refOf('smooth@unknown', 'r'))).resolves.toMatchObject({
      status: 'unknown',
    });
    expect(connection.unknown).toContain('HIBERNATING');
  });

  it('that failed outside of any step is told with its own words', async () => {
    await open();
    const broken = server.engine.add('smooth', { status: 'FAILURE', end: new Date() });
    broken.events.push({
      type: 'RunFailureEvent',
      at: new Date(),
      level: 'ERROR',
      message: 'Run worker died: OOMKilled',
    });
    await expect(connection.orchestrator.fetchRun(refOf('smooth@etl', broken.id))).resolves.toMatchObject({
      status: 'failed',
      error: 'Run worker died: OOMKilled',
    });
  });

  it('has the steps that did not come to their turn as left out', async () => {
    await open();
    const { id } = await run('bumpy');
    const steps = (await connection.orchestrator.steps?.(refOf('bumpy@etl', id))) ?? [];
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'extract succeeded',
      'load failed',
      'publish skipped',
    ]);
  });
});

it('the log of a step holds its output once, without that of others, and ends with the cause', async () => {
  await open();
  const { id } = await run('bumpy');
  const log = Buffer.concat(await all(connection.orchestrator.openLog?.({ ...refOf('bumpy@etl', id), step: 'load' })));
  const lines = log.toString().trim().split('\n');
  expect(log.toString().match(/load prints/g)).toHaveLength(1);
  expect(log.toString().match(/load complains/g)).toHaveLength(1);
  expect(log.toString()).not.toMatch(/ - dagster - |"extract"/);
  expect(log.toString()).toContain(
    'Traceback (most recent call last):\n  File "/srv/etl/jobs.py", line 7, in load\nValueError',
  );
  expect(lines.at(-1)).toMatch(/Steps failed: \['load'\]/);
});

describe('polling', () => {
  it('takes a part at each poll after a long absence, and tells each run once', async () => {
    await open();
    const now = Date.now();
    for (let nth = 0; nth < 1_040; nth += 1) {
      const end = new Date(now - 3_600_000 + nth * 1_000);
      server.engine.add('smooth', { status: nth % 7 === 0 ? 'FAILURE' : 'SUCCESS', start: end, end, updated: end });
    }
    let cursor: unknown = { until: now - 7_200_000, told: [] };
    const told: string[] = [];
    const sizes: number[] = [];
    for (let nth = 0; nth < 5; nth += 1) {
      const news = await poll(cursor);
      sizes.push(news.events.length);
      told.push(...news.events.map((event) => event.run));
      cursor = news.cursor;
    }
    expect(new Set(told).size).toBe(1_040);
    expect(told).toHaveLength(1_040);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.at(-1)).toBe(0);
  });

  it('reads again where a run that it had come to was deleted meanwhile', async () => {
    await open();
    const { cursor } = await poll(undefined);
    for (let nth = 0; nth < 250; nth += 1) server.engine.add('smooth', { status: 'SUCCESS', end: new Date() });
    const before = server.heard.length;
    const gone = until(async () => server.heard.slice(before).some((text) => /query Runs\(/.test(text)), {
      what: 'a page',
    });
    const reading = poll(cursor);
    await gone;
    server.engine.runs.splice(50, 1);
    const told = (await reading).events.map((event) => event.run);
    expect(new Set(told).size).toBeGreaterThanOrEqual(249);
  });

  it('names who launched a run, where a tag does and neither a schedule, a retry by itself nor Pitcrew did', async () => {
    await open();
    const { cursor } = await poll(undefined);
    for (const more of [[], ['dagster/schedule_name'], ['dagster/retry_number'], ['pitcrew/action'], ['user']])
      await run('smooth', {
        tags: { user: 'ada@example.com', ...Object.fromEntries(more.map((key) => [key, 'ben'])) },
      });
    await run('smooth');
    const { starts } = await poll(cursor);
    expect(starts?.map(({ pipeline: { key }, by }) => `${key} ${by}`).sort()).toEqual([
      'smooth@etl ada@example.com',
      'smooth@etl ben',
    ]);
  });

  it('looks only at the pipelines that are named', async () => {
    await open([], {}, { poll: { pipelines: ['bumpy@etl'] } });
    const { cursor } = await poll(undefined);
    await run('smooth');
    await run('bumpy');
    expect((await poll(cursor)).events.map((event) => `${event.pipeline} ${event.kind}`)).toEqual(['bumpy@etl failed']);
  });

  it('tells a run with its partition, and a failure that Dagster mends by itself as not final', async () => {
    await open();
    const { cursor } = await poll(undefined);
    await run('daily', { tags: { 'dagster/partition': '2026-03-02' } });
    await run('bumpy', { tags: { 'dagster/will_retry': 'true' } });
    const events = (await poll(cursor)).events.map(({ kind, partition, final, isReplaced }) => ({
      kind,
      partition,
      final,
      isReplaced,
    }));
    expect(events).toEqual([
      { kind: 'succeeded', partition: '2026-03-02', final: true },
      { kind: 'failed', partition: undefined, final: false, isReplaced: true },
    ]);
  });
});

describe('a failure that Dagster may run again', () => {
  const told = (events: readonly { kind: string; final?: boolean | undefined }[]) =>
    events.map(({ kind, final }) => ({ kind, final }));

  /** However slow this machine is. */
  const fresh = { status: 'FAILURE', end: new Date(Date.now() + 600_000) };

  it('is told when Dagster has said whether it does, and once', async () => {
    await open();
    let { cursor } = await poll(undefined);
    const failed = server.engine.add('bumpy', { ...fresh, tags: { 'dagster/max_retries': '2' } });
    const early = await poll(cursor);
    expect(early.events).toEqual([]);
    failed.tags['dagster/will_retry'] = 'true';
    server.engine.touch(failed);
    const late = await poll(early.cursor);
    expect(told(late.events)).toEqual([{ kind: 'failed', final: false }]);
    ({ cursor } = late);
    expect((await poll(cursor)).events).toEqual([]);
  });

  it('is waited for without a limit of its own too, once Dagster was seen to say so', async () => {
    await open();
    const { cursor } = await poll(undefined);
    await run('bumpy', { tags: { 'dagster/will_retry': 'false' } });
    const decided = await poll(cursor);
    expect(told(decided.events)).toEqual([{ kind: 'failed', final: true }]);
    server.engine.add('bumpy', fresh);
    expect((await poll(decided.cursor)).events).toEqual([]);
  });

  it('is told as it stands where Dagster says nothing for a while', async () => {
    await open();
    const { cursor } = await poll(undefined);
    const end = new Date(Date.now() - 5_000);
    server.engine.add('bumpy', { status: 'FAILURE', start: end, end, tags: { 'dagster/max_retries': '2' } });
    expect(told((await poll(cursor)).events)).toEqual([{ kind: 'failed', final: true }]);
  });
});

describe('a retry', () => {
  it('begins where it failed, as another run of the same root', async () => {
    await open();
    const { id } = await run('bumpy');
    const target = { kind: 'run' as const, run: refOf('bumpy@etl', id) };
    await expect(plan('retry', target)).resolves.toEqual([
      {
        run: refOf('bumpy@etl', id),
        steps: ['load', 'publish'],
        note: expect.stringContaining('A new run of what failed'),
      },
    ]);
    const receipt = await perform('retry', target);
    const again = server.engine.find(receipt?.run?.run ?? '');
    expect(again).toMatchObject({ parent: id, root: id, plan: ['load', 'publish'] });
  });

  it('of one step takes all behind it along, with the configuration of the run', async () => {
    await open();
    const first = await run('bumpy', { config: { ops: { load: { config: { day: 1 } } } } });
    const target = { kind: 'steps' as const, run: refOf('bumpy@etl', first.id), steps: ['load'] };
    const receipt = await perform('retry', target);
    const again = server.engine.find(receipt?.run?.run ?? '');
    expect(again).toMatchObject({ parent: first.id, plan: ['load', 'publish'], config: first.config });
    expect((await failureOf(perform('retry', { ...target, steps: ['nowhere'] }))).detail).toMatch(/There is no step/);
  });

  it('of a run that was run again goes on from the newest, and is refused where that is going or has succeeded', async () => {
    let words: string | undefined = 'ValueError: no';
    await open([{ name: 'stubborn', ops: [{ id: 'first' }, { id: 'second', does: () => words }] }]);
    const { id } = await run('stubborn');
    const target = { kind: 'run' as const, run: refOf('stubborn@etl', id) };
    const second = server.engine.find((await perform('retry', target))?.run?.run ?? '');
    if (!second) throw new Error('no run');
    await ended(second);
    words = undefined;
    const third = server.engine.find((await perform('retry', target))?.run?.run ?? '');
    expect(third).toMatchObject({ parent: second.id, root: id });
    if (third) await ended(third);
    expect((await failureOf(perform('retry', target))).detail).toMatch(/which was made of this one, has succeeded/);
  });

  it('is refused while Dagster is about to run it again by itself', async () => {
    await open();
    const { id } = await run('bumpy', { tags: { 'dagster/will_retry': 'true' } });
    const target = { kind: 'run' as const, run: refOf('bumpy@etl', id) };
    expect(await failureOf(perform('retry', target))).toMatchObject({ kind: 'busy' });
  });

  it('asked for by two at the same moment under one key starts one run', async () => {
    await open();
    const { id } = await run('bumpy');
    const target = { kind: 'run' as const, run: refOf('bumpy@etl', id) };
    const key = crypto.randomUUID();
    const receipts = await Promise.all([perform('retry', target, key), perform('retry', target, key)]);
    expect(new Set(receipts.map((receipt) => receipt?.run?.run)).size).toBe(1);
    expect(server.engine.runs.filter(({ root }) => root === id)).toHaveLength(1);
  });

  it('is not mistaken for what Dagster itself made of it, which has the same tags', async () => {
    await open();
    const { id } = await run('bumpy');
    const target = { kind: 'run' as const, run: refOf('bumpy@etl', id) };
    const call = callFor(target);
    const receipt = await connection.orchestrator.actions.retry?.perform(target, call);
    server.engine.add('bumpy', { tags: { 'pitcrew/action': call.idempotencyKey, 'dagster/retry_number': '1' } });
    await expect(connection.orchestrator.lookUp?.(call)).resolves.toMatchObject({ run: receipt?.run });
  });
});

describe('a run that has no worker yet', () => {
  it('cannot be stopped, but killed', async () => {
    await open();
    const starting = server.engine.add('smooth', { status: 'STARTING' });
    const target = { kind: 'run' as const, run: refOf('smooth@etl', starting.id) };
    expect((await failureOf(plan('stop', target))).detail).toMatch(/no worker yet .* kill the run/);
    await perform('kill', target);
    expect(starting.status).toBe('CANCELED');
  });
});

describe('who may only look', () => {
  it('is told of each right that is missing, and is refused what it asks for', async () => {
    await open([], { readOnly: true });
    const found = await connection.orchestrator.check();
    const faults = found.filter(({ ok }) => !ok).map(({ say }) => say);
    expect(found.flatMap(({ lacks }) => Object.keys(lacks ?? {}))).toEqual([
      'retry',
      'start',
      'stop',
      'kill',
      'backfill',
      'pause',
      'resume',
    ]);
    expect(faults).toHaveLength(8);
    expect(faults[0]).toBe('The user may not run runs again, which Retry needs (Disabled by your administrator).');
    const { id } = await run('bumpy');
    const target = { kind: 'run' as const, run: refOf('bumpy@etl', id) };
    expect((await failureOf(plan('retry', target))).kind).toBe('not-allowed');
    expect((await failureOf(perform('retry', target))).kind).toBe('not-allowed');
    const start = { kind: 'pipeline' as const, pipeline: pipeline('smooth@etl') };
    expect((await failureOf(perform('pause', start))).kind).toBe('not-allowed');
    expect((await failureOf(perform('start', start))).kind).toBe('not-allowed');
  });
});

describe('what starts a job by itself', () => {
  const smooth = { kind: 'pipeline' as const, pipeline: pipeline('smooth@etl') };

  it('is stopped and started as a whole, but for a sensor that starts other jobs as well', async () => {
    await open([], {
      sensors: [
        { name: 'on_file', jobs: ['smooth'] },
        { name: 'on_all', jobs: ['smooth', 'bumpy'] },
      ],
    });
    expect(await plan('pause', smooth)).toMatchObject([
      {
        note: 'Stops the schedule smooth_schedule, the sensor on_file, so that nothing starts smooth@etl. Runs that are going go on.',
      },
    ]);
    await perform('pause', smooth);
    expect(server.starters.filter(({ isRunning }) => isRunning).map(({ name }) => name)).toEqual(['on_all']);
    await perform('resume', smooth);
    expect(server.starters.every(({ isRunning }) => isRunning)).toBe(true);
    const bumpy = { kind: 'pipeline' as const, pipeline: pipeline('bumpy@etl') };
    expect((await failureOf(plan('pause', bumpy))).detail).toMatch(
      /sensor on_all also starts other jobs than bumpy@etl/,
    );
  });

  it('is not started where the code has it stopped, and somebody stopped another', async () => {
    await open([], { sensors: [{ name: 'on_file', jobs: ['smooth'] }] });
    Object.assign(server.starters.find(({ name }) => name === 'on_file') ?? {}, { isRunning: false, isByHand: false });
    await perform('pause', smooth);
    expect(await plan('resume', smooth)).toMatchObject([
      { note: expect.stringMatching(/^Starts the schedule smooth_schedule again/) },
    ]);
  });
});

describe('the doctor', () => {
  it('names daemons that do not run and code that cannot be loaded', async () => {
    await open([], { deadDaemons: ['BACKFILL'], brokenLocation: 'sales' });
    const faults = (await connection.orchestrator.check()).filter(({ ok }) => !ok).map(({ say }) => say);
    expect(faults).toEqual([
      'Code location sales cannot be loaded, so that its jobs are missing.',
      'Its daemon BACKFILL is not running, so that backfills do not begin.',
    ]);
  });

  it('tells a pipeline that is not there, and an address with too much behind it', async () => {
    await open([], {}, { poll: { pipelines: ['smooth@etl', 'smooth@elsewhere'] } });
    expect(await connection.orchestrator.check()).toContainEqual(
      expect.objectContaining({ ok: false, say: 'Pipeline smooth@elsewhere is not there.' }),
    );
    const wrong = connectTo(`${server.url}/graphql`);
    expect(await wrong.orchestrator.check()).toEqual([
      expect.objectContaining({ ok: false, fix: expect.stringContaining('Leave `/graphql` off') }),
    ]);
    await wrong.close();
  });
});

describe('a backfill', () => {
  const five = days.slice(0, 5);
  const picky: JobDefinition = {
    name: 'picky',
    partitions: days,
    ops: [
      { id: 'load_day', does: ({ partition }) => (partition === '2026-03-03' ? 'ValueError: bad day' : undefined) },
    ],
  };
  const target = (key: string, partitions: string[]) => ({
    kind: 'partitions' as const,
    pipeline: pipeline(key),
    partitions,
  });

  it.each(['daily@etl', 'asset:report@etl'])(
    'of %s takes many days in one call, and is followed to its end',
    async (key) => {
      await open();
      const receipt = (await perform('backfill', target(key, five))) ?? {};
      expect(receipt).toEqual({ batch: 'bf1abcde' });
      await until(async () => (await connection.orchestrator.progress?.(receipt))?.status === 'succeeded', {
        what: 'the end',
      });
      await expect(connection.orchestrator.progress?.(receipt)).resolves.toMatchObject({
        partitions: { total: 5, done: 5, failed: 0, running: 0 },
      });
      await expect(connection.orchestrator.runsOf?.(pipeline(key), [...five, '1999-12-31'])).resolves.toHaveLength(5);
    },
  );

  it('fails when one day fails, and says how many', async () => {
    await open([picky]);
    const receipt = (await perform('backfill', target('picky@etl', five))) ?? {};
    await until(async () => (await connection.orchestrator.progress?.(receipt))?.status === 'failed', {
      what: 'the end',
    });
    await expect(connection.orchestrator.progress?.(receipt)).resolves.toMatchObject({
      error: '1 of 5 partitions failed.',
      partitions: { total: 5, done: 4, failed: 1, running: 0 },
    });
  });

  it('is found again by its key, and made once', async () => {
    await open();
    const key = crypto.randomUUID();
    const first = await perform('backfill', target('daily@etl', five), key);
    await expect(perform('backfill', target('daily@etl', five), key)).resolves.toEqual({ ...first, duplicate: true });
    expect(server.engine.backfills).toHaveLength(1);
  });

  it('can be cancelled, and is not opened again by a word that comes too late', async () => {
    await open([
      {
        name: 'slow',
        partitions: days,
        ops: [
          {
            id: 'wait',
            does: ({ signal }) => new Promise((end) => signal.addEventListener('abort', () => end(undefined))),
          },
        ],
      },
    ]);
    const aim = target('slow@etl', five);
    const call = callFor(aim, { kind: 'backfill' });
    const receipt = (await perform('backfill', aim)) ?? {};
    const { batch } = connection.orchestrator.actions.backfill ?? {};
    await batch?.cancel?.(receipt, call);
    await until(async () => (await connection.orchestrator.progress?.(receipt))?.status === 'cancelled', {
      what: 'the end',
    });
    await batch?.cancel?.(receipt, call);
    expect(server.engine.backfills[0]?.status).toBe('CANCELED');
  });

  it.each([
    {
      title: 'where the daemon does not run',
      options: { deadDaemons: ['BACKFILL'] },
      key: 'daily@etl',
      because: /backfill daemon is not running/,
    },
    { title: 'of what has no partitions', options: {}, key: 'smooth@etl', because: /has no partitions. Start a run/ },
    { title: 'of what is not there', options: {}, key: 'nothing@etl', because: /There is no pipeline/ },
    { title: 'of several assets', options: {}, key: 'assets:a,b@etl', because: /each asset/ },
  ])('is refused $title', async ({ options, key, because }) => {
    await open([], options);
    expect((await failureOf(perform('backfill', target(key, five)))).detail).toMatch(because);
  });
});

describe('what Dagster knows of its pipelines', () => {
  it('are jobs and assets with their owners, tags and schedules, without its own jobs', async () => {
    await open();
    const found = await all(connection.orchestrator.discover?.());
    expect(found.map(({ key }) => key)).toEqual([
      'smooth@etl',
      'bumpy@etl',
      'daily@etl',
      'named@etl',
      'asset:dwh/orders@etl',
      'asset:report@etl',
      'asset:dashboard@etl',
    ]);
    expect(found[0]?.facts).toMatchObject({
      owner: 'orders',
      tags: ['tier:2', 'team:orders'],
      tier: 2,
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
    });
    expect(found[4]?.facts).toMatchObject({ title: 'dwh/orders', owner: 'orders@example.com' });
  });

  it('is who feeds whom, through assets, without a job that feeds itself', async () => {
    await open();
    const edges = (await all(connection.orchestrator.lineage?.())).map(({ from, to }) => `${from} > ${to}`);
    expect(edges).toContain('pipeline:prod/smooth@etl > table:dwh/orders');
    expect(edges).toContain('table:dwh/orders > pipeline:prod/asset:report@etl');
    expect(edges).toContain('pipeline:prod/smooth@etl > pipeline:prod/asset:report@etl');
    expect(edges).not.toContain('table:dwh/orders > pipeline:prod/smooth@etl');
  });
});
