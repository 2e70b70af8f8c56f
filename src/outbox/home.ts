import { createHash } from 'node:crypto';
import type { HomeView } from '@slack/types';
import { Failure } from '../domain/failure';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db } from '../store/db';
import type { Condition } from '../store/due';
import * as homeRows from '../store/home-rows';

export interface HomesDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  /** As it is now, and the same without its time, by which a change is known. @throws Failure */
  render(slackId: string): Promise<{ view: HomeView; facts: string } | undefined>;
  /** Of what Slack takes of us. @returns 0 if it may go now, else ms to wait */
  takeView(): Promise<number>;
  /** @throws Failure */
  publish(slackId: string, view: HomeView): Promise<void>;
}

/** Who opened it within this time sees changes without opening it anew. */
const lookedMs = 10 * 60_000;
/** No oftener than this for one person. */
const everyMs = 30_000;
const atOnce = 20;

/** Home tabs: published when they are opened, and anew while somebody may be looking. A failed one leaves the old view with its old time. */
export function createHomes({ db, clock, log, render, takeView, publish }: HomesDeps) {
  const hashOf = (facts: string) => createHash('sha256').update(facts).digest('base64url');

  /** Who has just opened it is not kept waiting; who has it open sees a change at the next look. */
  async function show(slackId: string, of: { shownHash?: string; isOpened: boolean }): Promise<boolean> {
    const { shownHash, isOpened } = of;
    const home = await render(slackId);
    if (!home) return false;
    const hash = hashOf(home.facts);
    if (hash === shownHash) return false;
    const waitMs = await takeView();
    if (waitMs > 0 && !isOpened) return false;
    await publish(slackId, home.view);
    await homeRows.published(db, slackId, hash, clock.now());
    return true;
  }

  const dueAt = (now: Date) => ({
    openedSince: new Date(now.getTime() - lookedMs),
    publishedBefore: new Date(now.getTime() - everyMs),
  });

  return {
    /** At once, whatever stands there. @throws Failure */
    async open(slackId: string): Promise<void> {
      await homeRows.opened(db, slackId, clock.now());
      await show(slackId, { isOpened: true });
    },
    /** At once for somebody who has it open. @throws Failure */
    async renew(slackId: string): Promise<void> {
      const openedSince = new Date(clock.now().getTime() - lookedMs);
      const home = await homeRows.find(db, slackId, openedSince);
      if (home) await show(slackId, { shownHash: home.shownHash, isOpened: true });
    },
    isDue: (): Condition => homeRows.isAnyDue(dueAt(clock.now())),

    /** @returns how many were published anew */
    async sweep(): Promise<number> {
      const now = clock.now();
      const due = await homeRows.takeDue(db, { ...dueAt(now), now, limit: atOnce });
      let count = 0;
      for (const { slackId, shownHash } of due) {
        try {
          if (await show(slackId, { shownHash, isOpened: false })) count += 1;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          log.info({ err: error, slackId }, 'home.not-published');
        }
      }
      return count;
    },
  };
}

export type Homes = ReturnType<typeof createHomes>;
