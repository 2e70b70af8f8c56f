import { existsSync } from 'node:fs';
import { TZDate } from '@date-fns/tz';
import { format, subDays } from 'date-fns';
import type { JsonObject } from '../../../src/demo/stand-in';
import { createServers, inRun, isOver, type Running } from '../support';

const servers = createServers();
let running: Running;
beforeAll(async () => {
  running = await servers.start({});
});
afterAll(() => servers.stopAll());

const logOf = async (workflow: string, step: string): Promise<string> =>
  (await running.call('GET', `/workflows/${workflow}/instances/1/steps/${step}`)).body.artifacts.maestro_kubernetes
    .execution_output;
const restart = (workflow: string) =>
  running.call('POST', `/workflows/${workflow}/instances/1/actions/restart`, {
    restart_policy: 'RESTART_FROM_INCOMPLETE',
  });

describe('the pipelines that need no database', () => {
  it('exchange_rates_hourly loses its connection in every attempt, and succeeds when retried', async () => {
    const { call, standIn } = running;
    await standIn.startRun('exchange_rates_hourly');
    expect((await standIn.waitFor('exchange_rates_hourly', 1, isOver)).status).toBe('FAILED');
    const step = (await call('GET', '/workflows/exchange_rates_hourly/instances/1/steps/fetch_rates')).body;
    expect(step).toMatchObject({ step_attempt_id: 3, runtime_state: { status: 'FATALLY_FAILED' }, owner: 'finance' });
    expect(await logOf('exchange_rates_hourly', 'fetch_rates')).toMatch(/Error: .*ECONNRESET/);
    await restart('exchange_rates_hourly');
    expect((await standIn.waitFor('exchange_rates_hourly', 1, inRun(2))).status).toBe('SUCCEEDED');
  });

  it('events_sessionize runs out of memory; marketing_attribution then misses its partition; more memory mends both', async () => {
    const { call, standIn } = running;
    await standIn.startRun('events_sessionize', { TARGET_RUN_DATE: '20261119' });
    expect((await standIn.waitFor('events_sessionize', 1, isOver)).status).toBe('FAILED');
    const step = (await call('GET', '/workflows/events_sessionize/instances/1/steps/sessionize')).body;
    expect(step.artifacts.maestro_kubernetes.execution_output).toMatch(/FATAL ERROR: .*JavaScript heap out of memory/);
    expect(step.timeline.map((entry: JsonObject) => entry.message)).toContainEqual(
      expect.stringContaining('exit code [134]'),
    );

    await standIn.startRun('marketing_attribution', { TARGET_RUN_DATE: '20261119' });
    expect((await standIn.waitFor('marketing_attribution', 1, isOver)).status).toBe('FAILED');
    expect(await logOf('marketing_attribution', 'attribute')).toMatch(
      /ENOENT: no such file or directory, open '.*dt=20261119/,
    );

    await standIn.startRun('events_sessionize', { TARGET_RUN_DATE: '20261119', heap_mb: 512 });
    expect((await standIn.waitFor('events_sessionize', 2, isOver)).status).toBe('SUCCEEDED');
    await restart('marketing_attribution');
    expect((await standIn.waitFor('marketing_attribution', 1, inRun(2))).status).toBe('SUCCEEDED');
  });

  it('inventory_sync succeeds, through its child workflow', async () => {
    const { call, standIn } = running;
    await standIn.startRun('inventory_sync');
    expect((await standIn.waitFor('inventory_sync', 1, isOver)).status).toBe('SUCCEEDED');
    expect((await call('GET', '/workflows/price_list_refresh/instances/1')).body).toMatchObject({
      status: 'SUCCEEDED',
      initiator: { type: 'SUBWORKFLOW' },
    });
  });

  it('store_visits_daily fails on the few bad days of a month, each for its own reason; leaving bad lines out mends one', async () => {
    const { call, standIn } = running;
    const day = (daysAgo: number) => format(subDays(new TZDate(new Date(), 'Europe/Berlin'), daysAgo), 'yyyyMMdd');
    for (const daysAgo of [5, 6, 13, 20]) {
      await standIn.startRun('store_visits_daily', { TARGET_RUN_DATE: day(daysAgo) });
    }
    await standIn.startRun('store_visits_daily', { TARGET_RUN_DATE: day(13), skip_bad_lines: true });
    const ended: [unknown, string][] = [];
    for (const instance of [1, 2, 3, 4, 5]) {
      const { status } = await standIn.waitFor('store_visits_daily', instance, isOver);
      const path = `/workflows/store_visits_daily/instances/${instance}/steps/count_visits`;
      const log: string = (await call('GET', path)).body.artifacts.maestro_kubernetes.execution_output;
      ended.push([status, log]);
    }
    expect(ended).toEqual([
      ['SUCCEEDED', expect.stringMatching(/visits in 40 stores/)],
      ['FAILED', expect.stringMatching(/ENOENT: no such file/)],
      ['FAILED', expect.stringMatching(/TypeError: line 18: visits of store-17 is not a number: "n\/a"/)],
      ['FAILED', expect.stringMatching(/promises 40 stores, found 23/)],
      ['SUCCEEDED', expect.stringMatching(/line 18 left out/)],
    ]);
  });

  it('a stopped step ends its process', async () => {
    const { call, standIn } = running;
    await standIn.startRun('finance_close');
    await standIn.waitFor('finance_close', 1, (seen) =>
      JSON.stringify(seen.runtime_overview ?? {}).includes('1:collect:1'),
    );
    const stopped = await call('PUT', '/workflows/finance_close/instances/1/steps/collect/actions/stop');
    expect(stopped.body).toMatchObject({ step_runtime_state: { status: 'STOPPED' } });
    expect((await standIn.waitFor('finance_close', 1, isOver)).status).toBe('STOPPED');
  });

  it('those that query refuse to start without a database', async () => {
    const { call, standIn } = running;
    for (const workflow of ['orders_daily', 'raw_orders_import', 'customers_snapshot']) {
      await expect(standIn.startRun(workflow)).rejects.toThrow('databaseUrl');
      const answer = await call('POST', `/workflows/${workflow}/versions/active/actions/start`, {
        initiator: { type: 'MANUAL' },
      });
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(workflow) } });
    }
  });

  it('are defined with an owner, tags, a schedule and where to tell of a failure', async () => {
    const { call, standIn } = running;
    for (const workflow of standIn.workflows) {
      const { body } = await call('GET', `/workflows/${workflow}/versions/active`);
      expect(body.properties_snapshot).toMatchObject({
        owner: expect.any(String),
        description: expect.stringContaining('cron'),
        alerting: { slack: { channels: [expect.stringMatching(/^#/)] } },
      });
      expect(body.workflow).toMatchObject({
        name: expect.any(String),
        tags: expect.arrayContaining([{ name: expect.any(String) }]),
        time_triggers: [{ type: 'CRON', timezone: 'Europe/Berlin' }],
      });
    }
  });
});

describe('stopping', () => {
  it('ends the programs that run, and removes their folder', async () => {
    const { standIn, url } = await servers.start({});
    await standIn.startRun('finance_close');
    await standIn.startRun('marketing_attribution');
    await standIn.waitFor('marketing_attribution', 1, isOver);
    const steps = await (await fetch(`${url}/api/v3/workflows/marketing_attribution/instances/1/steps`)).json();
    const folder = /open '([^']*)\/sessions\//.exec(JSON.stringify(steps))?.[1] ?? '';
    expect(existsSync(folder)).toBe(true);
    const before = Date.now();
    await standIn.stop();
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
  });
});
