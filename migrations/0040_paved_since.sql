-- Why: whether the paved path helps is told by how each pipeline did before it came onto it and after; and BI tools may read who could.
-- Safe beside the previous release: yes — a new table and views.

create table paved_pipelines (
  connection text not null,
  pipeline text not null,
  -- empty = was on it when this was first noted
  since date,
  primary key (connection, pipeline)
);
create view figures_paved as select connection, pipeline, since from paved_pipelines;
create view figures_eligible as select week, scope, person_id from eligible_people;
