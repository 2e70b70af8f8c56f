import { z } from 'zod';
import type { ActionCard, ActionState, CourseWord } from '../domain/action';
import { BulkProgress } from '../domain/conductor';
import { countDownstream, waitingNodes } from '../domain/downstream';
import { readBrief } from '../domain/plan';
import { oppositeOf, sayTargets, Target, wayBack } from '../domain/target';
import { sayNode } from '../slack/downstream-tree';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { ViewDeps } from './incident-view';

const namesShown = 5;

const Approval = z.object({
  by: z.string(),
  say: z.string().optional(),
  broke: z.boolean().optional(),
  declined: z.boolean().optional(),
});

/** What the second person has done, as the card tells it. */
function answerOf(
  approval: z.infer<typeof Approval> | undefined,
): Pick<ActionCard, 'approved' | 'broken' | 'declined'> {
  if (!approval) return {};
  const { by, say, broke, declined } = approval;
  if (broke) return { broken: { by, reason: say ?? '' } };
  return declined ? { declined: { by, say } } : { approved: { by, say } };
}

const Batch = z.object({ batch: z.string() });
const isBatch = (receipt: unknown): boolean => Batch.safeParse(receipt).success;

type Said = 'paused' | 'resumed' | 'cancelling' | 'word-refused';

/** A batch that the orchestrator paces is followed all the time; how it stands is what was said last and not refused. */
function stateOf(action: actionRows.StoredAction, said: readonly Said[]): ActionState {
  if (action.pace !== undefined || action.state !== 'following') return action.state;
  const taken: Said[] = [];
  for (const word of said) {
    if (word === 'word-refused') taken.pop();
    else taken.push(word);
  }
  const last = taken.at(-1);
  return last === 'paused' || last === 'cancelling' ? last : action.state;
}

function wordsFor(state: ActionState): CourseWord[] {
  if (state === 'releasing' || state === 'following') return ['pause', 'cancel'];
  return state === 'paused' ? ['resume', 'cancel'] : [];
}

const BatchProgress = z.object({
  partitions: z.object({ total: z.number(), done: z.number(), failed: z.number(), running: z.number() }),
});

function progressOfBatch(progress: unknown): ActionCard['progress'] {
  const batch = BatchProgress.safeParse(progress).data?.partitions;
  if (!batch) return undefined;
  const { total, done, failed, running } = batch;
  return { total, succeeded: done, failed, running, waiting: Math.max(0, total - done - failed - running), left: 0 };
}

/** Reads all that the message of an action shows, as it is now. `undefined` = it is gone. */
export async function readActionCard(
  deps: Pick<ViewDeps, 'db' | 'clock' | 'settings' | 'batchWordsOf'>,
  actionId: string,
): Promise<ActionCard | undefined> {
  const { db, clock, settings } = deps;
  const action = await actionRows.find(db, actionId);
  if (!action) return undefined;
  const plan = readBrief(action);
  const target = Target.safeParse(action.target).data;
  const said = await auditRows.saidOf(db, actionId, ['paused', 'resumed', 'cancelling', 'word-refused']);
  const state = stateOf(action, said);
  const isBusy = action.state === 'asked' && action.busySince !== undefined && action.pace === undefined;
  return {
    id: action.id,
    kind: action.kind,
    state,
    what: target ? sayTargets([target]) : (plan?.what ?? ''),
    by: action.slackId,
    askedAt: action.askedAt,
    settledAt: action.settledAt,
    say: action.say,
    ...(action.state === 'awaiting-approval' && action.expiresAt
      ? { approval: { until: action.expiresAt, reason: plan?.verdict.reason ?? '' } }
      : {}),
    ...answerOf(Approval.safeParse(action.approval).data),
    how: plan?.how ?? [],
    leftOut: (plan?.leftOut ?? []).map(({ say, count, names }) => ({ say, count, names: names.slice(0, namesShown) })),
    downstream: {
      total: plan ? countDownstream(plan.downstream).waiting : 0,
      names: plan ? waitingNodes(plan.downstream).slice(0, namesShown).map(sayNode) : [],
    },
    expectedMs: plan?.expectedMs,
    evidence: plan?.evidence,
    progress: BulkProgress.safeParse(action.progress).data ?? progressOfBatch(action.progress),
    opposite: action.state === 'succeeded' && target ? oppositeOf(action.kind, target) : undefined,
    back: action.state === 'succeeded' && target ? wayBack(target) : undefined,
    incidentId: action.incidentId,
    isLarge: action.pace !== undefined,
    ...(isBusy ? { isBusy } : {}),
    words: (isBusy ? (['cancel'] as const) : wordsFor(state)).filter(
      (word) =>
        isBusy ||
        action.pace !== undefined ||
        (target?.kind === 'partitions' &&
          isBatch(action.receipt) &&
          deps.batchWordsOf(target.pipeline.connection, action.kind).includes(word)),
    ),
    turn: said.filter((word) => word !== 'word-refused').length,
    timeZone: settings().workspace.timeZone,
    now: clock.now(),
  };
}
