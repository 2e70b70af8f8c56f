import { z } from 'zod';
import type { ActionCard } from '../domain/action';
import { BulkProgress } from '../domain/conductor';
import { readBrief } from '../domain/plan';
import { sayTargets, Target, wayBack } from '../domain/target';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { ViewDeps } from './incident-view';

const namesShown = 5;

const Approval = z.object({ by: z.string(), say: z.string().optional(), broke: z.boolean().optional() });

/** Reads all that the message of an action shows, as it is now. `undefined` = it is gone. */
export async function readActionCard(
  { db, clock, settings }: Pick<ViewDeps, 'db' | 'clock' | 'settings'>,
  actionId: string,
): Promise<ActionCard | undefined> {
  const action = await actionRows.find(db, actionId);
  if (!action) return undefined;
  const plan = readBrief(action);
  const target = Target.safeParse(action.target).data;
  const approval = Approval.safeParse(action.approval).data;
  const progress = BulkProgress.safeParse(action.progress).data;
  return {
    id: action.id,
    kind: action.kind,
    state: action.state,
    what: target ? sayTargets([target]) : (plan?.what ?? ''),
    by: action.slackId,
    askedAt: action.askedAt,
    settledAt: action.settledAt,
    say: action.say,
    ...(action.state === 'awaiting-approval' && action.expiresAt
      ? { approval: { until: action.expiresAt, reason: plan?.verdict.reason ?? '' } }
      : {}),
    ...(approval?.broke ? { broken: { by: approval.by, reason: approval.say ?? '' } } : {}),
    leftOut: (plan?.leftOut ?? []).map(({ say, count, names }) => ({ say, count, names: names.slice(0, namesShown) })),
    downstream: {
      total: plan?.downstream.total ?? 0,
      names: (plan?.downstream.nodes ?? []).slice(0, namesShown).map(({ name }) => name),
    },
    expectedMs: plan?.expectedMs,
    evidence: plan?.evidence,
    progress,
    back: action.state === 'succeeded' && target ? wayBack(target) : undefined,
    incidentId: action.incidentId,
    isLarge: action.pace !== undefined,
    turn: await auditRows.countOf(db, actionId, ['paused', 'resumed', 'cancelling']),
    timeZone: settings().workspace.timeZone,
    now: clock.now(),
  };
}
