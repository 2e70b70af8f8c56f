import type { Diagnosis } from '../domain/diagnosis';
import { Failure, failureKinds } from '../domain/failure';
import { drawnAWeek } from '../domain/figures/grouping';
import { weekAfter, weekOf } from '../domain/figures/week';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import * as logCauseRows from '../store/log-cause-rows';
import { causeShown, inTime } from './read-log';

export interface CompareDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  orchestrator(connection: string): Orchestrator | undefined;
  diagnoseStream(chunks: AsyncIterable<Buffer>): Promise<Diagnosis>;
}

/** Later its log may be gone. */
const withinMs = 24 * 3_600_000;

/** Were problems put together rightly? Of some, drawn by lot, the log of one more run is read, and compared with that of the first. */
export function createLogComparison({ db, clock, log, settings, orchestrator, diagnoseStream }: CompareDeps) {
  async function causeOf({ connection, pipeline, run, attempt, step: known }: logCauseRows.Other) {
    const source = orchestrator(connection);
    if (!source?.openLog) return undefined;
    const ref = { pipeline: { connection, key: pipeline }, run, attempt };
    const step = known ?? (await source.fetchRun(ref)).step;
    return step ? causeShown(await diagnoseStream(inTime(source.openLog({ ...ref, step })))) : undefined;
  }

  return {
    /** Reads one log at most, so that no orchestrator feels it. One that cannot be read, ever, counts as unread. */
    async sweep(): Promise<void> {
      const now = clock.now();
      const since = new Date(now.getTime() - withinMs);
      const { noise, workspace } = settings();
      const quietSince = new Date(now.getTime() - noise.sameCauseWindowMinutes * 60_000);
      const week = weekOf(now, workspace.timeZone);
      for (const { from, to } of since < week.from ? [weekAfter(week, -1), week] : [week]) {
        const other = await logCauseRows.claimOther(db, { from, to, since, quietSince, drawn: drawnAWeek }, now);
        if (!other) continue;
        const { incidentId } = other;
        try {
          const fingerprint = await causeOf(other);
          if (fingerprint) await logCauseRows.keepOther(db, incidentId, fingerprint, clock.now());
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          if (failureKinds[error.kind].retry) await logCauseRows.unclaimOther(db, incidentId);
          log.info({ incidentId, failure: error.kind, detail: error.detail }, 'incident.not-compared');
        }
        return;
      }
    },
  };
}
