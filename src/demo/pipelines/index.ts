/**
 * The demo's pipelines: definitions as a data team would push them, programs that really run as child processes,
 * and the world around them (a warehouse schema, a landing folder, a rates service with outages).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock';
import { createLogger, type Logger } from '../../lib/logger';
import type { PipelineSet } from '../stand-in/options';
import { demoWorkflows } from './definitions';
import { createProcessRunner } from './process-runner';
import { createRatesService } from './rates-service';
import { deliverStoreVisits } from './store-visits';
import { prepareWarehouse } from './warehouse';

export interface DemoPipelinesOptions {
  databaseUrl?: string | undefined;
  /** @default 'demo_warehouse' */
  databaseSchema?: string;
  log?: Logger | undefined;
}

const minutes = (count: number) => count * 60_000;

export function createDemoPipelines(options: DemoPipelinesOptions = {}): PipelineSet {
  const { databaseUrl } = options;
  const log = options.log ?? createLogger('silent');
  const schema = options.databaseSchema ?? 'demo_warehouse';
  const rates = createRatesService();
  const needsDatabase = new Set(
    demoWorkflows.filter(({ usesDatabase }) => usesDatabase).map(({ push }) => push.workflow.id),
  );
  let landing = '';
  let ratesUrl = '';

  return {
    workflows: demoWorkflows,
    runner: createProcessRunner({
      environment: () => ({
        LANDING_DIR: landing,
        RATES_URL: ratesUrl,
        ...(databaseUrl === undefined ? {} : { WAREHOUSE_URL: databaseUrl, WAREHOUSE_SCHEMA: schema }),
      }),
      directory: () => landing,
      log,
    }),
    refusalToStart(workflowId) {
      return databaseUrl === undefined && needsDatabase.has(workflowId)
        ? `Workflow [${workflowId}] queries a database, and none was given: start the stand-in with databaseUrl`
        : undefined;
    },
    async start() {
      landing = await mkdtemp(join(tmpdir(), 'pitcrew-demo-'));
      ratesUrl = await rates.start();
      await deliverStoreVisits(landing, systemClock.now(), 'Europe/Berlin');
      if (databaseUrl !== undefined) await prepareWarehouse(databaseUrl, schema);
    },
    async stop() {
      await rates.stop();
      if (landing) await rm(landing, { recursive: true, force: true });
    },
    // The two that fail and can be retried come first; the import that orders_daily needs is late each time.
    schedule: [
      { workflowId: 'orders_daily', firstAfterMs: 500, everyMs: minutes(4) },
      { workflowId: 'exchange_rates_hourly', firstAfterMs: 1_500, everyMs: minutes(3) },
      { workflowId: 'raw_orders_import', firstAfterMs: 6_000, everyMs: minutes(4) },
      { workflowId: 'inventory_sync', firstAfterMs: 8_000, everyMs: minutes(2) },
      { workflowId: 'events_sessionize', firstAfterMs: 20_000, everyMs: minutes(6) },
      { workflowId: 'customers_snapshot', firstAfterMs: 40_000, everyMs: minutes(7) },
      { workflowId: 'store_visits_daily', firstAfterMs: 50_000, everyMs: minutes(9) },
      { workflowId: 'marketing_attribution', firstAfterMs: 60_000, everyMs: minutes(8) },
      { workflowId: 'finance_close', firstAfterMs: 75_000, everyMs: minutes(5) },
    ],
  };
}
