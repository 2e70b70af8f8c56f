import { randomUUID } from 'node:crypto';
import { type ActionState, isSettled, mayMove } from '../domain/action';
import type { Notice } from '../domain/notice';
import { readBrief } from '../domain/plan';
import type { Urgency } from '../domain/post';
import { pipelineOf, runIn, sayTarget, Target } from '../domain/target';
import { storable } from '../lib/storable';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { Db, Tx } from '../store/db';
import * as postRows from '../store/post-rows';
import type { ActionDeps, Held } from './deps';

/** Another worker, or a person, has taken the action over. What they do counts. */
export class Overtaken extends Error {}

/** What is written down of an action, and where it is told. */
export function createLedger(deps: Pick<ActionDeps, 'clock' | 'log' | 'refresh' | 'tell' | 'platformChannel'>) {
  const { clock, log } = deps;

  /** @throws Overtaken */
  async function save(db: Db | Tx, action: Held, change: actionRows.ActionChange): Promise<void> {
    if (change.state && !mayMove(action.state, change.state))
      throw new Error(`an action does not go from ${action.state} to ${change.state}`);
    if (!(await actionRows.change(db, action, change))) throw new Overtaken();
  }

  function audit(
    tx: Db | Tx,
    action: actionRows.StoredAction,
    what: auditRows.AuditWhat,
    detail: Record<string, unknown> = {},
    personId: string | undefined = action.personId,
  ): Promise<void> {
    const target = Target.safeParse(action.target).data;
    const about =
      target && runIn(target) === undefined && target.kind !== 'pipeline' ? { what: sayTarget(target) } : {};
    return auditRows.append(tx, {
      at: clock.now(),
      actionId: action.id,
      personId,
      what,
      kind: action.kind,
      connection: action.connection,
      pipeline: action.pipeline,
      run: target && runIn(target),
      detail: { ...about, ...detail, ...(action.partOf ? { partOf: action.partOf, item: action.itemNo } : {}) },
    });
  }

  /** Tells it where the action is shown; an item keeps silent, for its whole speaks. */
  async function tell(tx: Tx, action: actionRows.StoredAction, notice: Notice): Promise<void> {
    if (action.partOf || !action.channel) return;
    const told = withWhat(notice, action);
    if (action.incidentId) {
      await deps.tell(tx, [{ incidentId: action.incidentId, channel: action.channel, notice: told }]);
      return;
    }
    await postRows.addActionStory(tx, { id: randomUUID(), actionId: action.id, notice: told }, clock.now());
  }

  /** A message of its own that shows how the action goes: in the thread of its incident, or on its own. */
  async function show(tx: Tx, action: actionRows.StoredAction, channel = action.channel): Promise<void> {
    if (!channel) return;
    const { id: actionId, incidentId } = action;
    await postRows.showAction(tx, { id: randomUUID(), actionId, incidentId, channel }, clock.now());
  }

  /** The messages that show it are not true any more. */
  async function refresh(tx: Tx, action: actionRows.StoredAction, urgency: Urgency): Promise<void> {
    if (action.partOf) return;
    await postRows.wantAction(tx, action.id, urgency, clock.now());
    if (action.incidentId) await deps.refresh(tx, action.incidentId, undefined, urgency);
  }

  /** Loudly: in the platform's channel as well, with the action itself. */
  async function announce(tx: Tx, action: actionRows.StoredAction, notice: Notice): Promise<void> {
    await tell(tx, action, notice);
    const platform = deps.platformChannel();
    if (platform) await show(tx, action, platform);
  }

  /** @param voice `quiet` where the end is told by something else: the recovery */
  async function settleIn(
    tx: Tx,
    action: Held,
    state: ActionState,
    {
      text,
      voice = 'told',
      outcome,
    }: { text?: string; voice?: 'told' | 'quiet'; outcome?: actionRows.ActionOutcome } = {},
  ): Promise<void> {
    const now = clock.now();
    const say = text === undefined ? undefined : storable(text);
    await save(tx, action, { state, say, settledAt: now, outcome });
    await audit(tx, action, auditWord(state), say ? { say } : {});
    log.info({ actionId: action.id, kind: action.kind, state }, 'action.settled');
    await refresh(tx, action, 'final');
    // That a retry worked is told by the recovery, and that the run failed again by the incident.
    if (voice === 'quiet' || (action.kind === 'retry' && state === 'failed' && !say)) return;
    await tell(tx, action, {
      kind: 'action-settled',
      at: now,
      by: action.slackId,
      action: action.kind,
      outcome: state,
      say,
    });
  }

  return { save, audit, tell, show, refresh, announce, settleIn };
}

export type Ledger = ReturnType<typeof createLedger>;

/** Of many, what they are: two of them may be told of in one thread. */
function withWhat(notice: Notice, action: actionRows.StoredAction): Notice {
  if (notice.kind !== 'bulk' && notice.kind !== 'bulk-ended' && notice.kind !== 'bulk-listed') return notice;
  const of = action.pace === undefined ? undefined : readBrief(action)?.what;
  return of === undefined ? notice : { ...notice, of };
}

function auditWord(state: ActionState): auditRows.AuditWhat {
  if (!isSettled(state)) throw new Error(`an action does not end as ${state}`);
  switch (state) {
    case 'succeeded':
    case 'failed':
    case 'refused':
    case 'unsure':
    case 'cancelled':
    case 'expired':
      return state;
    default:
      throw new Error(`${state} has no word in the trail`);
  }
}

/** Of a stored action that is one change. @throws for a large one */
export function targetOf(action: Pick<actionRows.StoredAction, 'target'>): { target: Target; connection: string } {
  const target = Target.parse(action.target);
  return { target, connection: pipelineOf(target).connection };
}
