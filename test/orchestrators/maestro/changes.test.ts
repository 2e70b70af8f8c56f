import { defineWorkflow, type SimpleWorkflow, scriptedRunner } from '../../../src/demo/stand-in';
import type { ActionKind } from '../../../src/domain/action';
import type { Failure } from '../../../src/domain/failure';
import type { Target } from '../../../src/domain/target';
import { createGate } from '../../demo/support';
import { callFor, openWorks, refOf, type Works } from './connect';

let works: Works;
afterEach(() => works.close());

const orders = { connection: 'prod', key: 'orders' };
const days = (...partitions: string[]): Target => ({ kind: 'partitions', pipeline: orders, partitions });
const run = (instance: number, more: Partial<Extract<Target, { kind: 'run' }>> = {}): Target => ({
  kind: 'run',
  run: refOf('orders', instance),
  ...more,
});

const ability = (kind: ActionKind) => {
  const found = works.orchestrator.actions[kind];
  if (!found) throw new Error(`cannot ${kind}`);
  return found;
};
const perform = (kind: ActionKind, target: Target, changes: Parameters<typeof callFor>[1] = {}) =>
  ability(kind).perform(target, callFor(target, { kind, ...changes }));
const plan = async (kind: ActionKind, target: Target) => ability(kind).plan?.(target);
const refusalOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    (value) => {
      throw new Error(`It went well: ${JSON.stringify(value)}`);
    },
    (error) => error,
  );
const last = (path: RegExp) => works.standIn.requests.findLast((call) => path.test(call.path));

/** One workflow, `orders`. `first`: its first run waits for the gate to open. */
async function open(given: Partial<SimpleWorkflow> = {}, runner = scriptedRunner(), keys = {}) {
  works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders', ...given })], runner }, keys);
}
async function openWithOneGoing(given: Partial<SimpleWorkflow>) {
  const gate = createGate();
  await open(given, scriptedRunner({ main: gate.step }));
  const { instanceId } = await works.standIn.startRun('orders');
  await works.standIn.waitFor('orders', instanceId, ({ status }) => status === 'IN_PROGRESS');
  return gate;
}

describe('a backfill', () => {
  it.each<[cron: string, timezone: string | undefined, day: string, runTs: string]>([
    ['30 2 * * *', 'Europe/Berlin', '2026-01-15', '2026-01-15T01:30:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '20260715', '2026-07-15T00:30:00Z'],
    ['0 15 3 * * ?', 'America/New_York', '2026-07-15', '2026-07-15T07:15:00Z'],
    ['*/30 * * * *', 'UTC', '2026-07-15', '2026-07-15T00:00:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-03-29', '2026-03-29T01:30:00Z'], // the clock skips that hour
    ['0 2 * * *', undefined, '2026-07-15', '2026-07-15T02:00:00Z'],
  ])(
    'of a pipeline at %s in %s starts the run of %s as its schedule would have',
    async (cron, timezone, day, runTs) => {
      await open({
        workflow: {
          time_triggers: [{ type: 'CRON', cron, timezone }],
        },
      });
      const receipt = await perform('backfill', days(day));
      expect(last(/actions\/start/)?.body).toMatchObject({
        run_params: {
          TARGET_RUN_DATE: { type: 'STRING', value: day.replaceAll('-', '') },
          RUN_TS: { type: 'LONG', value: Date.parse(runTs) },
        },
      });
      expect(last(/versions\/1\/actions\/start/)).toBeDefined();
      await expect(works.orchestrator.fetchRun(receipt.run ?? refOf('orders', 0))).resolves.toMatchObject({
        partition: day.replaceAll('-', ''),
      });
    },
  );

  it('sets the parameter of the partition where that is another one, in its own type', async () => {
    await open({ workflow: { params: { shard: { type: 'LONG', value: 0 } } } }, undefined, { partitionParam: 'shard' });
    await perform('backfill', days('12'));
    expect(last(/actions\/start/)?.body).toMatchObject({ run_params: { shard: { type: 'LONG', value: 12 } } });
    expect(await refusalOf(perform('backfill', days('first')))).toMatchObject({
      kind: 'rejected',
      detail: expect.stringContaining('shard must be a whole number'),
    });
  });

  it.each<[rule: NonNullable<SimpleWorkflow['runStrategy']>, atOnce: number, why: RegExp]>([
    ['SEQUENTIAL', 1, /one at a time/],
    ['STRICT_SEQUENTIAL', 1, /until that one is retried or unblocked/],
    ['FIRST_ONLY', 1, /drops every run that is asked for while one is going/],
    ['LAST_ONLY', 1, /stops the one that is going/],
    ['SERIAL_LATEST_ONLY', 1, /keeps only the newest/],
    [{ rule: 'PARALLEL', workflow_concurrency: 7 }, 7, /at most 7 at once/],
    ['PARALLEL', 20, /at most 20 at once/],
  ])('of a pipeline that runs %j is paced at %i and says why, also in the plan', async (runStrategy, atOnce, why) => {
    await open({ runStrategy });
    await expect(ability('backfill').concurrency?.(orders)).resolves.toEqual({
      atOnce,
      why: expect.stringMatching(why),
    });
    expect(await plan('backfill', days('2026-01-01', '2026-01-02'))).toEqual([
      { partition: '2026-01-01', version: '1', note: expect.stringMatching(why) },
      { partition: '2026-01-02', version: '1', note: expect.stringMatching(why) },
    ]);
  });

  it.each<[rule: NonNullable<SimpleWorkflow['runStrategy']>, why: RegExp]>([
    ['FIRST_ONLY', /drops others meanwhile/],
    ['LAST_ONLY', /a new one would stop it/],
  ])('of a pipeline that runs %s asks for nothing while another run goes, and loses none', async (runStrategy, why) => {
    const gate = await openWithOneGoing({ runStrategy });
    expect(await refusalOf(perform('backfill', days('2026-01-01')))).toMatchObject({
      kind: 'busy',
      detail: expect.stringMatching(why),
      retryAfterMs: 30_000,
    });
    expect(last(/actions\/start/)).toBeUndefined();
    gate.open();
    await works.standIn.idle();
    await perform('backfill', days('2026-01-01'));
    await works.standIn.idle();
    await expect(works.orchestrator.runsOf?.(orders, ['2026-01-01'])).resolves.toMatchObject([{ status: 'succeeded' }]);
  });

  it('keeps to the version that it was planned with, whatever is put in force meanwhile', async () => {
    await open();
    const [planned] = (await plan('backfill', days('2026-01-01'))) ?? [];
    works.standIn.push(defineWorkflow({ id: 'orders' }));
    const target: Target = {
      kind: 'partitions',
      pipeline: orders,
      partitions: ['2026-01-01'],
      version: planned?.version,
    };
    await perform('backfill', target);
    expect(last(/versions\/1\/actions\/start/)).toBeDefined();
    expect(await refusalOf(perform('backfill', { ...target, version: '9' }))).toMatchObject({
      detail: expect.stringContaining('no version 9 of orders'),
    });
  });

  it('asked for again while its own run is the one that goes is told of that one', async () => {
    const gate = createGate();
    await open({ runStrategy: 'FIRST_ONLY' }, scriptedRunner({ main: gate.step }));
    const key = { idempotencyKey: crypto.randomUUID() };
    const first = await perform('backfill', days('2026-01-01'), key);
    await expect(perform('backfill', days('2026-01-01'), key)).resolves.toEqual({
      run: { ...first.run, attempt: 1 },
      duplicate: true,
    });
    gate.open();
  });

  it('of a strictly sequential pipeline that a failed run holds up is refused until that is out of the way', async () => {
    await open({ runStrategy: 'STRICT_SEQUENTIAL' }, scriptedRunner({ main: [{ exitCode: 1 }] }));
    await works.run('orders');
    for (const refused of [plan('backfill', days('2026-01-01')), perform('backfill', days('2026-01-01'))]) {
      expect(await refusalOf(refused)).toMatchObject({
        kind: 'rejected',
        detail: expect.stringContaining('Retry or unblock first'),
      });
    }
    await perform('unblock', { kind: 'pipeline', pipeline: orders });
    await expect(plan('backfill', days('2026-01-01'))).resolves.toHaveLength(1);
    expect(await refusalOf(plan('unblock', { kind: 'pipeline', pipeline: orders }))).toMatchObject({
      detail: expect.stringContaining('nothing to unblock'),
    });
  });

  it('is refused where the definition fixes the day, and where no version is in force', async () => {
    await open({ workflow: { params: { TARGET_RUN_DATE: { type: 'STRING', value: '20260101', mode: 'CONSTANT' } } } });
    expect(await refusalOf(plan('backfill', days('2026-01-01')))).toMatchObject({
      detail: expect.stringContaining('fixes TARGET_RUN_DATE'),
    });
    await fetch(`${works.standIn.url}/api/v3/workflows/orders/actions/deactivate`, {
      method: 'PUT',
      headers: { user: 'x' },
    });
    expect(await refusalOf(perform('backfill', days('2026-01-01')))).toMatchObject({
      kind: 'rejected',
      detail: expect.stringContaining('Redeploy one of its versions first'),
    });
  });

  it('finds the newest run of each day, over many runs, restarted ones among them', async () => {
    await open({ runStrategy: 'PARALLEL' }, scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }));
    for (let day = 1; day <= 9; day += 1) await works.run('orders', { TARGET_RUN_DATE: `2026010${day}` });
    await works.run('orders', { TARGET_RUN_DATE: '20260102' });
    await works.retry(refOf('orders', 4));
    const found = await works.orchestrator.runsOf?.(orders, ['2026-01-02', '20260103', '2026-01-04', '2026-02-01']);
    expect(found?.map(({ partition, run: id, status }) => [partition, id, status])).toEqual([
      ['2026-01-02', '10', 'failed'],
      ['2026-01-04', '4', 'succeeded'],
      ['20260103', '3', 'failed'],
    ]);
  });
});

describe('a start', () => {
  it('passes each parameter in the type that its definition has, and finds its run also after a restart of it', async () => {
    await open(
      {
        workflow: {
          params: {
            limit: { type: 'LONG', value: 1 },
            full: { type: 'BOOLEAN', value: false },
            regions: { type: 'STRING_ARRAY', value: ['eu'] },
          },
        },
      },
      scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }),
    );
    const target: Target = {
      kind: 'pipeline',
      pipeline: orders,
      parameters: { limit: '20', full: 'true', regions: 'eu, us', note: 7 },
    };
    const call = callFor(target, { kind: 'start' });
    await ability('start').perform(target, call);
    expect(last(/actions\/start/)?.body).toMatchObject({
      request_id: call.idempotencyKey,
      run_params: {
        limit: { type: 'LONG', value: 20 },
        full: { type: 'BOOLEAN', value: true },
        regions: { type: 'STRING_ARRAY', value: ['eu', 'us'] },
        note: { type: 'LONG', value: 7 },
      },
    });
    await works.standIn.idle();
    await works.retry(refOf('orders', 1));
    await expect(works.orchestrator.lookUp?.(call)).resolves.toMatchObject({ run: { run: '1' }, duplicate: true });
  });

  it.each<[given: Record<string, string>, why: string]>([
    [{ limit: 'many' }, 'limit must be a whole number, not "many"'],
    [{ shape: 'x' }, 'of the type MAP, which cannot be given here'],
    [{ params: 'x' }, "is the server's own"],
  ])('with %j is refused before anything is asked', async (parameters, why) => {
    const params = { limit: { type: 'LONG' as const, value: 1 }, shape: { type: 'MAP' as const, value: {} } };
    await open({ workflow: { params } });
    const target: Target = { kind: 'pipeline', pipeline: orders, parameters };
    expect(await refusalOf(perform('start', target))).toMatchObject({
      kind: 'rejected',
      detail: expect.stringContaining(why),
    });
    expect(last(/actions\/start/)).toBeUndefined();
  });

  it('of a pipeline that runs one at a time says that it waits', async () => {
    const gate = await openWithOneGoing({});
    expect(await plan('start', { kind: 'pipeline', pipeline: orders })).toEqual([
      { note: 'A new run of version 1. It waits for the run that is going.' },
    ]);
    gate.open();
  });
});

describe('a retry', () => {
  const failsOnce = () => scriptedRunner({ load: [{ exitCode: 1 }, { exitCode: 0 }] });

  it('runs all of it again when asked to begin at the start, also after a success', async () => {
    await open({ steps: ['extract', 'load'] }, failsOnce());
    await works.run('orders');
    expect(await plan('retry', run(1, { from: 'start' }))).toMatchObject([
      { steps: ['extract', 'load'], note: 'Runs all of it again, with the version it had (1).' },
    ]);
    await perform('retry', run(1, { from: 'start' }));
    expect(last(/actions\/restart/)?.body).toMatchObject({ restart_policy: 'RESTART_FROM_BEGINNING' });
    await works.standIn.idle();
    expect(await refusalOf(plan('retry', run(1)))).toMatchObject({ detail: expect.stringContaining('has succeeded') });
    await expect(plan('retry', run(1, { from: 'start' }))).resolves.toHaveLength(1);
  });

  it.each(['FIRST_ONLY', 'LAST_ONLY'] as const)(
    'of a pipeline that runs %s waits while another run goes, so that neither is lost',
    async (runStrategy) => {
      const gate = createGate();
      const runner = scriptedRunner({ main: (step) => (step.instanceId === 1 ? { exitCode: 1 } : gate.step(step)) });
      await open({ runStrategy }, runner);
      await works.run('orders');
      await works.standIn.startRun('orders');
      await works.standIn.waitFor('orders', 2, ({ status }) => status === 'IN_PROGRESS');
      for (const refused of [plan('retry', run(1)), perform('retry', run(1))]) {
        expect(await refusalOf(refused)).toMatchObject({ kind: 'busy' });
      }
      gate.open();
      await works.standIn.idle();
      await perform('retry', run(1));
      await works.standIn.idle();
      expect(await works.orchestrator.fetchRun(refOf('orders', 1))).toMatchObject({ attempt: 2, status: 'failed' });
      expect(await works.orchestrator.fetchRun(refOf('orders', 2))).toMatchObject({ status: 'succeeded' });
    },
  );

  it('of one of two failed runs that hold up a strict sequence says that it begins when the other is out of the way', async () => {
    await open({ runStrategy: 'STRICT_SEQUENTIAL' }, scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }));
    await works.run('orders');
    await works.standIn.startRun('orders');
    await perform('unblock', run(1));
    await works.standIn.waitFor('orders', 2, ({ status }) => status === 'FAILED');
    expect(await plan('retry', run(2))).toMatchObject([{ note: expect.not.stringContaining('It begins when') }]);
    expect(await plan('retry', run(1))).toMatchObject([{ note: expect.stringContaining('It begins when') }]);
  });

  it('passes parameters that a restart may change', async () => {
    await open({ steps: ['load'], workflow: { params: { heap: { type: 'LONG', value: 1 } } } }, failsOnce());
    await works.run('orders');
    await perform('retry', run(1, { parameters: { heap: '64' } }));
    expect(last(/actions\/restart/)?.body).toMatchObject({
      restart_policy: 'RESTART_FROM_INCOMPLETE',
      run_params: { heap: { type: 'LONG', value: 64 } },
    });
  });

  it('of a step in a run that is going is legal only for one that failed for good', async () => {
    const gate = createGate();
    const steps = ['bad', 'slow', 'stopper'].map((id) => ({
      step: {
        id,
        type: 'Kubernetes' as const,
        retry_policy: { error_retry_limit: 0 },
        ...(id === 'stopper' ? { failure_mode: 'FAIL_IMMEDIATELY' as const } : {}),
      },
    }));
    await open({ workflow: { steps } }, scriptedRunner({ bad: [{ exitCode: 1 }, { exitCode: 0 }], slow: gate.step }));
    await works.standIn.startRun('orders');
    await works.standIn.waitFor('orders', 1, (seen) => JSON.stringify(seen).includes('FATALLY_FAILED'));
    const step = (id: string): Target => ({ kind: 'steps', run: refOf('orders', 1), steps: [id] });
    await expect(plan('retry', step('bad'))).resolves.toMatchObject([{ steps: ['bad'] }]);
    for (const id of ['slow', 'stopper']) {
      expect(await refusalOf(plan('retry', step(id)))).toMatchObject({
        detail: expect.stringMatching(/still going.*Retry the run when it has ended/),
      });
    }
    gate.open();
  });
});

describe('a skip', () => {
  it('of a step that runs ends it, and the run goes on', async () => {
    const gate = createGate();
    await open({ steps: ['main', 'publish'] }, scriptedRunner({ main: gate.step }));
    await works.standIn.startRun('orders');
    await works.standIn.waitFor('orders', 1, (seen) => JSON.stringify(seen).includes('RUNNING'));
    const target: Target = { kind: 'steps', run: refOf('orders', 1), steps: ['main'] };
    expect(await plan('skip', target)).toMatchObject([
      { note: 'Ends step main as skipped; the run goes on behind it.' },
    ]);
    const call = callFor(target, { kind: 'skip' });
    await ability('skip').perform(target, call);
    await works.standIn.idle();
    expect((await works.orchestrator.steps?.(refOf('orders', 1)))?.map(({ step, status }) => [step, status])).toEqual([
      ['main', 'skipped'],
      ['publish', 'succeeded'],
    ]);
    await expect(works.orchestrator.lookUp?.(call)).resolves.toMatchObject({ duplicate: true });
    expect(await refusalOf(plan('skip', target))).toMatchObject({ detail: expect.stringContaining('skipped already') });
  });

  it('without a step, or of several, is refused', async () => {
    await open();
    await works.run('orders');
    expect(await refusalOf(plan('skip', run(1)))).toMatchObject({ detail: 'Name the step to skip.' });
    const several: Target = { kind: 'steps', run: refOf('orders', 1), steps: ['a', 'b'] };
    expect(await refusalOf(plan('skip', several))).toMatchObject({
      detail: expect.stringContaining('One step at a time'),
    });
  });
});

describe('a redeploy', () => {
  const version = (number: string): Target => ({ kind: 'version', pipeline: orders, version: number });

  it('rolls back, tells what takes the place of what, and changes nothing for a run that is going', async () => {
    const gate = await openWithOneGoing({});
    works.standIn.push({ ...defineWorkflow({ id: 'orders' }), git_info: { sha: '9c1f0d2' } }, 'noor');
    works.standIn.push(defineWorkflow({ id: 'orders' }), 'sam');
    expect(await plan('redeploy', version('2'))).toEqual([
      {
        note: 'Version 2 (by noor, commit 9c1f0d2) takes the place of version 3, from the next run on. The run that is going keeps its version.',
      },
    ]);
    await perform('redeploy', version('2'));
    const [newest] = (await works.orchestrator.versions?.(orders)) ?? [];
    expect(newest).toMatchObject({ kind: 'activated', version: '2', by: 'dana', active: true });
    gate.open();
  });

  it('is found to be done also when another version was put in force after it', async () => {
    await open();
    works.standIn.push(defineWorkflow({ id: 'orders' }));
    const call = callFor(version('1'), { kind: 'redeploy' });
    await ability('redeploy').perform(version('1'), call);
    await perform('redeploy', version('2'), { actor: 'sam' });
    await expect(works.orchestrator.lookUp?.(call)).resolves.toMatchObject({ duplicate: true });
  });

  it.each<[number: string, why: string]>([
    ['1', 'in force already'],
    ['7', 'no version 7 of orders. Choose another; the newest is 1'],
    ['latest', '"latest" is not a version'],
  ])('to %s is refused: %s', async (number, why) => {
    await open();
    expect(await refusalOf(plan('redeploy', version(number)))).toMatchObject({ detail: expect.stringContaining(why) });
  });
});

describe('a stop and a kill', () => {
  it.each<[kind: 'stop' | 'kill', becomes: string]>([
    ['stop', 'cancelled'],
    ['kill', 'failed'],
  ])('%s ends a run in the queue at once, as %s', async (kind, becomes) => {
    const gate = await openWithOneGoing({});
    await works.standIn.startRun('orders');
    expect(await plan(kind, run(2))).toMatchObject([{ note: `It waits in the queue and ends as ${becomes}.` }]);
    await perform(kind, run(2));
    await expect(works.orchestrator.fetchRun(refOf('orders', 2))).resolves.toMatchObject({ status: becomes });
    gate.open();
  });

  it('reach one step of a run', async () => {
    await openWithOneGoing({});
    const target: Target = { kind: 'steps', run: refOf('orders', 1), steps: ['main'] };
    expect(await plan('kill', target)).toMatchObject([{ steps: ['main'], note: 'Step main ends as failed.' }]);
    await perform('kill', target);
    await works.standIn.idle();
    await expect(works.orchestrator.fetchRun(refOf('orders', 1))).resolves.toMatchObject({
      status: 'failed',
      step: 'main',
    });
  });
});

describe('a run that the run strategy dropped', () => {
  it('says so when it is followed', async () => {
    const gate = await openWithOneGoing({ runStrategy: 'FIRST_ONLY' });
    await works.standIn.startRun('orders');
    await expect(works.orchestrator.progress?.({ run: refOf('orders', 2) })).resolves.toMatchObject({
      status: 'cancelled',
      error: expect.stringContaining('FIRST_ONLY'),
    });
    gate.open();
  });
});
