import type { ListedAction } from '../../src/domain/action-list';
import type { Plan, PlannedItem } from '../../src/domain/plan';
import { impactAnswer, later, nine } from './views';

export const planId = '7b1c9a2e-7d7f-4a39-9d53-1d7f7b1f0b02';

export function plannedRun(pipeline: string, more: Partial<PlannedItem> = {}): PlannedItem {
  return {
    target: { kind: 'run', run: { pipeline: { connection: 'prod', key: pipeline }, run: '118', attempt: 1 } },
    incidentId: '5a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a01',
    status: 'failed',
    ...more,
  };
}

/** A retry of three runs that failed of one cause. */
export function plan(more: Partial<Plan> = {}): Plan {
  const { downstream } = impactAnswer();
  return {
    kind: 'retry',
    plannedAt: nine,
    items: [
      plannedRun('orders_daily', { steps: ['load_warehouse', 'publish'] }),
      plannedRun('refunds', { steps: ['load'] }),
      plannedRun('stock_levels'),
    ],
    leftOut: [],
    warnings: [],
    how: ['Goes on from where it failed; what is complete is kept.'],
    downstream,
    duration: { medianMs: 4 * 60_000, p90Ms: 9 * 60_000, n: 31 },
    expectedMs: 12 * 60_000,
    evidence: { fixed: 14, tried: 15, medianMs: 12 * 60_000 },
    verdict: { verdict: 'allow', reason: 'Members of *orders* may retry this.', whoMay: 'members of *orders*' },
    pace: { parallel: 3, stopAfter: 3, canary: true, order: 'oldest-first', excused: 0 },
    ...more,
  };
}

export const plannedUntil = later(60);

export function listedAction(more: Partial<ListedAction> = {}): ListedAction {
  return {
    id: planId,
    kind: 'retry',
    state: 'releasing',
    what: '14 runs of 3 pipelines',
    by: 'UPRIYA',
    askedAt: nine,
    isLarge: true,
    progress: { total: 14, succeeded: 5, failed: 2, waiting: 4 },
    url: 'https://acme.slack.example/archives/CALERTS/p1700000000000100',
    ...more,
  };
}
