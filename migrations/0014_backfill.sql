-- Why: a backfill may have dependents, which must not run on what has failed; batches that an orchestrator paces count as what they
-- are; and what meets a pipeline that is busy waits for it.
-- Safe beside the previous release: yes — new columns with defaults; it leaves them as they are, and lets dependents go as before.

-- How many runs it touches, for the policy.
alter table actions add column size int not null default 1;
update actions set size = jsonb_array_length(plan -> 'items')
where pace is not null and jsonb_typeof(plan -> 'items') = 'array';
-- Of an item: places of those without whose success it is not done.
alter table actions add column needs int[];
create index actions_needing on actions (part_of, wave) where needs is not null and state = 'waiting';
create unique index actions_place on actions (part_of, item_no) where part_of is not null;
-- Since when the orchestrator says "not just now".
alter table actions add column busy_since timestamptz;

-- Of batches one a pipeline is under way, whichever partition comes first in it.
drop index actions_under_way;
alter table actions drop column subject;
alter table actions add column subject text generated always as (coalesce(
  'run:' || (target #>> '{run,run}'),
  case when jsonb_array_length(target -> 'partitions') > 1 then 'batch' end,
  'partition:' || (target #>> '{partitions,0}'), target ->> 'kind')) stored;
create unique index actions_under_way on actions (connection, pipeline, kind, subject)
  where settled_at is null and state not in ('planned', 'waiting') and pace is null;
