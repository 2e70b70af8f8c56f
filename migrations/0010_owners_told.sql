-- Why: those who wait for a pipeline are told once an hour at most; whether they were is asked for by its name.
-- Safe beside the previous release: yes — an index.
create index posts_owners_told on posts ((notice ->> 'connection'), (notice ->> 'pipeline'), created_at)
  where notice ->> 'kind' = 'owners-told';
