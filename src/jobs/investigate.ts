import type { Diagnosis } from '../domain/diagnosis';
import { Failure, failureKinds } from '../domain/failure';
import type { Incidents } from '../incidents';
import { runWithoutSecrets } from '../ingest/without-secrets';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { traced } from '../lib/tracing';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import * as incidentRows from '../store/incident-rows';
import * as logCauseRows from '../store/log-cause-rows';
import { causeShown, inTime } from './read-log';

export interface InvestigateDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  orchestrator(connection: string): Orchestrator | undefined;
  diagnoseStream(chunks: AsyncIterable<Buffer>): Promise<Diagnosis>;
  diagnoseText(text: string): Diagnosis;
  redact(text: string): string;
  incidents: Incidents;
  wakeOutbox(): Promise<void>;
}

/** Incidents that are looked at in one sweep, and those that are read about in it. */
const waitingRead = 1_000;
const waitingAtOnce = 50;

/** After the alert: reads the run and its log, so that the alert says why, who owns it and where to look. */
export function createInvestigator(deps: InvestigateDeps) {
  const { db, clock, log, incidents } = deps;

  const investigate = (incidentId: string): Promise<void> =>
    traced('investigate', { 'pitcrew.incident': incidentId }, () => readAbout(incidentId));

  async function readAbout(incidentId: string): Promise<void> {
    const [incident] = await incidentRows.load(db, [incidentId], false);
    const member = incident?.members[0];
    if (!incident || !member) return;
    const orchestrator = deps.orchestrator(member.connection);
    const ref = {
      pipeline: { connection: member.connection, key: member.pipeline },
      run: member.run,
      attempt: member.attempt,
    };
    let again = false;
    try {
      const found = orchestrator && (await orchestrator.fetchRun(ref));
      const run = found && runWithoutSecrets(found, deps.redact);
      if (run) {
        await db.transaction((tx) => incidents.complete(tx, incidentId, run));
        if (!incident.cause && run.error) {
          const cause = deps.diagnoseText(run.error);
          await db.transaction((tx) => incidents.explain(tx, incidentId, cause));
        }
      }
      const step = member.step ?? run?.step;
      // The log of a run that is late, and not over, says nothing about why.
      if (orchestrator?.openLog && step && member.trouble !== 'late') {
        const cause = await deps.diagnoseStream(inTime(orchestrator.openLog({ ...ref, step })));
        await logCauseRows.keepFirst(db, { incidentId, member, fingerprint: causeShown(cause) }, clock.now());
        await db.transaction((tx) => incidents.explain(tx, incidentId, cause));
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // The alert stands without it. While the orchestrator is away the sweep asks again, for an hour.
      again = failureKinds[error.kind].retry;
      log.info({ incidentId, failure: error.kind, detail: error.detail }, 'incident.not-investigated');
    } finally {
      if (!again) await incidentRows.markInvestigated(db, [incidentId], clock.now());
      await deps.wakeOutbox();
    }
  }

  return {
    investigate,
    /** Those that nobody can read more about are done with at once, however many there are. */
    async waiting(): Promise<string[]> {
      const since = new Date(clock.now().getTime() - 3_600_000);
      const found = await incidentRows.uninvestigated(db, since, waitingRead);
      const [known, unknown] = [[] as string[], [] as string[]];
      for (const { id, connection } of found) (deps.orchestrator(connection) ? known : unknown).push(id);
      await incidentRows.markInvestigated(db, unknown, clock.now());
      return known.slice(0, waitingAtOnce);
    },
  };
}
