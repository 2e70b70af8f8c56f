import type { PipelineRef } from '../domain/pipeline';
import type { Queryable } from '../store/db';
import * as incidentRows from '../store/incident-rows';
import * as postRows from '../store/post-rows';
import * as requestRows from '../store/request-rows';

/** What a request is about, as far as we know it without asking. */
export interface About {
  connection?: string;
  pipeline?: string;
  run?: string;
  partition?: string;
  incidentId?: string;
}

/** The run that the alert is about, if the message is one. Slack's ids. */
export async function aboutAlert(db: Queryable, channelId: string, ts: string): Promise<About | undefined> {
  const alert = await postRows.incidentOf(db, channelId, ts);
  if (!alert) return undefined;
  const [lead] = await incidentRows.heaviestMembers(db, alert.incidentId, alert.channel, 1);
  if (!lead) return { incidentId: alert.incidentId };
  const { connection, pipeline, run, partition } = lead;
  return { incidentId: alert.incidentId, connection, pipeline, run, ...(partition ? { partition } : {}) };
}

/** The pipeline with the run of it that failed last, where one has. */
export async function aboutPipeline(db: Queryable, { connection, key }: PipelineRef): Promise<About> {
  const failed = await requestRows.lastTrouble(db, { connection, key });
  return { connection, pipeline: key, ...failed };
}
