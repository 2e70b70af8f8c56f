-- Why: what fails and recovers again and again is one alert that says so, not a new one each time.
-- Safe beside the previous release: yes — a column with a default, nullable columns and an index.

-- when this pipeline and partition failed, within a day of its newest failure
alter table incident_members add column troubles timestamptz[] not null default '{}';
-- src/domain/flapping.ts; while it stands, single failures and recoveries of that member are not told
alter table incidents add column flapping jsonb;
alter table incidents add column calm_at timestamptz;
create index incidents_calm on incidents (calm_at) where calm_at is not null;
