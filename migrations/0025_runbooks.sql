-- Why: a question is answered first by the team's runbooks too. Each row is a section of a Markdown file in the folder of the settings;
-- the files are the truth, and the rows follow them.
-- Safe beside the previous release: yes — a new table.

create table runbook_sections (
  section_id uuid primary key,
  -- of the file, from the folder
  path text not null,
  title text not null,
  body text not null,
  words tsvector not null generated always as (
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')) stored
);
create index runbook_sections_words on runbook_sections using gin (words);
