-- Why: where a plain retry mends one cause of a pipeline again and again, its people may let Pitcrew do it by itself.
-- Safe beside the previous release: yes — a new table and a nullable column; that release retries nothing by itself.

-- Suggested, then allowed by a person, then ended: by a person, or by itself when a retry does not help.
create table auto_retries (
  auto_id uuid primary key,
  connection text not null,
  pipeline text not null,
  -- of the incident whose cause it is
  fingerprint text not null,
  cause text not null,
  fixed int not null,
  tried int not null,
  suggested_at timestamptz not null,
  allowed_by text,
  person_id uuid,
  allowed_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  ended_why text
);
create unique index auto_retries_one on auto_retries (connection, pipeline, fingerprint) where ended_at is null;
create index auto_retries_history on auto_retries (connection, pipeline, fingerprint, suggested_at desc);

alter table actions add column auto_id uuid references auto_retries;
create index actions_auto on actions (auto_id) where auto_id is not null;
create index actions_mended on actions (settled_at) where kind = 'retry' and state = 'succeeded';
