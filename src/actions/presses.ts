import type { Press } from '../domain/press';
import { isDatabaseAway } from '../lib/error-code';
import type { Db } from '../store/db';
import * as pressRows from '../store/press-rows';

export interface PressDeps {
  db: Db;
  /** There is a press to carry out. */
  wake(key: string): Promise<void>;
}

/** What is pressed to change something is stored before it is acked, and carried out by a worker. */
export function createPresses({ db, wake }: PressDeps) {
  return {
    /**
     * One INSERT. When the caller gives up (Slack waits 3 s) before the commit has begun, the row is not taken, whatever comes of
     * the connection later: what was told as "not taken" must not happen behind the person's back. Once the commit is on its way
     * only the database knows, so its answer is waited for. `away`: no transaction could be begun, so nothing was taken.
     */
    async storeOnce(press: Press, signal: AbortSignal): Promise<'stored' | 'repeat' | 'too-late' | 'away'> {
      if (signal.aborted) return 'too-late';
      let hasBegun = false;
      let isCommitting = false;
      let giveUp = (): void => undefined;
      const given = new Promise<'gave-up'>((resolve) => {
        giveUp = () => {
          if (!isCommitting) resolve('gave-up');
        };
        signal.addEventListener('abort', giveUp, { once: true });
      });
      const storing = db.transaction(async (tx) => {
        hasBegun = true;
        isCommitting = false;
        if (signal.aborted) throw new GaveUp();
        const fresh = await pressRows.storeOnce(tx, press);
        if (signal.aborted) throw new GaveUp();
        isCommitting = true;
        return fresh;
      });
      try {
        const first = await Promise.race([storing, given]);
        if (first === 'gave-up') {
          storing.catch(() => undefined);
          return 'too-late';
        }
        // The queue may be slow; the sweep finds the press as well. Who pressed does not wait for either.
        if (first) wake(press.key).catch(() => undefined);
        return first ? 'stored' : 'repeat';
      } catch (error) {
        if (error instanceof GaveUp) return 'too-late';
        if (!hasBegun && isDatabaseAway(error)) return 'away';
        throw error;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },

    whoAsked: (key: string) => pressRows.whoAsked(db, key),
  };
}

class GaveUp extends Error {}
