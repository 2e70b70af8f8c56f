-- Why: a question that is asked again and again is worth an entry in a runbook, which the team is asked for once.
-- Safe beside the previous release: yes — a new table, a nullable column and an index.

create table question_groups (
  group_id uuid primary key,
  -- the one that made it worth a word
  request_id uuid not null references requests,
  -- its words; taken out with those of the request
  question text not null,
  state text not null check (state in ('suggested', 'dismissed', 'pinned')),
  suggested_at timestamptz not null,
  settled_at timestamptz,
  settled_by uuid
);

-- when it was compared with the others
alter table requests add column compared_at timestamptz;
create index requests_to_compare on requests (asked_at) where compared_at is null;
