-- Why: only short questions are compared letter by letter, and only with what is about as short; the others made the index large and slow.
-- Safe beside the previous release: yes — an index takes the place of another; what that release looks for is found by words, else slowly.

do $$
begin
  execute format(
    'create index requests_letters_short on requests using gist (question %s.gist_trgm_ops(siglen = 64))
       where resolution is not null and not is_direct and length(question) <= 140',
    (select extnamespace::regnamespace::text from pg_extension where extname = 'pg_trgm'));
end $$;
drop index requests_letters;
