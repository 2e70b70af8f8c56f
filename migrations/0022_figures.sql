-- Why: weekly figures are read from rollups that late facts correct, a week that was printed stays as it was printed, and its digest
-- is posted once in a channel, whatever restarts and however many replicas there are.
-- Safe beside the previous release: yes — new tables, indices and a nullable column.

-- Who used a tool, once known. From then on `person` holds the surrogate as well.
alter table usage add column person_id uuid;
create index usage_at on usage (at);
create index usage_unknown on usage (seq) where person_id is null;
-- Last attempts are told from others by these few.
create index runs_again on runs (connection, pipeline, run, attempt) where attempt > 1;
create index actions_asked on actions (asked_at);

-- What one person did with one tool on one local day of the organisation.
create table activity_days (
  day date not null,
  tool text not null,
  feature text not null,
  person_id uuid not null,
  team text not null,
  count int not null,
  ok int not null,
  user_errors int not null,
  system_errors int not null,
  first_at timestamptz not null,
  -- the first thing that brought something
  useful_at timestamptz,
  primary key (day, tool, feature, person_id, team)
);
create index activity_people on activity_days (tool, person_id, day);

-- Runs that ended on a local day, by their final state after the attempts that the orchestrator made by itself.
create table run_days (
  day date not null,
  connection text not null,
  pipeline text not null,
  ended int not null,
  succeeded int not null,
  first_try int not null,
  backfill_ended int not null,
  backfill_succeeded int not null,
  primary key (day, connection, pipeline)
);

-- From the first final failure of a pipeline and partition to the first later success of the same one, or a skip.
create table episodes (
  connection text not null,
  pipeline text not null,
  partition text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  how text check (how in ('succeeded', 'skipped')),
  failures int not null,
  first_run text not null,
  fingerprint text,
  primary key (connection, pipeline, partition, started_at)
);
create index episodes_ended on episodes (ended_at);
create index episodes_open on episodes (started_at) where ended_at is null;

-- How far facts are rolled up, and by whose days.
create table rollups (
  name text primary key,
  seq bigint not null,
  at timestamptz not null,
  time_zone text not null
);

-- Who could use the tools, at the end of each week.
create table eligible_people (
  week text not null,
  scope text not null,
  person_id uuid not null,
  primary key (week, scope, person_id)
);

-- A week as it was printed. Scope: `all`, or `team:` and its name.
create table digest_weeks (
  week text not null,
  scope text not null,
  figures jsonb not null,
  frozen_at timestamptz not null,
  primary key (week, scope)
);

-- Each digest that was queued: one per channel and week.
create table digest_posts (
  channel text not null,
  week text not null,
  scope text not null,
  post_id uuid not null,
  queued_at timestamptz not null,
  -- when its charts are to be drawn, or tried again; empty = they are there
  charts_at timestamptz,
  primary key (channel, week)
);
create index digest_posts_to_draw on digest_posts (charts_at) where charts_at is not null;

-- For BI tools: read only by their nature, and stable while the tables behind them change. No names, no e-mail addresses.
create view figures_activity as
  select day, tool, feature, person_id, nullif(team, '') as team, count, ok, user_errors, system_errors from activity_days;
create view figures_interactions as
  select at, person_id, what, pipeline, outcome, took_ms from interactions;
create view figures_runs as
  select day, connection, pipeline, ended, succeeded, first_try, backfill_ended, backfill_succeeded from run_days;
create view figures_episodes as
  select connection, pipeline, partition, started_at, ended_at, how, failures, fingerprint,
         extract(epoch from ended_at - started_at) as seconds
  from episodes;
create view figures_changes as
  select connection, pipeline, kind, version, at from changes where kind in ('deployed', 'activated', 'settings');
create view figures_alerts as
  select i.incident_id, i.opened_at, i.closed_at, i.state, i.cause ->> 'category' as cause, m.connection, m.pipeline,
         m.first_failed_at as failed_at, told.at as told_at, least(taken.at, acted.at) as touched_at
  from incidents i
  cross join lateral (select * from incident_members x where x.incident_id = i.incident_id order by x.seq limit 1) m
  left join lateral (select to_timestamp(min(p.ts::numeric)) as at from posts p
    where p.incident_id = i.incident_id and p.role = 'parent' and p.ts is not null) told on true
  left join lateral (select min(acknowledged_at) as at from incident_places p where p.incident_id = i.incident_id) taken on true
  left join lateral (select min(asked_at) as at from actions a
    where a.incident_id = i.incident_id and a.auto_id is null and a.tried_at is not null) acted on true;
create view figures_retries as
  select a.asked_at, a.person_id, a.connection, a.pipeline, i.cause ->> 'category' as cause, a.outcome
  from actions a left join incidents i on i.incident_id = a.incident_id
  where a.kind = 'retry' and a.auto_id is null and a.tried_at is not null;
create view figures_weeks as
  select w.week, w.scope, w.frozen_at, f.key as figure, f.value ->> 'kind' as kind,
         coalesce((f.value ->> 'count')::numeric, (f.value ->> 'hits')::numeric) as count, (f.value ->> 'n')::numeric as n,
         coalesce((f.value ->> 'median')::numeric, (f.value ->> 'mean')::numeric) as middle, (f.value ->> 'p90')::numeric as p90
  from digest_weeks w cross join lateral jsonb_each(w.figures -> 'figures') f;
