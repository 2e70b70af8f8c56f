-- Why: operators see what was set aside since when, send it again, or drop it.
-- Safe beside the previous release: yes — nullable columns and an index.

alter table posts add column parked_at timestamptz;
-- set aside for good, by a person: listed and counted no more
alter table posts add column dropped_at timestamptz;
create index posts_parked on posts (seq) where state = 'parked';
