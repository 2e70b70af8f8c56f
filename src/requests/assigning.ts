/**
 * Sees that a request is with somebody who is there: gives new ones in turn where the settings say so, and takes back what people had who
 * left. In: the clock, or a person who asks for it. Out: an assignment with its reason, told to the team.
 */
import type { Actor } from '../domain/actor';
import { Failure } from '../domain/failure';
import type { By } from '../domain/request-wish';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db, Tx } from '../store/db';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import type { Requests, WishAnswer } from '.';
import type { Turns } from './turns';

export interface AssigningDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  requests: Requests;
  turns: Turns;
  /** @throws Failure */
  actor(slackId: string): Promise<Actor>;
}

export type Assigning = ReturnType<typeof createAssigning>;

const atOnce = 20;
/** Whether somebody has left is asked no oftener. */
const lookMs = 10 * 60_000;
const pitcrew: By = { isTeam: false };

export function createAssigning({ db, clock, log, settings, requests, turns, actor }: AssigningDeps) {
  let lookedAt = 0;

  /** Gives it to whoever's turn it is. @returns nothing where nobody is there to take it. @throws Failure */
  async function give(
    tx: Tx,
    of: { request: StoredRequest; by: By; bySlackId?: string; people: readonly Actor[]; summary?: string },
  ): Promise<WishAnswer | undefined> {
    const turn = await turns.choose(tx, of.request, of.people);
    if (!turn) return undefined;
    const { person, atWork, since } = turn;
    const told = { to: person.slackId, ...(of.bySlackId ? { by: of.bySlackId } : {}) };
    const why = { turn: { atWork, ...(since ? { since } : {}) }, ...(of.summary ? { say: of.summary } : {}) };
    return requests.wish(tx, {
      requestId: of.request.id,
      by: of.by,
      wish: { do: 'assign', to: person.personId, how: 'turn' },
      ...(of.summary ? { words: { kind: 'summary', words: of.summary } } : {}),
      tell: (after) => [
        { under: 'request', notice: requests.noticeOf(after, 'assigned', told) },
        { under: 'triage', notice: requests.noticeOf(after, 'assigned', { ...told, ...why, calls: true }) },
      ],
    });
  }

  async function giveNew(): Promise<number> {
    if (settings().support.assign !== 'turn') return 0;
    let given = 0;
    for (const { id, team } of await requestRows.untaken(db, atOnce)) {
      const people = await turns.atWork(team ?? undefined);
      if (people.length === 0) continue;
      const said = await db.transaction(async (tx) => {
        const request = await requestRows.find(tx, id, true);
        if (request?.state !== 'open' || request.assignee !== undefined) return undefined;
        return give(tx, { request, by: pitcrew, people });
      });
      if (said?.outcome === 'done') given += 1;
    }
    return given;
  }

  /** What somebody has who is not there any more goes back into the queue. */
  async function takeBack(): Promise<number> {
    const now = clock.now().getTime();
    if (now - lookedAt < lookMs) return 0;
    lookedAt = now;
    let taken = 0;
    for (const { personId, slackId } of await requestRows.holders(db)) {
      const hasLeft = slackId === null || (await actor(slackId)).isDeactivated;
      if (!hasLeft) continue;
      await db.transaction(async (tx) => {
        for (const requestId of await requestRows.heldBy(tx, personId)) {
          await requests.wish(tx, {
            requestId,
            by: pitcrew,
            wish: { do: 'release' },
            tell: (after) => [{ under: 'triage', notice: requests.noticeOf(after, 'released') }],
          });
          taken += 1;
        }
      });
    }
    return taken;
  }

  return {
    give,
    atWork: turns.atWork,
    async sweep(): Promise<number> {
      try {
        return (await takeBack()) + (await giveNew());
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        log.warn({ err: error }, 'requests.not-given');
        return 0;
      }
    },
  };
}
