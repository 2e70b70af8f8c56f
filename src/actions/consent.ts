import type { Actor } from '../domain/actor';
import type { Verdict } from '../domain/authorise';
import type { Notice } from '../domain/notice';
import { type Brief, Pace, readBrief } from '../domain/plan';
import { pipelineOf, sayTarget } from '../domain/target';
import { storable } from '../lib/storable';
import * as actionRows from '../store/action-rows';
import type { Tx } from '../store/db';
import * as postRows from '../store/post-rows';
import type { ActionDeps, Answer, Approval, Held } from './deps';
import { type Ledger, targetOf } from './ledger';

/** What a second person's word comes to. */
export type ConsentAnswer =
  | { outcome: 'done'; actionId: string }
  | { outcome: 'already'; state: actionRows.StoredAction['state'] }
  | { outcome: 'denied'; why: string; whoMay: string }
  | { outcome: 'gone' };

export interface ConsentDeps extends ActionDeps {
  ledger: Ledger;
}

/** The yes of who asks, and of a second person where the policy wants one; and going on without. */
export function createConsent(deps: ConsentDeps) {
  const { clock, ledger } = deps;

  /**
   * The yes to a plan. Decided anew, since the plan may be an hour old. Part of the caller's transaction.
   * @param pace as it was set when the plan was seen; a plan of one has none
   * @param breakGlass the reason for going over a freeze or a missing yes
   */
  async function confirm(
    tx: Tx,
    {
      actionId,
      actor,
      pace,
      breakGlass,
    }: { actionId: string; actor: Actor; pace?: Partial<Pace>; breakGlass?: string },
  ): Promise<Answer> {
    const action = await actionRows.lock(tx, actionId);
    if (!action) return { outcome: 'cannot', say: 'That plan is not there any more. Please make a new one.' };
    if (action.state === 'expired') return { outcome: 'cannot', say: 'That plan has expired. Please make a new one.' };
    if (action.state !== 'planned')
      return { outcome: 'already', by: action.slackId, at: action.askedAt, state: action.state };
    if (action.expiresAt && action.expiresAt <= clock.now())
      return { outcome: 'cannot', say: 'That plan has expired. Please make a new one.' };
    if (action.personId !== actor.personId)
      return {
        outcome: 'cannot',
        say: 'Somebody else made that plan. Please make your own, so that it is yours to answer for.',
      };
    if (action.pace === undefined) {
      const rival = await actionRows.rivalOf(tx, action);
      if (rival) return { outcome: 'already', by: rival.slackId, at: rival.askedAt, state: rival.state };
    }
    const plan = readBrief(action);
    if (!plan) return { outcome: 'cannot', say: 'That plan cannot be read any more. Please make a new one.' };
    if (action.pace !== undefined && pace !== undefined)
      await actionRows.setPace(tx, action.id, { ...Pace.parse(action.pace), ...pace });
    const verdict = await strictest(actor, action, plan);
    return decide(tx, action, plan, actor, verdict, breakGlass);
  }

  /** What was said about it, told where the action is shown. */
  function notice(
    action: actionRows.StoredAction,
    plan: Brief | undefined,
    outcome: Extract<Notice, { kind: 'consent' }>['outcome'],
    { by, say, calls }: { by?: string; say?: string; calls?: string } = {},
  ): Notice {
    const what = sayWhat(action, plan);
    return { kind: 'consent', at: clock.now(), by, action: action.kind, what, outcome, say, calls };
  }

  /** What the policy says of the whole: the hardest word on any of its pipelines. */
  async function strictest(actor: Actor, action: actionRows.StoredAction, plan: Brief): Promise<Verdict> {
    let found: Verdict | undefined;
    const rank = { allow: 0, 'needs-approval': 1, deny: 2 } as const;
    for (const pipeline of plan.pipelines) {
      const verdict = await deps.authorise(actor, action.kind, await deps.profile(pipeline), action.size);
      if (!found || rank[verdict.verdict] > rank[found.verdict]) found = verdict;
    }
    return found ?? { verdict: 'deny', reason: 'There is nothing to do.', whoMay: '' };
  }

  /** From a wish, or a plan, to what happens now. Part of the caller's transaction; also for those that are asked for at once. */
  async function decide(
    tx: Tx,
    action: actionRows.StoredAction,
    plan: Brief | undefined,
    actor: Actor,
    verdict: Verdict,
    breakGlass?: string,
  ): Promise<Answer> {
    const at = clock.now();
    // The glass stands before a freeze or a missing yes, not before what somebody may not do at all.
    const canBreak = verdict.verdict === 'needs-approval' || verdict.freeze !== undefined;
    if (canBreak && breakGlass !== undefined) {
      const broken = await broke(tx, action, plan, actor, breakGlass);
      return broken.outcome === 'done'
        ? { outcome: 'asked', actionId: action.id }
        : {
            outcome: 'denied',
            why: broken.outcome === 'denied' ? broken.why : verdict.reason,
            whoMay: deps.mayOperate(actor).whoMay,
          };
    }
    if (verdict.verdict === 'deny') {
      await ledger.audit(tx, action, 'refused', { reason: verdict.reason });
      return {
        outcome: 'denied',
        why: verdict.reason,
        whoMay: verdict.whoMay,
        ...(verdict.freeze ? { freeze: verdict.freeze } : {}),
      };
    }
    if (verdict.verdict === 'needs-approval') {
      const until = deps.approvalUntil(at);
      await actionRows.turn(tx, action.id, { state: 'awaiting-approval', at, expiresAt: until });
      await ledger.audit(tx, action, 'needs-approval', { reason: verdict.reason, until, ...sizeIn(action, plan) });
      await ledger.show(tx, action);
      await ledger.tell(
        tx,
        action,
        notice(action, plan, 'asked', { by: action.slackId, say: verdict.reason, calls: verdict.calls }),
      );
      await ledger.refresh(tx, action, 'press');
      return { outcome: 'awaiting-approval', actionId: action.id, by: verdict.reason, until };
    }
    await go(tx, action, plan);
    return { outcome: 'asked', actionId: action.id };
  }

  /** What is muted, or frozen, has no alert that could show it. */
  async function isBesideAlert(tx: Tx, { incidentId }: actionRows.StoredAction): Promise<boolean> {
    return incidentId !== undefined && (await postRows.placeOfAlert(tx, incidentId)) !== undefined;
  }

  /** Nothing stands in the way any more. */
  async function go(
    tx: Tx,
    action: actionRows.StoredAction,
    plan: Brief | undefined,
    approval?: Approval,
  ): Promise<void> {
    const at = clock.now();
    await actionRows.turn(tx, action.id, { state: 'asked', at, ...(approval ? { approval } : {}) });
    const auto = action.autoId ? { auto: action.autoId } : {};
    await ledger.audit(tx, action, 'asked', { ...sizeIn(action, plan), ...auto });
    if (action.pace !== undefined || !(await isBesideAlert(tx, action))) await ledger.show(tx, action);
    await ledger.refresh(tx, action, 'press');
    await ledger.tell(tx, action, {
      kind: 'action-asked',
      at,
      by: action.slackId,
      action: action.kind,
      what: sayWhat(action, plan),
      ...auto,
    });
  }

  /** Somebody else's word on what waits for it. Never one's own. Part of the caller's transaction. */
  async function answer(
    tx: Tx,
    { actionId, actor, word, say }: { actionId: string; actor: Actor; word: 'approve' | 'decline'; say?: string },
  ): Promise<ConsentAnswer> {
    const action = await actionRows.lock(tx, actionId);
    if (!action || action.state === 'planned') return { outcome: 'gone' };
    if (action.state !== 'awaiting-approval') return { outcome: 'already', state: action.state };
    if (action.expiresAt && action.expiresAt <= clock.now()) return { outcome: 'already', state: 'expired' };
    const plan = readBrief(action);
    const asker = await deps.actor(action.slackId);
    const asked = await strictestFor(asker, action, plan);
    const needed = asked.verdict === 'needs-approval' ? asked.reason : (plan?.verdict.reason ?? '');
    const denied = (why: string): ConsentAnswer => ({ outcome: 'denied', why: `${why} ${needed}`.trim(), whoMay: '' });
    if (actor.personId === action.personId) return denied('A second person has to say yes; you can withdraw it.');
    for (const pipeline of plan ? plan.pipelines : [pipelineOf(targetOf(action).target)]) {
      const may = await deps.mayApprove(actor, asker, action.kind, await deps.profile(pipeline), action.size);
      if (!may) return denied('You are not among those who may approve this.');
    }
    const at = clock.now();
    const words = say === undefined ? {} : { say: storable(say) };
    if (word === 'approve') {
      await ledger.audit(tx, action, 'approved', words, actor.personId);
      await ledger.tell(tx, action, notice(action, plan, 'approved', { by: actor.slackId, ...words }));
      await go(tx, action, plan, { by: actor.slackId, personId: actor.personId, at, ...words });
      return { outcome: 'done', actionId };
    }
    const approval: Approval = { by: actor.slackId, personId: actor.personId, at, ...words, declined: true };
    await actionRows.turn(tx, action.id, { state: 'refused', at, isSettled: true, approval });
    await ledger.audit(tx, action, 'declined', words, actor.personId);
    await ledger.tell(tx, action, notice(action, plan, 'declined', { by: actor.slackId, ...words }));
    await ledger.refresh(tx, action, 'final');
    return { outcome: 'done', actionId };
  }

  async function strictestFor(
    asker: Actor,
    action: actionRows.StoredAction,
    plan: Brief | undefined,
  ): Promise<Verdict> {
    if (plan) return strictest(asker, action, plan);
    return deps.authorise(asker, action.kind, await deps.profile(pipelineOf(targetOf(action).target)), action.size);
  }

  /** Who asked takes it back before anybody has said yes. Part of the caller's transaction. */
  async function withdraw(tx: Tx, { actionId, actor }: { actionId: string; actor: Actor }): Promise<ConsentAnswer> {
    const action = await actionRows.lock(tx, actionId);
    if (!action) return { outcome: 'gone' };
    if (action.state !== 'awaiting-approval') return { outcome: 'already', state: action.state };
    if (action.personId !== actor.personId)
      return { outcome: 'denied', why: 'Only who asked can withdraw it. You can decline it.', whoMay: '' };
    const at = clock.now();
    await actionRows.turn(tx, action.id, { state: 'cancelled', at, isSettled: true, say: 'Withdrawn by who asked.' });
    await ledger.audit(tx, action, 'withdrawn');
    const plan = readBrief(action);
    await ledger.tell(tx, action, notice(action, plan, 'withdrawn', { by: actor.slackId }));
    await ledger.refresh(tx, action, 'final');
    return { outcome: 'done', actionId };
  }

  /** Goes on without the yes that is waited for, with a reason that everybody hears. Part of the caller's transaction. */
  async function breakGlass(
    tx: Tx,
    { actionId, actor, reason }: { actionId: string; actor: Actor; reason: string },
  ): Promise<ConsentAnswer> {
    const action = await actionRows.lock(tx, actionId);
    if (!action || action.state === 'planned') return { outcome: 'gone' };
    if (action.state !== 'awaiting-approval') return { outcome: 'already', state: action.state };
    return broke(tx, action, readBrief(action), actor, reason);
  }

  async function broke(
    tx: Tx,
    action: actionRows.StoredAction,
    plan: Brief | undefined,
    actor: Actor,
    reason: string,
  ): Promise<ConsentAnswer> {
    const say = storable(reason).trim();
    if (!deps.mayOperate(actor).may)
      return {
        outcome: 'denied',
        why: 'You may not go on without the yes that the policy asks for.',
        whoMay: deps.mayOperate(actor).whoMay,
      };
    if (say === '')
      return {
        outcome: 'denied',
        why: 'Breaking the glass needs a reason. Please write one.',
        whoMay: deps.mayOperate(actor).whoMay,
      };
    const at = clock.now();
    await ledger.audit(tx, action, 'glass-broken', { reason: say, ...sizeIn(action, plan) }, actor.personId);
    await ledger.announce(tx, action, notice(action, plan, 'broken', { by: actor.slackId, say }));
    await go(tx, action, plan, { by: actor.slackId, personId: actor.personId, at, say, broke: true });
    return { outcome: 'done', actionId: action.id };
  }

  /** A plan that nobody confirmed, or a wish that nobody approved in time. */
  async function expire(tx: Tx, action: Held): Promise<void> {
    const at = clock.now();
    await ledger.save(tx, action, { state: 'expired', settledAt: at });
    if (action.state === 'planned') return;
    await ledger.audit(tx, action, 'expired');
    await ledger.tell(tx, action, notice(action, readBrief(action), 'expired'));
    await ledger.refresh(tx, action, 'final');
  }

  return { confirm, decide, answer, withdraw, breakGlass, expire };
}

const sizeIn = ({ size }: actionRows.StoredAction, plan: Brief | undefined): Record<string, unknown> =>
  plan ? { size, leftOut: plan.leftOut.map(({ kind, count }) => ({ kind, count })) } : {};

/** What it is about, as a part of a sentence. */
function sayWhat(action: actionRows.StoredAction, plan: Brief | undefined): string {
  return plan && action.pace !== undefined ? plan.what : sayTarget(targetOf(action).target);
}
