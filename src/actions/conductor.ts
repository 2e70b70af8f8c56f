import { randomUUID } from 'node:crypto';
import type { ActionState } from '../domain/action';
import type { BulkAnswer } from '../domain/action-list';
import type { Actor } from '../domain/actor';
import { BulkProgress, type Counts, estimateMs, type NextMove, nextMove } from '../domain/conductor';
import { type Brief, Pace, Plan, parallelIn, readBrief } from '../domain/plan';
import { pipelineOf, sayTarget } from '../domain/target';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { Tx } from '../store/db';
import * as postRows from '../store/post-rows';
import * as switchRows from '../store/switch-rows';
import type { ActionDeps, Held } from './deps';
import { type Ledger, targetOf } from './ledger';

/** A large action is looked at so often, in case the end of an item was not told; while it is paused there is none. */
const lookEveryMs = 5_000;
const lookAtPausedEveryMs = 60_000;
/** One that stands still is brought to mind once, and ends when nobody has said for a week how it goes on. */
const remindAfterMs = 24 * 3_600_000;
const giveUpAfterMs = 7 * 24 * 3_600_000;
const reasonsTold = 5;
const namesTold = 5;

/** What a person's word on a large action comes to. */
export type WordAnswer =
  | { outcome: 'done' }
  /** It is so already, or over. */
  | { outcome: 'already'; state: ActionState }
  | { outcome: 'denied'; why: string; whoMay: string }
  | { outcome: 'cannot'; say: string }
  | { outcome: 'gone' };

export interface ConductorDeps extends ActionDeps {
  ledger: Ledger;
}

/** Lets the items of large actions go: one first, then a few at a time; stops by itself, and when people say so. */
export function createConductor(deps: ConductorDeps) {
  const { db, clock, log, ledger } = deps;

  const later = (ms: number): Date => new Date(clock.now().getTime() + ms);

  /** Brings a large action that we hold a step further. @throws Overtaken */
  async function conduct(action: Held): Promise<void> {
    const plan = readBrief(action);
    if (!plan) throw new Error(`the plan of ${action.id} cannot be read`);
    const pace = Pace.parse(action.pace);
    if (action.state === 'asked') await begin(action);
    if (action.state !== 'releasing' && action.state !== 'paused' && action.state !== 'cancelling') return;
    const state = action.state;
    const tookMs = await actionRows.itemDurations(db, action.id);
    const released = await db.transaction(async (tx) => {
      // Who says something about it meanwhile waits for us, and is heard at the next look.
      await ledger.save(tx, action, { heldUntil: action.heldUntil });
      const off = await switchRows.findOff(tx, 'bulk');
      const { counts, wave, waitingInWave, total } = await standing(tx, action);
      const next = nextMove({ state, counts, waitingInWave, pace, wave, isBulkOff: off !== undefined });
      const items = next.move === 'release' ? await release(tx, action, { wave, count: next.count }) : [];
      const progress = progressOf(
        { ...counts, total },
        { next, state, parallel: parallelIn(pace, wave), plan, tookMs, isBulkOff: off !== undefined },
      );
      if (next.move === 'settle') await settle(tx, action, plan, next.state, progress);
      else if (state === 'paused') await standStill(tx, action, progress);
      else await goOn(tx, action, next, progress);
      return items;
    });
    await deps.wakeOutbox();
    for (const item of released) if (!item.isBusy) await deps.wake(item.id, 0);
    if (released.some(({ isBusy }) => isBusy)) await deps.wake(action.id, 0);
  }

  /** How the items stand, when those are left out that what went before them did not allow. */
  async function standing(tx: Tx, action: Held) {
    const say = 'What feeds it was not done.';
    for (;;) {
      const now = await actionRows.itemCounts(tx, action.id);
      if (now.waitingInWave === 0 || now.wave === 0) return now;
      const left = await actionRows.leaveNeedy(tx, action.id, { wave: now.wave, now: clock.now(), say });
      if (left.length === 0) return now;
      for (const item of left) await auditItem(tx, action, item, 'cancelled', say);
    }
  }

  /** All items, or none: a crash before the commit begins anew. */
  async function begin(action: Held): Promise<void> {
    // The items, of which there may be thousands, are read this once.
    const plan = Plan.parse(await actionRows.planOf(db, action.id));
    await db.transaction(async (tx) => {
      await ledger.save(tx, action, { state: 'releasing', triedAt: clock.now(), heldUntil: action.heldUntil });
      await actionRows.addItems(
        tx,
        action,
        plan.items.map(({ target, wave = 0, incidentId, needs }, itemNo) => {
          const { connection, key } = pipelineOf(target);
          return {
            id: randomUUID(),
            itemNo,
            wave,
            connection,
            pipeline: key,
            target,
            ...(incidentId ? { incidentId } : {}),
            ...(needs ? { needs } : {}),
          };
        }),
      );
    });
    action.state = 'releasing';
  }

  async function release(tx: Tx, action: Held, { wave, count }: { wave: number; count: number }) {
    const busySay = 'Somebody else was changing it just then.';
    const released = await actionRows.releaseItems(tx, action.id, { wave, count, now: clock.now(), busySay });
    for (const item of released)
      await auditItem(tx, action, item, item.isBusy ? 'cancelled' : 'released', item.isBusy ? busySay : undefined);
    return released;
  }

  function auditItem(
    tx: Tx,
    action: Held,
    item: Omit<actionRows.ReleasedItem, 'isBusy'>,
    what: 'released' | 'cancelled',
    say?: string,
  ): Promise<void> {
    return auditRows.append(tx, {
      at: clock.now(),
      actionId: item.id,
      personId: action.personId,
      what,
      kind: action.kind,
      connection: item.connection,
      pipeline: item.pipeline,
      detail: { partOf: action.id, what: sayTarget(targetOf(item).target), ...(say ? { say } : {}) },
    });
  }

  function progressOf(
    counts: Counts & { total: number },
    of: { next: NextMove; state: ActionState; parallel: number; plan: Brief; tookMs: number[]; isBulkOff: boolean },
  ): BulkProgress {
    const { next, state, parallel, plan, isBulkOff } = of;
    const count = next.move === 'release' ? next.count : 0;
    const now = { ...counts, waiting: counts.waiting - count, running: counts.running + count };
    const goesOn = state === 'releasing' && next.move !== 'pause' && next.move !== 'settle' && !isBulkOff;
    const known = of.tookMs.length > 0 ? of.tookMs : plan.duration ? [plan.duration.medianMs] : [];
    const leftMs = goesOn ? estimateMs(now, { parallel }, known) : undefined;
    return {
      ...now,
      ...(leftMs === undefined ? {} : { endsAt: later(leftMs) }),
      ...(isBulkOff ? { isBulkOff } : {}),
      ...(next.move === 'pause' ? { stopped: next.why } : {}),
    };
  }

  async function goOn(tx: Tx, action: Held, next: NextMove, progress: BulkProgress): Promise<void> {
    const before = action.progress;
    if (next.move !== 'pause') {
      await ledger.save(tx, action, {
        progress,
        nextAt: later(lookEveryMs),
      });
      if (hasMoved(progress, before)) await ledger.refresh(tx, action, newsOf(progress, before));
      return;
    }
    const pausedAt = clock.now();
    await ledger.save(tx, action, {
      state: 'paused',
      progress: { ...progress, pausedAt },
      nextAt: later(lookAtPausedEveryMs),
    });
    const say = sayStopped(next.why, progress);
    await ledger.audit(tx, action, 'paused', { why: next.why, ...countsIn(progress) });
    await ledger.tell(tx, action, { kind: 'bulk', at: clock.now(), action: action.kind, what: 'stopped-itself', say });
    await ledger.refresh(tx, action, 'change');
    log.info({ actionId: action.id, why: next.why }, 'action.stopped-itself');
  }

  /** Paused: what has begun comes to its end, and people are asked once how it goes on. */
  async function standStill(tx: Tx, action: Held, progress: BulkProgress): Promise<void> {
    const now = clock.now();
    const before = BulkProgress.safeParse(action.progress).data;
    const pausedAt = before?.pausedAt ?? now;
    const forMs = now.getTime() - pausedAt.getTime();
    if (forMs >= giveUpAfterMs) return giveUp(tx, action);
    const isNews = forMs >= remindAfterMs && !before?.isReminded;
    const kept: BulkProgress = {
      ...progress,
      pausedAt,
      ...(before?.stopped ? { stopped: before.stopped } : {}),
      ...(isNews || before?.isReminded ? { isReminded: true } : {}),
    };
    await ledger.save(tx, action, { progress: kept, nextAt: later(lookAtPausedEveryMs) });
    if (isNews) {
      const say = `${progress.waiting} wait. Resume to go on, or cancel the rest; in six days I cancel it`;
      await ledger.tell(tx, action, { kind: 'bulk', at: now, action: action.kind, what: 'still-paused', say });
    }
    if (isNews || hasMoved(kept, before)) await ledger.refresh(tx, action, 'progress');
  }

  async function giveUp(tx: Tx, action: Held): Promise<void> {
    const at = clock.now();
    const say = 'Nobody has said for a week how it goes on.';
    await ledger.save(tx, action, { state: 'cancelling', nextAt: at });
    await actionRows.cancelWaiting(tx, action.id, at, say);
    await ledger.audit(tx, action, 'cancelling', { say });
    await ledger.tell(tx, action, { kind: 'bulk', at, action: action.kind, what: 'cancelled', say });
    await ledger.refresh(tx, action, 'change');
  }

  async function settle(
    tx: Tx,
    action: Held,
    plan: Brief,
    state: Extract<ActionState, 'succeeded' | 'failed' | 'cancelled'>,
    progress: BulkProgress,
  ): Promise<void> {
    const now = clock.now();
    await ledger.save(tx, action, { state, progress, settledAt: now });
    await ledger.audit(tx, action, state, {
      ...countsIn(progress),
      leftOutOfPlan: plan.leftOut.map(({ kind, count }) => ({ kind, count })),
    });
    log.info({ actionId: action.id, kind: action.kind, state, ...countsIn(progress) }, 'action.settled');
    await ledger.tell(tx, action, {
      kind: 'bulk-ended',
      at: now,
      by: action.slackId,
      action: action.kind,
      outcome: state,
      ...countsIn(progress),
      tookMs: now.getTime() - (action.triedAt ?? action.askedAt).getTime(),
      reasons: reasonsOf(await actionRows.items(tx, action.id, ['failed', 'unsure', 'refused', 'cancelled'])),
    });
    await actionRows.wantFile(tx, action.id, now);
    await ledger.refresh(tx, action, 'final');
  }

  /**
   * A person's word on a large action, or on a batch that the orchestrator paces. Who may: who asked, and who may ask for it.
   * Part of the caller's transaction.
   */
  async function say(
    tx: Tx,
    { actionId, actor, word }: { actionId: string; actor: Actor; word: 'pause' | 'resume' | 'cancel' },
  ): Promise<WordAnswer> {
    const action = await actionRows.lock(tx, actionId);
    if (!action || action.state === 'planned') return { outcome: 'gone' };
    if (action.settledAt) return { outcome: 'already', state: action.state };
    const refusal = await mayNot(action, actor);
    if (refusal) return refusal;
    const at = clock.now();
    if (action.pace === undefined && action.state === 'asked' && action.busySince !== undefined && word === 'cancel')
      return dropWaiting(tx, action, actor);
    if (action.pace === undefined) return sayToBatch(tx, action, actor, word);
    const pace = Pace.parse(action.pace);
    const what = ({ pause: 'paused', resume: 'resumed', cancel: 'cancelled' } as const)[word];
    switch (word) {
      case 'pause':
        if (action.state !== 'releasing' && action.state !== 'asked')
          return { outcome: 'already', state: action.state };
        if (action.state === 'asked')
          return { outcome: 'cannot', say: 'It is just beginning. Please press again in a moment.' };
        await actionRows.turn(tx, action.id, { state: 'paused', at, progress: pausedFrom(action.progress, at) });
        break;
      case 'resume': {
        if (action.state !== 'paused') return { outcome: 'already', state: action.state };
        // What has failed so far has been seen by who says so.
        const { counts } = await actionRows.itemCounts(tx, action.id);
        await actionRows.turn(tx, action.id, { state: 'releasing', at, pace: { ...pace, excused: counts.failed } });
        break;
      }
      case 'cancel':
        if (action.state === 'cancelling') return { outcome: 'already', state: action.state };
        if (action.state === 'asked' || action.state === 'awaiting-approval') {
          await actionRows.turn(tx, action.id, { state: 'cancelled', at, isSettled: true });
        } else {
          await actionRows.turn(tx, action.id, { state: 'cancelling', at });
          await actionRows.cancelWaiting(tx, action.id, at, 'The whole was cancelled before its turn.');
        }
    }
    await ledger.audit(
      tx,
      action,
      ({ pause: 'paused', resume: 'resumed', cancel: 'cancelling' } as const)[word],
      {},
      actor.personId,
    );
    await ledger.tell(tx, action, { kind: 'bulk', at, by: actor.slackId, action: action.kind, what });
    await ledger.refresh(tx, action, 'press');
    return { outcome: 'done' };
  }

  /** One that waits for its turn at the other side: nothing of it is there yet, so that it can simply be left. */
  async function dropWaiting(tx: Tx, action: actionRows.StoredAction, actor: Actor): Promise<WordAnswer> {
    const at = clock.now();
    const say = 'It was cancelled while it waited for its turn.';
    await actionRows.turn(tx, action.id, { state: 'cancelled', at, isSettled: true, say });
    await ledger.audit(tx, action, 'cancelled', { say }, actor.personId);
    const settled = { kind: 'action-settled', at, by: actor.slackId, action: action.kind } as const;
    await ledger.tell(tx, action, { ...settled, outcome: 'cancelled', say });
    await ledger.refresh(tx, action, 'final');
    return { outcome: 'done' };
  }

  async function sayToBatch(
    tx: Tx,
    action: actionRows.StoredAction,
    actor: Actor,
    word: 'pause' | 'resume' | 'cancel',
  ): Promise<WordAnswer> {
    const { target, connection } = targetOf(action);
    const batch = deps.orchestrator(connection)?.actions[action.kind]?.batch;
    if (action.state !== 'following' || target.kind !== 'partitions' || !batch?.[word])
      return { outcome: 'cannot', say: `${connection} cannot ${word} this now. Please do it there.` };
    const at = clock.now();
    await actionRows.turn(tx, action.id, { told: word, at });
    await ledger.audit(
      tx,
      action,
      ({ pause: 'paused', resume: 'resumed', cancel: 'cancelling' } as const)[word],
      {},
      actor.personId,
    );
    await ledger.refresh(tx, action, 'press');
    return { outcome: 'done' };
  }

  /** Who asked may always hold what they asked for; others as if they asked for it themselves. */
  async function mayNot(action: actionRows.StoredAction, actor: Actor): Promise<WordAnswer | undefined> {
    if (actor.isBot || actor.isDeactivated || actor.isGuest)
      return {
        outcome: 'denied',
        why: 'Guests and apps may look, but not change anything. Please ask who asked for it.',
        whoMay: '',
      };
    if (actor.personId === action.personId || deps.mayOperate(actor).may) return undefined;
    const plan = readBrief(action);
    if (!plan)
      return {
        outcome: 'denied',
        why: 'Its plan cannot be read, so only who asked may say how it goes on. Please ask them.',
        whoMay: '',
      };
    for (const pipeline of plan.pipelines) {
      const verdict = await deps.authorise(actor, action.kind, await deps.profile(pipeline), action.size);
      if (verdict.verdict === 'deny' && verdict.freeze === undefined)
        return {
          outcome: 'denied',
          why: `Only who asked for it, who may ${action.kind} all of it, or an operator may pause, resume or cancel it. Please ask who asked for it.`,
          whoMay: '',
        };
    }
    return undefined;
  }

  /** The one switch that holds all bulk work; single changes still go. Part of the caller's transaction. */
  async function switchBulk(
    tx: Tx,
    { actor, to, reason }: { actor: Actor; to: 'off' | 'on'; reason?: string },
  ): Promise<BulkAnswer> {
    if (!deps.mayOperate(actor).may)
      return {
        kind: 'denied',
        why: 'Only those who run Pitcrew may hold all bulk work.',
        whoMay: deps.mayOperate(actor).whoMay,
      };
    const at = clock.now();
    const isNews =
      to === 'off'
        ? await switchRows.switchOff(tx, 'bulk', { by: actor.slackId, at, reason })
        : await switchRows.switchOn(tx, 'bulk');
    if (!isNews) return { kind: 'so-already', to, ...(await switchRows.findOff(tx, 'bulk')) };
    await auditRows.append(tx, {
      at,
      personId: actor.personId,
      what: to === 'off' ? 'bulk-off' : 'bulk-on',
      kind: 'bulk',
      detail: reason ? { reason } : {},
    });
    const held = await actionRows.largeUnderWay(tx, 200);
    for (const action of held) await ledger.refresh(tx, action, 'change');
    const channel = deps.platformChannel();
    if (channel)
      await postRows.addNote(
        tx,
        { channel, notice: { kind: 'bulk-switched', at, by: actor.slackId, to, reason, count: held.length } },
        at,
      );
    return { kind: 'switched', to, waiting: held.length, ...(channel ? { announcedIn: channel } : {}) };
  }

  return { conduct, say, switchBulk, bulkOff: () => switchRows.findOff(db, 'bulk') };
}

/** Paused by a person: from now on it stands still. */
function pausedFrom(progress: unknown, at: Date): BulkProgress | undefined {
  const known = BulkProgress.safeParse(progress).data;
  if (!known) return undefined;
  const { endsAt: _, isReminded: __, ...rest } = known;
  return { ...rest, pausedAt: at };
}

function countsIn({ total, succeeded, failed, left }: BulkProgress) {
  return { total, succeeded, failed, left };
}

function hasMoved(progress: BulkProgress, before: unknown): boolean {
  const known = BulkProgress.safeParse(before).data;
  const shown = (each: BulkProgress) => [
    each.waiting,
    each.running,
    each.succeeded,
    each.failed,
    each.left,
    each.isBulkOff,
  ];
  return !known || shown(progress).some((value, nth) => value !== shown(known)[nth]);
}

/**
 * Progress waits for all other edits. So that it is seen even while hundreds of alerts change, the end of the first one, and each
 * tenth of the whole, is told as what it is: a change.
 */
function newsOf(progress: BulkProgress, before: unknown): 'change' | 'progress' {
  const tenths = ({ total, waiting, running }: BulkProgress) => Math.floor((10 * (total - waiting - running)) / total);
  const over = ({ total, waiting, running }: BulkProgress) => total - waiting - running;
  const known = BulkProgress.safeParse(before).data;
  const isFirst = over(progress) > 0 && (known === undefined || over(known) === 0);
  return isFirst || tenths(progress) > (known ? tenths(known) : 0) ? 'change' : 'progress';
}

function sayStopped(why: 'canary-failed' | 'too-many-failed', { failed, waiting }: BulkProgress): string {
  const rest = `${waiting} wait. Resume to go on, or cancel the rest`;
  return why === 'canary-failed' ? `the first one failed; ${rest}` : `${failed} have failed; ${rest}`;
}

/** Why items were not done, the commonest reasons first. */
function reasonsOf(items: readonly actionRows.ItemRow[]): { say: string; count: number; names: string[] }[] {
  const reasons = new Map<string, { say: string; count: number; names: string[] }>();
  for (const item of items) {
    const say = item.say || item.cause || 'its run did not go well';
    const known = reasons.get(say) ?? { say, count: 0, names: [] };
    known.count += 1;
    if (known.names.length < namesTold) known.names.push(`${item.pipeline} ${sayTarget(targetOf(item).target)}`);
    reasons.set(say, known);
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count).slice(0, reasonsTold);
}
