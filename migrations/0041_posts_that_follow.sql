-- Why: the post of the morning and the word on a question that comes again follow what becomes of them, and are edited.
-- Safe beside the previous release: yes — two nullable columns.
alter table triage_days add column post_id uuid references posts on delete set null;
alter table question_groups add column post_id uuid references posts on delete set null;
