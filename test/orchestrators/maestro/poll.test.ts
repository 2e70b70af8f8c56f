import { defineWorkflow, scriptedRunner } from '../../../src/demo/stand-in';
import { sendJson, startServer } from '../local-server';
import { connectTo, openWorks, refOf, type Works } from './connect';

let works: Works;
afterEach(() => works.close());

async function poll(cursor?: unknown) {
  const news = await works.orchestrator.poll?.(cursor);
  if (!news) throw new Error('It cannot poll.');
  return {
    ...news,
    cursor: JSON.parse(JSON.stringify(news.cursor)) as unknown,
    told: news.events.map(({ id }) => id.replace('orders:', '')),
  };
}

/** As a poll left it before any of their runs. */
const absent = (keys: string[]) => ({
  pipelines: Object.fromEntries(keys.map((key) => [key, { newest: 0, seen: {}, active: 1, latest: 1 }])),
});

/** A server of pipelines that each have so many runs, all succeeded. */
async function longLists(counts: Record<string, number>) {
  const calls: string[] = [];
  const server = await startServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://maestro');
    const workflow = pathname.split('/')[4] ?? '';
    if (pathname.endsWith('/overview'))
      return sendJson(response, 200, { workflow_id: workflow, active_version_id: 1, latest_version_id: 1 });
    const count = counts[workflow] ?? 0;
    const first = searchParams.get('first');
    calls.push(`${workflow} ${first ? 'newest' : 'on'}`);
    const [low, high] = first
      ? [count - Number(first) + 1, count]
      : [Number(searchParams.get('cursor')) + 1, Number(searchParams.get('cursor')) + Number(searchParams.get('last'))];
    const elements = [];
    for (let id = Math.min(high, count); id >= Math.max(1, low); id -= 1)
      elements.push({
        ...{ workflow_id: workflow, workflow_instance_id: id, workflow_run_id: 1, status: 'SUCCEEDED' },
        ...{ create_time: id, start_time: id, end_time: id + 1 },
      });
    return sendJson(response, 200, { page_info: { has_next_page: false }, elements });
  });
  const { orchestrator, close } = connectTo(server.url, { poll: { pipelines: Object.keys(counts) } });
  const list = { orchestrator, calls };
  return { list, close: () => close().then(() => server.close()) };
}

describe('polling Maestro', () => {
  it('tells every run that came and went since the last time', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 1 }, { exitCode: 0 }] }),
    });
    const { cursor } = await poll();
    const run = await works.run('orders');
    await works.retry(run);
    await works.retry(run);
    const { told, events } = await poll(cursor);
    expect(told).toEqual([
      '1:1:IN_PROGRESS',
      '1:1:FAILED',
      '1:2:IN_PROGRESS',
      '1:2:FAILED',
      '1:3:IN_PROGRESS',
      '1:3:SUCCEEDED',
    ]);
    expect(events.at(-1)).toMatchObject({
      partition: expect.stringMatching(/^\d{8}$/),
      owner: 'data-platform',
      startedAt: expect.any(Date),
    });
  });

  it('names who started and who restarted a run by hand, and nobody for the clock', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: [{ exitCode: 1 }, { exitCode: 0 }] }),
    });
    const { cursor } = await poll();
    const run = await works.run('orders', {}, 'ada@example.com');
    await works.retry(run, { actor: 'ben' });
    await works.run('orders');
    const { starts, cursor: after } = await poll(cursor);
    expect(starts?.map(({ run: of, attempt, by }) => `${of}.${attempt} ${by}`)).toEqual([
      '1.1 ada@example.com',
      '1.2 ben',
    ]);
    expect((await poll(after)).starts).toEqual([]);
  });

  it('catches up over many pages after a pause', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders', runStrategy: 'PARALLEL' })] });
    const { cursor } = await poll();
    for (let count = 0; count < 45; count += 1) await works.run('orders');
    const { told } = await poll(cursor);
    expect(told.filter((id) => id.endsWith('SUCCEEDED'))).toHaveLength(45);
  });

  it('reads on from where it was after an absence, a part at a time, and tells each run once', async () => {
    works = await openWorks({ pipelines: [] });
    const { list, close } = await longLists({ orders: 730, users: 40, items: 730 });
    let cursor: unknown = absent(['orders', 'users', 'items']);
    const told: string[] = [];
    const asked: string[][] = [];
    for (let isBehind = true; isBehind; ) {
      const news = await list.orchestrator.poll?.(cursor);
      expect(news?.events.length).toBeLessThanOrEqual(1_000);
      told.push(...(news?.events ?? []).flatMap(({ id, kind }) => (kind === 'succeeded' ? [id] : [])));
      asked.push(list.calls.splice(0));
      ({ cursor, isBehind = false } = JSON.parse(JSON.stringify(news)) as { cursor: unknown; isBehind?: boolean });
    }
    await close();
    expect(told).toHaveLength(1_500);
    expect(new Set(told).size).toBe(1_500);
    // Their newest runs are asked for as it begins and as it ends; between, only what comes next.
    const newest = asked.map((calls) => calls.filter((call) => call === 'orders newest').length);
    expect([newest.at(0), newest.at(-1)]).toEqual([1, 1]);
    expect(newest.slice(1, -1).every((count) => count === 0)).toBe(true);
  });

  it('begins with the pipelines that there was no room for, however many there are', async () => {
    works = await openWorks({ pipelines: [] });
    const keys = Array.from({ length: 40 }, (_, nth) => `flow_${nth}`);
    const { list, close } = await longLists(Object.fromEntries(keys.map((key) => [key, 300])));
    const first = await list.orchestrator.poll?.(absent(keys));
    const second = await list.orchestrator.poll?.(JSON.parse(JSON.stringify(first?.cursor)));
    await close();
    const of = (news: typeof first) => [...new Set(news?.events.map(({ pipeline }) => pipeline))].sort();
    expect(first?.events.length).toBeLessThan(2_000);
    expect(first?.isBehind).toBe(true);
    expect(of(first)).toHaveLength(8);
    expect(of(second)).toHaveLength(8);
    expect(of(first).filter((key) => of(second).includes(key))).toEqual([]);
  });

  it('notices that an older failed run was restarted, far behind the newest page', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders', runStrategy: 'PARALLEL' })],
      runner: async ({ instanceId, runId }) => ({ exitCode: instanceId === 1 && runId === 1 ? 1 : 0 }),
    });
    const first = await poll();
    await works.run('orders');
    for (let count = 0; count < 30; count += 1) await works.run('orders');
    const second = await poll(first.cursor);
    expect(second.told).toContain('1:1:FAILED');
    await works.retry(refOf('orders', 1));
    const third = await poll(second.cursor);
    expect(third.told).toEqual(['1:2:IN_PROGRESS', '1:2:SUCCEEDED']);
    expect((await poll(third.cursor)).told).toEqual([]);
  });

  it('follows a run that is going to its end', async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: async () => {
        await held;
        return { exitCode: 0 };
      },
    });
    const { instanceId } = await works.standIn.startRun('orders');
    await works.standIn.waitFor('orders', instanceId, (instance) => instance.status === 'IN_PROGRESS');
    const first = await poll();
    expect(first.told).toEqual(['1:1:IN_PROGRESS']);
    go();
    await works.standIn.idle();
    const second = await poll(first.cursor);
    expect(second.told).toEqual(['1:1:SUCCEEDED']);
  });

  it('tells at first also of a newest run that has failed, not of older ones', async () => {
    works = await openWorks({
      pipelines: [defineWorkflow({ id: 'orders' })],
      runner: scriptedRunner({ main: { exitCode: 1 } }),
    });
    await works.run('orders');
    await works.run('orders');
    const { told, cursor } = await poll();
    expect(told).toEqual(['2:1:IN_PROGRESS', '2:1:FAILED']);
    expect((await poll(cursor)).told).toEqual([]);
  });

  it('tells of a new version and of one that was taken back', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    const first = await poll();
    expect(first.changes).toEqual([]);
    works.standIn.push(defineWorkflow({ id: 'orders', name: 'Orders' }), 'noor');
    const second = await poll(first.cursor);
    expect(second.changes).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'version', version: '2', by: 'noor', active: true })]),
    );
    expect((await poll(second.cursor)).changes).toEqual([]);
  });

  it('goes on with the others when one pipeline is not there', async () => {
    works = await openWorks(
      { pipelines: [defineWorkflow({ id: 'orders' })] },
      { poll: { pipelines: ['gone', 'orders'] } },
    );
    const { cursor } = await poll();
    await works.run('orders');
    expect((await poll(cursor)).told).toContain('1:1:SUCCEEDED');
  });

  it('keeps the place of a pipeline that could not be read', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' }), defineWorkflow({ id: 'users' })] });
    const { cursor } = await poll();
    await works.run('orders');
    works.standIn.faults.next({ path: '/orders/' }, 'html', { status: 403 });
    const second = await poll(cursor);
    expect(second.told).toEqual([]);
    expect((await poll(second.cursor)).told).toContain('1:1:SUCCEEDED');
  });

  it('begins anew with a cursor that it cannot read', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    await works.run('orders');
    expect((await poll({ since: 'yesterday' })).told).toEqual([]);
  });

  it('looks also at pipelines that were met in events', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    const { orchestrator, close } = connectTo(works.standIn.url, {}, ['orders']);
    const first = await orchestrator.poll?.(undefined);
    await works.run('orders');
    const second = await orchestrator.poll?.(first?.cursor);
    await close();
    expect(second?.events.map(({ kind }) => kind)).toEqual(['started', 'succeeded']);
  });

  it('takes a run that ran out of its time for a failure', async () => {
    works = await openWorks({ pipelines: [] });
    const instance = {
      workflow_id: 'orders',
      workflow_instance_id: 3,
      workflow_run_id: 1,
      status: 'TIMED_OUT',
      create_time: 1,
      start_time: 2,
      end_time: 9,
    };
    const server = await startServer(({ url }, response) =>
      url.includes('/overview')
        ? sendJson(response, 200, { workflow_id: 'orders' })
        : sendJson(response, 200, { page_info: { has_next_page: false }, elements: [instance] }),
    );
    const { orchestrator, close } = connectTo(server.url, { poll: { pipelines: ['orders'] } });
    const news = await orchestrator.poll?.(undefined);
    await close();
    await server.close();
    expect(news?.events.at(-1)).toMatchObject({
      kind: 'failed',
      id: 'orders:3:1:TIMED_OUT',
      occurredAt: new Date(9),
      needsReading: true,
    });
  });
});
