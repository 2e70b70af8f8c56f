-- Why: the team reads once a working day how its queue stands, however many replicas and restarts there are.
-- Safe beside the previous release: yes — a new table.

create table triage_days (
  channel text not null,
  -- of the zone in which the team lives
  day date not null,
  at timestamptz not null,
  primary key (channel, day)
);
