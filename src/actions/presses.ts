import type { Press } from '../domain/press';
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
     * One INSERT. When the caller gives up (Slack waits 3 s) before it is certain that the row is there, the row is not taken:
     * what was told as "not taken" must not happen behind the person's back.
     */
    async storeOnce(press: Press, signal: AbortSignal): Promise<'stored' | 'repeat' | 'too-late'> {
      if (signal.aborted) return 'too-late';
      const given = new Promise<'gave-up'>((resolve) =>
        signal.addEventListener('abort', () => resolve('gave-up'), { once: true }),
      );
      const storing = db.transaction(async (tx) => {
        const fresh = await pressRows.storeOnce(tx, press);
        if (signal.aborted) throw new GaveUp();
        return fresh;
      });
      const first = await Promise.race([storing, given]).catch((error) => {
        if (error instanceof GaveUp) return 'gave-up' as const;
        throw error;
      });
      if (first === 'gave-up') {
        storing.catch(() => undefined);
        return 'too-late';
      }
      if (first) await wake(press.key);
      return first ? 'stored' : 'repeat';
    },

    whoAsked: (key: string) => pressRows.whoAsked(db, key),
  };
}

class GaveUp extends Error {}
