-- Why: a person can say that a trouble is skipped on purpose, and take that back.
-- Safe beside the previous release: yes — a nullable column.

-- src/domain/closing.ts: at, by whom, and why
alter table incident_members add column closing jsonb;
