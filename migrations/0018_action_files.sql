-- Why: the end of a large action is reported with a file of all its items, once, also over a crash.
-- Safe beside the previous release: yes — a nullable column; what that release ends has no file.

-- When the file is to be made, or tried again; empty = there is none to make.
alter table actions add column file_at timestamptz;
create index actions_to_file on actions (file_at) where file_at is not null;
