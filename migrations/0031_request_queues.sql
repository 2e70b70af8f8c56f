-- Why: a request can be moved to the queue of another team, and has follow-ups that are ticked off.
-- Safe beside the previous release: yes — a nullable column, a new table, and one more role of posts; a card that was moved is shown by the
-- previous release as the one who asked sees it, until this release edits it.

-- the team that answers, where it is not the one of the settings
alter table requests add column team text;

create table request_tasks (
  task_id uuid primary key,
  seq bigint generated always as identity,
  request_id uuid not null references requests on delete cascade,
  words text not null,
  added_at timestamptz not null,
  added_by uuid not null,
  done_at timestamptz,
  done_by uuid
);
create index request_tasks_of on request_tasks (request_id, seq);

-- `moved`: the card of a team that a request has left
alter table posts drop constraint posts_role_check;
alter table posts add constraint posts_role_check
  check (role in ('parent', 'reply', 'direct', 'card', 'action', 'note', 'request', 'triage', 'moved'));
