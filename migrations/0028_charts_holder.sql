-- Why: after a crash the charts of a digest are drawn by the next process as soon as it is plain that the one that drew them is gone.
-- Safe beside the previous release: yes — a nullable column; what that release draws is taken over after its time, as before.

-- Who draws: the name of a process that holds an advisory lock while it lives (src/store/presence.ts); empty = nobody says so.
alter table digest_posts add column charts_holder uuid;
