import { asOfNow, type ChangedBefore, changedBefore, changedUpstream } from '../domain/change';
import { mergeFacts, type PipelineFacts, type PipelineRef } from '../domain/pipeline';
import { catalogueFacts, type Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
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
/** What was put in force since the failure is told by the newest of them. */
const laterRead = 10;

interface ChangedDeps {
  db: Db;
  clock: Clock;
  /** Pipelines that feed this one without another between. */
  upstreamOf(pipeline: PipelineRef): Promise<PipelineRef[]>;
}

/** What changed before it broke, else in what feeds it; who changed it by their Slack id, where they are known. */
export async function changedIn(
  { db, clock, upstreamOf }: ChangedDeps,
  pipeline: PipelineRef,
  failedAt: Date,
): Promise<ChangedBefore | undefined> {
  const lastGoodStartedAt = await runRows.lastGoodStart(db, pipeline, failedAt);
  const changedOf = async (ref: PipelineRef) =>
    changedBefore(await changeRows.before(db, ref, { until: failedAt, limit: changesRead }), {
      failedAt,
      lastGoodStartedAt,
    });
  const own = await changedOf(pipeline);
  const found =
    own ?? changedUpstream((await Promise.all((await upstreamOf(pipeline)).map(changedOf))).filter(isThere));
  if (!found) return undefined;
  const now =
    found.back === undefined
      ? found
      : asOfNow(found, await changeRows.before(db, pipeline, { until: clock.now(), limit: laterRead }));
  if (!now.change.by?.includes('@')) return now;
  const person = await personRows.findPersonByEmail(db, now.change.by);
  return person ? { ...now, change: { ...now.change, by: person.slackId } } : now;
}

const isThere = (found: ChangedBefore | undefined): found is ChangedBefore => found !== undefined;
