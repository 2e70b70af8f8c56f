-- Why: once a quarter people are asked one question, if the settings say so; nobody is asked twice, whatever restarts.
-- Safe beside the previous release: yes — new tables, and one word more that a column may hold.

create table pulse_rounds (
  -- 2026-Q4
  quarter text primary key,
  planned_at timestamptz not null,
  -- Until then answers are taken, and no figure is shown.
  closes_at timestamptz not null
);

-- Who is asked in a round, and when; asked once `asked_at` is there.
create table pulse_asks (
  quarter text not null references pulse_rounds,
  -- people.person_id, which an erased person no longer has
  person_id uuid not null,
  ask_at timestamptz not null,
  asked_at timestamptz,
  score smallint check (score between 1 and 5),
  answered_at timestamptz,
  -- Taken out when they are older than they may be kept, or when the person is erased.
  words text,
  primary key (quarter, person_id)
);
create index pulse_asks_due on pulse_asks (ask_at) where asked_at is null;
create index pulse_asks_person on pulse_asks (person_id, asked_at);

alter table unwanted_messages drop constraint unwanted_messages_what_check;
alter table unwanted_messages add constraint unwanted_messages_what_check check (what in ('news', 'pulse'));
