-- Why: the first schema. One table per noun; times are parameters, never now().
-- Safe beside the previous release: there is none.

-- People. The surrogate id is what audit and statistics hold; erasing a person removes this row only.
create table people (
  person_id uuid primary key,
  slack_id text not null unique,
  name text not null,
  email text,
  time_zone text,
  is_guest boolean not null default false,
  is_bot boolean not null default false,
  is_deactivated boolean not null default false,
  fetched_at timestamptz not null
);
create index people_email on people (lower(email));

-- Slack's user groups and channels as last read, so that a decision needs no call to Slack.
create table user_groups (
  group_id text primary key,
  handle text not null,
  members text[] not null,
  fetched_at timestamptz not null
);
create table channels (
  channel_id text primary key,
  name text not null,
  is_private boolean not null default false,
  is_archived boolean not null default false,
  is_member boolean not null default false,
  fetched_at timestamptz not null
);
create index channels_name on channels (name);

-- What machines told us. A row here is what a 2xx means.
create table inbox (
  seq bigint generated always as identity primary key,
  source text not null,
  id text not null,
  kind text not null check (kind in ('run', 'change', 'usage', 'lineage')),
  connection text,
  payload jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  decided_at timestamptz,
  reason text,
  incident_id uuid,
  attempts int not null default 0,
  fault text,
  unique (source, id)
);
create index inbox_waiting on inbox (seq) where decided_at is null;
create index inbox_time on inbox (occurred_at);

create table pipelines (
  connection text not null,
  key text not null,
  facts jsonb not null default '{}',
  first_seen_at timestamptz not null,
  seen_at timestamptz not null,
  primary key (connection, key)
);

create table runs (
  connection text not null,
  pipeline text not null,
  run text not null,
  attempt int not null,
  partition text not null default '',
  status text not null,
  step text,
  error text,
  fingerprint text,
  started_at timestamptz,
  ended_at timestamptz,
  url text,
  log_url text,
  -- when the fact with this status happened; decides between facts of one attempt
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (connection, pipeline, run, attempt)
);
create index runs_newest on runs (connection, pipeline, occurred_at desc);
create index runs_partition on runs (connection, pipeline, partition, occurred_at desc);

create table incidents (
  incident_id uuid primary key,
  seq bigint generated always as identity unique,
  state text not null check (state in ('open', 'recovered', 'skipped')),
  opened_at timestamptz not null,
  -- the newest failure of any member
  last_failed_at timestamptz not null,
  closed_at timestamptz,
  fingerprint text,
  -- Diagnosis, as src/domain/diagnosis.ts words it
  cause jsonb,
  reason text not null,
  -- when the run and its log were read for the cause; null = still to do
  investigated_at timestamptz,
  saved_at timestamptz not null
);
create index incidents_open on incidents (opened_at) where state = 'open';
create index incidents_cause on incidents (fingerprint, last_failed_at) where state = 'open';
-- how often a retry mended what had this cause
create index incidents_fingerprint on incidents (fingerprint);
create index incidents_uninvestigated on incidents (seq) where investigated_at is null;

create table incident_members (
  incident_id uuid not null references incidents on delete cascade,
  connection text not null,
  pipeline text not null,
  partition text not null,
  seq bigint generated always as identity,
  trouble text not null,
  state text not null check (state in ('failed', 'running', 'recovered', 'skipped')),
  via text not null,
  run text not null,
  attempt int not null,
  step text,
  error text,
  url text,
  log_url text,
  owner text,
  started_at timestamptz,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null,
  failures int not null,
  ended_at timestamptz,
  -- the channel in which this member is shown
  channel text,
  primary key (incident_id, connection, pipeline, partition)
);
-- One problem of one pipeline and partition stands in one open incident: the rule behind "nobody is told twice".
create unique index incident_members_open on incident_members (connection, pipeline, partition)
  where state in ('failed', 'running');
create index incident_members_key on incident_members (connection, pipeline, partition, last_failed_at desc);

-- One post per channel, each with its own acknowledge, mute and owner.
create table incident_places (
  incident_id uuid not null references incidents on delete cascade,
  channel text not null,
  routed_by text not null,
  mention text,
  threads boolean not null default true,
  acknowledged_by text,
  acknowledged_at timestamptz,
  muted_by text,
  muted_until timestamptz,
  created_at timestamptz not null,
  primary key (incident_id, channel)
);

create table posts (
  post_id uuid primary key,
  seq bigint generated always as identity unique,
  kind text not null check (kind in ('state', 'story')),
  role text not null check (role in ('parent', 'reply', 'direct')),
  incident_id uuid references incidents on delete cascade,
  channel text not null,
  root_id uuid references posts on delete cascade,
  notice jsonb,
  wanted_version int not null default 1,
  sent_version int not null default 0,
  urgency smallint not null default 1,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'doubtful', 'sent', 'parked')),
  ts text,
  channel_id text,
  attempts int not null default 0,
  next_at timestamptz not null,
  claimed_at timestamptz,
  claim uuid,
  -- when the first sending was claimed of which nobody knows whether it was taken
  doubtful_since timestamptz,
  parked_reason text,
  -- of what was sent last, so that an edit that changes nothing is not made
  sent_hash text,
  -- render in the plain form, after Slack refused the rich one for its content
  plain boolean not null default false,
  created_at timestamptz not null,
  first_sent_at timestamptz,
  sent_at timestamptz
);
create unique index posts_parent on posts (incident_id, channel) where role = 'parent';
create index posts_due on posts (next_at) where state in ('waiting', 'doubtful');
-- the first of each lane: posts and edits of each channel
create index posts_lanes on posts (channel, (ts is not null), (state = 'waiting'), urgency, (kind = 'story'), seq)
  where state in ('waiting', 'doubtful');
-- a growing story that waits
create index posts_stories on posts (incident_id, channel, seq) where state = 'waiting' and kind = 'story';
create index posts_sending on posts (claimed_at) where state = 'sending';
create index posts_root on posts (root_id, seq) where state <> 'sent';
create index posts_message on posts (channel_id, ts);

-- What people pressed or typed to change something; stored before it is acked.
create table presses (
  press_key text primary key,
  seq bigint generated always as identity unique,
  name text not null,
  value jsonb not null,
  slack_id text not null,
  channel text,
  message_ts text,
  response_url text,
  trigger_id text,
  received_at timestamptz not null,
  done_at timestamptz,
  outcome text,
  attempts int not null default 0
);
create index presses_waiting on presses (seq) where done_at is null;

create table actions (
  action_id uuid primary key,
  seq bigint generated always as identity unique,
  kind text not null,
  state text not null,
  idempotency_key text not null unique,
  person_id uuid not null,
  slack_id text not null,
  incident_id uuid references incidents on delete set null,
  channel text,
  response_url text,
  connection text not null,
  pipeline text not null,
  target jsonb not null,
  plan jsonb,
  receipt jsonb,
  progress jsonb,
  say text,
  attempts int not null default 0,
  asked_at timestamptz not null,
  tried_at timestamptz,
  settled_at timestamptz,
  next_at timestamptz,
  claimed_until timestamptz
);
create index actions_due on actions (next_at) where settled_at is null;
create index actions_incident on actions (incident_id, seq desc);
-- Two people, one change: while one is under way for a run, a second of the same kind is the same one.
create unique index actions_under_way on actions (connection, pipeline, kind, (target #>> '{run,run}')) where settled_at is null;

-- Written before an action is tried and after. Append only.
create table audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null,
  action_id uuid,
  person_id uuid,
  what text not null,
  kind text not null,
  connection text,
  pipeline text,
  run text,
  detail jsonb not null default '{}'
);
create index audit_at on audit (at);
create index audit_pipeline on audit (pipeline, at);
create index audit_person on audit (person_id, at);
create function audit_is_append_only() returns trigger language plpgsql as
$$ begin raise exception 'the audit trail is append only'; end $$;
create trigger audit_append_only before update or delete on audit for each row execute function audit_is_append_only();

-- One intentional thing that a person did here.
create table interactions (
  seq bigint generated always as identity primary key,
  person_id uuid not null,
  what text not null,
  channel text,
  pipeline text,
  outcome text not null,
  took_ms int not null,
  at timestamptz not null
);
create index interactions_at on interactions (at);

create table changes (
  seq bigint generated always as identity primary key,
  connection text not null,
  pipeline text not null,
  kind text not null,
  version text,
  by_whom text,
  note text,
  commit_id text,
  branch text,
  url text,
  at timestamptz not null,
  recorded_at timestamptz not null
);
create index changes_pipeline on changes (connection, pipeline, at desc);

create table edges (
  from_node text not null,
  to_node text not null,
  source text not null,
  known_since timestamptz not null,
  seen_at timestamptz not null,
  primary key (from_node, to_node, source)
);
create index edges_to on edges (to_node);

create table usage (
  seq bigint generated always as identity primary key,
  tool text not null,
  person text not null,
  action text not null,
  count int not null,
  team text,
  repository text,
  at timestamptz not null
);
create index usage_tool on usage (tool, at);

-- How far each poller has read, and when each connection was last heard.
create table polls (
  connection text primary key,
  cursor jsonb,
  polled_at timestamptz not null,
  claimed_until timestamptz,
  fault text
);

-- Shared budgets of what Slack takes, counted by rate-limiter-flexible (its own columns).
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
