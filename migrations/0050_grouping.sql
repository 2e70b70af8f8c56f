-- Why: whether problems were put together rightly is judged by the causes that their logs show: that of what failed first in each,
-- and, of some drawn by lot, that of one other that joined it.
-- Safe beside the previous release: yes — a table, two indexes and a view.
create table log_causes (
  incident_id uuid not null references incidents on delete cascade,
  -- of what failed first; else of the one that is compared with it
  is_first boolean not null,
  connection text not null,
  pipeline text not null,
  partition text not null,
  -- null = being read, cannot be read, or shows no cause
  fingerprint text,
  read_at timestamptz not null,
  primary key (incident_id, is_first)
);
-- The problems of a week, those that are over as well.
create index incidents_opened on incidents (opened_at);
create index incident_members_same_cause on incident_members (incident_id) where via = 'same-cause';
create view figures_groups as
  select i.incident_id, i.opened_at, i.closed_at, m.connection, m.pipeline,
         (select count(*) from incident_members j where j.incident_id = i.incident_id and j.via = 'same-cause') as joined,
         f.fingerprint as first_cause, o.pipeline as other_pipeline, o.fingerprint as other_cause
  from incidents i
  cross join lateral (select * from incident_members x where x.incident_id = i.incident_id order by x.seq limit 1) m
  left join log_causes f on f.incident_id = i.incident_id and f.is_first
  left join log_causes o on o.incident_id = i.incident_id and not o.is_first
  where m.trouble <> 'late';
