-- Why: a question is answered first by what solved the like before: found by its words, and where these are misspelt by their letters.
-- Safe beside the previous release: yes — a column that fills itself, and indexes.

alter table requests add column words tsvector generated always as (
  setweight(to_tsvector('english', question), 'A') || setweight(to_tsvector('english', coalesce(resolution, '')), 'B')) stored;
create index requests_words on requests using gin (words) where resolution is not null and not is_direct;
-- Wherever the extension is: `replay` works in a schema of its own, with no other in sight.
do $$
begin
  execute format(
    'create index requests_letters on requests using gist (question %s.gist_trgm_ops(siglen = 64)) where resolution is not null and not is_direct',
    (select extnamespace::regnamespace::text from pg_extension where extname = 'pg_trgm'));
end $$;
