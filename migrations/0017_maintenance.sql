-- Why: people plan silence for a while from Slack, as pitcrew.yaml does, for pipelines of any channel.
-- Safe beside the previous release: yes — a new table, which the previous release does not look at.

-- Rows are kept when they end: who, until when, and why.
create table maintenances (
  maintenance_id uuid primary key,
  seq bigint generated always as identity unique,
  -- the filter, and the one way in which it is written
  filter jsonb not null,
  wording text not null,
  reason text,
  person_id uuid not null,
  slack_id text not null,
  created_at timestamptz not null,
  until timestamptz not null,
  ended_by uuid,
  ended_at timestamptz
);
create unique index maintenances_open on maintenances (wording) where ended_at is null;
