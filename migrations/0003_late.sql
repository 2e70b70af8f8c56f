-- Why: a run that does not come tells nothing, so each pipeline is looked at by the clock.
-- Safe beside the previous release: yes — a new table.

-- When each pipeline is looked at next, whether its run is late.
create table late_watches (
  connection text not null,
  pipeline text not null,
  look_at timestamptz not null,
  primary key (connection, pipeline)
);
create index late_watches_due on late_watches (look_at);
