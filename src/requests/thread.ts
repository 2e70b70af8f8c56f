import type { Actor } from '../domain/actor';
import type { Notice } from '../domain/notice';
import { isPleasantry } from '../domain/pleasantry';
import type { By } from '../domain/request-wish';
import type { Tx } from '../store/db';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import { type Asking, type News, originOf, type RequestNotice, type WishAnswer, type Wishing } from './asking';

export interface ThreadDeps {
  ask(tx: Tx, asking: Asking): Promise<unknown>;
  wish(tx: Tx, of: Wishing): Promise<WishAnswer>;
  noticeOf(request: StoredRequest, what: RequestNotice['what'], more?: Partial<RequestNotice>): Notice;
  byOf(actor: Actor): By & { person: string };
}

/** Who writes to us again within this time goes on with what they wrote. */
const goesOnMs = 10 * 60_000;

/** What people write where a request lives: what it does to the request, and who else has to hear of it. */
export function createThread({ ask, wish, noticeOf, byOf }: ThreadDeps) {
  /** Something was said in the thread of a request: as Slack has it, and as people read it. @returns what came of it; nothing where no request lives there */
  async function said(
    tx: Tx,
    of: { actor: Actor; channel: string; threadTs?: string; ts: string; wire: string; words: string },
  ): Promise<WishAnswer | undefined> {
    // Beside a thread, directly to us, people go on with what they asked last.
    const requestId = of.threadTs
      ? await requestRows.idOfThread(tx, of.channel, of.threadTs)
      : await requestRows.openDirect(tx, of.actor.personId);
    if (!requestId) return undefined;
    const by = byOf(of.actor);
    const answer = await wish(tx, {
      requestId,
      by,
      wish: { do: 'say', words: of.wire, ts: of.ts },
      words: { kind: 'said', words: of.words, ts: of.ts },
      tell: (after, before) => [...(of.threadTs ? [] : added(of, before, after)), ...heard(of, before, after)],
    });
    if (answer.outcome !== 'refused' || answer.refusal.because !== 'long-over') return answer;
    const into = answer.request.mergedInto && (await requestRows.find(tx, answer.request.mergedInto));
    if (into && into.state !== 'solved') return passOn(tx, of, { from: answer.request.number, into });
    if (by.person === answer.request.requester)
      await ask(tx, {
        requester: of.actor,
        source: 'again',
        question: of.words,
        channel: of.channel,
        threadTs: of.threadTs ?? of.ts,
        origin: originOf(of.channel, of.ts),
      });
    return answer;
  }

  /** What of it the team would not hear else: an answer to its question, what opens it again, and all that is written in private. */
  function heard(
    { actor, wire, words }: { actor: Actor; wire: string; words: string },
    before: StoredRequest,
    after: StoredRequest,
  ): News[] {
    if (actor.personId !== after.requester) return [];
    const to = after.assigneeSlackId ? { to: after.assigneeSlackId } : {};
    const told = { by: actor.slackId, ...to, say: words };
    if (before.state === 'solved' && after.state === 'open')
      return [{ under: 'triage', notice: noticeOf(after, 'reopened', told) }];
    const isAnswer = before.state === 'waiting' && after.state === 'open';
    if (!isAnswer && (!after.isDirect || isPleasantry(wire))) return [];
    return [{ under: 'triage', notice: noticeOf(after, 'wrote', told) }];
  }

  /** Beside its thread, some time later, they might mean another one. */
  function added({ actor, wire }: { actor: Actor; wire: string }, before: StoredRequest, after: StoredRequest): News[] {
    const sinceMs = after.requesterSaidAt.getTime() - before.requesterSaidAt.getTime();
    if (actor.personId !== after.requester || before.state === 'waiting' || isPleasantry(wire) || sinceMs < goesOnMs)
      return [];
    return [{ under: 'request', notice: noticeOf(after, 'added') }];
  }

  /** What is said where a duplicate was asked reaches who has the other one. */
  function passOn(
    tx: Tx,
    of: { actor: Actor; wire: string; words: string; ts: string },
    { from, into }: { from: number; into: StoredRequest },
  ): Promise<WishAnswer> {
    return wish(tx, {
      requestId: into.id,
      by: byOf(of.actor),
      wish: { do: 'say', words: of.wire, ts: of.ts },
      words: { kind: 'said', words: of.words, ts: of.ts },
      tell: (after) => {
        const to = after.assigneeSlackId ? { to: after.assigneeSlackId } : {};
        return [
          { under: 'triage', notice: noticeOf(after, 'wrote', { by: of.actor.slackId, ...to, say: of.words, from }) },
        ];
      },
    });
  }

  return { said };
}
