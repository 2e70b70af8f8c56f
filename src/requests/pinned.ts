/** Owns pinned answers: what a team wrote for a question that comes again. In: a person of the team. Out: rows, the audit trail, the card. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { withoutNames } from '../domain/nameless';
import type { Clock } from '../lib/clock';
import * as auditRows from '../store/audit-rows';
import type { Db, Tx } from '../store/db';
import * as pinnedRows from '../store/pinned-rows';
import * as postRows from '../store/post-rows';
import type { Requests } from '.';

export type Pinned = ReturnType<typeof createPinned>;
export type PinOutcome =
  | 'pinned'
  | 'unpinned'
  | 'not-team'
  | 'gone'
  | 'pinned-already'
  | 'not-pinned'
  | 'dismissed'
  | 'settled-already';

const questionMax = 500;
const answerMax = 3_000;

export function createPinned(deps: { db: Db; clock: Clock; requests: Requests; redact(text: string): string }) {
  const { db, clock, requests, redact } = deps;
  const forAll = (text: string, max: number): string => redact(withoutNames(text)).slice(0, max);

  async function record(tx: Tx, actor: Actor, what: 'pinned' | 'unpinned', answer: { id: string; question: string }) {
    const at = clock.now();
    const { id: answerId, question } = answer;
    await auditRows.append(tx, { at, personId: actor.personId, what, kind: 'answer', detail: { answerId, question } });
  }

  return {
    /** @param of.requestId that it comes from; left out = from several */
    async pin(tx: Tx, of: { actor: Actor; requestId?: string; question: string; answer: string }): Promise<PinOutcome> {
      const request = of.requestId === undefined ? undefined : await requests.find(of.requestId);
      if (of.requestId !== undefined && !request) return 'gone';
      const may = request ? requests.mayAnswer(of.actor, request) : requests.isTeam(of.actor);
      if (!may) return 'not-team';
      const answer = {
        id: randomUUID(),
        question: forAll(of.question, questionMax),
        answer: forAll(of.answer, answerMax),
        by: of.actor.personId,
        ...(of.requestId ? { requestId: of.requestId } : {}),
      };
      if (!(await pinnedRows.pin(tx, answer, clock.now()))) return 'pinned-already';
      await record(tx, of.actor, 'pinned', answer);
      if (of.requestId) await postRows.wantRequest(tx, of.requestId, clock.now());
      return 'pinned';
    },

    async unpin(tx: Tx, of: { actor: Actor; answerId: string }): Promise<PinOutcome> {
      if (!requests.isTeam(of.actor)) return 'not-team';
      const answer = await pinnedRows.unpin(tx, of.answerId, of.actor.personId, clock.now());
      if (!answer) return 'not-pinned';
      await record(tx, of.actor, 'unpinned', answer);
      if (answer.requestId) await postRows.wantRequest(tx, answer.requestId, clock.now());
      return 'unpinned';
    },

    list: (limit: number) => pinnedRows.list(db, limit),
  };
}
