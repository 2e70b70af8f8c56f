import type { Call } from '../orchestrator';

export type Tags = { key: string; value: string }[];

/** Ours, with every run and backfill that we ask for: Dagster takes no id of our choice and no name of who asks. */
const actionTag = 'pitcrew/action';
const byTag = 'pitcrew/by';

export const partitionTag = 'dagster/partition';
export const parentTag = 'dagster/parent_run_id';
const backfillTag = 'dagster/backfill';
/** Dagster+ names who launched it; elsewhere a run coordinator of one's own may. */
const userTag = 'user';
const rangeStartTag = 'dagster/asset_partition_range_start';
const rangeEndTag = 'dagster/asset_partition_range_end';
const willRetryTag = 'dagster/will_retry';
const maxRetriesTag = 'dagster/max_retries';

const byItself = new Set([actionTag, 'dagster/schedule_name', 'dagster/sensor_name', 'dagster/retry_number']);

export function tagsOf({ actor, idempotencyKey }: Pick<Call, 'actor' | 'idempotencyKey'>): Tags {
  return [...keyTags({ idempotencyKey }), { key: byTag, value: actor || 'Pitcrew' }];
}

/** By these what was asked for under this key is found again. */
export function keyTags({ idempotencyKey }: Pick<Call, 'idempotencyKey'>): Tags {
  return [{ key: actionTag, value: idempotencyKey }];
}

function tagIn(tags: Readonly<Tags>, key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

/** Who launched it by hand, where that is told: not we, no schedule and no sensor did, nor Dagster by itself with the tags of another run. */
export function starterIn(tags: Readonly<Tags>): string | undefined {
  return tags.some(({ key }) => byItself.has(key)) ? undefined : tagIn(tags, userTag);
}

/** The partition of a run; of a run over a range of them its ends. */
export function partitionIn(tags: Readonly<Tags>): string | undefined {
  const [start, end] = [tagIn(tags, rangeStartTag), tagIn(tags, rangeEndTag)];
  return tagIn(tags, partitionTag) ?? (start && end && start !== end ? `${start}..${end}` : start);
}

/** Whether Dagster will run it again by itself. */
export function isToBeRetried(tags: Readonly<Tags>): boolean {
  return tagIn(tags, willRetryTag) === 'true';
}

/** Whether Dagster has said if it will run it again; it says so of no run where it runs none again. */
export function isRetryDecided(tags: Readonly<Tags>): boolean {
  return tagIn(tags, willRetryTag) !== undefined;
}

/** It may be run again, if the instance does that at all. */
export function mayBeRetried(tags: Readonly<Tags>): boolean {
  return Number(tagIn(tags, maxRetriesTag)) > 0;
}

export function hasKey(tags: Readonly<Tags>, { idempotencyKey }: Pick<Call, 'idempotencyKey'>): boolean {
  return tagIn(tags, actionTag) === idempotencyKey;
}

/** What a run of a part of another one does not take over from it. */
const ofOneRunAlone = new Set([
  willRetryTag,
  'dagster/auto_retry_run_id',
  'dagster/retry_number',
  'dagster/run_failure_reason',
  'dagster/is_resume_retry',
  'dagster/step_selection',
  backfillTag,
  'dagster/parent_backfill_id',
  'dagster/root_backfill_id',
]);

export function inherited(tags: Readonly<Tags>): Tags {
  return tags.filter(({ key }) => !ofOneRunAlone.has(key));
}
