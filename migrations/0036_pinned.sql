-- Why: a team pins the answer to a question that comes again, and it is offered before what is found.
-- Safe beside the previous release: yes — a new table.

create table pinned_answers (
  answer_id uuid primary key,
  -- the request that it was pinned from
  request_id uuid references requests,
  question text not null,
  answer text not null,
  pinned_at timestamptz not null,
  pinned_by uuid not null,
  unpinned_at timestamptz,
  unpinned_by uuid,
  words tsvector not null generated always as (
    setweight(to_tsvector('english', question), 'A') || setweight(to_tsvector('english', answer), 'B')) stored
);
create index pinned_answers_words on pinned_answers using gin (words) where unpinned_at is null;
-- Of two people who pin the same at once, one does.
create unique index pinned_answers_request on pinned_answers (request_id) where unpinned_at is null;
