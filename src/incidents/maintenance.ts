/**
 * Owns the end of planned silence: what came and went in it is told in one line for each channel. What still fails then gets its alert
 * by the end of its own mute.
 */
import { windowOf } from '../domain/maintenance';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import * as muteRows from '../store/mute-rows';
import * as quietRows from '../store/quiet-rows';

const namesShown = 5;

export function createMaintenance({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** @returns how many channels are told */
    sweep: (): Promise<number> =>
      db.transaction(async (tx) => {
        const at = clock.now();
        const over = await quietRows.takeEndedInMaintenance(tx, at);
        for (const { channel, mutedBy, alerts, pipelines } of over) {
          const notice = {
            kind: 'maintenance-ended' as const,
            at,
            name: windowOf(mutedBy) ?? mutedBy,
            alerts,
            pipelines: pipelines.slice(0, namesShown),
            count: pipelines.length,
          };
          await muteRows.addNote(tx, { channel, notice }, at);
        }
        return over.length;
      }),
  };
}

export type Maintenance = ReturnType<typeof createMaintenance>;
