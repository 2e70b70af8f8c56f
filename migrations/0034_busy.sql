-- Why: how much of the engines' time goes into trying again; and weeks of runs are read in one go, from a row a pipeline.
-- Safe beside the previous release: yes — columns with a default and a new table; runs are counted anew once this release runs alone.

alter table run_days add column busy_s float8 not null default 0;
alter table run_days add column again_s float8 not null default 0;
-- The same by ISO week, which is all that a digest needs.
create table run_weeks (
  monday date not null,
  connection text not null,
  pipeline text not null,
  ended int not null,
  succeeded int not null,
  first_try int not null,
  backfill_ended int not null,
  backfill_succeeded int not null,
  busy_s float8 not null,
  again_s float8 not null,
  primary key (monday, connection, pipeline)
);
-- All are counted anew, with what is new.
update rollups set time_zone = '' where name = 'runs';

create or replace view figures_runs as
  select day, connection, pipeline, ended, succeeded, first_try, backfill_ended, backfill_succeeded, busy_s, again_s from run_days;
