import { z } from 'zod';
import { type ActionKind, type ActionState, immediate } from '../domain/action';
import type { Actor } from '../domain/actor';
import type { Verdict } from '../domain/authorise';
import { Failure, failureKinds, sayFailure, sayWithNext } from '../domain/failure';
import type { EventKind, PipelineEvent } from '../domain/pipeline-event';
import type { Plan } from '../domain/plan';
import { quantile } from '../domain/quantile';
import { hasEnded, type RunRef, type RunStatus, runStatuses } from '../domain/run';
import { pipelineOf, sayTargets, type Target } from '../domain/target';
import { storable } from '../lib/storable';
import type { Call, Orchestrator, Progress, Receipt } from '../orchestrators/orchestrator';
import * as actionRows from '../store/action-rows';
import * as inboxRows from '../store/inbox-rows';
import { type ActionDeps, Approval, type Held } from './deps';
import { type Ledger, Overtaken, targetOf } from './ledger';

/** A worker holds an action this long: longer than any one call to an orchestrator may take (25 s), short enough after a crash. */
export const leaseMs = 30_000;
/** Tries of a change, and of what comes before it (plan, rights). */
const maxTries = 6;
/** What finds the other side busy waits so long for it: longer than most runs take that may stand in the way. */
const busyPatienceMs = 4 * 3_600_000;
/** How long after the first try we go on asking what became of it, before it is left to a person. */
const doubtPatienceMs = 30 * 60_000;
/** What was taken and has not begun by then is told, unless earlier ones took longer. */
const beginsWithinMs = 5 * 60_000;
/** Earlier beginnings from which it is learned what is usual. */
const beginningsForHabit = 5;
/** Ends of items are gathered so long, so that the whole is looked at once for many: that costs more, the more items it has. */
const gatherMs = 250;
/** These are done when they are taken: nothing of theirs runs. */
const doneWhenTaken: readonly ActionKind[] = ['skip', ...immediate];

const ReceiptRun = z.object({
  pipeline: z.object({ connection: z.string(), key: z.string() }),
  run: z.string(),
  attempt: z.number().int().optional(),
});
const StoredReceipt = z.object({
  run: ReceiptRun.optional(),
  batch: z.string().optional(),
  note: z.string().optional(),
  duplicate: z.boolean().optional(),
});
const Shown = z.object({
  status: z.enum(runStatuses),
  step: z.string().optional(),
  stepsDone: z.number().optional(),
  stepsTotal: z.number().optional(),
  partitions: z.object({ total: z.number(), done: z.number(), failed: z.number(), running: z.number() }).optional(),
});
type Shown = z.infer<typeof Shown>;

/** Wait before the next look at a change under way: 2 s, then slower, since most of what is slow stays slow. In ms. */
export function followDelayMs(elapsedMs: number): number {
  if (elapsedMs < 120_000) return 2_000;
  if (elapsedMs < 600_000) return 10_000;
  return 30_000;
}

/**
 * Wait before a change is tried again that was not taken: 2 s, doubling, at most 60 s.
 * @param tries    made so far, from 1
 * @param askedMs  what the other side asked for; wins when longer
 */
export function retryDelayMs(tries: number, askedMs?: number): number {
  return Math.max(askedMs ?? 0, Math.min(60_000, 1_000 * 2 ** tries));
}

export interface MachineDeps extends ActionDeps {
  ledger: Ledger;
  /** The plan of one change, as it is just before it is done. @throws Failure when it may not be done as things are */
  planOne(action: Held, actor: Actor): Promise<Plan>;
}

/** The machine of one change, alone or as an item of a large one: rights → plan → try → follow → settle, each step stored before the next. */
export function createMachine(deps: MachineDeps) {
  const { db, clock, log, ledger } = deps;
  const { save, audit } = ledger;

  /** Brings an action that we hold a step further. @throws Overtaken */
  async function step(action: Held): Promise<void> {
    await take(action).catch((error) => {
      if (error instanceof Overtaken) throw error;
      return stumble(action, error);
    });
  }

  async function take(action: Held): Promise<void> {
    const { connection } = targetOf(action);
    const orchestrator = deps.orchestrator(connection);
    if (!orchestrator)
      throw new Failure('not-found', connection, { detail: 'the connection is not configured any more' });
    if (action.state === 'following') await follow(action, orchestrator);
    else await perform(action, orchestrator);
  }

  async function perform(action: Held, orchestrator: Orchestrator): Promise<void> {
    const { target, connection } = targetOf(action);
    const actor = await deps.actor(action.slackId);
    const now = clock.now();
    const since = action.triedAt ?? now;
    const call: Call = {
      kind: action.kind,
      actor: deps.nameFor(connection, actor),
      idempotencyKey: action.id,
      since,
      target,
    };
    if (action.triedAt) {
      // Before anything else, also before rights that were lost meanwhile: what was taken is followed to its end.
      const found = await findEarlier(action, orchestrator, call);
      if (found) return accepted(action, found);
      if (action.state === 'performing' && action.attempts >= maxTries) throw new Failure('unsure', connection);
    }
    const ability = orchestrator.actions[action.kind];
    if (!ability) return settle(action, 'failed', `I cannot ${action.kind} runs in ${connection}.`);
    const refusal = await refusalOf(action, actor, target);
    if (refusal) return settle(action, 'refused', refusal);
    // Partitions of a large action were planned with it, all at once.
    const isPlanned = action.triedAt !== undefined || (action.partOf !== undefined && target.kind === 'partitions');
    const plan = isPlanned ? undefined : await planned(action, actor);
    if (plan === 'needless') return;

    const attempts = action.attempts + 1;
    const tried = { state: 'performing', triedAt: since, attempts, heldUntil: later(leaseMs) } as const;
    await db.transaction(async (tx) => {
      // What a person said yes to is kept as it was.
      await save(tx, action, { ...tried, plan: action.plan === undefined ? plan : undefined });
      await audit(tx, action, 'trying', { attempt: attempts, as: call.actor, requestId: action.id });
    });
    Object.assign(action, tried);
    let receipt: Receipt;
    try {
      receipt = await ability.perform(target, call);
    } catch (error) {
      return missed(action, error);
    }
    await accepted(action, receipt);
  }

  /** Decided at the moment of doing it, for the whole of which it is a part. `undefined` = it may be done. */
  async function refusalOf(action: Held, actor: Actor, target: Target): Promise<string | undefined> {
    const whole = await actionRows.wholeOf(db, action.partOf ?? action.id);
    const size = whole?.size ?? 1;
    const profile = await deps.profile(pipelineOf(target));
    const verdict: Verdict = await deps.authorise(actor, action.kind, profile, size);
    if (verdict.verdict === 'allow') return undefined;
    const approval = Approval.safeParse(whole?.approval).data;
    if (approval && (verdict.verdict === 'needs-approval' || verdict.freeze !== undefined)) {
      const second = await deps.actor(approval.by);
      if (approval.broke && deps.mayOperate(second).may) return undefined;
      if (verdict.freeze === undefined && (await deps.mayApprove(second, actor, action.kind, profile, size)))
        return undefined;
    }
    return `${verdict.reason} ${verdict.whoMay}`.trim();
  }

  /** `needless`: an item that there is no need for any more was taken out. */
  async function planned(action: Held, actor: Actor): Promise<Plan | 'needless'> {
    try {
      return await deps.planOne(action, actor);
    } catch (error) {
      if (!action.partOf || !(error instanceof Failure) || error.kind !== 'rejected') throw error;
      await settle(action, 'cancelled', sayWithNext(error));
      return 'needless';
    }
  }

  /** What became of an earlier try; `undefined` = it was not taken. @throws Failure when that cannot be told */
  async function findEarlier(action: Held, orchestrator: Orchestrator, call: Call): Promise<Receipt | undefined> {
    const isDoubtful = action.state === 'performing';
    if (isEnding(action.kind) && isDoubtful) {
      const { target } = targetOf(action);
      if (target.kind === 'run' && hasEnded((await orchestrator.fetchRun(target.run)).status))
        return { run: target.run };
    }
    if (orchestrator.lookUp) return orchestrator.lookUp(call);
    if (isDoubtful) throw new Failure('unsure', targetOf(action).connection);
    return undefined;
  }

  /** A try that gave no receipt: certainly not taken, and then perhaps tried again; or in doubt, and then read before anything else. */
  async function missed(action: Held, error: unknown): Promise<void> {
    const failure = error instanceof Failure ? error : undefined;
    if (!failure) log.error({ err: error, actionId: action.id }, 'action.fault');
    const isCertain = failure !== undefined && failure.kind !== 'unsure';
    if (failure?.kind === 'busy') return waitFor(action, failure);
    if (isCertain && !(failureKinds[failure.kind].retry && action.attempts < maxTries))
      return settle(action, 'failed', sayWithNext(failure));
    const delayMs = retryDelayMs(action.attempts, failure?.retryAfterMs);
    await db.transaction(async (tx) => {
      await save(tx, action, { state: isCertain ? 'asked' : 'performing', nextAt: later(delayMs) });
      const detail = {
        attempt: action.attempts,
        ...(failure ? { failure: failure.kind, say: storable(sayFailure(failure)) } : {}),
      };
      await audit(tx, action, isCertain ? 'not-taken' : 'doubtful', detail);
    });
    log.warn({ actionId: action.id, failure: failure?.kind, attempt: action.attempts, delayMs }, 'action.missed');
    await deps.wake(action.id, delayMs);
  }

  /** Not just now: something else is going there. Looked at again and again, and no try is counted. */
  async function waitFor(action: Held, failure: Failure): Promise<void> {
    const now = clock.now();
    const since = action.busySince ?? now;
    if (now.getTime() - since.getTime() >= busyPatienceMs)
      return settle(
        action,
        'failed',
        `I have tried for 4 hours and was told each time: “${sayFailure(failure)}” Nothing was done. Please ask for it again when that is over.`,
      );
    const delayMs = Math.max(1_000, failure.retryAfterMs ?? retryDelayMs(maxTries));
    const say = storable(sayFailure(failure));
    const isNews = !action.busySince || action.say !== say;
    await db.transaction(async (tx) => {
      const attempts = Math.max(0, action.attempts - (action.state === 'performing' ? 1 : 0));
      await save(tx, action, {
        state: 'asked',
        attempts,
        busySince: since,
        say,
        nextAt: later(delayMs),
      });
      if (action.state === 'performing' || isNews) await audit(tx, action, 'not-taken', { failure: failure.kind, say });
      if (isNews) await ledger.refresh(tx, action, 'change');
    });
    log.info({ actionId: action.id, delayMs, since: action.busySince }, 'action.waits');
    if (isNews) await deps.wakeOutbox();
    await deps.wake(action.id, delayMs);
  }

  async function accepted(action: Held, receipt: Receipt): Promise<void> {
    const delayMs = 500;
    await db.transaction(async (tx) => {
      await audit(tx, action, 'accepted', { ...receipt });
      if (doneWhenTaken.includes(action.kind)) {
        await save(tx, action, { state: 'following', receipt, ...noLongerBusy(action), heldUntil: action.heldUntil });
        action.state = 'following';
        await ledger.settleIn(tx, action, 'succeeded', { text: receipt.note });
        return;
      }
      await save(tx, action, {
        state: 'following',
        receipt,
        attempts: 0,
        ...noLongerBusy(action),
        nextAt: later(delayMs),
      });
      await ledger.refresh(tx, action, 'change');
    });
    log.info({ actionId: action.id, kind: action.kind, run: receipt.run, batch: receipt.batch }, 'action.accepted');
    await deps.wakeOutbox();
    if (doneWhenTaken.includes(action.kind)) return wakeWhole(action);
    await deps.wake(action.id, delayMs);
  }

  async function follow(action: Held, orchestrator: Orchestrator): Promise<void> {
    const receipt = StoredReceipt.parse(action.receipt ?? {});
    const { target } = targetOf(action);
    await passWord(action, orchestrator, receipt, target);
    const run = receipt.run ?? (target.kind === 'run' || target.kind === 'steps' ? target.run : undefined);
    if (!run && !receipt.batch) return settle(action, 'succeeded');
    const progress: Progress | undefined = orchestrator.progress
      ? await orchestrator.progress(receipt.run || receipt.batch ? receipt : { ...receipt, run })
      : run && { ...(await orchestrator.fetchRun(run)), run };
    if (!progress) throw new Failure('unsure', targetOf(action).connection);
    if (hasEnded(progress.status)) return ended(action, run, progress);

    const now = clock.now();
    const elapsedMs = now.getTime() - (action.triedAt ?? action.askedAt).getTime();
    const delayMs = followDelayMs(elapsedMs);
    const shown: Shown = {
      status: progress.status,
      step: progress.step,
      stepsDone: progress.stepsDone,
      stepsTotal: progress.stepsTotal,
      partitions: progress.partitions,
    };
    const moved = !isSame(shown, Shown.safeParse(action.progress).data);
    const hasBegun = progress.status === 'running' || progress.startedAt !== undefined;
    const stalled = hasBegun || action.beganAt || action.stalledAt ? undefined : await stalledFor(action, elapsedMs);
    await db.transaction(async (tx) => {
      const began = hasBegun && !action.beganAt ? { beganAt: progress.startedAt ?? now } : {};
      const told = stalled ? { stalledAt: now } : {};
      await save(tx, action, { progress: shown, attempts: 0, nextAt: later(delayMs), ...began, ...told });
      // Of a large one it is told once, whichever of its items it was.
      const about = stalled && action.partOf ? await actionRows.firstStalled(tx, action.partOf, now) : action;
      if (stalled && about)
        await ledger.tell(tx, about, { kind: 'nothing-began', at: now, action: action.kind, ...stalled });
      if (moved) await ledger.refresh(tx, action, 'progress');
    });
    if (moved || stalled) await deps.wakeOutbox();
    await deps.wake(action.id, delayMs);
  }

  /** What has been taken and should have begun by now: longer than it ever took, or 5 min. */
  async function stalledFor(action: Held, elapsedMs: number) {
    if (elapsedMs < beginsWithinMs || isEnding(action.kind)) return undefined;
    const { target } = targetOf(action);
    const { connection, key } = pipelineOf(target);
    const known = await actionRows.beginnings(db, { connection, pipeline: key, kind: action.kind });
    const usuallyMs = known.length < beginningsForHabit ? undefined : quantile(known, 0.9);
    if (usuallyMs !== undefined && elapsedMs < 2 * usuallyMs) return undefined;
    return {
      what: sayTargets([target]),
      waitedMs: elapsedMs,
      ...(usuallyMs === undefined ? {} : { usuallyMs }),
    };
  }

  /** Tells the orchestrator what a person wants of a batch that it paces by itself. */
  async function passWord(action: Held, orchestrator: Orchestrator, receipt: Receipt, target: Target): Promise<void> {
    const word = action.told;
    if (!word) return;
    const actor = await deps.actor(action.slackId);
    const since = action.triedAt ?? action.askedAt;
    const call: Call = {
      kind: action.kind,
      actor: deps.nameFor(pipelineOf(target).connection, actor),
      idempotencyKey: action.id,
      since,
      target,
    };
    try {
      await orchestrator.actions[action.kind]?.batch?.[word]?.(receipt, call);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ actionId: action.id, word, failure: error.kind }, 'action.word-not-taken');
      // It may be said again without harm; what is under way is followed all the same.
      if (failureKinds[error.kind].retry || error.kind === 'unsure') return;
      return refused(action, word, storable(sayFailure(error)));
    }
    await save(db, action, { heardWord: word });
  }

  async function refused(action: Held, word: NonNullable<Held['told']>, say: string): Promise<void> {
    await db.transaction(async (tx) => {
      await save(tx, action, { heardWord: word });
      await audit(tx, action, 'word-refused', { word, say });
      const notice = { kind: 'bulk', at: clock.now(), action: action.kind, what: 'word-refused' } as const;
      await ledger.tell(tx, action, { ...notice, say: `it cannot be made to ${word}. ${say}` });
      await ledger.refresh(tx, action, 'change');
    });
    await deps.wakeOutbox();
  }

  /** The run that the action brought about has ended: that is a fact about the pipeline as well. */
  async function ended(action: Held, run: RunRef | undefined, progress: Progress): Promise<void> {
    const { reached, kind } = endOf(action.kind, progress.status);
    // A batch is no run; its runs tell of themselves.
    if (!run) return settle(action, reached, progress.error);
    const at = progress.endedAt ?? clock.now();
    const { target } = targetOf(action);
    const [partition] = target.kind === 'partitions' ? target.partitions : [];
    const event: PipelineEvent = {
      source: 'pitcrew:action',
      id: `${action.id}:${kind}`,
      kind,
      occurredAt: at,
      connection: run.pipeline.connection,
      pipeline: run.pipeline.key,
      run: progress.run?.run ?? run.run,
      attempt: progress.run?.attempt ?? run.attempt ?? 1,
      ...(partition === undefined ? {} : { partition }),
      startedAt: progress.startedAt,
      endedAt: at,
      final: true,
      // The error text and all else comes with the reading, which removes secrets before anything is stored.
      needsReading: true,
    };
    await db.transaction(async (tx) => {
      await inboxRows.store(
        tx,
        [
          {
            source: event.source,
            id: event.id,
            kind: 'run',
            connection: event.connection,
            payload: event,
            occurredAt: at,
          },
        ],
        clock.now(),
      );
      const isRetry = action.kind === 'retry';
      await ledger.settleIn(tx, action, reached, {
        voice: reached === 'succeeded' && isRetry ? 'quiet' : 'told',
        ...(isRetry && reached !== 'cancelled' ? { outcome: reached === 'succeeded' ? 'fixed' : 'failed-again' } : {}),
      });
    });
    await deps.wakeDecider();
    await deps.wakeOutbox();
    await wakeWhole(action);
  }

  /**
   * Something stood in the way outside a try. Again later where that can help, else the end: `failed` where nothing was taken,
   * `unsure` where something was or may have been and cannot be seen.
   */
  async function stumble(action: Held, error: unknown): Promise<void> {
    const failure = error instanceof Failure ? error : undefined;
    if (!failure) log.error({ err: error, actionId: action.id }, 'action.fault');
    if (failure?.kind === 'busy' && action.state === 'asked') return waitFor(action, failure);
    const canHelp = !failure || failureKinds[failure.kind].retry;
    const triedForMs = clock.now().getTime() - (action.triedAt ?? action.askedAt).getTime();
    const isDoubtful = action.state === 'performing';
    // While an orchestrator is away, what runs there is not over: followed for as long as it takes.
    const again = isDoubtful
      ? canHelp && triedForMs < doubtPatienceMs
      : action.state === 'following'
        ? (failure !== undefined && canHelp) || action.attempts < maxTries
        : canHelp && action.attempts < maxTries;
    if (again) {
      const delayMs = isDoubtful
        ? Math.max(followDelayMs(triedForMs), failure?.retryAfterMs ?? 0)
        : retryDelayMs(Math.min(action.attempts + 1, maxTries), failure?.retryAfterMs);
      const attempts = isDoubtful ? action.attempts : action.attempts + 1;
      await save(db, action, { attempts, nextAt: later(delayMs) });
      log.warn({ actionId: action.id, failure: failure?.kind, attempts, delayMs }, 'action.again');
      await deps.wake(action.id, delayMs);
      return;
    }
    await settle(action, action.state === 'asked' ? 'failed' : 'unsure', sayStumble(action, failure));
  }

  function sayStumble(action: Held, failure: Failure | undefined): string {
    const said = failure
      ? sayWithNext(failure)
      : `Something went wrong on my side. Please tell whoever runs Pitcrew: it is in the log under ${action.id}.`;
    if (action.state === 'following')
      return `${targetOf(action).connection} took the request, but I cannot see what became of it. ${said}`;
    if (action.state === 'asked' || failure?.kind === 'unsure') return said;
    return `${sayFailure(new Failure('unsure', targetOf(action).connection))} ${said}`;
  }

  async function settle(action: Held, state: ActionState, say?: string): Promise<void> {
    await db.transaction((tx) => ledger.settleIn(tx, action, state, { text: say }));
    await deps.wakeOutbox();
    await wakeWhole(action);
  }

  /** That an item has ended may let the next one go. */
  async function wakeWhole(action: Held): Promise<void> {
    if (action.partOf) await deps.wake(action.partOf, gatherMs);
  }

  const later = (delayMs: number): Date => new Date(clock.now().getTime() + delayMs);

  return { step };
}

/** A change that ends a run, so that its end is what was wished for. */
function isEnding(kind: ActionKind): boolean {
  return kind === 'stop' || kind === 'kill';
}

/** What was said while it waited is not true any more. */
function noLongerBusy({ busySince }: Held): { busySince?: null; say?: string } {
  return busySince ? { busySince: null, say: '' } : {};
}

function isSame(a: Shown, b: Shown | undefined): boolean {
  return (
    b !== undefined &&
    a.status === b.status &&
    a.step === b.step &&
    a.stepsDone === b.stepsDone &&
    a.stepsTotal === b.stepsTotal &&
    JSON.stringify(a.partitions) === JSON.stringify(b.partitions)
  );
}

/** What the end of the run means for the action, and as a fact about the pipeline. Stopping has worked unless the run was quicker. */
function endOf(kind: ActionKind, status: RunStatus): { reached: ActionState; kind: EventKind } {
  switch (status) {
    case 'succeeded':
      return { reached: isEnding(kind) ? 'failed' : 'succeeded', kind: 'succeeded' };
    case 'skipped':
      return { reached: 'succeeded', kind: 'skipped' };
    case 'cancelled':
      return { reached: isEnding(kind) ? 'succeeded' : 'cancelled', kind: 'cancelled' };
    default:
      return { reached: isEnding(kind) ? 'succeeded' : 'failed', kind: 'failed' };
  }
}
