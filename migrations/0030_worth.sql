-- Why: what people say of diagnoses and actions, and the time that these save, in figures and for BI tools.
-- Safe beside the previous release: yes — views; `figures_weeks` has the same columns.

create view figures_feedback as
  select at, person_id, subject_kind as subject, about, value from feedback;
create view figures_actions as
  select asked_at, tried_at, settled_at, person_id, kind, state, outcome, connection, pipeline, incident_id,
         auto_id is not null as is_automatic, part_of is not null as is_part
  from actions;
create or replace view figures_weeks as
  select w.week, w.scope, w.frozen_at, f.key as figure, f.value ->> 'kind' as kind,
         coalesce((f.value ->> 'count')::numeric, (f.value ->> 'hits')::numeric, (f.value ->> 'total')::numeric) as count,
         (f.value ->> 'n')::numeric as n,
         coalesce((f.value ->> 'median')::numeric, (f.value ->> 'mean')::numeric) as middle, (f.value ->> 'p90')::numeric as p90
  from digest_weeks w cross join lateral jsonb_each(w.figures -> 'figures') f;
