-- Why: the Home tab is published anew for who looked at it lately, and only when it has changed.
-- Safe beside the previous release: yes — a table.

create table homes (
  slack_id text primary key,
  opened_at timestamptz not null,
  published_at timestamptz,
  -- of what stands there, without its time
  shown_hash text
);
create index homes_opened on homes (opened_at);
