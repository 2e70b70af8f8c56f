-- Why: what a storm's card stands for may have been told by a reply under it before its edit had a turn; then an alert of its own is not
-- needed for what was over by then. Null = not known, and the card's version tells.
-- Safe beside the previous release: yes — a nullable column.
alter table storm_incidents add column taken_at timestamptz;
