-- Why: whether a diagnosis was right and a retry or backfill helped is said by those who were there, in one press.
-- Safe beside the previous release: yes — a new table.

-- What one person thinks of one thing; said again, it takes the place of what they said before.
create table feedback (
  feedback_id uuid primary key,
  kind text not null check (kind in ('thumb')),
  -- `diagnosis`: the cause that an alert names; its id is the incident's. `action`: a retry, backfill or the like.
  subject_kind text not null check (subject_kind in ('diagnosis', 'action')),
  subject_id uuid not null,
  -- Of a diagnosis: the rule that named the cause, else its category, as it was then. Of an action: its kind.
  about text,
  person_id uuid not null,
  -- 1 = up, -1 = down
  value smallint not null,
  -- Why: taken out when they are older than they may be kept, or when the person is erased.
  words text,
  at timestamptz not null
);
create unique index feedback_of_person on feedback (kind, subject_kind, subject_id, person_id);
create index feedback_at on feedback (at);
create index feedback_person on feedback (person_id);
