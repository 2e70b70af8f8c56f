import { defineWorkflow } from '../../../src/demo/stand-in';
import type { Edge } from '../../../src/domain/edge';
import type { Pipeline } from '../../../src/domain/pipeline';
import type { Finding } from '../../../src/orchestrators/orchestrator';
import { sendJson, startServer } from '../local-server';
import { connectTo, openWorks, type Works } from './connect';

let works: Works;
afterEach(() => works.close());

const announcing = (id: string, name: string) =>
  defineWorkflow({ id, workflow: { steps: [{ step: { id: 'main', type: 'NoOp', signal_outputs: [{ name }] } }] } });

describe('what Maestro knows about a pipeline', () => {
  it('becomes its title, owner, tags, tier and schedule', async () => {
    works = await openWorks(
      {
        pipelines: [
          defineWorkflow({
            id: 'orders',
            name: 'Orders, daily',
            owner: 'orders-team',
            tags: ['finance', 'tier1'],
            workflow: {
              time_triggers: [{ type: 'CRON', cron: '0 2 * * *', timezone: 'Europe/Berlin' }],
              criticality: 'LOW',
            },
          }),
          defineWorkflow({ id: 'plain', workflow: { criticality: 'HIGH' } }),
        ],
      },
      { poll: { pipelines: ['orders', 'gone', 'plain'] }, uiUrl: 'https://ui.example/{workflow}' },
    );
    const found: Pipeline[] = [];
    for await (const pipeline of works.orchestrator.discover?.() ?? []) found.push(pipeline);
    expect(found).toMatchObject([
      {
        connection: 'prod',
        key: 'orders',
        facts: {
          title: 'Orders, daily',
          owner: 'orders-team',
          tags: ['finance', 'tier1'],
          tier: 1,
          schedule: '0 2 * * *',
          timeZone: 'Europe/Berlin',
          url: 'https://ui.example/orders',
        },
      },
      { key: 'plain', facts: { tier: 2 } },
    ]);
  });
});

describe('when a pipeline is due', () => {
  const facts = async () => {
    for await (const { facts: found } of works.orchestrator.discover?.() ?? []) return found;
    return undefined;
  };
  const scheduled = (tz?: string) =>
    defineWorkflow({
      id: 'orders',
      alerting: { tct: { completed_by_hour: 7, ...(tz ? { tz } : {}) } },
      workflow: { time_triggers: [{ type: 'CRON', cron: '0 2 * * *', timezone: 'Europe/Berlin' }] },
    });
  const change = (path: string, method: string, body?: unknown) =>
    fetch(`${works.standIn.url}/api/v3/workflows/orders/${path}`, {
      method,
      headers: { user: 'dana', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  it.each([
    [undefined, '07:00'],
    ['Europe/Berlin', '07:00'],
    ['UTC', undefined],
  ])('is its hour of completion, in zone %s, where that is the zone of its schedule', async (tz, deadline) => {
    works = await openWorks({ pipelines: [scheduled(tz)] });
    expect(await facts()).toMatchObject({ schedule: '0 2 * * *', timeZone: 'Europe/Berlin' });
    expect((await facts())?.deadline).toBe(deadline);
  });

  it.each<[string, () => Promise<Response>]>([
    ['its triggers are held', () => change('properties', 'POST', { time_trigger_disabled: true })],
    ['no version is in force', () => change('actions/deactivate', 'PUT')],
  ])('is never while %s', async (_title, hold) => {
    works = await openWorks({ pipelines: [scheduled()] });
    expect((await hold()).status).toBe(200);
    const { schedule, deadline } = (await facts()) ?? {};
    expect([schedule, deadline]).toEqual([undefined, undefined]);
  });
});

describe('versions', () => {
  it('tell who pushed what and when, and which is in force', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    works.standIn.push({ ...defineWorkflow({ id: 'orders' }), git_info: { sha: '9c1f0d2', branch: 'main' } }, 'noor');
    works.standIn.push({ ...defineWorkflow({ id: 'orders' }), is_active: false }, 'sam');
    const changes = (await works.orchestrator.versions?.({ connection: 'prod', key: 'orders' })) ?? [];
    const pushes = changes.filter((change) => change.kind === 'version');
    expect(pushes.map(({ version, by, active }) => [version, by, active])).toEqual([
      ['3', 'sam', false],
      ['2', 'noor', true],
      ['1', 'demo', false],
    ]);
    expect(pushes[1]).toMatchObject({ commit: '9c1f0d2', branch: 'main', at: expect.any(Date) });
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'activated', version: '2', by: 'noor', active: true }),
    );
  });
});

describe('lineage', () => {
  it('is read from signals, also patterns of them, and from workflows that run others', async () => {
    const signal = (name: string) => [{ definitions: { [name]: {} } }];
    works = await openWorks({
      pipelines: [
        announcing('orders', 'warehouse/orders'),
        defineWorkflow({ id: 'report', workflow: { signal_triggers: signal('warehouse/orders') } }),
        announcing('regions', 'warehouse/sales_${region}'),
        defineWorkflow({ id: 'north', workflow: { signal_triggers: signal('warehouse/sales_north') } }),
        defineWorkflow({
          id: 'parent',
          workflow: {
            steps: [
              { step: { id: 'wait', type: 'NoOp', signal_dependencies: [{ name: 'warehouse/orders' }] } },
              { subworkflow: { id: 'call', params: { subworkflow_id: { type: 'STRING', value: 'orders' } } } },
            ],
          },
        }),
      ],
    });
    const edges: Edge[] = [];
    for await (const edge of works.orchestrator.lineage?.() ?? []) edges.push(edge);
    expect(edges.map(({ from, to }) => `${from} > ${to}`.replaceAll('pipeline:prod/', ''))).toEqual([
      'orders > report',
      'regions > north',
      'orders > parent',
    ]);
    expect(edges[0]).toMatchObject({ source: 'maestro:prod', knownSince: expect.any(Date) });
  });
});

describe('checking a connection to Maestro', () => {
  const faults = (findings: Finding[]) => findings.filter(({ ok }) => !ok);

  it('names a pipeline that is not there', async () => {
    works = await openWorks(
      { pipelines: [defineWorkflow({ id: 'orders' })] },
      { poll: { pipelines: ['orders', 'oders'] } },
    );
    expect(faults(await works.orchestrator.check())).toMatchObject([
      { say: 'Pipeline oders is not there.', fix: expect.stringContaining('poll.pipelines') },
    ]);
  });

  it('changes nothing', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    const before = works.standIn.workflows;
    await works.orchestrator.check();
    expect(works.standIn.workflows).toEqual(before);
  });

  it('finds a proxy that drops the name of the caller', async () => {
    works = await openWorks({ pipelines: [defineWorkflow({ id: 'orders' })] });
    const proxy = await startServer(({ method }, response) =>
      method === 'PUT'
        ? sendJson(response, 400, { status: 'BAD_REQUEST', message: 'the user name cannot be null' })
        : sendJson(response, 200, {}),
    );
    const { orchestrator, close } = connectTo(proxy.url);
    const findings = await orchestrator.check();
    await close();
    await proxy.close();
    expect(faults(findings)).toMatchObject([{ fix: expect.stringContaining('header `user`') }]);
  });
});
