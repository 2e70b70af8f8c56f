-- Why: a storm card stands for many incidents of one channel at once; the posts of their own follow as the channel's pace allows.
-- Safe beside the previous release: yes — new tables and indices; the previous release sends nothing of the new role wrongly, since it
-- finds nothing to show for a card and leaves that to people.

alter table posts drop constraint posts_role_check;
alter table posts add constraint posts_role_check check (role in ('parent', 'reply', 'direct', 'card'));
-- what a channel waits for, and what it got within the last minute
create index posts_unsent_parents on posts (channel) where role = 'parent' and ts is null;
create index posts_first_sent on posts (first_sent_at) where role in ('parent', 'card');

create table storms (
  card_id uuid primary key references posts on delete cascade,
  channel text not null,
  opened_at timestamptz not null,
  -- when it last grew, and to how many pipelines
  grew_at timestamptz not null,
  seen_total int not null default 0,
  -- how many pipelines its newest message told of
  told_at timestamptz not null,
  told_total int not null default 0,
  -- what the card was last asked to show, and when
  shown text not null default '',
  shown_at timestamptz not null,
  -- of the newest file with the full list
  filed_total int not null default 0,
  filed_at timestamptz,
  -- takes no more incidents in
  ended_at timestamptz,
  -- all that it stands for is over, and it says so
  settled_at timestamptz
);
create unique index storms_open on storms (channel) where ended_at is null;
create index storms_unsettled on storms (channel) where settled_at is null;

create table storm_incidents (
  card_id uuid not null references storms on delete cascade,
  incident_id uuid not null references incidents on delete cascade,
  -- the version of the card that shows it for the first time
  version int not null,
  primary key (card_id, incident_id)
);
create index storm_incidents_incident on storm_incidents (incident_id);
