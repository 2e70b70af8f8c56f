-- Why: the first run after a redeploy is watched, and its end is told once, also over a crash.
-- Safe beside the previous release: yes — a nullable column and an index; what that release redeploys is watched as well.

-- When the watch of a redeploy was over; empty = nothing is told yet, or it is no redeploy.
alter table actions add column watched_at timestamptz;
update actions set watched_at = settled_at where kind = 'redeploy' and state = 'succeeded';
create index actions_watched on actions (settled_at) where kind = 'redeploy' and state = 'succeeded' and watched_at is null;
