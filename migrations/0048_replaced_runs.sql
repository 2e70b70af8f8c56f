-- Why: a failed run that the orchestrator makes again as another run has ended, and is no failed run in the figures.
-- Safe beside the previous release: yes — a column with a default that it does not know.

alter table runs add column is_replaced boolean not null default false;
