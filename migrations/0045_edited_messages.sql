-- Why: what people change or delete in Slack is changed or deleted here as well; an older edit that arrives late changes nothing.
-- Safe beside the previous release: yes — nullable columns and an index.
alter table requests add column edited_at timestamptz;
alter table request_words add column edited_at timestamptz;
create index request_words_message on request_words (ts) where ts is not null;
