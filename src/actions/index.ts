/**
 * Owns the changes people ask for: ask → plan → authorise → perform → follow → settle, each step stored before the next.
 * In: presses. Out: actions and their audit rows, what is told in the incident's threads, and the outcome as an event in the inbox.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ActionKind, ActionState } from '../domain/action';
import type { Actor } from '../domain/actor';
import type { Verdict } from '../domain/authorise';
import { Failure, failureKinds, sayFailure } from '../domain/failure';
import type { Story } from '../domain/notice';
import type { Pipeline, PipelineRef } from '../domain/pipeline';
import type { EventKind, PipelineEvent } from '../domain/pipeline-event';
import type { Urgency } from '../domain/post';
import { hasEnded, type RunRef, type RunStatus, runStatuses } from '../domain/run';
import { pipelineOf, runIn, sayTarget, Target } from '../domain/target';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { storable } from '../lib/storable';
import type { Call, Orchestrator, Progress, Receipt } from '../orchestrators/orchestrator';
import type { StoredAction } from '../store/action-rows';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { Db, Tx } from '../store/db';
import * as inboxRows from '../store/inbox-rows';

export interface ActionDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  orchestrator(connection: string): Orchestrator | undefined;
  /** How the person is named to the connection (`actAs`). */
  nameFor(connection: string, actor: Actor): string;
  actor(slackId: string): Promise<Actor>;
  authorise(actor: Actor, kind: ActionKind, pipeline: Pipeline): Promise<Verdict>;
  profile(pipeline: PipelineRef): Promise<Pipeline>;
  /** What the incidents do for us, in our transaction. */
  refresh(tx: Tx, incidentId: string, channels: string[] | undefined, urgency: Urgency): Promise<void>;
  tell(tx: Tx, stories: Story[]): Promise<void>;
  /** The inbox has something new. */
  wakeDecider(): Promise<void>;
  /** Look at this action at that time. */
  wake(actionId: string, delayMs: number): Promise<void>;
  wakeOutbox(): Promise<void>;
}

export interface Wish {
  kind: ActionKind;
  actor: Actor;
  target: Target;
  /** Tells one wish from the next on the same target: the attempt seen and how many actions went before. */
  turn: string;
  incidentId?: string;
  channel?: string;
  responseUrl?: string;
}

export type Answer =
  | { outcome: 'asked'; actionId: string }
  | { outcome: 'already'; by: string; at: Date; state: ActionState }
  | { outcome: 'denied'; why: string; whoMay: string }
  | { outcome: 'cannot'; say: string };

/** A worker holds an action this long: longer than any one call to an orchestrator may take (25 s), short enough after a crash. */
const leaseMs = 30_000;
/** Tries of a change, and of what comes before it (plan, rights). */
const maxTries = 6;
/** How long after the first try we go on asking what became of it, before it is left to a person. */
const doubtPatienceMs = 30 * 60_000;

const ReceiptRun = z.object({
  pipeline: z.object({ connection: z.string(), key: z.string() }),
  run: z.string(),
  attempt: z.number().int().optional(),
});
const StoredReceipt = z.object({
  run: ReceiptRun.optional(),
  note: z.string().optional(),
  duplicate: z.boolean().optional(),
});
const Shown = z.object({
  status: z.enum(runStatuses),
  step: z.string().optional(),
  stepsDone: z.number().optional(),
  stepsTotal: z.number().optional(),
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

export function createActions(deps: ActionDeps) {
  const { db, clock, log } = deps;

  const audit = (tx: Db | Tx, action: StoredAction, what: auditRows.AuditWhat, detail: Record<string, unknown> = {}) =>
    auditRows.append(tx, {
      at: clock.now(),
      actionId: action.id,
      personId: action.personId,
      what,
      kind: action.kind,
      connection: action.connection,
      pipeline: action.pipeline,
      run: runIn(Target.parse(action.target)),
      detail,
    });

  /** Stores the wish if the person may have it; nothing is changed outside yet. Part of the caller's transaction. */
  async function request(tx: Tx, wish: Wish): Promise<Answer> {
    const { kind, actor, target } = wish;
    const { connection, key } = pipelineOf(target);
    const orchestrator = deps.orchestrator(connection);
    if (!orchestrator)
      return {
        outcome: 'cannot',
        say: `There is no connection named ${connection} in my configuration, so I cannot ${kind} this run.`,
      };
    if (!orchestrator.actions[kind]) return { outcome: 'cannot', say: `I cannot ${kind} runs in ${connection}.` };
    const verdict = await deps.authorise(actor, kind, await deps.profile(pipelineOf(target)));
    const now = clock.now();
    if (verdict.verdict !== 'allow') {
      const detail = { reason: verdict.reason };
      await auditRows.append(tx, {
        at: now,
        personId: actor.personId,
        what: 'refused',
        kind,
        connection,
        pipeline: key,
        run: runIn(target),
        detail,
      });
      return { outcome: 'denied', why: verdict.reason, whoMay: verdict.whoMay };
    }
    const { action, fresh } = await actionRows.insertOnce(tx, {
      id: randomUUID(),
      kind,
      state: 'asked',
      idempotencyKey: `${kind}:${connection}/${key}/${runIn(target) ?? sayTarget(target)}:${wish.turn}`,
      personId: actor.personId,
      slackId: actor.slackId,
      incidentId: wish.incidentId,
      channel: wish.channel,
      responseUrl: wish.responseUrl,
      connection,
      pipeline: key,
      target,
      askedAt: now,
    });
    if (!fresh) return { outcome: 'already', by: action.slackId, at: action.askedAt, state: action.state };
    await audit(tx, action, 'asked');
    if (wish.incidentId) {
      await deps.refresh(tx, wish.incidentId, undefined, 'press');
      await tellThread(tx, action, {
        kind: 'action-asked',
        at: now,
        by: actor.slackId,
        action: kind,
        what: sayTarget(target),
      });
    }
    return { outcome: 'asked', actionId: action.id };
  }

  async function tellThread(tx: Tx, action: StoredAction, notice: Story['notice']): Promise<void> {
    if (!action.incidentId || !action.channel) return;
    await deps.tell(tx, [{ incidentId: action.incidentId, channel: action.channel, notice }]);
  }

  /** Brings one action a step further. Any number of workers may call it; one at a time does it. */
  async function drive(actionId: string): Promise<void> {
    const action = await actionRows.claim(db, actionId, clock.now(), leaseMs);
    if (!action) return;
    try {
      await step(action).catch((error) => {
        if (error instanceof Overtaken) throw error;
        return stumble(action, error);
      });
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      log.warn({ actionId }, 'action.overtaken');
    }
  }

  async function step(action: Held): Promise<void> {
    const orchestrator = deps.orchestrator(action.connection);
    if (!orchestrator)
      throw new Failure('not-found', action.connection, { detail: 'the connection is not configured any more' });
    if (action.state === 'following') await follow(action, orchestrator);
    else await perform(action, orchestrator);
  }

  async function perform(action: Held, orchestrator: Orchestrator): Promise<void> {
    const target = Target.parse(action.target);
    const actor = await deps.actor(action.slackId);
    const now = clock.now();
    const since = action.triedAt ?? now;
    const call: Call = {
      kind: action.kind,
      actor: deps.nameFor(action.connection, actor),
      idempotencyKey: action.id,
      since,
      target,
    };
    if (action.triedAt) {
      // Before anything else, also before rights that were lost meanwhile: what was taken is followed to its end.
      const found = await findEarlier(action, orchestrator, call);
      if (found) return accepted(action, found);
      if (action.state === 'performing' && action.attempts >= maxTries) throw new Failure('unsure', action.connection);
    }
    const ability = orchestrator.actions[action.kind];
    if (!ability) return settle(action, 'failed', `I cannot ${action.kind} runs in ${action.connection}.`);
    const verdict = await deps.authorise(actor, action.kind, await deps.profile(pipelineOf(target)));
    if (verdict.verdict !== 'allow') return settle(action, 'refused', `${verdict.reason} ${verdict.whoMay}`.trim());
    const plan = action.triedAt ? undefined : await ability.plan?.(target);

    const attempts = action.attempts + 1;
    const tried = { state: 'performing', triedAt: since, attempts, heldUntil: later(leaseMs) } as const;
    await db.transaction(async (tx) => {
      await save(tx, action, { ...tried, plan });
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

  /** What became of an earlier try; `undefined` = it was not taken. @throws Failure when that cannot be told */
  async function findEarlier(action: Held, orchestrator: Orchestrator, call: Call): Promise<Receipt | undefined> {
    const isDoubtful = action.state === 'performing';
    if (action.kind === 'stop' && isDoubtful) {
      const target = Target.parse(action.target);
      if (target.kind === 'run' && hasEnded((await orchestrator.fetchRun(target.run)).status))
        return { run: target.run };
    }
    if (orchestrator.lookUp) return orchestrator.lookUp(call);
    if (isDoubtful) throw new Failure('unsure', action.connection);
    return undefined;
  }

  /** A try that gave no receipt: certainly not taken, and then perhaps tried again; or in doubt, and then read before anything else. */
  async function missed(action: Held, error: unknown): Promise<void> {
    const failure = error instanceof Failure ? error : undefined;
    if (!failure) log.error({ err: error, actionId: action.id }, 'action.fault');
    const isCertain = failure !== undefined && failure.kind !== 'unsure';
    if (isCertain && !(failureKinds[failure.kind].retry && action.attempts < maxTries))
      return settle(action, 'failed', sayFailure(failure));
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

  async function accepted(action: Held, receipt: Receipt): Promise<void> {
    const delayMs = 500;
    await db.transaction(async (tx) => {
      await save(tx, action, { state: 'following', receipt, attempts: 0, nextAt: later(delayMs) });
      await audit(tx, action, 'accepted', { ...receipt });
      if (action.incidentId) await deps.refresh(tx, action.incidentId, undefined, 'change');
    });
    log.info({ actionId: action.id, kind: action.kind, run: receipt.run }, 'action.accepted');
    await deps.wakeOutbox();
    await deps.wake(action.id, delayMs);
  }

  async function follow(action: Held, orchestrator: Orchestrator): Promise<void> {
    const receipt = StoredReceipt.parse(action.receipt ?? {});
    const target = Target.parse(action.target);
    const run = receipt.run ?? (target.kind === 'run' || target.kind === 'steps' ? target.run : undefined);
    if (!run) return settle(action, 'succeeded');
    const progress: Progress = orchestrator.progress
      ? await orchestrator.progress(receipt)
      : { ...(await orchestrator.fetchRun(run)), run };
    if (hasEnded(progress.status)) return ended(action, run, progress);

    const delayMs = followDelayMs(clock.now().getTime() - (action.triedAt ?? action.askedAt).getTime());
    const shown: Shown = {
      status: progress.status,
      step: progress.step,
      stepsDone: progress.stepsDone,
      stepsTotal: progress.stepsTotal,
    };
    const moved = !isSame(shown, Shown.safeParse(action.progress).data);
    await db.transaction(async (tx) => {
      await save(tx, action, { progress: shown, attempts: 0, nextAt: later(delayMs) });
      if (moved && action.incidentId) await deps.refresh(tx, action.incidentId, undefined, 'progress');
    });
    if (moved) await deps.wakeOutbox();
    await deps.wake(action.id, delayMs);
  }

  /** The run that the action brought about has ended: that is a fact about the pipeline as well. */
  async function ended(action: Held, run: RunRef, progress: Progress): Promise<void> {
    const { reached, kind } = endOf(action.kind, progress.status);
    const at = progress.endedAt ?? clock.now();
    const event: PipelineEvent = {
      source: 'pitcrew:action',
      id: `${action.id}:${kind}`,
      kind,
      occurredAt: at,
      connection: run.pipeline.connection,
      pipeline: run.pipeline.key,
      run: progress.run?.run ?? run.run,
      attempt: progress.run?.attempt ?? run.attempt ?? 1,
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
      await settleIn(
        tx,
        action,
        reached,
        undefined,
        reached === 'succeeded' && action.kind === 'retry' ? 'quiet' : 'told',
      );
    });
    await deps.wakeDecider();
    await deps.wakeOutbox();
  }

  /**
   * Something stood in the way outside a try. Again later where that can help, else the end: `failed` where nothing was taken,
   * `unsure` where something was or may have been and cannot be seen.
   */
  async function stumble(action: Held, error: unknown): Promise<void> {
    const failure = error instanceof Failure ? error : undefined;
    if (!failure) log.error({ err: error, actionId: action.id }, 'action.fault');
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
      ? sayFailure(failure)
      : `Something went wrong on my side. Operators find it in the log under ${action.id}.`;
    if (action.state === 'following')
      return `${action.connection} took the request, but I cannot see what became of it. ${said}`;
    if (action.state === 'asked' || failure?.kind === 'unsure') return said;
    return `${sayFailure(new Failure('unsure', action.connection))} ${said}`;
  }

  async function settle(action: Held, state: ActionState, say?: string): Promise<void> {
    await db.transaction((tx) => settleIn(tx, action, state, say, 'told'));
    await deps.wakeOutbox();
  }

  async function settleIn(
    tx: Tx,
    action: Held,
    state: ActionState,
    text: string | undefined,
    voice: 'told' | 'quiet',
  ): Promise<void> {
    const now = clock.now();
    const say = text === undefined ? undefined : storable(text);
    await save(tx, action, { state, say, settledAt: now });
    await audit(tx, action, auditWord(state), say ? { say } : {});
    log.info({ actionId: action.id, kind: action.kind, state }, 'action.settled');
    if (action.incidentId) await deps.refresh(tx, action.incidentId, undefined, 'final');
    // That a retry worked is told by the recovery, and that the run failed again by the incident.
    if (voice === 'quiet' || (action.kind === 'retry' && state === 'failed' && !say)) return;
    await tellThread(tx, action, {
      kind: 'action-settled',
      at: now,
      by: action.slackId,
      action: action.kind,
      outcome: state,
      say,
    });
  }

  const later = (delayMs: number): Date => new Date(clock.now().getTime() + delayMs);

  return {
    request,
    drive,
    due: (limit: number) => actionRows.due(db, clock.now(), limit),
  };
}

export type Actions = ReturnType<typeof createActions>;

/** An action that this worker holds until then; the time is also what tells its hold from that of the next one. */
type Held = StoredAction & { heldUntil: Date };

/** Another worker has taken the action over, since ours was slower than its lease. What it does counts. */
class Overtaken extends Error {}

/** @throws Overtaken */
async function save(db: Db | Tx, action: Held, change: actionRows.ActionChange): Promise<void> {
  if (!(await actionRows.change(db, action, change))) throw new Overtaken();
}

function isSame(a: Shown, b: Shown | undefined): boolean {
  return (
    b !== undefined &&
    a.status === b.status &&
    a.step === b.step &&
    a.stepsDone === b.stepsDone &&
    a.stepsTotal === b.stepsTotal
  );
}

/** What the end of the run means for the action, and as a fact about the pipeline. Stopping has worked unless the run was quicker. */
function endOf(kind: ActionKind, status: RunStatus): { reached: ActionState; kind: EventKind } {
  switch (status) {
    case 'succeeded':
      return { reached: kind === 'stop' ? 'failed' : 'succeeded', kind: 'succeeded' };
    case 'skipped':
      return { reached: 'succeeded', kind: 'skipped' };
    case 'cancelled':
      return { reached: kind === 'stop' ? 'succeeded' : 'cancelled', kind: 'cancelled' };
    default:
      return { reached: kind === 'stop' ? 'succeeded' : 'failed', kind: 'failed' };
  }
}

function auditWord(state: ActionState): auditRows.AuditWhat {
  switch (state) {
    case 'succeeded':
    case 'failed':
    case 'refused':
    case 'unsure':
    case 'cancelled':
      return state;
    default:
      throw new Error(`an action does not end as ${state}`);
  }
}
