-- Why: the plan of a large action holds thousands of items; who goes on with it, or shows it, needs only what it is about.
-- Safe beside the previous release: yes — a nullable column; where it is not there, the plan itself is read.
alter table actions add column brief jsonb;
-- How long the last items took, of which there may be thousands.
create index actions_item_ends on actions (part_of, settled_at desc) where part_of is not null and state = 'succeeded';
