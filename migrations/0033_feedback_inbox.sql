-- Why: what people wish for is kept, sorted under themes and answered, and who asked hears once what became of it.
-- Safe beside the previous release: yes — new tables, and an index.

create table feedback_themes (
  theme_id uuid primary key,
  name text not null,
  created_at timestamptz not null
);
create unique index feedback_themes_name on feedback_themes (lower(name));

create table feedback_items (
  item_id uuid primary key,
  -- what people call it: #7
  number bigint generated always as identity unique,
  -- who said it; people.person_id, which an erased person no longer has
  person_id uuid not null,
  source text not null check (source in ('command', 'form', 'home', 'rating')),
  -- of a rating
  request_id uuid references requests on delete set null,
  status text not null default 'new' check (status in ('new', 'planned', 'done', 'declined')),
  theme_id uuid references feedback_themes on delete set null,
  at timestamptz not null,
  changed_at timestamptz not null,
  -- who said it heard what became of it
  told_at timestamptz,
  -- Taken out when they are older than they may be kept, or when the person is erased.
  words text not null,
  -- Which press or form made it: the same one makes no second.
  origin text not null unique
);
create index feedback_items_waiting on feedback_items (at) where status in ('new', 'planned');
create index feedback_items_theme on feedback_items (theme_id) where theme_id is not null;
create index feedback_items_person on feedback_items (person_id);

-- What somebody does not want to be sent.
create table unwanted_messages (
  person_id uuid not null,
  what text not null check (what in ('news')),
  at timestamptz not null,
  primary key (person_id, what)
);

-- Words in what was told of a request are found when they are to be taken out.
create index posts_of_request on posts (request_id) where request_id is not null;
