-- Why: people choose from Slack which digest a channel gets and when, or that it gets none, and go back to what pitcrew.yaml says.
-- Safe beside the previous release: yes — a new table, which the previous release does not look at.

create table digest_choices (
  -- Slack's id
  channel text primary key,
  -- `file` (as pitcrew.yaml says), `none`, or `plan` with its scope, weekday, wall time and zone
  choice jsonb not null,
  chosen_at timestamptz not null,
  person_id uuid not null
);
