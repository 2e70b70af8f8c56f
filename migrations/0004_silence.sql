-- Why: a source that stops sending tells nothing, so its rhythm is known and watched.
-- Safe beside the previous release: yes — a nullable column and new tables.

-- The last time that a poll went through.
alter table polls add column succeeded_at timestamptz;

-- Whom we listen to: a source or connection, or the polling of a connection, by the name that its alert bears.
create table heard (
  name text primary key,
  -- the oldest first, at most 51
  arrivals timestamptz[] not null default '{}',
  -- set while the silence stands as an alert: since when
  silent_since timestamptz
);

-- How far in the inbox the listening has come: one row.
create table heard_until (
  one boolean primary key default true check (one),
  seq bigint not null
);
insert into heard_until (seq) select greatest(0, coalesce(max(seq), 0) - 10000) from inbox;
