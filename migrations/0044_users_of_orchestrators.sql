-- Why: who pushed a version or put one in force is resolved, counted as unknown and looked up in Slack as every other user of a tool.
-- Safe beside the previous release: yes — it counts such people from `changes` as well, and counts people, not rows.

insert into usage (tool, person, action, count, at)
select distinct connection, by_whom, case when kind = 'version' then 'publish' else 'deploy' end, 1, at from changes where by_whom is not null;
delete from rollups where name = 'changes';
