import type { Pushed } from '../stand-in/options';
import type { WorkflowPush } from '../stand-in/wire';

export interface DemoWorkflow extends Pushed {
  usesDatabase: boolean;
}

type StepPush = WorkflowPush['workflow']['steps'][number];
type TypedStepPush = Extract<StepPush, { step: unknown }>['step'];

interface Job {
  id: string;
  /** A program in `steps/`. */
  program: string;
  nodeOptions?: string[];
  memory?: string;
  description?: string;
  errorRetries?: number;
  more?: Partial<TypedStepPush>;
}

/** Jobs one after another, each a pod that runs one program. */
function inRow(owner: string, jobs: (Job | StepPush)[]): StepPush[] {
  const idOf = (entry: Job | StepPush): string =>
    'program' in entry ? entry.id : 'step' in entry ? entry.step.id : entry.subworkflow.id;
  return jobs.map((entry, index): StepPush => {
    const next = jobs[index + 1];
    const transition = next === undefined ? {} : { successors: { [idOf(next)]: 'true' } };
    if (!('program' in entry)) {
      return 'step' in entry
        ? { step: { ...entry.step, transition } }
        : { subworkflow: { ...entry.subworkflow, transition } };
    }
    const { params, ...more } = entry.more ?? {};
    return {
      step: {
        id: entry.id,
        type: 'Kubernetes',
        ...(entry.description === undefined ? {} : { description: entry.description }),
        transition,
        retry_policy: {
          error_retry_limit: entry.errorRetries ?? 0,
          platform_retry_limit: 1,
          backoff: { type: 'FIXED_BACKOFF', error_retry_backoff_in_secs: 1, platform_retry_backoff_in_secs: 1 },
        },
        ...more,
        params: {
          ...params,
          kubernetes: {
            type: 'MAP',
            value: {
              app_name: { type: 'STRING', value: entry.program.split('/').join('-') },
              image: { type: 'STRING', value: 'registry.shop.example/pipelines/jobs:2026.40' },
              command: { type: 'STRING_ARRAY', value: ['node', ...(entry.nodeOptions ?? []), `${entry.program}.mjs`] },
              cpu: { type: 'STRING', value: '0.5' },
              memory: { type: 'STRING', value: entry.memory ?? '256Mi' },
              owner_email: { type: 'STRING', value: `${owner}@shop.example` },
            },
          },
        },
      },
    };
  });
}

interface Described {
  id: string;
  name: string;
  description: string;
  owner: string;
  channel: string;
  tags: string[];
  criticality: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';
  cron: string;
  usesDatabase?: boolean;
  jobs: (Job | StepPush)[];
  /** @default 'sequential' */
  runStrategy?: NonNullable<WorkflowPush['properties']>['run_strategy'];
  workflow?: Partial<WorkflowPush['workflow']>;
  /** Who pushed it, how long ago, from which commit. @default the demo's first day */
  pushed?: { author: string; agoMs: number; sha: string };
}

const hours = (count: number) => count * 3_600_000;
const days = (count: number) => hours(24 * count);

function described(given: Described): DemoWorkflow {
  const pushed = given.pushed ?? { author: 'priya', agoMs: days(90), sha: '9c1f0d2' };
  return {
    usesDatabase: given.usesDatabase ?? false,
    author: pushed.author,
    agoMs: pushed.agoMs,
    push: {
      properties: {
        owner: given.owner,
        description: `${given.description} Runs at cron ${given.cron}, Europe/Berlin.`,
        run_strategy: given.runStrategy ?? 'sequential',
        alerting: { slack: { channels: [given.channel] } },
      },
      git_info: {
        origin: `git@git.shop.example:data/${given.owner}.git`,
        branch: 'main',
        sha: pushed.sha,
        path: `workflows/${given.id}.yaml`,
      },
      workflow: {
        id: given.id,
        name: given.name,
        description: given.description,
        tags: given.tags,
        criticality: given.criticality,
        time_triggers: [{ type: 'CRON', cron: given.cron, timezone: 'Europe/Berlin' }],
        steps: inRow(given.owner, given.jobs),
        ...given.workflow,
      },
    },
  };
}

const announces = (name: string): Partial<TypedStepPush> => ({
  signal_outputs: [{ name, params: { ds: { type: 'STRING', expression: 'TARGET_RUN_DATE' } } }],
});

/** Adds up one column of the orders of the day; which one is a matter of the version. */
const revenueDaily = (column: string, pushed: NonNullable<Described['pushed']>): DemoWorkflow =>
  described({
    id: 'revenue_daily',
    name: 'Revenue daily',
    description: 'Revenue of the day, from the orders of the day.',
    owner: 'finance',
    channel: '#finance-data',
    tags: ['finance', 'tier1'],
    criticality: 'CRITICAL',
    cron: '30 2 * * *',
    usesDatabase: true,
    jobs: [{ id: 'sum_revenue', program: 'revenue/sum', more: announces('warehouse/revenue_daily') }],
    workflow: {
      params: { revenue_column: { type: 'STRING', value: column } },
      signal_triggers: [{ definitions: { 'warehouse/orders_daily': {} } }],
    },
    pushed,
  });

export const demoWorkflows: DemoWorkflow[] = [
  described({
    id: 'raw_orders_import',
    name: 'Raw orders import',
    description: "Lands the shop's orders in the warehouse.",
    owner: 'orders',
    channel: '#orders-data',
    tags: ['orders', 'tier1'],
    criticality: 'HIGH',
    cron: '0 1 * * *',
    usesDatabase: true,
    jobs: [{ id: 'import_orders', program: 'orders/import', more: announces('warehouse/raw_orders') }],
  }),
  described({
    id: 'orders_daily',
    name: 'Orders daily',
    description: 'Orders and revenue by country and day, from the raw orders.',
    owner: 'orders',
    channel: '#orders-data',
    tags: ['orders', 'tier1'],
    criticality: 'CRITICAL',
    cron: '0 2 * * *',
    usesDatabase: true,
    jobs: [
      { id: 'extract', program: 'orders/extract', description: 'Reads the list of countries and the exchange day.' },
      {
        id: 'load_warehouse',
        program: 'orders/load-warehouse',
        description: 'Adds up the raw orders of the day.',
        errorRetries: 1,
      },
      {
        id: 'publish',
        program: 'orders/publish',
        description: 'Marks the day as published.',
        more: announces('warehouse/orders_daily'),
      },
    ],
  }),
  described({
    id: 'exchange_rates_hourly',
    name: 'Exchange rates hourly',
    description: 'Fetches exchange rates from the rates service.',
    owner: 'finance',
    channel: '#finance-data',
    tags: ['finance', 'tier2'],
    criticality: 'MEDIUM',
    cron: '5 * * * *',
    jobs: [
      { id: 'fetch_rates', program: 'rates/fetch', errorRetries: 2 },
      { id: 'store_rates', program: 'rates/store', more: announces('warehouse/exchange_rates') },
    ],
  }),
  described({
    id: 'events_sessionize',
    name: 'Events sessionize',
    description: 'Groups web events into sessions, in memory.',
    owner: 'web-analytics',
    channel: '#web-data',
    tags: ['web', 'tier2'],
    criticality: 'MEDIUM',
    cron: '30 3 * * *',
    jobs: [
      {
        id: 'sessionize',
        program: 'events/sessionize',
        nodeOptions: ['--max-old-space-size=${heap_mb}'],
        memory: '64Mi',
        more: announces('landing/sessions'),
      },
    ],
    workflow: { params: { heap_mb: { type: 'LONG', value: 48 } } },
  }),
  described({
    id: 'customers_snapshot',
    name: 'Customers snapshot',
    description: 'A typed copy of the customer list, once a day.',
    owner: 'crm',
    channel: '#crm-data',
    tags: ['crm', 'tier2', 'personal-data'],
    criticality: 'HIGH',
    cron: '15 4 * * *',
    usesDatabase: true,
    jobs: [{ id: 'snapshot', program: 'customers/snapshot', more: announces('warehouse/customers') }],
  }),
  described({
    id: 'marketing_attribution',
    name: 'Marketing attribution',
    description: 'Which campaign led to which session. Reads the sessions of the day from the landing folder.',
    owner: 'marketing',
    channel: '#marketing-data',
    tags: ['marketing', 'tier3'],
    criticality: 'LOW',
    cron: '0 5 * * *',
    jobs: [{ id: 'attribute', program: 'marketing/attribute', errorRetries: 1 }],
  }),
  described({
    id: 'price_list_refresh',
    name: 'Price list refresh',
    description: 'Refreshes the price list that the inventory sync uses.',
    owner: 'supply',
    channel: '#supply-data',
    tags: ['supply', 'tier3'],
    criticality: 'LOW',
    cron: '0 0 * * *',
    jobs: [{ id: 'refresh', program: 'inventory/refresh-prices' }],
  }),
  described({
    id: 'inventory_sync',
    name: 'Inventory sync',
    description: 'Stock counts of all warehouses.',
    owner: 'supply',
    channel: '#supply-data',
    tags: ['supply', 'tier2'],
    criticality: 'MEDIUM',
    cron: '*/30 * * * *',
    jobs: [
      {
        subworkflow: {
          id: 'refresh_prices',
          params: { subworkflow_id: { type: 'STRING', value: 'price_list_refresh' } },
        },
      },
      { id: 'sync', program: 'inventory/sync', more: announces('warehouse/inventory') },
    ],
  }),
  described({
    id: 'finance_close',
    name: 'Finance close',
    description: 'Closes the books of the day; started by the orders of the day too.',
    owner: 'finance',
    channel: '#finance-data',
    tags: ['finance', 'tier1'],
    criticality: 'CRITICAL',
    cron: '0 6 * * *',
    jobs: [
      { id: 'collect', program: 'finance/collect' },
      { id: 'reconcile', program: 'finance/reconcile' },
      { id: 'book', program: 'finance/book' },
      { id: 'report', program: 'finance/report', more: announces('finance/daily_close') },
    ],
    workflow: { signal_triggers: [{ definitions: { 'warehouse/orders_daily': {} } }] },
  }),
  revenueDaily('revenue_cents', { author: 'priya', agoMs: days(41), sha: 'd3a90e1' }),
  revenueDaily('revenue_cents', { author: 'dana', agoMs: days(9), sha: '47be2c8' }),
  // A bad deploy: there is no such column. The version before it is the one to go back to.
  revenueDaily('revenue_eur', { author: 'noah', agoMs: hours(2), sha: 'e81f5d0' }),
  described({
    id: 'revenue_forecast',
    name: 'Revenue forecast',
    description: 'The next twelve weeks, from the revenue so far.',
    owner: 'finance',
    channel: '#finance-data',
    tags: ['finance', 'tier2'],
    criticality: 'HIGH',
    cron: '0 3 * * *',
    usesDatabase: true,
    jobs: [{ id: 'forecast', program: 'revenue/forecast', more: announces('warehouse/revenue_forecast') }],
    workflow: { signal_triggers: [{ definitions: { 'warehouse/revenue_daily': {} } }] },
  }),
  described({
    id: 'board_report',
    name: 'Board report',
    description: 'The pages that the board reads in the morning.',
    owner: 'finance',
    channel: '#finance-data',
    tags: ['finance', 'tier1'],
    criticality: 'CRITICAL',
    cron: '0 4 * * *',
    usesDatabase: true,
    jobs: [{ id: 'report', program: 'board/report' }],
    workflow: { signal_triggers: [{ definitions: { 'warehouse/revenue_forecast': {} } }] },
  }),
  described({
    id: 'store_visits_daily',
    name: 'Store visits daily',
    description: 'Visits of each store and day, from the files that the tills deliver.',
    owner: 'marketing',
    channel: '#marketing-data',
    tags: ['marketing', 'tier3'],
    criticality: 'LOW',
    cron: '30 4 * * *',
    runStrategy: { rule: 'PARALLEL', workflow_concurrency: 3 },
    jobs: [{ id: 'count_visits', program: 'visits/count', more: announces('landing/store_visits') }],
    workflow: { params: { skip_bad_lines: { type: 'BOOLEAN', value: false } } },
  }),
];
