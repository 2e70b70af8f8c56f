import type { StartOutcome } from '../engine';
import type { JsonObject } from '../wire';

/** The answer to a start and to a restart. */
export const renderStarted = (outcome: StartOutcome, timelineEvent: JsonObject): JsonObject => ({
  workflow_id: outcome.workflowId,
  workflow_version_id: outcome.versionId,
  workflow_instance_id: outcome.run?.instance.id ?? 0,
  workflow_run_id: outcome.run?.id ?? 0,
  workflow_uuid: outcome.uuid,
  status: outcome.status,
  timeline_event: timelineEvent,
});
