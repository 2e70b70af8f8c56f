-- Why: pipelines whose failed partitions are never mended add up, and a digest asks for the ages of all of them: from the index alone.
-- Safe beside the previous release: yes — one index instead of another.
drop index episodes_open;
create index episodes_open on episodes (started_at) include (connection, pipeline) where ended_at is null;
