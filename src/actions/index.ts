/**
 * Owns the changes people ask for: plan → authorise → (approve) → perform → follow → settle, each step stored before the next; one
 * change, or many conducted a few at a time. In: presses. Out: actions and their audit rows, what is told in threads, and the
 * outcome as an event in the inbox.
 */
import { randomUUID } from 'node:crypto';
import { whyNot } from '../domain/ability';
import { pipelineOf, runIn, sayTarget, sizeOf } from '../domain/target';
import { traced } from '../lib/tracing';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { Tx } from '../store/db';
import type { Condition } from '../store/due';
import { createAutoRetry } from './auto-retry';
import { createConductor } from './conductor';
import { createConsent } from './consent';
import type { ActionDeps, Answer, Wish } from './deps';
import { createFirstRuns } from './first-runs';
import { createLedger, Overtaken } from './ledger';
import { createMachine, leaseMs } from './machine';
import { createPlanner } from './planner';
import { createReports } from './report';
import { createWays } from './ways';

export type { ConsentAnswer } from './consent';
export type { ActionDeps, Answer, Wish } from './deps';
export { followDelayMs, retryDelayMs } from './machine';
export type { PlanAnswer, PlanWish } from './planner';

/** Retries that failed are judged by their new cause for so long after. */
const judgedForMs = 24 * 3_600_000;

export function createActions(deps: ActionDeps) {
  const { db, clock, log } = deps;
  const ledger = createLedger(deps);
  const planner = createPlanner(deps);
  const consent = createConsent({ ...deps, ledger });
  const conductor = createConductor({ ...deps, ledger });
  const machine = createMachine({ ...deps, ledger, planOne: planner.planOne });
  const reports = createReports({ ...deps, ledger });

  /** One change at once, if the person may have it; nothing is changed outside yet. Part of the caller's transaction. */
  async function request(tx: Tx, wish: Wish): Promise<Answer> {
    const { kind, actor, target } = wish;
    const { connection, key } = pipelineOf(target);
    const orchestrator = deps.orchestrator(connection);
    if (!orchestrator)
      return {
        outcome: 'cannot',
        say: `There is no connection named ${connection} in my configuration, so I cannot ${kind} this run. Please do it there, or ask whoever runs Pitcrew to connect it.`,
      };
    const why = whyNot(deps.abilitiesOf(connection), kind);
    if (why !== undefined) return { outcome: 'cannot', say: why };
    const verdict = await deps.authorise(actor, kind, await deps.profile(pipelineOf(target)), sizeOf(target));
    const now = clock.now();
    if (verdict.verdict === 'deny') {
      await auditRows.append(tx, {
        at: now,
        personId: actor.personId,
        what: 'refused',
        kind,
        connection,
        pipeline: key,
        run: runIn(target),
        detail: { reason: verdict.reason },
      });
      const { reason: why, whoMay, freeze } = verdict;
      return { outcome: 'denied', why, whoMay, ...(freeze ? { freeze } : {}) };
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
      size: sizeOf(target),
      askedAt: now,
      autoId: wish.autoId,
    });
    if (!fresh) return { outcome: 'already', by: action.slackId, at: action.askedAt, state: action.state };
    return consent.decide(tx, action, undefined, actor, verdict);
  }

  /** Brings one action a step further. Any number of workers may call it; one at a time does it. */
  async function drive(actionId: string): Promise<void> {
    const action = await actionRows.claim(db, actionId, clock.now(), leaseMs);
    if (!action) return;
    const about = { 'pitcrew.action': actionId, 'pitcrew.kind': action.kind, 'pitcrew.state': action.state };
    try {
      await traced('action', { ...about, 'pitcrew.incident': action.incidentId }, async () => {
        if (action.state === 'planned' || action.state === 'awaiting-approval') {
          await db.transaction((tx) => consent.expire(tx, action));
          await deps.wakeOutbox();
        } else if (action.pace !== undefined) await conductor.conduct(action);
        else await machine.step(action);
      });
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      log.warn({ actionId }, 'action.overtaken');
    }
  }

  const judgedSince = (): Date => new Date(clock.now().getTime() - judgedForMs);

  return {
    request,
    autoRetry: createAutoRetry({ ...deps, request }),
    plan: planner.plan,
    refusal: planner.refusal,
    confirm: consent.confirm,
    answer: consent.answer,
    withdraw: consent.withdraw,
    breakGlass: consent.breakGlass,
    say: conductor.say,
    switchBulk: conductor.switchBulk,
    bulkOff: conductor.bulkOff,
    firstRuns: createFirstRuns({ db, clock, ledger }),
    ...createWays(deps),
    ...reports,
    drive,
    isDue: (): Condition => actionRows.isAnyDue(clock.now()),
    due: (limit: number) => actionRows.due(db, clock.now(), limit),
    outcomes: {
      isDue: (): Condition => actionRows.isAnyToJudge(judgedSince()),
      /** @returns of how many failed retries it is known by now whether they failed of the same cause */
      sweep: () => actionRows.judgeOutcomes(db, judgedSince()),
    },
  };
}

export type Actions = ReturnType<typeof createActions>;
