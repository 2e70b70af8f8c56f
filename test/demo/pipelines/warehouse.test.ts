import type { JsonObject } from '../../../src/demo/stand-in';
import { createEmptyDatabase, type TestDatabase } from '../../support/database';
import { until } from '../../support/until';
import { createServers, inRun, isOver, type Running } from '../support';

const servers = createServers();
let database: TestDatabase;
let running: Running;
beforeAll(async () => {
  database = await createEmptyDatabase();
  running = await servers.start({ databaseUrl: database.url });
});
afterAll(async () => {
  await servers.stopAll();
  await database.drop();
});

const stepOf = async (workflow: string, step: string) =>
  (await running.call('GET', `/workflows/${workflow}/instances/1/steps/${step}`)).body;

describe('the pipelines that query a warehouse', () => {
  it('orders_daily fails for a missing table, and succeeds when retried after the late import', async () => {
    const { call, standIn } = running;
    await standIn.startRun('orders_daily', { TARGET_RUN_DATE: '20261119' });
    expect((await standIn.waitFor('orders_daily', 1, isOver)).status).toBe('FAILED');
    const failed = await stepOf('orders_daily', 'load_warehouse');
    expect(failed).toMatchObject({ step_attempt_id: 2, runtime_state: { status: 'FATALLY_FAILED' }, owner: 'orders' });
    const log = failed.artifacts.maestro_kubernetes.execution_output;
    expect(log).toContain('error: relation "raw_orders" does not exist');
    expect(log).toContain("code: '42P01'");

    await standIn.startRun('raw_orders_import');
    expect((await standIn.waitFor('raw_orders_import', 1, isOver)).status).toBe('SUCCEEDED');
    await call('POST', '/workflows/orders_daily/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
    });
    expect((await standIn.waitFor('orders_daily', 1, inRun(2))).status).toBe('SUCCEEDED');
    const rows = await database.db.query<{ orders: string }>(
      "select sum(orders)::text as orders from demo_warehouse.orders_daily where run_date = '20261119'",
    );
    expect(rows).toEqual([{ orders: '12000' }]);

    // Published, it starts who waits for it.
    const close = await standIn.waitFor('finance_close', 1, (seen) => seen.status === 'IN_PROGRESS');
    expect(close.initiator).toMatchObject({ type: 'SIGNAL', signal_id_map: { 'warehouse/orders_daily': 1 } });
  });

  it('revenue_daily fails since its newest version, and with the one before it what waits for it runs too', async () => {
    const { call, standIn } = running;
    expect((await standIn.waitFor('revenue_daily', 1, isOver)).status).toBe('FAILED');
    const log = (await stepOf('revenue_daily', 'sum_revenue')).artifacts.maestro_kubernetes.execution_output;
    expect(log).toContain('error: column "revenue_eur" does not exist');
    const { elements } = (await call('GET', '/workflows/revenue_daily/versions/pagination?first=10')).body;
    const told = elements.map(({ metadata, is_active: isActive }: JsonObject) => [metadata, isActive]);
    expect(told).toMatchObject([
      [{ workflow_version_id: 3, version_author: 'noah', git_info: { sha: 'e81f5d0' } }, true],
      [{ workflow_version_id: 2, version_author: 'dana' }, false],
      [{ workflow_version_id: 1, version_author: 'priya' }, false],
    ]);
    await call('PUT', '/workflows/revenue_daily/versions/2/actions/activate');
    await call('POST', '/workflows/revenue_daily/versions/active/actions/start', { initiator: { type: 'MANUAL' } });
    for (const [workflow, instance] of [
      ['revenue_daily', 2],
      ['revenue_forecast', 1],
      ['board_report', 1],
    ] as const) {
      await until(
        () =>
          standIn.published.some((event) => event.workflow_id === workflow && event.workflow_instance_id === instance),
        { withinMs: 20_000, what: workflow },
      );
      expect((await standIn.waitFor(workflow, instance, isOver)).status).toBe('SUCCEEDED');
    }
  });

  it('orders_daily fails anew the next time, until its orders are imported again', async () => {
    const { standIn } = running;
    await standIn.startRun('orders_daily');
    expect((await standIn.waitFor('orders_daily', 2, isOver)).status).toBe('FAILED');
  });

  it('customers_snapshot fails for a value that is no number, however often it is retried', async () => {
    const { call, standIn } = running;
    await standIn.startRun('customers_snapshot');
    expect((await standIn.waitFor('customers_snapshot', 1, isOver)).status).toBe('FAILED');
    const log = (await stepOf('customers_snapshot', 'snapshot')).artifacts.maestro_kubernetes.execution_output;
    expect(log).toContain('error: invalid input syntax for type integer: "n/a"');
    await call('POST', '/workflows/customers_snapshot/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
    });
    expect((await standIn.waitFor('customers_snapshot', 1, inRun(2))).status).toBe('FAILED');
  });
});

describe('the demo schedule', () => {
  it('shows a first failure that a retry mends within seconds', async () => {
    const { standIn, call } = await servers.start({ schedule: 'demo', databaseUrl: database.url });
    const firstFailure = () => standIn.published.find((event) => event.new_status === 'FAILED');
    await until(() => firstFailure() !== undefined, { withinMs: 20_000, what: 'a first failure' });
    expect(firstFailure()).toMatchObject({ workflow_id: expect.stringMatching(/orders_daily|exchange_rates_hourly/) });
    const imported = () =>
      standIn.published.some((event) => event.workflow_id === 'raw_orders_import' && event.new_status === 'SUCCEEDED');
    await until(imported, { withinMs: 25_000, what: 'the late import' });
    await call('POST', '/workflows/orders_daily/instances/1/actions/restart', {
      restart_policy: 'RESTART_FROM_INCOMPLETE',
    });
    expect((await standIn.waitFor('orders_daily', 1, inRun(2))).status).toBe('SUCCEEDED');
  }, 60_000);
});
