-- Why: figures of support, for BI tools too; what was counted by other rules (test channels) is counted anew.
-- Safe beside the previous release: yes — views, indexes, and a column that fills itself.

alter table rollups add column rules text not null default '';

create index requests_asked on requests (asked_at);

-- For BI tools, as the views of 0022: no names, no words.
create view figures_requests as
  select number, asked_at, person_id, is_staff, source, priority, category, connection, pipeline, state, first_response_at, solved_at,
         how_solved, score, surveyed_at
  from requests;
create view figures_request_events as
  select r.number, e.at, e.kind, e.by_role, e.person_id, e.detail ->> 'how' as how, (e.detail ->> 'score')::int as score
  from request_events e join requests r using (request_id);
