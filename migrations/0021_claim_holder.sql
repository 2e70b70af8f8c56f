-- Why: after a crash the posts that were being sent are looked for as soon as it is plain that their sender is gone, not after its lease.
-- Safe beside the previous release: yes — a nullable column; what that release claims is given up by its lease as before.

-- Who sends it: the name of a process that holds an advisory lock while it lives (src/store/presence.ts); empty = it cannot show that.
alter table posts add column holder uuid;
