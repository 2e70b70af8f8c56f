-- Why: a channel can ask for alerts that are routed elsewhere, and a person to be told when one pipeline is back.
-- Safe beside the previous release: yes — new tables and a view.

-- Which alerts a channel gets besides those that are routed to it. Rows are kept when they end: who, and when.
create table subscriptions (
  subscription_id uuid primary key,
  seq bigint generated always as identity unique,
  -- Slack's id, and the name without # as it was then
  channel text not null,
  channel_name text not null,
  -- the filter, and the one way in which it is written
  filter jsonb not null,
  wording text not null,
  person_id uuid not null,
  created_at timestamptz not null,
  ended_by uuid,
  ended_at timestamptz
);
create unique index subscriptions_open on subscriptions (channel, wording) where ended_at is null;

-- Members of an incident that a channel shows because of a subscription; their own channel stands in incident_members.
create table subscribed_members (
  incident_id uuid not null references incidents on delete cascade,
  channel text not null,
  connection text not null,
  pipeline text not null,
  partition text not null,
  primary key (incident_id, channel, connection, pipeline, partition)
);

-- Every member with each channel in which it is shown: its own, and those that subscribed.
create view shown_members as
  select incident_id, connection, pipeline, partition, state, run, url, channel as shown_in from incident_members
  union all
  select incident_id, connection, pipeline, partition, m.state, m.run, m.url, s.channel
  from subscribed_members s join incident_members m using (incident_id, connection, pipeline, partition);

-- Who is to be told once, in a direct message, when a pipeline that is down now is back.
create table follows (
  follow_id uuid primary key,
  seq bigint generated always as identity unique,
  person_id uuid not null,
  slack_id text not null,
  connection text not null,
  pipeline text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by text check (ended_by in ('told', 'person'))
);
create unique index follows_open on follows (connection, pipeline, person_id) where ended_at is null;
