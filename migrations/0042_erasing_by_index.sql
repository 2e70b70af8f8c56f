-- Why: to erase a person went through all messages, answers and presses there are.
-- Safe beside the previous release: yes — indexes.
create index requests_merged on requests (merged_into) where merged_into is not null;
create index request_events_offered on request_events using gin ((detail -> 'answers')) where kind = 'answered-first';
create index presses_kept on presses (slack_id) where done_at is not null and value <> '{}';
create index question_groups_of on question_groups (request_id);
