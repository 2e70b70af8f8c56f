import { type ChangedBefore, changedBefore } from '../domain/change';
import { mergeFacts, type PipelineFacts, type PipelineRef } from '../domain/pipeline';
import { catalogueFacts, type Settings } from '../domain/settings';
import * as changeRows from '../store/change-rows';
import type { Db } from '../store/db';
import * as personRows from '../store/person-rows';
import * as runRows from '../store/run-rows';

/** What the catalogue and the orchestrator say of a pipeline; the catalogue wins. */
export async function factsOf(
  { db, settings }: { db: Db; settings(): Settings },
  ref: PipelineRef,
): Promise<PipelineFacts> {
  const [known] = await runRows.factsOf(db, [ref]);
  return mergeFacts(catalogueFacts(ref, settings()), known?.facts);
}

/** As many as can matter: a pipeline that is changed more often is known for it. */
const changesRead = 50;

/** What changed before it broke; who changed it by their Slack id, where they are known. */
export async function changedIn(db: Db, pipeline: PipelineRef, failedAt: Date): Promise<ChangedBefore | undefined> {
  const changes = await changeRows.before(db, pipeline, { until: failedAt, limit: changesRead });
  if (changes.length === 0) return undefined;
  const lastGoodStartedAt = await runRows.lastGoodStart(db, pipeline, failedAt);
  const found = changedBefore(changes, { failedAt, lastGoodStartedAt });
  if (!found?.change.by?.includes('@')) return found;
  const person = await personRows.findPersonByEmail(db, found.change.by);
  return person ? { ...found, change: { ...found.change, by: person.slackId } } : found;
}
