import type { ChangedBefore } from '../../src/domain/change';
import { walkDownstream } from '../../src/domain/downstream';
import { type ImpactAnswer, ownersOf } from '../../src/domain/impact';
import type { IncidentView, MemberView } from '../../src/domain/incident';
import type { PipelineStatus, StatusAnswer } from '../../src/domain/pipeline-status';

export const nine = new Date('2026-11-18T08:14:00Z');
export const later = (minutes: number): Date => new Date(nine.getTime() + minutes * 60_000);

const names: Record<string, string> = { UDANA: 'dana', UPRIYA: 'priya' };
export const nameOf = (slackId: string): string | undefined => names[slackId];

export function member(more: Partial<MemberView> = {}): MemberView {
  return {
    connection: 'prod',
    pipeline: 'orders_daily',
    partition: '2026-11-17',
    trouble: 'failed',
    state: 'failed',
    via: 'first',
    run: 'run-7',
    attempt: 2,
    step: 'load_warehouse',
    error: 'java.lang.OutOfMemoryError: Java heap space',
    url: 'https://maestro.example/workflows/orders_daily/runs/run-7',
    logUrl: 'https://maestro.example/workflows/orders_daily/runs/run-7/log',
    owner: 'orders',
    firstFailedAt: nine,
    lastFailedAt: nine,
    troubles: [nine],
    failures: 1,
    name: 'orders_daily',
    elsewhere: false,
    ...more,
  };
}

export function view({
  lead,
  ...more
}: Partial<Omit<IncidentView, 'lead'>> & { lead?: Partial<MemberView> } = {}): IncidentView {
  return {
    incidentId: '5a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a01',
    channel: 'CALERTS',
    state: 'failed',
    lead: member(lead),
    others: [],
    hereCount: 1,
    elsewhereCount: 0,
    recoveredCount: 0,
    failedCount: 1,
    cause: {
      title: 'Out of memory',
      line: 'java.lang.OutOfMemoryError: Java heap space',
      category: 'out-of-memory',
      retryable: 'maybe',
      nextStep: 'give the step more memory, or retry once',
    },
    openedAt: nine,
    owner: 'orders',
    team: 'orders',
    runbook: 'https://wiki.example/runbooks/orders_daily',
    tier: 1,
    environment: 'production',
    downstream: ['revenue', 'churn', 'forecast', 'board_report'],
    evidence: { fixed: 14, tried: 15, medianMs: 12 * 60_000 },
    routedBy: 'team orders',
    isClosable: true,
    turn: 0,
    abilities: ['retry', 'stop'],
    hasLog: true,
    missing: [],
    timeZone: 'Europe/Berlin',
    now: later(12),
    ...more,
  };
}

export function changed(differs: Partial<ChangedBefore['change']> = {}, more = 0): ChangedBefore {
  const change = {
    pipeline: { connection: 'prod', key: 'orders_daily' },
    kind: 'activated',
    version: '12',
    by: 'UDANA',
    at: later(-14),
    url: 'https://git.example/orders/12',
    ...differs,
  } as const;
  return { change, beforeMs: 14 * 60_000, more };
}

const asked = { id: 'a1', kind: 'retry', by: 'UDANA', askedAt: later(1) } as const;

/** One of every state, and the ways in which they come. */
export const alerts: Record<string, IncidentView> = {
  failed: view(),
  'flapping, failing': view({ state: 'flapping', flapping: { times: 4, since: later(-170) } }),
  'flapping, up': view({
    state: 'flapping',
    flapping: { times: 4, since: later(-170) },
    closedAt: later(6),
    lead: { state: 'recovered', endedAt: later(6) },
  }),
  'skipped on purpose': view({
    state: 'skipped',
    closedAt: later(6),
    isClosable: false,
    lead: { state: 'skipped', endedAt: later(6) },
    closing: { at: later(6), by: 'UDANA', why: 'unneeded' },
  }),
  'failed, calling the team on call': view({ mention: 'SORDERS' }),
  'failed, nothing known': view({
    cause: undefined,
    owner: undefined,
    team: undefined,
    runbook: undefined,
    environment: undefined,
    downstream: undefined,
    evidence: undefined,
    abilities: [],
    hasLog: false,
    lead: {
      step: undefined,
      error: undefined,
      url: undefined,
      logUrl: undefined,
      owner: undefined,
      partition: '',
    },
  }),
  'failed with many others': view({
    hereCount: 8,
    elsewhereCount: 92,
    recoveredCount: 3,
    failedCount: 97,
    others: ['refunds', 'shipping', 'stock', 'prices', 'returns'].map((name) =>
      member({ name, pipeline: name, partition: '' }),
    ),
  }),
  'failed again after a retry': view({
    turn: 1,
    lead: { attempt: 3, failures: 2 },
    action: { ...asked, state: 'failed', say: 'the same step failed again' },
  }),
  'failed after a retry that nobody knows of': view({ action: { ...asked, state: 'unsure' } }),
  'failed after a deploy': view({ changed: changed() }),
  'failed after changes that nobody signed': view({
    changed: changed({ kind: 'settings', version: undefined, by: undefined, url: undefined, note: 'memory 4 GB' }, 2),
  }),
  late: view({ state: 'late', cause: undefined, lead: { trouble: 'late', error: undefined, step: undefined } }),
  'downstream of what failed': view({
    cause: undefined,
    lead: { via: 'downstream', error: 'column "revenue_eur" does not exist' },
    upstream: { name: 'raw_import', state: 'failed', trouble: 'failed', line: 'relation "raw" does not exist' },
    elsewhereCount: 1,
  }),
  'downstream of what is late': view({
    cause: undefined,
    lead: { via: 'downstream', error: 'no rows' },
    upstream: { name: 'raw_import', state: 'failed', trouble: 'late', line: 'x' },
  }),
  'downstream of what is back': view({
    cause: undefined,
    lead: { via: 'downstream', error: undefined },
    upstream: { name: 'raw_import', state: 'recovered', trouble: 'failed', line: 'x' },
  }),
  retrying: view({
    state: 'retrying',
    action: { ...asked, state: 'following', stepsDone: 3, stepsTotal: 5, step: 'load_warehouse' },
  }),
  'retrying by itself': view({ state: 'retrying' }),
  'retry waiting for approval': view({ action: { ...asked, state: 'awaiting-approval' } }),
  acknowledged: view({ state: 'acknowledged', acknowledged: { by: 'UPRIYA', at: later(3) } }),
  muted: view({ state: 'muted', muted: { by: 'UPRIYA', until: later(120) } }),
  recovered: view({ state: 'recovered', closedAt: later(12), recoveredBy: 'UDANA' }),
  'recovered by itself': view({ state: 'recovered', closedAt: later(95) }),
  skipped: view({ state: 'skipped', closedAt: later(5) }),
};

export function pipelineStatus(name: string, more: Partial<PipelineStatus> = {}): PipelineStatus {
  return {
    pipeline: {
      connection: 'prod',
      key: name,
      facts: { runbook: `https://wiki.example/${name}`, schedule: '0 6 * * *' },
    },
    name,
    state: 'succeeded',
    lastRuns: [
      {
        run: 'run-7',
        attempt: 1,
        status: 'succeeded',
        startedAt: later(-60),
        endedAt: later(-48),
        url: `https://maestro.example/workflows/${name}/runs/run-7`,
      },
    ],
    owner: 'orders',
    team: 'orders',
    succeeded: { count: 28, of: 30 },
    usuallyTakesMs: { median: 12 * 60_000, n: 28 },
    missing: [],
    ...more,
  };
}

export function failing(name: string): PipelineStatus {
  return pipelineStatus(name, {
    state: 'failed',
    openIncident: {
      incidentId: 'i1',
      state: 'failed',
      since: nine,
      causeLine: 'java.lang.OutOfMemoryError: Java heap space',
      permalink: 'https://acme.slack.example/archives/CALERTS/p1700000000000100',
    },
  });
}

export function statusAnswer(pipelines: PipelineStatus[], more: Partial<StatusAnswer> = {}): StatusAnswer {
  return { scope: 'channel', pipelines, more: 0, now: later(12), ...more };
}

/** `orders_daily` feeds a table, which two pipelines read; a dashboard shows one of them. */
export function impactAnswer(
  more: Partial<Extract<ImpactAnswer, { kind: 'impact' }>> = {},
): ImpactAnswer & { kind: 'impact' } {
  const known = new Map<string, { name: string; team?: string; deadline?: string }>([
    ['pipeline:prod/revenue', { name: 'Revenue', team: 'finance', deadline: '08:00' }],
    ['pipeline:prod/forecast', { name: 'forecast', team: 'planning' }],
  ]);
  const edges = [
    ['pipeline:prod/orders_daily', 'table:dwh.orders'],
    ['table:dwh.orders', 'pipeline:prod/revenue'],
    ['table:dwh.orders', 'pipeline:prod/forecast'],
    ['pipeline:prod/revenue', 'dashboard:Board report'],
  ].map(([from = '', to = '']) => ({ from, to, seenAt: nine }));
  const downstream = walkDownstream(['pipeline:prod/orders_daily'], edges, (node) => {
    const kind = node.startsWith('table:') ? 'table' : node.startsWith('dashboard:') ? 'dashboard' : 'pipeline';
    return { kind, name: node.slice(node.indexOf(':') + 1), ...known.get(node) };
  });
  return {
    kind: 'impact',
    pipeline: { connection: 'prod', key: 'orders_daily' },
    name: 'orders_daily',
    downstream,
    owners: ownersOf(downstream),
    now: later(12),
    ...more,
  };
}
