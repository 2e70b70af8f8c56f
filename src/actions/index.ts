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
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Urgency } from '../domain/post';
import { hasEnded, type RunRef } from '../domain/run';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Call, Orchestrator, Progress, Receipt, Target } from '../orchestrators/orchestrator';
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
  run: RunRef;
  /** Tells one wish from the next on the same run: the attempt seen and how many actions went before. */
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

/** A worker holds an action this long; longer than any one call to an orchestrator may take. */
const leaseMs = 60_000;
/** Tries of a change that certainly was not taken, or whose repeat is the same request to the orchestrator. */
const maxTries = 6;

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
const StoredTarget = z.object({ kind: z.literal('run'), run: ReceiptRun });

/** Wait before the next look at a change under way: 1 s at first, then slower, since most of what is slow stays slow. In ms. */
export function followDelayMs(elapsedMs: number): number {
  if (elapsedMs < 120_000) return 2_000;
  if (elapsedMs < 600_000) return 10_000;
  return 30_000;
}

/** Wait before a change is tried again that was not taken: 2 s, doubling, at most 60 s. @param tries made so far, from 1 */
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
      run: StoredTarget.parse(action.target).run.run,
      detail,
    });

  /** Stores the wish if the person may have it; nothing is changed outside yet. Part of the caller's transaction. */
  async function request(tx: Tx, wish: Wish): Promise<Answer> {
    const { kind, actor, run } = wish;
    const { connection, key } = run.pipeline;
    const orchestrator = deps.orchestrator(connection);
    if (!orchestrator)
      return {
        outcome: 'cannot',
        say: `There is no connection named ${connection} in my configuration, so I cannot ${kind} this run.`,
      };
    if (!orchestrator.actions[kind]) return { outcome: 'cannot', say: `I cannot ${kind} runs in ${connection}.` };
    const verdict = await deps.authorise(actor, kind, await deps.profile(run.pipeline));
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
        run: run.run,
        detail,
      });
      return { outcome: 'denied', why: verdict.reason, whoMay: verdict.whoMay };
    }
    const { action, fresh } = await actionRows.insertOnce(tx, {
      id: randomUUID(),
      kind,
      state: 'asked',
      idempotencyKey: `${kind}:${connection}/${key}/${run.run}:${wish.turn}`,
      personId: actor.personId,
      slackId: actor.slackId,
      incidentId: wish.incidentId,
      channel: wish.channel,
      responseUrl: wish.responseUrl,
      connection,
      pipeline: key,
      target: { kind: 'run', run } satisfies Target,
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
        what: `run ${run.run}`,
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
    const orchestrator = deps.orchestrator(action.connection);
    try {
      if (!orchestrator)
        throw new Failure('not-found', action.connection, { detail: 'the connection is not configured any more' });
      if (action.state === 'following') await follow(action, orchestrator);
      else await perform(action, orchestrator);
    } catch (error) {
      await stumble(action, error);
    }
  }

  async function perform(action: StoredAction, orchestrator: Orchestrator): Promise<void> {
    const target = StoredTarget.parse(action.target);
    const ability = orchestrator.actions[action.kind];
    if (!ability) throw new Failure('rejected', action.connection, { detail: `it cannot ${action.kind} runs` });
    const actor = await deps.actor(action.slackId);
    const verdict = await deps.authorise(actor, action.kind, await deps.profile(target.run.pipeline));
    if (verdict.verdict !== 'allow') return settle(action, 'refused', `${verdict.reason} ${verdict.whoMay}`.trim());

    const now = clock.now();
    const since = action.triedAt ?? now;
    const call: Call = { actor: deps.nameFor(action.connection, actor), idempotencyKey: action.id, since, target };
    // Tried before, and the answer is not known: read before trying again.
    if (action.triedAt) {
      const found = await lookUp(orchestrator, call);
      if (found) return accepted(action, found);
    } else if (ability.plan) {
      await actionRows.change(db, action.id, { plan: await ability.plan(target) });
    }
    await db.transaction(async (tx) => {
      await audit(tx, action, 'trying', { attempt: action.attempts + 1, as: call.actor, requestId: action.id });
      await actionRows.change(tx, action.id, { state: 'performing', triedAt: now, attempts: action.attempts + 1 });
    });
    await accepted(action, await ability.perform(target, call));
  }

  async function lookUp(orchestrator: Orchestrator, call: Call): Promise<Receipt | undefined> {
    if (!orchestrator.lookUp) throw new Failure('unsure', call.target.kind);
    return orchestrator.lookUp(call);
  }

  async function accepted(action: StoredAction, receipt: Receipt): Promise<void> {
    const now = clock.now();
    const delayMs = 500;
    await db.transaction(async (tx) => {
      await actionRows.change(tx, action.id, {
        state: 'following',
        receipt,
        nextAt: new Date(now.getTime() + delayMs),
      });
      await audit(tx, action, 'accepted', { ...receipt });
      if (action.incidentId) await deps.refresh(tx, action.incidentId, undefined, 'change');
    });
    log.info({ actionId: action.id, kind: action.kind, run: receipt.run }, 'action.accepted');
    await deps.wakeOutbox();
    await deps.wake(action.id, delayMs);
  }

  async function follow(action: StoredAction, orchestrator: Orchestrator): Promise<void> {
    const receipt = StoredReceipt.parse(action.receipt ?? {});
    const run = receipt.run ?? StoredTarget.parse(action.target).run;
    const progress: Progress = orchestrator.progress
      ? await orchestrator.progress(receipt)
      : { ...(await orchestrator.fetchRun(run)), run };
    if (hasEnded(progress.status)) return ended(action, run, progress);

    const now = clock.now();
    const delayMs = followDelayMs(now.getTime() - (action.triedAt ?? action.askedAt).getTime());
    const shown = {
      status: progress.status,
      step: progress.step,
      stepsDone: progress.stepsDone,
      stepsTotal: progress.stepsTotal,
    };
    const moved = JSON.stringify(shown) !== JSON.stringify(action.progress);
    await db.transaction(async (tx) => {
      await actionRows.change(tx, action.id, {
        progress: shown,
        attempts: 0,
        nextAt: new Date(now.getTime() + delayMs),
      });
      if (moved && action.incidentId) await deps.refresh(tx, action.incidentId, undefined, 'progress');
    });
    if (moved) await deps.wakeOutbox();
    await deps.wake(action.id, delayMs);
  }

  /** The run that the action brought about has ended: that is a fact about the pipeline as well. */
  async function ended(action: StoredAction, run: RunRef, progress: Progress): Promise<void> {
    const reached: ActionState =
      action.kind === 'stop'
        ? progress.status === 'succeeded'
          ? 'failed'
          : 'succeeded'
        : progress.status === 'succeeded' || progress.status === 'skipped'
          ? 'succeeded'
          : progress.status === 'cancelled'
            ? 'cancelled'
            : 'failed';
    const kind =
      progress.status === 'succeeded'
        ? 'succeeded'
        : progress.status === 'cancelled'
          ? 'cancelled'
          : progress.status === 'skipped'
            ? 'skipped'
            : 'failed';
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
      error: progress.error,
      final: true,
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

  /** Something stood in the way: again later where the table of failures says that this can help, else the end. */
  async function stumble(action: StoredAction, error: unknown): Promise<void> {
    const failure = error instanceof Failure ? error : undefined;
    if (!failure) log.error({ err: error, actionId: action.id }, 'action.fault');
    const [fresh] = await db.query<{ attempts: number; state: ActionState }>(
      `select attempts, state from actions where action_id = $1`,
      [action.id],
    );
    const tries = fresh?.attempts ?? action.attempts;
    const following = fresh?.state === 'following';
    const again = !failure || failureKinds[failure.kind].retry || (failure.kind === 'unsure' && !following);
    if (again && (following || tries < maxTries)) {
      const delayMs = retryDelayMs(Math.min(tries + 1, 6), failure?.retryAfterMs);
      // A try that never began (the plan could not be read) counts as well, or it would go on for ever.
      const attempts = fresh?.state === 'asked' || following ? tries + 1 : tries;
      await actionRows.change(db, action.id, { attempts, nextAt: new Date(clock.now().getTime() + delayMs) });
      log.warn({ actionId: action.id, failure: failure?.kind, tries, delayMs }, 'action.again');
      await deps.wake(action.id, delayMs);
      return;
    }
    const say = failure
      ? sayFailure(failure)
      : `Something went wrong on my side. Operators find it in the log under ${action.id}.`;
    await settle(action, failure?.kind === 'unsure' ? 'unsure' : 'failed', say);
  }

  async function settle(action: StoredAction, state: ActionState, say?: string): Promise<void> {
    await db.transaction((tx) => settleIn(tx, action, state, say, 'told'));
    await deps.wakeOutbox();
  }

  async function settleIn(
    tx: Tx,
    action: StoredAction,
    state: ActionState,
    say: string | undefined,
    voice: 'told' | 'quiet',
  ): Promise<void> {
    const now = clock.now();
    await actionRows.change(tx, action.id, { state, say, settledAt: now });
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

  return {
    request,
    drive,
    due: (limit: number) => actionRows.due(db, clock.now(), limit),
  };
}

export type Actions = ReturnType<typeof createActions>;

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
