-- Why: who polls a connection is known by its presence, so that the others go on at once when that process has died.
-- Safe beside the previous release: yes — it names nobody, and waits until a claim has run out, as before.

alter table polls add column holder text;
