import { defineWorkflow, scriptedRunner } from '../../../src/demo/stand-in';
import { callFor, openWorks, refOf, type Works } from './connect';

let works: Works;
afterEach(() => works.close());

const child = (id: string) => ({
  subworkflow: { id: 'refine', transition: {}, params: { subworkflow_id: { type: 'STRING' as const, value: id } } },
});
const logOf = async (step: string, run = refOf('orders', 1)) => {
  const chunks: Buffer[] = [];
  for await (const chunk of works.orchestrator.openLog?.({ ...run, step }) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe('the partition of a run', () => {
  const day = /^\d{8}$/;

  it('is the run date of a scheduled run, and stays it through a restart', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }),
    });
    const run = await works.run('orders');
    const { partition } = await works.orchestrator.fetchRun(run);
    expect(partition).toMatch(day);
    expect(await works.retry(run)).toMatchObject({ attempt: 2, status: 'succeeded', partition });
  });

  it('is what was passed at the start by hand, also after a restart by somebody who passed nothing', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }),
    });
    const run = await works.run('orders', { TARGET_RUN_DATE: '20260228' }, 'noor');
    expect(await works.orchestrator.fetchRun(run)).toMatchObject({ partition: '20260228' });
    expect(await works.retry(run)).toMatchObject({ attempt: 2, partition: '20260228' });
  });

  it('is none of a run that was started by hand for no date in particular', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    const run = await works.run('orders', {}, 'noor');
    expect((await works.orchestrator.fetchRun(run)).partition).toBeUndefined();
  });

  it('is another parameter where the settings say so', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] }, { partitionParam: 'region' });
    const run = await works.run('orders', { region: 'north' });
    expect(await works.orchestrator.fetchRun(run)).toMatchObject({ partition: 'north' });
  });
});

describe('a failed run', () => {
  it('tells its step, the words of the server, its owner, tags and links', async () => {
    works = await openWorks(
      {
        pipelines: [
          defineWorkflow({ id: 'orders', steps: ['extract', 'load'], owner: 'orders-team', tags: ['daily'] }),
        ],
        runner: scriptedRunner({
          load: {
            exitCode: 1,
            details: { message: 'Cannot start', errors: ['NoSuchImage: etl:9', '  at Pods.java:7'] },
          },
        }),
      },
      {
        uiUrl: 'https://ui.example/{workflow}/{instance}/{run}/{step}',
        logUrl: 'https://logs.example/{workflow}/{step}/{attempt}',
      },
    );
    const run = await works.run('orders');
    expect(await works.orchestrator.fetchRun(run)).toMatchObject({
      status: 'failed',
      attempt: 1,
      step: 'load',
      error: expect.stringMatching(/^Cannot start\nNoSuchImage: etl:9\n/),
      owner: 'orders-team',
      tags: ['daily'],
      url: 'https://ui.example/orders/1/1/load',
      logUrl: 'https://logs.example/orders/load/1',
    });
  });

  it('whose workflow runs another one tells its own step and the words of the step below', async () => {
    works = await openWorks({
      pipelines: [
        defineWorkflow({ id: 'refining', steps: ['clean', 'join'] }),
        defineWorkflow({ id: 'orders', workflow: { steps: [child('refining')] } }),
      ],
      runner: scriptedRunner({ join: { exitCode: 1, output: 'KeyError: customer_id' } }),
    });
    const run = await works.run('orders');
    expect(await works.orchestrator.fetchRun(run)).toMatchObject({
      step: 'refine',
      error: expect.stringContaining('KeyError: customer_id'),
    });
    const log = await logOf('refine');
    expect(log).toContain('It runs other workflows; this failed in refining, run 1:1');
    expect(log).toContain('KeyError: customer_id');
  });

  it('that ran out of its time says so', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', workflow: { timeout: 1 } })],
      runner: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 1 }), { once: true })),
    });
    const run = await works.run('orders');
    const read = await works.orchestrator.fetchRun(run);
    expect(read.status).toBe('failed');
    expect(read.error).toMatch(/limit of 1 s|timed out|time/i);
  });

  it('is read in the attempt that is asked for, however that is written', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: [{ exitCode: 1, output: 'first' }, { exitCode: 0 }] }),
    });
    const run = await works.run('orders');
    await works.retry(run);
    const read = async (text: string, attempt?: number) =>
      (await works.orchestrator.fetchRun({ ...run, run: text, attempt })).status;
    expect(await read('1')).toBe('succeeded');
    expect(await read('1', 1)).toBe('failed');
    expect(await read('1:1')).toBe('failed');
    expect(await read('orders:1:2')).toBe('succeeded');
  });
});

describe('a log', () => {
  it('tells every attempt of the step in order, each line with its time', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', errorRetries: 1 })],
      runner: scriptedRunner({
        main: [
          { exitCode: 1, output: 'broken pipe' },
          { exitCode: 2, output: 'disk full' },
        ],
      }),
    });
    await works.run('orders');
    const log = await logOf('main');
    expect(log).toMatch(
      /--- main, attempt 1 of 2: USER_FAILED[\s\S]*broken pipe[\s\S]*--- main, attempt 2 of 2: FATALLY_FAILED[\s\S]*disk full/,
    );
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z /m);
  });

  it('is the one of an earlier attempt where the newest did not come to that step', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', steps: ['extract', 'load'] })],
      runner: scriptedRunner({ extract: { exitCode: 0, output: 'extracted 7' }, load: { exitCode: 1 } }),
    });
    const run = await works.run('orders');
    await works.retry(run);
    expect(await logOf('extract', refOf('orders', 1, 2))).toContain('extracted 7');
  });
});

describe('the progress of a run', () => {
  it('counts steps and names the one that runs', async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', steps: ['extract', 'load', 'publish'] })],
      runner: async ({ stepId }) => {
        if (stepId === 'load') await held;
        return { exitCode: 0 };
      },
    });
    const { instanceId } = await works.standIn.startRun('orders');
    const loading = (instance: Record<string, unknown>) =>
      JSON.stringify(instance.runtime_overview ?? {}).includes('"RUNNING"');
    await works.standIn.waitFor(
      'orders',
      instanceId,
      (instance) => loading(instance) && JSON.stringify(instance).includes('"SUCCEEDED"'),
    );
    const receipt = { run: refOf('orders', instanceId, 1) };
    expect(await works.orchestrator.progress?.(receipt)).toMatchObject({
      status: 'running',
      stepsDone: 1,
      stepsTotal: 3,
      step: 'load',
    });
    go();
    await works.standIn.idle();
    expect(await works.orchestrator.progress?.(receipt)).toMatchObject({
      status: 'succeeded',
      stepsDone: 3,
      stepsTotal: 3,
      endedAt: expect.any(Date),
    });
  });
});

describe('retrying', () => {
  it('tells the second person that somebody was quicker', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }),
    });
    const run = { ...(await works.run('orders')), attempt: 1 };
    await works.retry(run, { actor: 'noor' });
    await expect(works.retry(run)).rejects.toMatchObject({
      kind: 'rejected',
      detail: 'Run 1 (attempt 2) has succeeded; there is nothing to run again.',
    });
  });

  it('finds its own run when the server says that it knows the request already', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: { exitCode: 1 } }),
    });
    const run = await works.run('orders');
    const key = crypto.randomUUID();
    await works.retry(run, { idempotencyKey: key }); // attempt 2
    await works.retry(run); // attempt 3, somebody else's
    const target = { kind: 'run' as const, run };
    const receipt = await works.orchestrator.actions.retry?.perform(target, callFor(target, { idempotencyKey: key }));
    expect(receipt).toMatchObject({ duplicate: true, run: { run: '1', attempt: 2 } });
  });

  it('runs one step again, and what follows it', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', steps: ['extract', 'load', 'publish'] })],
      runner: scriptedRunner({ load: [{ exitCode: 1 }, { exitCode: 0 }] }),
    });
    const run = await works.run('orders');
    const target = { kind: 'steps' as const, run, steps: ['load'] };
    expect(await works.orchestrator.actions.retry?.plan?.(target)).toMatchObject([{ steps: ['load', 'publish'] }]);
    const receipt = await works.orchestrator.actions.retry?.perform(target, callFor(target));
    await works.standIn.idle();
    expect(receipt?.run).toMatchObject({ run: '1', attempt: 2 });
    expect(await works.orchestrator.fetchRun(run)).toMatchObject({ status: 'succeeded', attempt: 2 });
    await expect(works.orchestrator.lookUp?.(callFor(target))).resolves.toBeUndefined();
  });

  it('plans the steps that are not complete', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', steps: ['extract', 'load', 'publish'] })],
      runner: scriptedRunner({ load: { exitCode: 1 } }),
    });
    const run = await works.run('orders');
    expect(await works.orchestrator.actions.retry?.plan?.({ kind: 'run', run })).toMatchObject([
      { run: { run: '1', attempt: 1 }, steps: ['load', 'publish'] },
    ]);
  });

  it('refuses several steps at once, and what is no run', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    const pipeline = { connection: 'prod', key: 'orders' };
    const plan = works.orchestrator.actions.retry?.plan;
    await expect(plan?.({ kind: 'steps', run: refOf('orders', 1), steps: ['a', 'b'] })).rejects.toMatchObject({
      kind: 'rejected',
    });
    await expect(plan?.({ kind: 'partitions', pipeline, partitions: ['20260301'] })).rejects.toMatchObject({
      kind: 'rejected',
    });
  });

  it('names a person whose name has other letters, as far as headers can', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: { exitCode: 1 } }),
    });
    await works.retry(await works.run('orders'), { actor: 'Zoë Müller' });
    expect(works.standIn.requests.findLast((request) => request.method === 'POST')?.user).toBe('Zoe Muller');
  });

  it('cannot tell afterwards whether a step of a run that is going was run again', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 0 }), { once: true })),
    });
    const { instanceId } = await works.standIn.startRun('orders');
    const target = { kind: 'steps' as const, run: refOf('orders', instanceId), steps: ['main'] };
    await expect(works.orchestrator.lookUp?.(callFor(target))).rejects.toMatchObject({ kind: 'unsure' });
  });
});
