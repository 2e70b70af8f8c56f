import type { PipelineRef } from '../domain/pipeline';
import type { RequestAbout } from '../domain/request';
import type { Queryable } from '../store/db';
import * as incidentRows from '../store/incident-rows';
import * as postRows from '../store/post-rows';
import * as requestRows from '../store/request-rows';

/** The run that the alert is about, if the message is one. Slack's ids. */
export async function aboutAlert(db: Queryable, channelId: string, ts: string): Promise<RequestAbout | undefined> {
  const alert = await postRows.incidentOf(db, channelId, ts);
  if (!alert) return undefined;
  const [lead] = await incidentRows.heaviestMembers(db, alert.incidentId, alert.channel, 1);
  if (!lead) return { incidentId: alert.incidentId };
  const { connection, pipeline, run, partition } = lead;
  return { incidentId: alert.incidentId, connection, pipeline, run, ...(partition ? { partition } : {}) };
}

/** The pipeline with the run of it that failed last, where one has. */
export async function aboutPipeline(db: Queryable, { connection, key }: PipelineRef): Promise<RequestAbout> {
  const failed = await requestRows.lastTrouble(db, { connection, key });
  return { connection, pipeline: key, ...failed };
}
