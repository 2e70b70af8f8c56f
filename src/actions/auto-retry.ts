import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { type AutoRetry, isWorthSuggesting, judgeAutoRetry } from '../domain/auto-retry';
import { Failure } from '../domain/failure';
import type { Notice } from '../domain/notice';
import * as auditRows from '../store/audit-rows';
import * as rows from '../store/auto-retry-rows';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as switchRows from '../store/switch-rows';
import type { ActionDeps, Answer, Wish } from './deps';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** After it was suggested or ended it is not suggested again for so long. */
const unaskedForMs = 30 * dayMs;
/** A failure that is older has been seen by people. */
const freshForMs = hourMs;

export interface AutoRetryDeps
  extends Pick<
    ActionDeps,
    'db' | 'clock' | 'log' | 'actor' | 'authorise' | 'mayOperate' | 'profile' | 'tell' | 'wake' | 'wakeOutbox'
  > {
  request(tx: Tx, wish: Wish): Promise<Answer>;
}

/** What a person's word about a retry that goes by itself comes to. */
export type AutoRetryAnswer =
  | { outcome: 'allowed' | 'stopped' }
  | { outcome: 'already'; by?: string }
  | { outcome: 'denied'; why: string; whoMay: string }
  | { outcome: 'gone' };

/** Where it is told. */
interface Place {
  incidentId: string;
  channel: string;
}

/**
 * Plain retries that go by themselves: suggested where they helped again and again, allowed by a person for one cause of one pipeline,
 * asked for in that person's name and under the policy of the moment, and ended when one does not help.
 */
export function createAutoRetry(deps: AutoRetryDeps) {
  const { db, clock, log } = deps;
  const ago = (ms: number): Date => new Date(clock.now().getTime() - ms);

  async function tell(
    tx: Tx,
    place: Place | undefined,
    auto: rows.StoredAutoRetry,
    said: Pick<Extract<Notice, { kind: 'auto-retry' }>, 'what' | 'by' | 'say'>,
  ): Promise<void> {
    if (!place) return;
    const { id, pipeline, cause, fixed, tried } = auto;
    const notice: Notice = { kind: 'auto-retry', at: clock.now(), id, pipeline, cause, fixed, tried, ...said };
    await deps.tell(tx, [{ ...place, notice }]);
  }

  function audit(
    tx: Db | Tx,
    { id, connection, pipeline, cause }: rows.StoredAutoRetry,
    what: 'allowed' | 'stopped' | 'refused',
    { personId, ...detail }: { personId?: string; why?: string },
  ): Promise<void> {
    const kind = 'auto-retry';
    return auditRows.append(tx, {
      at: clock.now(),
      personId,
      what,
      kind,
      connection,
      pipeline,
      detail: { auto: id, cause, ...detail },
    });
  }

  /** @returns how many were suggested */
  async function suggest(): Promise<number> {
    let count = 0;
    for (const found of await rows.mended(db, { since: ago(freshForMs), unaskedSince: ago(unaskedForMs) })) {
      const helped = await rows.history(db, found);
      if (!isWorthSuggesting(helped)) continue;
      const auto = { ...found, id: randomUUID(), fixed: helped.filter(Boolean).length, tried: helped.length };
      await db.transaction(async (tx) => {
        if (!(await rows.suggest(tx, auto, clock.now()))) return;
        count += 1;
        await tell(tx, found, auto, { what: 'suggested' });
      });
    }
    return count;
  }

  /** @returns how many were asked for or ended */
  async function retry(): Promise<number> {
    const waiting = await rows.waiting(db, ago(freshForMs));
    if (waiting.length === 0) return 0;
    const isBulkOff = (await switchRows.findOff(db, 'bulk')) !== undefined;
    let count = 0;
    for (const each of waiting) {
      try {
        if (await retryOne(each, isBulkOff)) count += 1;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        log.info({ auto: each.auto.id, failure: error.kind }, 'auto-retry.not-now');
      }
    }
    return count;
  }

  async function retryOne({ auto, run, attempt, ...place }: rows.Waiting, isBulkOff: boolean): Promise<boolean> {
    if (!auto.allowedBy) return false;
    const pipeline = { connection: auto.connection, key: auto.pipeline };
    const actor = await deps.actor(auto.allowedBy);
    const policy = await deps.authorise(actor, 'retry', await deps.profile(pipeline), 1);
    const asked = await db.transaction(async (tx): Promise<string | boolean> => {
      const today = await rows.lockPipeline(tx, auto, ago(dayMs));
      const now = await rows.lock(tx, auto.id);
      if (!now?.allowedAt || now.endedAt) return false;
      const judged = judgeAutoRetry({ today, isBulkOff, policy });
      if (!judged.go) {
        if (judged.end) await endIn(tx, auto, 'not-allowed', { place, say: policy.reason });
        return judged.end;
      }
      const answer = await deps.request(tx, {
        ...place,
        kind: 'retry',
        actor,
        target: { kind: 'run', run: { pipeline, run, attempt } },
        turn: `auto.${attempt}`,
        autoId: auto.id,
      });
      if (answer.outcome === 'cannot') await endIn(tx, auto, 'not-allowed', { place, say: answer.say });
      return answer.outcome === 'asked' ? answer.actionId : answer.outcome === 'cannot';
    });
    if (typeof asked === 'string') await deps.wake(asked, 0);
    return asked !== false;
  }

  /** By itself, or by a person. */
  async function endIn(
    tx: Tx,
    auto: rows.StoredAutoRetry,
    why: 'person' | 'failed' | 'not-allowed',
    { place, say, by }: { place?: Place; say?: string; by?: Pick<Actor, 'slackId' | 'personId'> },
  ): Promise<void> {
    if (!(await rows.end(tx, auto.id, { why, at: clock.now(), by: by?.slackId }))) return;
    await audit(tx, auto, 'stopped', { personId: by?.personId ?? auto.personId, why: say ?? why });
    const what = ({ person: 'stopped', failed: 'did-not-help', 'not-allowed': 'not-allowed' } as const)[why];
    await tell(tx, place, auto, { what, by: by?.slackId ?? auto.allowedBy, ...(say ? { say } : {}) });
  }

  async function endDisappointing(): Promise<number> {
    const found = await rows.disappointing(db);
    for (const { id, incidentId, channel, say } of found) {
      await db.transaction(async (tx) => {
        const auto = await rows.lock(tx, id);
        if (!auto || auto.endedAt) return;
        const place = incidentId && channel ? { incidentId, channel } : undefined;
        await endIn(tx, auto, 'failed', { place, ...(say ? { say } : {}) });
      });
    }
    return found.length;
  }

  return {
    isDue: (): Condition => rows.isAnyDue({ since: ago(freshForMs), unaskedSince: ago(unaskedForMs) }),

    /** Ends what did not help, asks for what is allowed, suggests what is worth it. @returns how much of that there was */
    async sweep(): Promise<number> {
      return (await endDisappointing()) + (await retry()) + (await suggest());
    },

    /** A person's yes, under the policy for a retry. Part of the caller's transaction. */
    async allow(tx: Tx, { id, actor, place }: { id: string; actor: Actor; place?: Place }): Promise<AutoRetryAnswer> {
      let auto = await rows.lock(tx, id);
      if (!auto) return { outcome: 'gone' };
      const profile = await deps.profile({ connection: auto.connection, key: auto.pipeline });
      const { verdict, reason: why, whoMay } = await deps.authorise(actor, 'retry', profile, 1);
      if (verdict !== 'allow') {
        await audit(tx, auto, 'refused', { personId: actor.personId, why });
        return { outcome: 'denied', why, whoMay };
      }
      if (auto.endedAt) {
        // An old message: the same is suggested anew, and allowed.
        auto = { ...auto, id: randomUUID() };
        if (!(await rows.suggest(tx, auto, clock.now()))) return { outcome: 'already' };
      } else if (auto.allowedBy) return { outcome: 'already', by: auto.allowedBy };
      const { slackId, personId } = actor;
      await rows.allow(tx, auto.id, { slackId, personId, at: clock.now() });
      await audit(tx, auto, 'allowed', { personId });
      await tell(tx, place, auto, { what: 'allowed', by: slackId });
      return { outcome: 'allowed' };
    },

    /** Whoever may retry can stop it, who allowed it can, and whoever may operate. Part of the caller's transaction. */
    async stop(tx: Tx, { id, actor, place }: { id: string; actor: Actor; place?: Place }): Promise<AutoRetryAnswer> {
      const auto = await rows.lock(tx, id);
      if (!auto) return { outcome: 'gone' };
      if (auto.endedAt || !auto.allowedBy) return { outcome: 'already' };
      const profile = await deps.profile({ connection: auto.connection, key: auto.pipeline });
      const { verdict, reason: why, whoMay } = await deps.authorise(actor, 'retry', profile, 1);
      const may = verdict === 'allow' || actor.personId === auto.personId || deps.mayOperate(actor).may;
      if (!may) return { outcome: 'denied', why, whoMay };
      await endIn(tx, auto, 'person', { by: actor, ...(place ? { place } : {}) });
      return { outcome: 'stopped' };
    },

    listed: (): Promise<AutoRetry[]> => rows.listed(db, ago(dayMs)),
  };
}
