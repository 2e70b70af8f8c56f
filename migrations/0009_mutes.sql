-- Why: a channel can be spared the alerts of one pipeline for a while, such as during planned work on it, and hears what it missed.
-- Safe beside the previous release: yes — a new table; the previous release sends nothing of the new role, finding nothing to show for it.

create table mutes (
  mute_id uuid primary key,
  seq bigint generated always as identity unique,
  -- Slack's id, and the name without # as it was then
  channel text not null,
  channel_name text not null,
  connection text not null,
  pipeline text not null,
  person_id uuid not null,
  slack_id text not null,
  created_at timestamptz not null,
  muted_until timestamptz not null,
  -- news of alerts that stay, kept from their threads
  hid int not null default 0,
  ended_at timestamptz
);
create unique index mutes_open on mutes (connection, pipeline, channel) where ended_at is null;
create index mutes_until on mutes (muted_until) where ended_at is null;

-- A note is about no alert of its own, and has no thread.
alter table posts drop constraint posts_role_check;
alter table posts add constraint posts_role_check check (role in ('parent', 'reply', 'direct', 'card', 'action', 'note'));
