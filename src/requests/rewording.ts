/**
 * Owns what becomes of words here once their message in Slack is changed or deleted. In: the message, as Slack tells of it. Out: the
 * words, and all that shows them, as they are in Slack; nobody is called, as Slack calls nobody for an edit either.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { standIns } from '../domain/request';
import type { Clock } from '../lib/clock';
import type { Tx } from '../store/db';
import * as postRows from '../store/post-rows';
import { unheard } from '../store/press-rows';
import * as requestRows from '../store/request-rows';
import * as wordRows from '../store/word-rows';
import { originOf, type Requests } from '.';
import { readMessage, withoutCall } from './message';

/** A message that somebody wrote, in Slack's ids, and when it was changed. */
export interface OfMessage {
  by: Actor;
  channel: string;
  ts: string;
  at: Date;
}

export function createRewording(deps: { requests: Requests; clock: Clock; actor(slackId: string): Promise<Actor> }) {
  const { requests, clock } = deps;

  /** The request that this message asks, if it is theirs. */
  async function askedBy(tx: Tx, { by, channel, ts }: OfMessage) {
    const id = await requestRows.idOfOrigin(tx, originOf(channel, ts));
    const request = id === undefined ? undefined : await requestRows.find(tx, id, true);
    return request?.requester === by.personId ? request : undefined;
  }

  /** @param of.text in Slack's form @returns what came of it */
  async function edited(tx: Tx, of: OfMessage & { text: string }): Promise<string> {
    const { by, ts, at } = of;
    const request = await askedBy(tx, of);
    const isCalled = request?.source === 'mention' && !request.isDirect;
    const read = await readMessage(isCalled ? withoutCall(of.text) : of.text, deps.actor);
    const words = requests.storable(read.trim() === '' ? standIns.wordless : read);
    if (!request) {
      const changed = await wordRows.changeSaid(tx, { ts, personId: by.personId, words, at }, clock.now());
      return changed > 0 ? 'words changed' : unheard.edited;
    }
    if (!(await wordRows.changeQuestion(tx, { id: request.id, words, at }, clock.now()))) return 'changed since';
    await requests.answerAnew(tx, request.id);
    return 'question changed';
  }

  /** What nobody has taken up yet ends with its question; else the team is told, and goes on. */
  async function deleted(tx: Tx, of: OfMessage): Promise<string> {
    const { by, ts, at } = of;
    const request = await askedBy(tx, of);
    if (!request) {
      const taken = await wordRows.takeOutSaid(tx, { ts, personId: by.personId }, clock.now());
      return taken > 0 ? 'words taken out' : unheard.deleted;
    }
    if (!(await wordRows.takeOutQuestion(tx, { id: request.id, at }, clock.now()))) return 'changed since';
    if (request.state === 'solved') return 'question taken out';
    if (request.state === 'open' && !request.assignee && !request.firstResponseAt) {
      await requests.wish(tx, {
        requestId: request.id,
        by: { isTeam: false },
        wish: { do: 'solve', how: 'withdrawn' },
      });
      await postRows.dropOffer(tx, request.id);
      return 'withdrawn';
    }
    const notice = requests.noticeOf(request, 'question-deleted');
    await postRows.addRequestStory(
      tx,
      { id: randomUUID(), requestId: request.id, under: 'triage', notice },
      clock.now(),
    );
    return 'question taken out';
  }

  return { edited, deleted };
}
