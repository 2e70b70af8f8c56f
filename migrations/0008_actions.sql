-- Why: every change is planned before it is asked for, may need a second person, and may be one of many that are done a few at a
-- time. A large action is an action whose items are actions of their own, so that one machine does them all.
-- Safe beside the previous release: yes — new columns and tables; plans and waits for a yes have no next_at, so it never sees them.
-- It cannot conduct a large action, so none should be asked for before all replicas run this release.

-- An item: of which large action, in which place, and in which wave (a wave begins when the one before is over).
alter table actions add column part_of uuid references actions on delete cascade;
alter table actions add column item_no int;
alter table actions add column wave smallint not null default 0;
-- Of a large one: how many at a time, when it stops by itself.
alter table actions add column pace jsonb;
-- A large one may be about many pipelines.
alter table actions alter column connection drop not null;
alter table actions alter column pipeline drop not null;
-- Who said yes to it besides the person who asked, or broke the glass, and why.
alter table actions add column approval jsonb;
-- When a plan, or the wait for a yes, is over.
alter table actions add column expires_at timestamptz;
-- What the orchestrator is to be told of a batch that it paces by itself: pause, resume or cancel.
alter table actions add column told text;
-- When what was asked for was first seen to run, and when people were told that it does not.
alter table actions add column began_at timestamptz;
alter table actions add column stalled_at timestamptz;
-- What became of the trouble: fixed; failed again, of a cause not known yet; of the same cause; of another.
alter table actions add column outcome text
  check (outcome in ('fixed', 'failed-again', 'same-cause', 'other-cause'));

-- What it acts on: of two changes of one kind to one subject only one is under way.
alter table actions add column subject text generated always as (coalesce(
  'run:' || (target #>> '{run,run}'), 'partition:' || (target #>> '{partitions,0}'), target ->> 'kind')) stored;
drop index actions_under_way;
create unique index actions_under_way on actions (connection, pipeline, kind, subject)
  where settled_at is null and state not in ('planned', 'waiting') and pace is null;
create index actions_items on actions (part_of, wave, state, item_no) where part_of is not null;
create index actions_large on actions (asked_at desc) where pace is not null;
create index actions_expiring on actions (expires_at) where settled_at is null and expires_at is not null;
create index actions_judged on actions (settled_at) where outcome = 'failed-again';
create index actions_history on actions (connection, pipeline, kind, asked_at desc);

-- What people have switched off for all: bulk work.
create table switches (
  name text primary key,
  off_by text not null,
  off_at timestamptz not null,
  reason text
);

-- The message that shows an action: in a thread, or on its own.
alter table posts add column action_id uuid references actions on delete cascade;
alter table posts drop constraint posts_role_check;
alter table posts add constraint posts_role_check check (role in ('parent', 'reply', 'direct', 'card', 'action'));
create unique index posts_action on posts (action_id, channel) where role = 'action';
