-- Why: requests for help and feedback. What happened to a request is told by its events alone, which are append only and hold no
-- words and no names: figures are read from them. The row of a request is what these events come to, for the queue and for search.
-- Safe beside the previous release: yes — new tables and columns; its outbox finds no notice that it does not know, since none is
-- written before this release runs.

create extension if not exists pg_trgm;

create table requests (
  request_id uuid primary key,
  -- what people call it: #12
  number bigint generated always as identity unique,
  state text not null check (state in ('open', 'waiting', 'snoozed', 'solved')),
  -- of waiting: a question of the team, or the run it is about has recovered
  waits_for text check (waits_for in ('answer', 'verdict')),
  -- who asked; people.person_id, which an erased person no longer has
  person_id uuid not null,
  -- a member of the team asked for it on their own account: left out of response times
  is_staff boolean not null default false,
  source text not null,
  assignee uuid,
  priority text not null default 'normal' check (priority in ('urgent', 'high', 'normal', 'low')),
  category text,
  -- where it lives: Slack's channel and the message that heads the thread (null while our own post heads it and is not sent)
  channel text,
  thread_ts text,
  is_direct boolean not null default false,
  -- the run or pipeline it is about
  connection text,
  pipeline text,
  run text,
  partition text,
  incident_id uuid references incidents on delete set null,
  url text,
  merged_into uuid references requests,
  snoozed_until timestamptz,
  -- the clock starts at the message, not at the row
  asked_at timestamptz not null,
  requester_said_at timestamptz not null,
  team_said_at timestamptz,
  -- the last question of the team
  team_asked_at timestamptz,
  first_response_at timestamptz,
  solved_at timestamptz,
  how_solved text,
  score smallint check (score between 1 and 5),
  surveyed_at timestamptz,
  -- when the target that runs next is missed, and of which it is; null while no clock runs
  due_at timestamptz,
  due_for text,
  warned_at timestamptz,
  changed_at timestamptz not null,
  -- Words: taken out when they are older than they may be kept, or when the person is erased.
  question text not null,
  resolution text,
  score_words text,
  -- Which import or message made it: the same one makes no second.
  origin text not null unique
);
create index requests_thread on requests (channel, thread_ts);
create index requests_queue on requests (asked_at) where state <> 'solved';
create index requests_assignee on requests (assignee) where state <> 'solved';
create index requests_person on requests (person_id, asked_at desc);
create index requests_due on requests (due_at) where due_at is not null;
create index requests_snoozed on requests (snoozed_until) where state = 'snoozed';
create index requests_incident on requests (incident_id) where incident_id is not null and state <> 'solved';
create index requests_pipeline on requests (connection, pipeline, asked_at desc) where pipeline is not null;
create index requests_solved on requests (solved_at) where state = 'solved';

-- What happened, in order; the shape of `kind` and `detail` is RequestEvent in src/domain/request.ts. Append only.
create table request_events (
  seq bigint generated always as identity primary key,
  request_id uuid not null references requests,
  at timestamptz not null,
  kind text not null,
  -- who did it; null = Pitcrew by itself
  person_id uuid,
  -- what they are to this request
  by_role text not null check (by_role in ('requester', 'team', 'other', 'pitcrew')),
  detail jsonb not null default '{}'
);
create index request_events_of on request_events (request_id, seq);
create index request_events_at on request_events (at);
create index request_events_kind on request_events (kind, at);
create trigger request_events_append_only before update or delete on request_events
  for each row execute function audit_is_append_only();

-- What was said, kept apart from what happened, so that it can be taken out: messages of the thread, private notes, summaries.
create table request_words (
  seq bigint generated always as identity primary key,
  request_id uuid not null references requests on delete cascade,
  at timestamptz not null,
  person_id uuid,
  kind text not null check (kind in ('said', 'note', 'summary')),
  -- of a message
  ts text,
  words text not null
);
create index request_words_of on request_words (request_id, seq);
create index request_words_person on request_words (person_id);

-- Working hours as they were, so that time is counted by the schedule of each day.
create table working_schedules (
  since timestamptz primary key,
  schedule jsonb not null
);

-- The messages that show a request: in its thread, and on the triage board. `thread_ts`: of a thread that somebody else heads.
alter table posts add column request_id uuid references requests on delete cascade;
alter table posts add column thread_ts text;
alter table posts drop constraint posts_role_check;
alter table posts add constraint posts_role_check check (role in ('parent', 'reply', 'direct', 'card', 'action', 'note', 'request', 'triage'));
create unique index posts_request on posts (request_id, role) where role in ('request', 'triage');
