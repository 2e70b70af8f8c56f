-- Why: a question that was deleted before it was carried out must not be asked all the same.
-- Safe beside the previous release: yes, an index.
create index presses_unheard on presses (channel, message_ts) where outcome in ('edited unheard', 'deleted unheard');
